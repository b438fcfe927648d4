#include "engine/data/numpy_images.h"

#include "engine/formats/npy_file.h"
#include "tests/data/archive_bytes.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::is_error_about;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;

std::string bytes_from(int first, int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i) bytes += static_cast<char>(first + i);
    return bytes;
}

class NumpyImages : public testing::Test {
  protected:
    fs::path npy(const std::string& name, const char* type, const std::vector<std::int64_t>& shape,
                 const std::string& data) {
        test::write_bytes(folder_ / name, npy_header(type, shape) + data);
        return folder_ / name;
    }
    fs::path npz(const std::vector<test::ArchivedFile>& files) {
        test::write_archive(folder_ / "set.npz", "zip", files);
        return folder_ / "set.npz";
    }
    static Dataset load(const fs::path& path) { return load_dataset({.dataset = path.string()}); }
    TemporaryFolder folder_;
};

TEST_F(NumpyImages, ChannelsMayBeLastOrFirstOrMissing) {
    const Dataset last = load(npy("a.npy", "|u1", {1, 2, 2, 3}, bytes_from(0, 12)));
    EXPECT_THAT(last.images.pixels, ElementsAre(0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11));
    EXPECT_EQ(last.images.height, 2);
    EXPECT_EQ(last.name, "a");
    EXPECT_THAT(last.class_names, ElementsAre("all"));
    const Dataset first = load(npy("b.npy", "|u1", {1, 3, 2, 2}, bytes_from(0, 12)));
    EXPECT_THAT(first.images.pixels, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    const Dataset grey = load(npy("c.npy", "|u1", {2, 1, 3}, bytes_from(0, 6)));
    EXPECT_EQ(grey.images.channels, 1);
    EXPECT_EQ(grey.images.count, 2);
    EXPECT_EQ(grey.images.width, 3);
    const Dataset transparent =
        load(npy("d.npy", "|u1", {1, 2, 1, 4}, std::string("\x0a\x14\x1e\xff\x0a\x14\x1e\0", 8)));
    EXPECT_THAT(transparent.images.pixels, ElementsAre(10, 255, 20, 255, 30, 255));
}

TEST_F(NumpyImages, AmbiguousAndWrongArraysAreRefused) {
    const auto refused = [&](const char* type, const std::vector<std::int64_t>& shape, int bytes,
                             const char* cause) {
        const fs::path path = npy("a.npy", type, shape, std::string(static_cast<std::size_t>(bytes), 'x'));
        EXPECT_THAT(error_of([&] { load(path); }), is_error_about(path, cause));
    };
    refused("|u1", {2, 3, 5, 3}, 90, "axis 1 and axis 3");
    refused("|u1", {2, 5, 5, 7}, 350, "no axis has");
    refused("<f4", {2, 5, 5, 3}, 600, "uint8");
    refused("|u1", {10}, 10, "three or four axes");
    refused("|u1", {0, 5, 5, 3}, 0, "no images");
    refused("|u1", {2, 5, 5, 3}, 149, "cut short");
    refused("|u1", {1'000'000'000, 5, 5, 3}, 149, "it has only");
    refused("|u1", {1, 100'000, 5, 3}, 1'500'000, "5 x 100000");
    refused("|u1", {2, 5, 5, 3}, 151, "more data");
}

TEST_F(NumpyImages, LabelsBesideTheImagesAreRead) {
    npy("labels.npy", "<i8", {3, 1},
        std::string("\5\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\5\0\0\0\0\0\0\0", 24));
    const fs::path images = npy("images.npy", "|u1", {3, 1, 1}, "abc");
    for (const fs::path& path : {images, folder_.path()}) {
        const Dataset dataset = load(path);
        EXPECT_THAT(dataset.class_names, ElementsAre("-1", "5"));
        EXPECT_THAT(dataset.labels, ElementsAre(1, 0, 1));
    }
    npy("labels.npy", "|u1", {2}, "ab");
    EXPECT_THAT(error_of([&] { load(images); }), is_error_about(folder_ / "labels.npy", "2 labels"));
    npy("labels.npy", "<f4", {3}, std::string(12, '\0'));
    EXPECT_THAT(error_of([&] { load(images); }), is_error_about(folder_ / "labels.npy", "whole numbers"));
    npy("labels.npy", ">u2", {3}, std::string("\1\0\0\1\0\1", 6));
    EXPECT_THAT(load(images).class_names, ElementsAre("1", "256"));
}

TEST_F(NumpyImages, KnownNamesInAnNpzAreFound) {
    const std::string images = npy_header("|u1", {2, 1, 2}) + "abcd",
                      labels = npy_header("|u1", {2}) + std::string("\1\0", 2),
                      others = npy_header("|u1", {1, 1, 2}) + "zz";
    for (const auto& [x, y] : {std::pair("x_train", "y_train"), std::pair("train_images", "train_labels"),
                               std::pair("images", "labels"), std::pair("arr_0", "arr_1"),
                               std::pair("data", "targets"), std::pair("X", "y")}) {
        const Dataset dataset = load(npz({{std::string("x_test.npy"), others},
                                          {std::string(x) + ".npy", images},
                                          {std::string(y) + ".npy", labels}}));
        EXPECT_THAT(dataset.images.pixels, ElementsAre('a', 'b', 'c', 'd')) << x;
        EXPECT_THAT(dataset.labels, ElementsAre(1, 0)) << x;
        EXPECT_EQ(dataset.name, "set");
        ASSERT_EQ(dataset.notes.size(), 1u) << x;
        EXPECT_THAT(dataset.notes[0], HasSubstr("without x_test (1 image)"));
    }
    EXPECT_THAT(error_of([&] {
                    load(npz({{"one.npy", images}, {"two.npy", images}}));
                }),
                is_error_about(folder_ / "set.npz", "several arrays"));
    EXPECT_THAT(error_of([&] {
                    load(npz({{"x.npy", npy_header("<f4", {1, 1, 1}) + "abcd"}}));
                }),
                is_error_about(folder_ / "set.npz", "uint8"));
}

TEST_F(NumpyImages, StatisticsBesidePicturesAreNoImages) {
    npy("fid/mu.npy", "<f8", {2}, std::string(16, '\0'));
    npy("stats.npy", "<f4", {2, 2, 2}, std::string(32, '\0'));
    test::write_bytes(folder_ / "a/1.png", test::encoded(test::qt_image(test::pattern(4, 4, 1)), "png"));
    EXPECT_EQ(load(folder_.path()).images.width, 4);
}

TEST_F(NumpyImages, MasksBesidePicturesAreNoImages) {
    npy("masks.npy", "|u1", {1, 2, 2}, "abcd");
    test::write_bytes(folder_ / "1.png", test::encoded(test::qt_image(test::pattern(4, 4, 1)), "png"));
    EXPECT_EQ(load(folder_.path()).images.width, 4);
}

TEST_F(NumpyImages, OnlyWholeWordsNameOtherParts) {
    const std::string images = npy_header("|u1", {2, 1, 2}) + "abcd",
                      others = npy_header("|u1", {1, 1, 2}) + "zz";
    EXPECT_EQ(load(npz({{"intervals.npy", images}})).images.count, 2);
    EXPECT_EQ(load(npz({{"intervals.npy", images}, {"val2.npy", others}})).images.count, 2);
}

TEST_F(NumpyImages, ADamagedNpzIsRefused) {
    const fs::path path = npz({{"arr_0.npy", npy_header("|u1", {2, 8, 8}) + bytes_from(0, 128)}});
    const std::string whole = test::read_bytes(path);
    for (std::size_t length = 0; length < whole.size(); length += 37) {
        test::write_bytes(path, whole.substr(0, length));
        EXPECT_THAT(error_of([&] { load(path); }), is_error_about(path, "")) << length;
    }
}

TEST_F(NumpyImages, AStopCancels) {
    const fs::path path = npy("a.npy", "|u1", {500, 1, 1}, std::string(500, 'x'));
    std::stop_source source;
    EXPECT_THROW(load_dataset(
                     {.dataset = path.string()}, [&](std::int64_t, std::int64_t) { source.request_stop(); },
                     source.get_token()),
                 Cancelled);
}

}  // namespace
}  // namespace denoise
