#include <gmock/gmock.h>

#include <cmath>
#include <functional>

#include "engine/network/unet.h"
#include "engine/runs/run_config.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

std::int64_t parameters_of(const torch::nn::Module& module) {
    std::int64_t sum = 0;
    for (const torch::Tensor& parameter : module.parameters()) sum += parameter.numel();
    return sum;
}

/// Random weights everywhere, including those that are initialized to 0.
void randomise(torch::nn::Module& module) {
    const torch::NoGradGuard no_grad;
    for (torch::Tensor& parameter : module.parameters()) parameter.normal_(0, 0.1);
}

TEST(TimeEmbedding, MatchesTheReferenceForT1) {
    const auto embedding = sinusoidal_embedding(torch::tensor({std::int64_t{1}}), 128)[0];
    EXPECT_NEAR(embedding[0].item<double>(), 0.841471, 1e-6);
    EXPECT_NEAR(embedding[1].item<double>(), 0.760439, 1e-6);
    EXPECT_NEAR(embedding[64].item<double>(), 0.540302, 1e-6);
}

TEST(TimeEmbedding, WithCosinesFirstMatchesTheReferenceForT1) {
    const auto embedding = sinusoidal_embedding(torch::tensor({std::int64_t{1}}), 128, true, 0)[0];
    EXPECT_NEAR(embedding[0].item<double>(), 0.540302, 1e-6);
    EXPECT_NEAR(embedding[1].item<double>(), 0.647906, 1e-6);
    EXPECT_NEAR(embedding[64].item<double>(), 0.841471, 1e-6);
}

TEST(TimeEmbedding, FourierEmbedsLogT) {
    torch::manual_seed(0);
    UNetConfig config;
    config.base_width = 4;
    config.time_embedding = TimeEmbeddingKind::fourier;
    TimeProjection projection(config);
    const auto at = [&](std::int64_t t) { return projection(torch::tensor({t}))[0]; };
    EXPECT_TRUE(torch::equal(at(1), torch::tensor({0.f, 0.f, 0.f, 0.f, 1.f, 1.f, 1.f, 1.f})));  // log 1 = 0
    const auto frequencies = projection->named_parameters()["weight"];
    EXPECT_FALSE(frequencies.requires_grad());
    EXPECT_TRUE(torch::allclose(at(7).slice(0, 0, 4), torch::sin(std::log(7.0) * frequencies * 2 * M_PI),
                                1e-3, 1e-4));
    EXPECT_TRUE(at(0).isfinite().all().item<bool>());
}

TEST(UNet, HoEtAlsCifarNetworkHasItsPublishedSize) {
    UNetConfig config{.base_width = 128, .multipliers = {1, 2, 2, 2}, .attention_levels = {1}, .groups = 32};
    config.attention_after_each_block = true;
    config.final_resnet_block = false;
    EXPECT_EQ(parameter_count(describe_unet(config, 3, 32, 32)), 35'746'307);
}

TEST(UNet, TheAnnotatedNetworkHasItsPublishedSize) {
    UNetConfig config{.base_width = 28, .multipliers = {1, 2, 4}, .groups = 4};
    config.architecture = Architecture::annotated;
    EXPECT_EQ(parameter_count(describe_unet(config, 1, 28, 28)), 2'020'257);
    EXPECT_THROW(describe_unet(config, 1, 30, 28), Error);  // 30 cannot be halved twice
}

TEST(StandardizedBlock, DoesNotDependOnTheMeanOfItsWeights) {
    StandardizedBlock block(4, 8, 2);
    const auto x = torch::randn({2, 4, 6, 6});
    const auto before = block(x);
    const torch::NoGradGuard no_grad;
    block->named_parameters()["proj.weight"].add_(0.5);
    EXPECT_TRUE(torch::allclose(block(x), before, 1e-4, 1e-4));
}

TEST(PreNormAttention, LinearAttentionOverOnePositionReturnsItsValue) {
    // With one position, the softmax over positions is 1 and the softmax over channels sums to 1, so each
    // head returns its value times head_width^-1/2, regardless of query and key.
    PreNormAttention attention(4, true);
    const torch::NoGradGuard no_grad;
    const auto x = torch::randn({1, 4, 1, 1});
    const auto before = attention(x);
    attention->named_parameters()["to_qkv.weight"].slice(0, 0, 256).normal_();
    EXPECT_TRUE(torch::allclose(attention(x), before, 1e-4, 1e-5));
}

struct Shape {
    UNetConfig config;
    int channels, height, width;
};

class EachShape : public testing::TestWithParam<Shape> {};

TEST_P(EachShape, ReturnsTheSizeOfItsImagesAndHasTheDescribedParameters) {
    const auto& [config, channels, height, width] = GetParam();
    UNet network(config, channels, height, width);
    EXPECT_EQ(parameters_of(*network), parameter_count(describe_unet(config, channels, height, width)));
    const auto labels =
        config.classes > 0 ? torch::tensor({std::int64_t{0}, std::int64_t{1}}) : torch::Tensor();
    const auto y = network(torch::randn({2, channels, height, width}),
                           torch::tensor({std::int64_t{0}, std::int64_t{999}}), labels);
    EXPECT_EQ(y.sizes(), (std::vector<std::int64_t>{2, output_channels(config, channels), height, width}));
    EXPECT_TRUE(y.isfinite().all().item<bool>());
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

/// `all_options()` with one or two more options changed from their defaults.
UNetConfig varied(const std::function<void(UNetConfig&)>& change) {
    UNetConfig config = all_options();
    change(config);
    return config;
}

/// Every option of the network at least once, also combined with options that depend on it.
std::vector<Shape> detail_shapes() {
    using C = UNetConfig;
    const auto scale_shift = [](C& c) { c.time_scale_shift = TimeScaleShift::scale_shift; };
    const std::vector<std::function<void(C&)>> changes = {
        [](C& c) { c.classes = 5; },
        [](C& c) {
            c.classes = 5;
            c.unlabelled_class = true;
        },
        [](C& c) {
            c.classes = 5;
            c.class_embedding = ClassEmbeddingKind::timestep;
        },
        [](C& c) { c.learned_variance = true; },
        [](C& c) {
            c.learned_variance = true;
            c.patch_size = 2;
        },
        [](C& c) {
            c.level_widths = {12, 8, 20};
        },
        [](C& c) {
            c.level_widths = {12, 8};
            c.final_resnet_block = true;
        },
        [](C& c) { c.up_attention_levels = {}; },
        [](C& c) {
            c.attention_levels = {};
            c.up_attention_levels = {0};
        },
        [](C& c) { c.attention_head_channels = 2; },
        [](C& c) { c.attention_norm_groups = 2; },
        [](C& c) { c.attention_norm_groups = -1; },
        [&](C& c) {
            scale_shift(c);
            c.classes = 3;
        },
        [](C& c) { c.time_embedding = TimeEmbeddingKind::fourier; },
        [](C& c) {
            c.time_embedding = TimeEmbeddingKind::fourier;
            c.classes = 4;
            c.class_embedding = ClassEmbeddingKind::timestep;
        },
        [](C& c) { c.time_embedding = TimeEmbeddingKind::learned; },
        [](C& c) {
            c.time_embedding_width = 24;
            c.classes = 2;
        },
        [&](C& c) {
            scale_shift(c);
            c.downsampling = c.upsampling = ResamplingKind::resnet;
        },
        [](C& c) {
            c.downsampling = c.upsampling = ResamplingKind::resnet;
            c.attention_levels = {1};
            c.up_attention_levels = {0};
            c.downsample_padding = 1;
        },
        [](C& c) { c.downsample_padding = 1; },
        [](C& c) { c.bottleneck = false; },
        [](C& c) { c.bottleneck_attention = false; },
        [](C& c) {
            c.bottleneck_scale = 1.4;
            c.activation = Activation::mish;
        },
        [](C& c) {
            c.center_input_sample = true;
            c.activation = Activation::gelu;
        },
        [](C& c) {
            c.norm_eps = 1e-3;
            c.activation = Activation::relu;
        },
    };
    std::vector<Shape> shapes;
    for (const auto& change : changes) {
        const UNetConfig config = varied(change);
        shapes.push_back({config, 2, 12, 12});
        if (config.patch_size == 1) shapes.push_back({config, 1, 13, 7});
    }
    return shapes;
}

UNetConfig annotated(int classes, bool learned_variance = false) {
    UNetConfig config = with({1, 2, 2}, {});
    config.architecture = Architecture::annotated;
    config.classes = classes;
    config.learned_variance = learned_variance;
    return config;
}

INSTANTIATE_TEST_SUITE_P(Annotated, EachShape,
                         testing::Values(Shape{annotated(0), 1, 28, 20}, Shape{annotated(3), 3, 8, 8},
                                         Shape{annotated(0, true), 2, 4, 12}));

INSTANTIATE_TEST_SUITE_P(Details, EachShape, testing::ValuesIn(detail_shapes()));

INSTANTIATE_TEST_SUITE_P(
    Grey28AndOddAndWideAndColour, EachShape,
    testing::Values(Shape{with({1, 2}, {1}), 1, 28, 28}, Shape{with({1, 2, 2}, {2}), 1, 29, 13},
                    Shape{with({1, 2, 3}, {}), 3, 16, 40}, Shape{with({1}, {0}), 4, 7, 5},
                    Shape{with({1, 2}, {1}, 2), 3, 28, 20}, Shape{with({2, 1}, {0}, 4), 1, 32, 32},
                    Shape{all_options(), 2, 12, 12}));

TEST(UNet, DependsOnTheTimestep) {
    UNet network(with({1, 2}, {1}), 1, 8, 8);
    randomise(*network);
    network->eval();
    const auto x = torch::randn({1, 1, 8, 8});
    const auto at = [&](std::int64_t t) { return network(x, torch::tensor({t})); };
    EXPECT_TRUE(torch::equal(at(10), at(10)));
    EXPECT_FALSE(torch::allclose(at(10), at(500)));
}

TEST(UNet, TreatsTheImagesOfABatchIndependently) {
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

TEST(UNet, DependsOnTheClassAndHasARowForNoLabel) {
    UNetConfig config = with({1, 2}, {1});
    config.classes = 3;
    const auto x = torch::randn({1, 1, 8, 8});
    const auto t = torch::tensor({std::int64_t{10}});
    const auto label = [](std::int64_t k) { return torch::tensor({k}); };
    {
        UNet network(config, 1, 8, 8);
        randomise(*network);
        EXPECT_FALSE(torch::allclose(network(x, t, label(0)), network(x, t, label(2))));
        EXPECT_THROW(network(x, t), Error);
    }
    config.unlabelled_class = true;
    UNet network(config, 1, 8, 8);
    randomise(*network);
    EXPECT_TRUE(torch::equal(network(x, t), network(x, t, label(3))));
    EXPECT_FALSE(torch::allclose(network(x, t), network(x, t, label(2))));
    config.classes = 0;
    config.unlabelled_class = false;
    UNet unconditional(config, 1, 8, 8);
    EXPECT_THROW(unconditional(x, t, label(0)), Error);
}

TEST(ResNetBlock, ResamplesItsInput) {
    ResNetOptions options{
        .in = 4, .out = 4, .time_dimension = 8, .groups = 2, .resampling = Resampling::down};
    const auto x = torch::randn({1, 4, 6, 8}), time = torch::randn({1, 8});
    // The second convolution of a new block is 0, so the output is the resampled input.
    const auto halved = ResNetBlock(options)->forward_resampled(x, time);
    EXPECT_TRUE(torch::allclose(halved, at::avg_pool2d(x, {2, 2})));
    options.resampling = Resampling::up;
    const auto doubled = ResNetBlock(options)->forward_resampled(x, time, 12, 16);
    EXPECT_TRUE(torch::equal(at::avg_pool2d(doubled, {2, 2}), x));
}

TEST(Downsample, PaddingDeterminesHowOddSizesAreRounded) {
    const auto x = torch::randn({1, 4, 7, 8});
    EXPECT_EQ(Downsample(4, 0)(x).sizes(), (std::vector<std::int64_t>{1, 4, 3, 4}));
    EXPECT_EQ(Downsample(4, 1)(x).sizes(), (std::vector<std::int64_t>{1, 4, 4, 4}));
}

TEST(UNetDescription, NamesTheClassEmbedding) {
    UNetConfig config = with({1, 2}, {1});
    config.classes = 10;
    config.unlabelled_class = true;
    const std::vector<UNetPart> parts = describe_unet(config, 1, 8, 8);
    const auto found = std::ranges::find(parts, "Class embedding", &UNetPart::part);
    ASSERT_NE(found, parts.end());
    EXPECT_EQ(found->parameters, 11 * 4 * 8);
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

TEST(UNetConfig, RefusesIncompatibleSettings) {
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
    config.attention_head_channels = 5;
    EXPECT_THAT(refusal(config), testing::HasSubstr("attention_head_channels = 5"));
    config = with({1, 2}, {1});
    config.unlabelled_class = true;
    EXPECT_THAT(refusal(config), testing::HasSubstr("unlabelled_class needs classes"));
    config = with({1, 2}, {1});
    config.up_attention_levels = {3};
    EXPECT_THAT(refusal(config), testing::HasSubstr("up_attention_levels names level 3"));
    config.up_attention_levels = {-1, 0};
    EXPECT_THAT(refusal(config), testing::HasSubstr("-1 beside other levels"));
    config.up_attention_levels = {-1};
    config.level_widths = {8, 13};
    EXPECT_THAT(refusal(config), testing::HasSubstr("does not divide the width 13"));
    EXPECT_THAT(refusal(with(std::vector<std::int64_t>(60, 1), {})), testing::HasSubstr("to nothing"));
}

}  // namespace
}  // namespace denoise
