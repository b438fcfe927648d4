#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <optional>

#include "engine/evaluation/frechet.h"
#include "engine/evaluation/inception.h"
#include "engine/evaluation/pytorch_file.h"
#include "tests/base/helpers.h"

namespace denoise {
namespace {

using test::error_of;
using test::is_error_about;
using testing::AllOf;
using testing::HasSubstr;

template <class T>
std::string raw(T value) {
    return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

// ------------------------------------------------------------------------------- files by PyTorch

std::string joined(std::initializer_list<std::string> parts) {
    std::string whole;
    for (const std::string& part : parts) whole += part;
    return whole;
}

std::string zeros(std::size_t count) {
    return std::string(count, '\0');
}

/// A text as it stands in a pickle.
std::string pickled(const std::string& text) {
    return joined({"X", raw(static_cast<std::uint32_t>(text.size())), text});
}

/// The tensor [[1, 2, 3], [4, 5, 6]] as it stands in a pickle, with sizes, strides and a storage of six
/// numbers. `end` completes the storage's description, which differs between the two formats.
std::string pickled_tensor(const std::string& end, char columns = 3) {
    return joined({"ctorch._utils\n_rebuild_tensor_v2\n((",
                   pickled("storage"),
                   "ctorch\nFloatStorage\n",
                   pickled("0"),
                   pickled("cpu"),
                   "K\x06",
                   end,
                   "tQK",
                   zeros(1),
                   "K\x02K",
                   {columns},
                   "\x86K\x03K\x01\x86\x89",
                   "ccollections\nOrderedDict\n)RtR"});
}

/// A state dict with one tensor and, as PyTorch writes it, an attribute.
std::string pickled_state(const std::string& tensor) {
    return joined({"\x80\x02", "ccollections\nOrderedDict\n)Rq\1(", pickled("w"), tensor, pickled("epoch"),
                   "K\x07u}", pickled("_metadata"), "}sb."});
}

std::string one_to_six() {
    std::string bytes;
    for (int i = 1; i <= 6; ++i) bytes += raw(static_cast<float>(i));
    return bytes;
}

/// A zip archive of stored entries.
std::string zip(const std::vector<std::pair<std::string, std::string>>& entries) {
    std::string bytes, directory;
    const auto u16 = [](std::size_t value) { return raw(static_cast<std::uint16_t>(value)); };
    const auto u32 = [](std::size_t value) { return raw(static_cast<std::uint32_t>(value)); };
    for (const auto& [name, content] : entries) {
        const std::string sizes = joined({u32(content.size()), u32(content.size()), u16(name.size())});
        directory += joined({"PK\1\2", zeros(16), sizes, zeros(12), u32(bytes.size()), name});
        bytes += joined({"PK\3\4", zeros(14), sizes, u16(0), name, content});
    }
    const std::string count = u16(entries.size());
    return joined({bytes, directory, "PK\5\6", zeros(4), count, count, u32(directory.size()),
                   u32(bytes.size()), u16(0)});
}

std::string zip_file(const std::string& state = pickled_state(pickled_tensor(""))) {
    return zip(
        {{"archive/data.pkl", state}, {"archive/byteorder", "little"}, {"archive/data/0", one_to_six()}});
}

std::string legacy_file() {
    return joined({{"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15},  // the magic number
                   "\x80\x02M\xe9\x03.",                                               // version 1001
                   "\x80\x02}",
                   pickled("little_endian"),
                   "\x88s.",
                   pickled_state(pickled_tensor("N")),
                   "\x80\x02]",
                   pickled("0"),
                   "a.",
                   raw(std::int64_t{6}),
                   one_to_six()});
}

/// Reads bytes as a file; an Error is the only other way out.
TensorMap read_or_refuse(const std::filesystem::path& path, const std::string& bytes) {
    test::write_bytes(path, bytes);
    try {
        return read_tensor_file(path);
    } catch (const Error& error) {
        EXPECT_THAT(error.why, HasSubstr(path.string()));
        EXPECT_FALSE(error.remedy.empty());
        return {};
    }
}

TEST(PytorchFile, HoldsTheSameTensorsInBothFormats) {
    const test::TemporaryFolder folder;
    const auto expected = torch::arange(1, 7, torch::kFloat32).view({2, 3});
    for (const std::string& bytes : {zip_file(), legacy_file()}) {
        const TensorMap tensors = read_or_refuse(folder / "weights.pth", bytes);
        ASSERT_EQ(tensors.size(), 1u);
        EXPECT_TRUE(torch::equal(tensors.at("w"), expected));
    }
}

TEST(PytorchFile, CutAnywhereIsRefused) {
    const test::TemporaryFolder folder;
    for (const std::string& bytes : {zip_file(), legacy_file()})
        for (std::size_t size = 0; size < bytes.size(); ++size)
            EXPECT_TRUE(read_or_refuse(folder / "cut.pth", bytes.substr(0, size)).empty()) << size;
}

TEST(PytorchFile, ChangedAnywhereIsReadOrRefused) {
    const test::TemporaryFolder folder;
    for (const std::string& good : {zip_file(), legacy_file()})
        for (std::size_t i = 0; i < good.size(); ++i) {
            std::string bytes = good;
            bytes[i] = static_cast<char>(bytes[i] ^ "\x01\x7f\x80"[i % 3]);
            read_or_refuse(folder / "changed.pth", bytes);
        }
}

TEST(PytorchFile, SaysWhatItCannotRead) {
    const test::TemporaryFolder folder;
    const auto path = folder / "weights.pth";
    const auto error = [&](const std::string& bytes) {
        test::write_bytes(path, bytes);
        return error_of([&] { read_tensor_file(path); });
    };
    EXPECT_THAT(error(zip_file(pickled_state(pickled_tensor("", 4)))),
                is_error_about(path, "beyond its data"));
    EXPECT_THAT(error(zip_file("\x80\x02K\x07.")), is_error_about(path, "no state dict"));
    EXPECT_THAT(error(zip({{"readme", "text"}})), is_error_about(path, "not one of torch.save()"));
    EXPECT_THAT(error("\x80\x02K\x07."), is_error_about(path, "not one of torch.save()"));
}

TEST(PytorchFile, RunsNoCode) {
    // What a malicious file would do: call os.system on being opened.
    const test::TemporaryFolder folder;
    const std::string marker = (folder / "was_here").string();
    const std::string state =
        joined({"\x80\x02}(", pickled("w"), "cos\nsystem\n(", pickled("touch " + marker), "tRu."});
    const TensorMap tensors = read_or_refuse(folder / "evil.pth", zip_file(state));
    EXPECT_TRUE(tensors.empty());
    EXPECT_FALSE(std::filesystem::exists(marker));
}

// --------------------------------------------------------------------------------------- Inception

/// All tensors that the network needs, made by `make(shape)`, with variances of 1.
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

TEST(Inception, HasAsManyParametersAsThePublishedNetworkBeforeItsLastLayer) {
    std::int64_t parameters = 0;
    for (const InceptionConvolution& c : inception_convolutions())
        parameters += c.out * c.in * c.height * c.width + 2 * c.out;
    EXPECT_EQ(inception_convolutions().size(), 94u);
    EXPECT_EQ(parameters, 21'785'568);
}

TEST(Inception, LooksAtGreyAsAtRgbWithThreeEqualChannels) {
    at::set_num_threads(1);
    torch::manual_seed(5);
    const auto random =
        [](std::vector<std::int64_t> shape) {  // keeps the activations' size through the layers
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

TEST(Inception, NamesWhatIsWrongWithItsWeights) {
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

TEST(Inception, RefusesAFileOfOtherWeightsAndPicturesOfOtherColours) {
    const test::TemporaryFolder folder;
    test::write_bytes(folder / "weights.pth", zip_file());
    EXPECT_THAT(error_of([&] { inception_extractor(folder / "weights.pth"); }),
                is_error_about(folder / "weights.pth", "Conv2d_1a_3x3.conv.weight is missing"));
    EXPECT_THAT(error_of([&] { inception_extractor(folder / "none.pth"); }).why, HasSubstr("none.pth"));
}

// --------------------------------------------------------- against numbers of the package itself

/// The folder that tests/interop/inception_reference.py wrote.
std::optional<std::filesystem::path> reference_folder() {
    const char* folder = std::getenv("DENOISE_LAB_INCEPTION_REFERENCE");
    if (!folder) return std::nullopt;
    return folder;
}
constexpr const char* no_reference =
    "tests/interop/inception_reference.py FOLDER and DENOISE_LAB_INCEPTION_REFERENCE=FOLDER run this test";

class InceptionAgainstPytorchFid : public testing::TestWithParam<const char*> {};

TEST_P(InceptionAgainstPytorchFid, GivesTheSameFeatures) {
    const auto folder = reference_folder();
    if (!folder) GTEST_SKIP() << no_reference;
    const FeatureExtractor extractor = inception_extractor(*folder / GetParam());
    const TensorMap reference = read_tensor_file(*folder / "reference.safetensors");
    for (const std::string name : {"grey", "rgb", "large"}) {
        const auto images = reference.at(name + ".images"), expected = reference.at(name + ".features");
        const auto difference = (extractor.features(images) - expected).abs().max().item<double>();
        EXPECT_LT(difference / expected.abs().max().item<double>(), 1e-5) << name;
    }
}
INSTANTIATE_TEST_SUITE_P(FromEachFormat, InceptionAgainstPytorchFid,
                         testing::Values("inception.safetensors", "inception.pth", "inception_legacy.pth"));

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
