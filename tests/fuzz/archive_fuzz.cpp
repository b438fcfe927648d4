#include "engine/data/dataset.h"
#include "engine/formats/npy_file.h"
#include "tests/data/archive_bytes.h"
#include "tests/fuzz/dataset_checks.h"
#include "tests/fuzz/target.h"

namespace denoise::fuzz {
namespace {

/// A grey BMP of 2 x 2 pixels.
std::string picture() {
    std::string bmp("BM\x3e\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\2\0\0\0\2\0\0\0\1\0\x18\0\0\0\0\0\x08\0\0\0",
                    38);
    return bmp + std::string(16, '\0') + std::string("abcabc\0\0", 8) + std::string("abcabc\0\0", 8);
}

std::string archive_of(const char* format, const std::vector<test::ArchivedFile>& files) {
    const auto path = input_file(std::string("seed.") + format, "");
    test::write_archive(path, format, files);
    return read_all(path);
}

}  // namespace

std::vector<std::string> seeds() {
    const std::vector<test::ArchivedFile> pictures{
        {"set/train/a/1.bmp", picture()},
        {"set/train/b/2.bmp", picture()},
        {"set/test/b/3.bmp", picture()},
        {"set/dataset.json", R"({"labels": [["train/a/1.bmp", 1], ["train/b/2.bmp", 2]]})"}};
    const std::vector<test::ArchivedFile> table{{"1.bmp", picture()},
                                                {"labels.csv", "file,label\n1,\"x\"\n"}};
    const std::vector<test::ArchivedFile> arrays{
        {"x_train.npy", npy_header("|u1", {2, 2, 2, 3}) + std::string(24, 'x')},
        {"y_train.npy", npy_header("<i4", {2}) + std::string(8, '\1')}};
    const std::vector<test::ArchivedFile> idx{
        {"train-images-idx3-ubyte", std::string("\0\0\x08\3\0\0\0\1\0\0\0\1\0\0\0\2ab", 18)}};
    return {archive_of("zip", pictures), archive_of("tar", pictures), archive_of("tar.gz", pictures),
            archive_of("zip", table),    archive_of("tar", table),    archive_of("zip", arrays),
            archive_of("zip", idx)};
}

std::vector<std::string> tokens() {
    return {"PK\x03\x04", "PK\x01\x02", "PK\x05\x06", "ustar",  "../",  "dataset.json", "labels.csv",
            "\"labels\"", "[[",         "file,label", "train/", ".bmp", ".npy",         "\x1f\x8b\x08"};
}

}  // namespace denoise::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace denoise;
    const auto file = fuzz::input_file("input.zip", fuzz::text_of(data, size));
    fuzz::try_reading([&] { fuzz::expect_consistent(load_dataset({.dataset = file.string()})); });
    return 0;
}
