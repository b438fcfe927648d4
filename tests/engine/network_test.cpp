#include <gmock/gmock.h>

#include "engine/network/unet.h"
#include "engine/training/run_config.h"
#include "tests/engine/helpers.h"

namespace denoise {
namespace {

std::int64_t parameters_of(const torch::nn::Module& module) {
    std::int64_t sum = 0;
    for (const torch::Tensor& parameter : module.parameters()) sum += parameter.numel();
    return sum;
}

/// Random weights everywhere, also where a new network starts at 0.
void randomise(torch::nn::Module& module) {
    const torch::NoGradGuard no_grad;
    for (torch::Tensor& parameter : module.parameters()) parameter.normal_(0, 0.1);
}

TEST(TimeEmbedding, HasTheKnownValuesForT1) {
    const auto embedding = sinusoidal_embedding(torch::tensor({std::int64_t{1}}), 128)[0];
    EXPECT_NEAR(embedding[0].item<double>(), 0.841471, 1e-6);
    EXPECT_NEAR(embedding[1].item<double>(), 0.760439, 1e-6);
    EXPECT_NEAR(embedding[64].item<double>(), 0.540302, 1e-6);
}

TEST(UNet, HoEtAlsCifarNetworkHasItsPublishedSize) {
    UNetConfig config{.base_width = 128, .multipliers = {1, 2, 2, 2}, .attention_levels = {1}, .groups = 32};
    config.attention_after_each_block = true;
    config.final_resnet_block = false;
    EXPECT_EQ(parameter_count(describe_unet(config, 3, 32, 32)), 35'746'307);
}

struct Shape {
    UNetConfig config;
    int channels, height, width;
};

class EachShape : public testing::TestWithParam<Shape> {};

TEST_P(EachShape, GivesBackTheSizeOfItsImagesAndHasTheDescribedParameters) {
    const auto& [config, channels, height, width] = GetParam();
    UNet network(config, channels, height, width);
    EXPECT_EQ(parameters_of(*network), parameter_count(describe_unet(config, channels, height, width)));
    const auto y = network(torch::randn({2, channels, height, width}),
                           torch::tensor({std::int64_t{0}, std::int64_t{999}}));
    EXPECT_EQ(y.sizes(), (std::vector<std::int64_t>{2, channels, height, width}));
}

UNetConfig with(std::vector<std::int64_t> multipliers, std::vector<std::int64_t> attention, int patch = 1) {
    return {.base_width = 8,
            .multipliers = std::move(multipliers),
            .attention_levels = std::move(attention),
            .resnet_blocks = 1,
            .groups = 4,
            .patch_size = patch};
}

UNetConfig all_options() {
    UNetConfig config = with({1, 2}, {0, 1});
    config.resnet_blocks = 2;
    config.attention_heads = 4;
    config.attention_after_each_block = true;
    config.final_resnet_block = false;
    config.dropout = 0.3;
    return config;
}

INSTANTIATE_TEST_SUITE_P(
    Grey28AndOddAndWideAndColour, EachShape,
    testing::Values(Shape{with({1, 2}, {1}), 1, 28, 28}, Shape{with({1, 2, 2}, {2}), 1, 29, 13},
                    Shape{with({1, 2, 3}, {}), 3, 16, 40}, Shape{with({1}, {0}), 4, 7, 5},
                    Shape{with({1, 2}, {1}, 2), 3, 28, 20}, Shape{with({2, 1}, {0}, 4), 1, 32, 32},
                    Shape{all_options(), 2, 12, 12}));

TEST(UNet, ListensToTheTimestep) {
    UNet network(with({1, 2}, {1}), 1, 8, 8);
    randomise(*network);
    network->eval();
    const auto x = torch::randn({1, 1, 8, 8});
    const auto at = [&](std::int64_t t) { return network(x, torch::tensor({t})); };
    EXPECT_TRUE(torch::equal(at(10), at(10)));
    EXPECT_FALSE(torch::allclose(at(10), at(500)));
}

TEST(UNet, TreatsTheImagesOfABatchApart) {
    UNet network(with({1, 2}, {0, 1}), 1, 8, 8);
    randomise(*network);
    network->eval();
    const auto x = torch::randn({3, 1, 8, 8});
    const auto t = torch::tensor({std::int64_t{5}, std::int64_t{50}, std::int64_t{500}});
    EXPECT_TRUE(
        torch::allclose(network(x, t)[1], network(x.slice(0, 1, 2), t.slice(0, 1, 2))[0], 1e-4, 1e-5));
}

TEST(UNet, EveryParameterGetsAGradient) {
    UNet network(all_options(), 1, 8, 8);
    randomise(*network);
    network(torch::randn({2, 1, 8, 8}), torch::tensor({std::int64_t{3}, std::int64_t{30}}))
        .square()
        .mean()
        .backward();
    for (const auto& entry : network->named_parameters()) {
        ASSERT_TRUE(entry.value().grad().defined()) << entry.key();
        EXPECT_GT(entry.value().grad().abs().max().item<double>(), 0) << entry.key();
    }
}

TEST(UNetDescription, NamesEveryPartOfTheMethod) {
    std::string all;
    for (const UNetPart& part : describe_unet(find_preset("quick").config.unet, 1, 28, 28))
        all += part.stage + ": " + part.part + "\n";
    for (const char* name : {"Input: Convolution", "Position embedding", "ResNet block", "Group norm",
                             "Attention", "Residual connection", "Downsample", "Bottleneck", "Upsample",
                             "Output: ResNet block", "Output: Convolution"})
        EXPECT_THAT(all, testing::HasSubstr(name));
}

TEST(UNetConfig, RefusesWhatDoesNotFit) {
    const auto refusal = [](UNetConfig config, int height = 28, int width = 28) {
        try {
            check_unet(config, height, width);
        } catch (const Error& error) {
            return error.why;
        }
        return std::string();
    };
    UNetConfig config = with({1, 2}, {1});
    EXPECT_EQ(refusal(config), "");
    config.groups = 3;
    EXPECT_THAT(refusal(config), testing::HasSubstr("groups = 3 does not divide"));
    EXPECT_THAT(refusal(with({1, 2}, {5})), testing::HasSubstr("level 5"));
    EXPECT_THAT(refusal(with({}, {})), testing::HasSubstr("multipliers is empty"));
    EXPECT_THAT(refusal(with({1, 1, 1, 1, 1, 1}, {})), testing::HasSubstr("28 x 28 to nothing"));
    EXPECT_THAT(refusal(with({1}, {}, 3)), testing::HasSubstr("patch_size 3 does not divide"));
    config = with({1, 2}, {1});
    config.attention_heads = 3;
    EXPECT_THAT(refusal(config), testing::HasSubstr("attention_heads = 3"));
}

}  // namespace
}  // namespace denoise
