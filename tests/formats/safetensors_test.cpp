#include "engine/formats/safetensors.h"

#include <cstring>

#include "tests/support/files.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::is_error_about;
using test::TemporaryFolder;
using testing::HasSubstr;

/// A file of `header` and `data`, with the length that the header has or another one.
std::string safetensors(const std::string& header, const std::string& data, std::uint64_t claimed) {
    std::string file(8, '\0');
    std::memcpy(file.data(), &claimed, 8);
    return file + header + data;
}
std::string safetensors(const std::string& header, const std::string& data) {
    return safetensors(header, data, header.size());
}

std::string tensor(const std::string& name, const std::string& type, const std::string& shape, int begin,
                   int end) {
    return "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":[" +
           std::to_string(begin) + "," + std::to_string(end) + "]}";
}

class Safetensors : public testing::Test {
  protected:
    fs::path path_() const { return folder_ / "a.safetensors"; }
    void expect_refused(const std::string& bytes, const std::string& cause) {
        test::write_bytes(path_(), bytes);
        EXPECT_THAT(error_of([&] { SafetensorsFile file(path_()); }), is_error_about(path_(), cause));
    }
    TemporaryFolder folder_;
};

TEST_F(Safetensors, WhatIsWrittenIsRead) {
    const std::vector<float> weights{1.5f, -2.f, 0.f, 3e-9f, 5.f, 6.f};
    const std::vector<std::int64_t> steps{-7};
    const std::vector<std::uint8_t> state{1, 2, 3};
    const std::vector<NamedTensor> tensors{
        {"z.weight", TensorType::f32, {2, 3}, std::as_bytes(std::span(weights))},
        {"state", TensorType::u8, {3}, std::as_bytes(std::span(state))},
        {"a.step", TensorType::i64, {}, std::as_bytes(std::span(steps))},
        {"none", TensorType::f64, {0, 5}, {}}};
    const Metadata metadata{{"format", "pt"}, {"config", "{\"a\": \"é\"}"}};
    write_safetensors(path_(), tensors, metadata);

    const SafetensorsFile file(path_());
    EXPECT_EQ(file.metadata(), metadata);
    ASSERT_EQ(file.tensors().size(), 4u);
    for (const NamedTensor& written : tensors) {
        const NamedTensor& read = file.at(written.name);
        EXPECT_EQ(read.type, written.type);
        EXPECT_EQ(read.shape, written.shape);
        EXPECT_TRUE(std::ranges::equal(read.bytes, written.bytes)) << written.name;
    }
    EXPECT_EQ(file.tensors()[0].name, "z.weight");  // the order is kept
    EXPECT_EQ(file.find("b"), nullptr);
    EXPECT_THAT(error_of([&] { file.at("b"); }), is_error_about(path_(), "\"b\""));
}

TEST_F(Safetensors, TheLayoutIsTheFormatsOwn) {
    const std::vector<std::uint8_t> data{7, 8};
    write_safetensors(path_(), {{"w", TensorType::u8, {2}, std::as_bytes(std::span(data))}}, {{"k", "v"}});
    std::string header =
        "{\"__metadata__\":{\"k\":\"v\"},\"w\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}";
    header.resize((header.size() + 7) / 8 * 8, ' ');
    EXPECT_EQ(test::read_bytes(path_()), safetensors(header, "\x07\x08"));
}

TEST_F(Safetensors, EveryTypeHasItsSize) {
    test::write_bytes(
        path_(),
        safetensors("{" + tensor("a", "BF16", "[1]", 0, 2) + "," + tensor("b", "F64", "[1]", 2, 10) + "," +
                        tensor("c", "BOOL", "[3]", 10, 13) + "," + tensor("d", "I16", "[]", 13, 15) + "}",
                    std::string(15, 'x')));
    const SafetensorsFile file(path_());
    EXPECT_EQ(file.at("a").type, TensorType::bf16);
    EXPECT_EQ(file.at("d").bytes.size(), 2u);
    EXPECT_EQ(bytes_per_element(TensorType::f16), 2u);
    EXPECT_EQ(bytes_per_element(TensorType::i64), 8u);
}

TEST_F(Safetensors, AFileWithoutTensorsIsValid) {
    test::write_bytes(path_(), safetensors("{}", ""));
    EXPECT_TRUE(SafetensorsFile(path_()).tensors().empty());
}

TEST_F(Safetensors, AMissingFileAndAFolderAreNamed) {
    EXPECT_THAT(error_of([&] { SafetensorsFile file(path_()); }), is_error_about(path_(), "No such file"));
    EXPECT_THAT(error_of([&] { SafetensorsFile file(folder_.path()); }),
                is_error_about(folder_.path(), "it is a folder"));
}

TEST_F(Safetensors, ZeroBytesAndAFewBytes) {
    expect_refused("", "the file is empty");
    expect_refused("1234567", "too short");
}

TEST_F(Safetensors, CutAnywhereItIsRefused) {
    const std::vector<float> weights(64, 1.f);
    write_safetensors(path_(), {{"w", TensorType::f32, {64}, std::as_bytes(std::span(weights))}},
                      {{"k", "v"}});
    const std::string whole = test::read_bytes(path_());
    for (std::size_t length = 0; length < whole.size(); length += 7) {
        test::write_bytes(path_(), whole.substr(0, length));
        EXPECT_THROW(SafetensorsFile file(path_()), Error) << length;
    }
    expect_refused(whole.substr(0, whole.size() / 2), "cut short");
}

TEST_F(Safetensors, AHeaderThatClaims2To60BytesCostsNothing) {
    expect_refused(safetensors("{}", "", std::uint64_t{1} << 60), "header is 1152921504606846976 bytes");
    expect_refused(safetensors("{}", "", ~std::uint64_t{0}), "header is 18446744073709551615 bytes");
}

TEST_F(Safetensors, BytesMustBelongToExactlyOneTensor) {
    expect_refused(
        safetensors("{" + tensor("a", "U8", "[8]", 0, 8) + "," + tensor("b", "U8", "[8]", 4, 12) + "}",
                    std::string(12, 'x')),
        "\"b\" overlaps");
    expect_refused(
        safetensors("{" + tensor("a", "U8", "[8]", 0, 8) + "," + tensor("b", "U8", "[8]", 0, 8) + "}",
                    std::string(8, 'x')),
        "overlaps");
    expect_refused(
        safetensors("{" + tensor("a", "U8", "[4]", 0, 4) + "," + tensor("b", "U8", "[4]", 8, 12) + "}",
                    std::string(12, 'x')),
        "\"b\" leaves a gap");
    expect_refused(safetensors("{" + tensor("a", "U8", "[4]", 0, 4) + "}", std::string(6, 'x')),
                   "2 bytes at its end");
}

TEST_F(Safetensors, OffsetsPastTheEnd) {
    expect_refused(safetensors("{" + tensor("a", "F32", "[4]", 0, 16) + "}", std::string(12, 'x')),
                   "\"a\" ends at byte 16 of 12");
}

TEST_F(Safetensors, OffsetsThatDoNotFitTheShape) {
    expect_refused(safetensors("{" + tensor("a", "F32", "[4]", 0, 12) + "}", std::string(12, 'x')),
                   "needs 16 bytes");
    expect_refused(safetensors("{" + tensor("a", "F32", "[4]", 12, 0) + "}", std::string(12, 'x')),
                   "offsets are 12 and 0");
    expect_refused(safetensors("{" + tensor("a", "F32", "[4294967296,4294967296]", 0, 0) + "}", ""),
                   "a shape that is too large");
    expect_refused(safetensors("{" + tensor("a", "F32", "[18446744073709551615]", 0, 0) + "}", ""),
                   "a shape that is too large");
    expect_refused(safetensors("{" + tensor("a", "F32", "[-1]", 0, 0) + "}", ""), "an invalid shape");
    expect_refused(safetensors("{" + tensor("a", "F32", "[1.5]", 0, 0) + "}", ""), "an invalid shape");
    expect_refused(safetensors("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0]}}", ""),
                   "an invalid data_offsets");
}

TEST_F(Safetensors, BadJson) {
    expect_refused(safetensors("{\"a\":", ""), "not valid JSON");
    expect_refused(safetensors("\xff\xfe\xfd", ""), "not valid JSON");
    expect_refused(safetensors("[]", ""), "not a JSON object");
    expect_refused(safetensors("{\"a\":1}", ""), "\"a\"");
    expect_refused(safetensors("{\"a\":{}}", ""), "no valid dtype");
    expect_refused(safetensors("{\"a\":{\"dtype\":3,\"shape\":[],\"data_offsets\":[0,0]}}", ""),
                   "no valid dtype");
    expect_refused(safetensors("{\"__metadata__\":{\"a\":1}}", ""), "\"a\" is not a string");
    expect_refused(safetensors("{\"__metadata__\":[]}", ""), "metadata");
    expect_refused(
        safetensors("{" + tensor("a", "U8", "[0]", 0, 0) + "," + tensor("a", "U8", "[0]", 0, 0) + "}", ""),
        "twice");
    expect_refused(safetensors("{" + tensor("a", "F8_E4M3", "[1]", 0, 1) + "}", "x"), "F8_E4M3");
}

TEST_F(Safetensors, DeepNestingIsRefusedBeforeItIsBuilt) {
    expect_refused(safetensors("{\"a\":" + std::string(5'000'000, '['), ""), "nested too deeply");
    std::string objects;
    for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
    expect_refused(safetensors(objects, ""), "nested too deeply");
}

TEST_F(Safetensors, DamageAnywhereInTheHeaderNeverCrashes) {
    const std::vector<float> weights(8, 1.f);
    write_safetensors(path_(), {{"w", TensorType::f32, {8}, std::as_bytes(std::span(weights))}},
                      {{"k", "v"}});
    const std::string whole = test::read_bytes(path_());
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ (1 << i % 8));
        test::write_bytes(path_(), damaged);
        try {
            const SafetensorsFile file(path_());
            for (const NamedTensor& one : file.tensors()) EXPECT_LE(one.bytes.size(), damaged.size());
        } catch (const Error&) {
        }
    }
}

TEST_F(Safetensors, TheWriterRefusesWhatItCouldNotRead) {
    const std::vector<float> weights(3, 1.f);
    const NamedTensor good{"w", TensorType::f32, {3}, std::as_bytes(std::span(weights))};
    NamedTensor wrong = good;
    wrong.shape = {4};
    EXPECT_THROW(write_safetensors(path_(), {wrong}, {}), Error);
    EXPECT_THROW(write_safetensors(path_(), {good, good}, {}), Error);
    wrong = good;
    wrong.name = "__metadata__";
    EXPECT_THROW(write_safetensors(path_(), {wrong}, {}), Error);
    EXPECT_TRUE(folder_.names().empty());
}

}  // namespace
}  // namespace denoise
