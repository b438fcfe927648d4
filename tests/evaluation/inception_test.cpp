#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <optional>
#include <span>

#include "engine/evaluation/frechet.h"
#include "engine/evaluation/inception.h"
#include "engine/evaluation/tensor_file.h"
#include "engine/formats/safetensors.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

using test::error_of;
using test::is_error_about;
using testing::AllOf;
using testing::HasSubstr;

// ------------------------------------------------------------------------------------ weights files

TEST(TensorFile, HoldsTensorsOfAnyType) {
    const test::TemporaryFolder folder;
    const std::vector<float> numbers{1, 2, 3, 4, 5, 6};
    const std::vector<std::int64_t> counts{7};
    const std::vector<NamedTensor> tensors{float_tensor("w", {2, 3}, numbers.data()),
                                           {"n", TensorType::i64, {}, std::as_bytes(std::span(counts))}};
    write_safetensors(folder / "weights.safetensors", tensors, {});
    const TensorMap read = read_tensor_file(folder / "weights.safetensors");
    ASSERT_EQ(read.size(), 2u);
    EXPECT_TRUE(torch::equal(read.at("w"), torch::arange(1, 7, torch::kFloat32).view({2, 3})));
    EXPECT_EQ(read.at("n").item<std::int64_t>(), 7);
}

TEST(TensorFile, OfTorchSaveIsRefusedWithConversionInstructions) {
    const test::TemporaryFolder folder;
    const auto path = folder / "weights.pth";
    for (const std::string start : {"PK\x03\x04", "\x80\x02", "\x80"}) {
        test::write_bytes(path, start + "and more");
        const Error error = error_of([&] { read_tensor_file(path); });
        EXPECT_THAT(error, is_error_about(path, "torch.save()"));
        EXPECT_THAT(error.remedy, AllOf(HasSubstr("torch.load(\"weights.pth\""), HasSubstr("save_file"),
                                        HasSubstr("\"weights.safetensors\"")));
        test::write_bytes(path, start);
        EXPECT_THAT(error_of([&] { read_tensor_file(path); }).why, HasSubstr("torch.save()"));
    }
    EXPECT_THAT(error_of([&] { inception_extractor(path); }).why, HasSubstr("torch.save()"));
}

TEST(TensorFile, WithAHeaderLengthThatLooksLikeAPickleIsRead) {
    const test::TemporaryFolder folder;
    const auto path = folder / "weights.safetensors";
    std::string header = "{}";
    header.resize(0x80, ' ');
    test::write_bytes(path, std::string("\x80\0\0\0\0\0\0\0", 8) + header);
    EXPECT_TRUE(read_tensor_file(path).empty());
}

// --------------------------------------------------------------------------------------- Inception

/// All tensors that the network needs, created by `make(shape)`, with variances of 1.
template <class Make>
TensorMap weights_of(const Make& make) {
    TensorMap tensors;
    for (const InceptionConvolution& c : inception_convolutions()) {
        tensors[c.name + ".conv.weight"] = make({c.out, c.in, c.height, c.width});
        for (const char* name : {".bn.weight", ".bn.bias", ".bn.running_mean"})
            tensors[c.name + name] = make({c.out});
        tensors[c.name + ".bn.running_var"] = torch::ones({c.out});
    }
    return tensors;
}

TEST(Inception, HasThePublishedNumberOfParametersWithoutTheLastLayer) {
    std::int64_t parameters = 0;
    for (const InceptionConvolution& c : inception_convolutions())
        parameters += c.out * c.in * c.height * c.width + 2 * c.out;
    EXPECT_EQ(inception_convolutions().size(), 94u);
    EXPECT_EQ(parameters, 21'785'568);
}

TEST(Inception, TreatsGreyAsRgbWithThreeEqualChannels) {
    at::set_num_threads(1);
    torch::manual_seed(5);
    const auto random =
        [](std::vector<std::int64_t> shape) {  // keeps the scale of the activations in all layers
            if (shape.size() == 1) return torch::rand(shape) + 0.5;
            return torch::randn(shape) * std::sqrt(2.0 / static_cast<double>(shape[1] * shape[2] * shape[3]));
        };
    const Inception network(weights_of(random), "test");
    const auto grey = torch::randint(0, 256, {1, 1, 16, 20}, torch::kUInt8);
    const auto features = network.features(grey);
    EXPECT_EQ(features.sizes(), (std::vector<std::int64_t>{1, Inception::feature_count}));
    EXPECT_TRUE(torch::allclose(features, network.features(grey.repeat({1, 3, 1, 1})), 1e-5, 1e-5));
    EXPECT_GE(features.min().item<float>(), 0);
    EXPECT_GT(features.std().item<float>(), 0.01);
}

TEST(Inception, ReportsAllProblemsOfItsWeights) {
    TensorMap tensors = weights_of([](std::vector<std::int64_t> shape) { return torch::zeros(shape); });
    tensors.erase("Mixed_6b.branch7x7_2.conv.weight");
    tensors["Mixed_7c.branch_pool.bn.bias"] = torch::zeros({7});
    tensors["Conv2d_1a_3x3.bn.weight"][3] = NAN;
    EXPECT_THAT(error_of([&] { Inception(tensors, "/some/file"); }),
                is_error_about("/some/file",
                               "Conv2d_1a_3x3.bn.weight holds numbers that are not finite, "
                               "Mixed_6b.branch7x7_2.conv.weight is missing, "
                               "Mixed_7c.branch_pool.bn.bias has the shape [7] instead of [192]"));
    EXPECT_THAT(error_of([&] { Inception({}, "/some/file"); }).why, HasSubstr("467 more"));
}

TEST(Inception, RefusesAFileWithOtherWeights) {
    const test::TemporaryFolder folder;
    const auto path = folder / "weights.safetensors";
    const float number = 1;
    write_safetensors(path, {float_tensor("w", {1}, &number)}, {});
    EXPECT_THAT(error_of([&] { inception_extractor(path); }),
                is_error_about(path, "Conv2d_1a_3x3.conv.weight is missing"));
    EXPECT_THAT(error_of([&] { inception_extractor(folder / "none.safetensors"); }).why,
                HasSubstr("none.safetensors"));
}

// --------------------------------------------------------- against pytorch-fid

/// The folder that tests/interop/inception_reference.py wrote.
std::optional<std::filesystem::path> reference_folder() {
    const char* folder = std::getenv("DENOISE_LAB_INCEPTION_REFERENCE");
    if (!folder) return std::nullopt;
    return folder;
}
constexpr const char* no_reference =
    "run tests/interop/inception_reference.py FOLDER and set DENOISE_LAB_INCEPTION_REFERENCE=FOLDER";

TEST(InceptionAgainstPytorchFid, GivesTheSameFeatures) {
    const auto folder = reference_folder();
    if (!folder) GTEST_SKIP() << no_reference;
    const FeatureExtractor extractor = inception_extractor(*folder / "inception.safetensors");
    const TensorMap reference = read_tensor_file(*folder / "reference.safetensors");
    for (const std::string name : {"grey", "rgb", "large"}) {
        const auto images = reference.at(name + ".images"), expected = reference.at(name + ".features");
        const auto difference = (extractor.features(images) - expected).abs().max().item<double>();
        EXPECT_LT(difference / expected.abs().max().item<double>(), 1e-5) << name;
    }
}

TEST(FrechetAgainstPytorchFid, GivesTheSameDistance) {
    const auto folder = reference_folder();
    if (!folder) GTEST_SKIP() << no_reference;
    const TensorMap reference = read_tensor_file(*folder / "reference.safetensors");
    for (const std::string name : {"frechet.full", "frechet.few"}) {
        const auto a = reference.at(name + ".a"), b = reference.at(name + ".b");
        FeatureStatistics first(a.size(1)), second(b.size(1));
        first.add(a);
        second.add(b);
        const double expected = reference.at(name + ".distance").item<double>();
        EXPECT_NEAR(frechet_distance(first, second, name).distance, expected, 1e-6 * expected) << name;
    }
}

}  // namespace
}  // namespace denoise
