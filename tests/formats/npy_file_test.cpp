#include "engine/formats/npy_file.h"

#include <zlib.h>

#include <cstring>
#include <limits>
#include <sstream>

#include "tests/support/files.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;
using test::error_of;
using test::is_error_about;
using test::TemporaryFolder;
using testing::ElementsAre;

template <class T>
std::string bytes_of(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

/// A .npy file of any version whose header is `dict`.
std::string npy(const std::string& dict, const std::string& data, char version = 1) {
    std::string file = "\x93NUMPY"s + version + '\0';
    for (int i = 0; i < (version == 1 ? 2 : 4); ++i) file += static_cast<char>(dict.size() >> (8 * i));
    return file + dict + data;
}

std::string dict(const std::string& type, const std::string& shape, const std::string& order = "False") {
    return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }   \n";
}

class NpyFile : public testing::Test {
  protected:
    fs::path file() const { return folder_ / "a.npy"; }
    FloatArray read(const std::string& bytes) {
        test::write_bytes(file(), bytes);
        return read_npy(file());
    }
    void expect_refused(const std::string& bytes, const std::string& cause) {
        EXPECT_THAT(error_of([&] { read(bytes); }), is_error_about(file(), cause));
    }
    TemporaryFolder folder_;
};

TEST_F(NpyFile, WhatIsWrittenIsRead) {
    const FloatArray written{{2, 1, 3}, {1.5f, -2.f, 0.f, 3e-9f, 5.f, 6.f}};
    write_npy(file(), written.shape, written.values);
    EXPECT_EQ(read_npy(file()), written);
    for (const FloatArray& one : {FloatArray{{}, {7.f}}, FloatArray{{3, 0}, {}}, FloatArray{{1}, {2.f}}}) {
        write_npy(file(), one.shape, one.values);
        EXPECT_EQ(read_npy(file()), one);
    }
    EXPECT_THAT(folder_.names(), ElementsAre("a.npy"));
}

TEST_F(NpyFile, TheLayoutIsNumPysOwn) {
    const std::vector<float> values{1.f, 2.f};
    write_npy(file(), {2}, std::span(values));
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
    header.resize(117, ' ');
    EXPECT_EQ(test::read_bytes(file()), npy(header + "\n", bytes_of(values)));  // the data starts at 128

    const std::vector<std::uint8_t> pixels{7, 8, 9, 10};
    write_npy(file(), {1, 2, 2}, std::span(pixels));
    header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 2), }";
    header.resize(117, ' ');
    EXPECT_EQ(test::read_bytes(file()), npy(header + "\n", bytes_of(pixels)));
}

TEST_F(NpyFile, Float64BecomesFloat32) {
    std::vector<double> values(5000);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i) / 3;
    const FloatArray array = read(npy(dict("<f8", "(50, 100)"), bytes_of(values)));
    EXPECT_THAT(array.shape, ElementsAre(50, 100));
    EXPECT_EQ(array.values[4999], static_cast<float>(4999.0 / 3));
}

TEST_F(NpyFile, EveryVersionAndSpellingOfTheHeaderIsRead) {
    const std::string data = bytes_of(std::vector<float>{1, 2});
    for (const char version : {1, 2, 3})
        EXPECT_THAT(read(npy(dict("<f4", "(2, 1)"), data, version)).shape, ElementsAre(2, 1));
    EXPECT_THAT(read(npy("{\"shape\":(2,),\"descr\":\"<f4\",\"fortran_order\":False}", data)).values,
                ElementsAre(1, 2));
    std::istringstream stream(npy(dict("<f4", "(2)"), data));
    EXPECT_THAT(read_npy(stream, "memory").values, ElementsAre(1, 2));
}

TEST_F(NpyFile, AMissingFileAndAFolderAreNamed) {
    EXPECT_THAT(error_of([&] { read_npy(file()); }), is_error_about(file(), "No such file"));
    EXPECT_THAT(error_of([&] { read_npy(folder_.path()); }),
                is_error_about(folder_.path(), "it is a folder"));
}

TEST_F(NpyFile, WhatIsNoNpyFileIsRefused) {
    expect_refused("", "the file is empty");
    expect_refused("\x93NUMPY", "too short");
    expect_refused("PK\x03\x04 and more", "does not begin like a .npy file");
    expect_refused(npy(dict("<f4", "(1,)"), "1234", 4), "version is 4");
    expect_refused("\x93NUMPY\x01\0\xff\xff{}"s, "is 65535 bytes, but only 2");
    expect_refused("\x93NUMPY\x02\0\xff\xff\xff\xff{}"s, "is 4294967295 bytes, but only 2");
    expect_refused(npy(std::string(70'000, ' '), "", 2), "the limit is 65536");
}

TEST_F(NpyFile, OtherArraysAreRefusedByWhatTheyAre) {
    expect_refused(npy(dict("<f4", "(1,)", "True"), "1234"), "Fortran");
    expect_refused(npy(dict("|O", "(1,)"), "12345678"), "\"|O\"");
    expect_refused(npy(dict(">f4", "(1,)"), "1234"), "\">f4\"");
    expect_refused(npy(dict("<i8", "(1,)"), "12345678"), "\"<i8\"");
    expect_refused(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "1234"),
                   "records");
}

TEST_F(NpyFile, AMalformedHeaderIsRefused) {
    for (const char* header :
         {"", "{", "{}", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)",
          "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} {", "[1]", "{'descr': '<f4",
          "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
          "{'descr': '<f4', 'fortran_order': False, 'shape': [1]}",
          "{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}",
          "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 'x'}"})
        expect_refused(npy(header, "1234"), "malformed");
    for (const char* shape : {"(-1,)", "(1.5,)", "(9223372036854775808,)", "(a,)", "(,)"})
        EXPECT_THROW(read(npy(dict("<f4", shape), "1234")), Error) << shape;
    expect_refused(npy(dict("<f4", "(-1,)"), "1234"), "invalid shape");
}

TEST_F(NpyFile, ASizeThatLiesCostsNothing) {
    for (const char* shape : {"(2,)", "(1152921504606846976,)", "(4294967296, 4294967296)",
                              "(9223372036854775807, 2)", "(4611686018427387905, 4)"})
        expect_refused(npy(dict("<f4", shape), "1234"), "more values than its 4 bytes");
    expect_refused(npy(dict("<f4", "(1,)"), "12345678"), "has 8 bytes of data");
    expect_refused(npy(dict("<f4", "(0, 9223372036854775807)"), "1"), "has 1 bytes of data");
}

TEST_F(NpyFile, CutAnywhereItIsRefused) {
    const std::string whole = npy(dict("<f8", "(3,)"), bytes_of(std::vector<double>{1, 2, 3}));
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_THROW(read(whole.substr(0, length)), Error) << length;
}

TEST_F(NpyFile, AShapeThatDoesNotFitIsNotWritten) {
    const std::vector<float> values{1, 2, 3};
    EXPECT_THAT(error_of([&] { write_npy(file(), {2}, values); }), is_error_about(file(), "3 values"));
    EXPECT_THROW(write_npy(file(), {-3, -1}, values), Error);
    EXPECT_TRUE(folder_.names().empty());
}

// ------------------------------------------------------------------ .npz

std::uint32_t number(const std::string& bytes, std::size_t at, int width) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data() + at, static_cast<std::size_t>(width));
    return value;
}

/// The only entry of a zip file, decompressed and compared with its checksum. It is found like readers do,
/// from the end.
std::string only_entry(const std::string& zip, const std::string& name) {
    const std::size_t end = zip.size() - 22;
    EXPECT_EQ(number(zip, end, 4), 0x06054b50u);
    EXPECT_EQ(number(zip, end + 10, 2), 1u);
    const std::size_t directory = number(zip, end + 16, 4);
    EXPECT_EQ(directory + number(zip, end + 12, 4), end);
    EXPECT_EQ(number(zip, directory, 4), 0x02014b50u);
    EXPECT_EQ(number(zip, directory + 10, 2), 8u);  // deflate
    EXPECT_EQ(zip.substr(directory + 46, number(zip, directory + 28, 2)), name);
    const std::size_t local = number(zip, directory + 42, 4);
    EXPECT_EQ(number(zip, local, 4), 0x04034b50u);
    EXPECT_EQ(zip.substr(local + 30, number(zip, local + 26, 2)), name);
    const std::size_t data = local + 30 + name.size() + number(zip, local + 28, 2);
    const std::string packed = zip.substr(data, number(zip, directory + 20, 4));
    std::string content(number(zip, directory + 24, 4), '\0');
    z_stream stream{};
    inflateInit2(&stream, -MAX_WBITS);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(content.data());
    stream.avail_out = static_cast<uInt>(content.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    EXPECT_EQ(stream.total_out, content.size());
    inflateEnd(&stream);
    EXPECT_EQ(number(zip, directory + 16, 4),
              crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())));
    return content;
}

TEST_F(NpyFile, AnNpzContainsTheArrayAsArr0) {
    std::vector<std::uint8_t> pixels(20 * 20 * 3 * 100);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * i >> 3);
    write_npy(file(), {100, 20, 20, 3}, std::span<const std::uint8_t>(pixels));
    const std::string npy_bytes = test::read_bytes(file());
    const fs::path zip = folder_ / "a.npz";
    write_npz(zip, {100, 20, 20, 3}, pixels);
    const std::string first = test::read_bytes(zip);
    EXPECT_EQ(only_entry(first, "arr_0.npy"), npy_bytes);
    EXPECT_LT(first.size(), npy_bytes.size());
    write_npz(zip, {100, 20, 20, 3}, pixels);
    EXPECT_EQ(test::read_bytes(zip), first);
    write_npz(zip, {0, 2}, {});
    EXPECT_EQ(only_entry(test::read_bytes(zip), "arr_0.npy").size(), 128u);
    EXPECT_THAT(error_of([&] { write_npz(zip, {3}, pixels); }), is_error_about(zip, "shape"));
}

TEST(NotFinite, TheFirstSuchValueIsNamedWithItsIndices) {
    FloatArray array{{2, 1, 3, 4}, std::vector<float>(24)};
    require_finite(array, "x.npy");
    require_finite({{0, 4}, {}}, "x.npy");
    array.values[23] = std::numeric_limits<float>::quiet_NaN();
    array.values[18] = -std::numeric_limits<float>::infinity();
    EXPECT_THAT(error_of([&] { require_finite(array, "x.npy"); }),
                is_error_about("x.npy", "[1, 0, 1, 2] is infinite"));
    array.values[0] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THAT(error_of([&] { require_finite(array, "x.npy"); }),
                is_error_about("x.npy", "[0, 0, 0, 0] is NaN"));
    EXPECT_THAT(error_of([&] {
                    require_finite({{}, {array.values[0]}}, "x.npy");
                }),
                is_error_about("x.npy", "[] is NaN"));
}

}  // namespace
}  // namespace denoise
