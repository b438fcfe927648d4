#include "engine/data/idx_file.h"

#include <unistd.h>

#include "tests/data/idx_bytes.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::big_endian;
using test::error_of;
using test::idx_images;
using test::idx_labels;
using test::is_error_about;
using test::TemporaryFolder;
using testing::ElementsAre;

/// Three images of 1 x 2 pixels and their labels.
const std::string three_images = idx_images(3, 1, 2, "abcdef");
const std::string three_labels = idx_labels(3, std::string("\2\0\1", 3));

class IdxFile : public testing::Test {
  protected:
    fs::path file(const std::string& name, std::string_view bytes) {
        test::write_bytes(folder_ / name, bytes);
        return folder_ / name;
    }
    void expect_refused(const fs::path& path, const std::string& cause) {
        EXPECT_THAT(error_of([&] { load_idx(path); }), is_error_about(path, cause));
    }
    TemporaryFolder folder_;
};

TEST_F(IdxFile, ReadsImagesAndTheLabelsBesideThem) {
    file("train-labels-idx1-ubyte", three_labels);
    const Dataset dataset = load_idx(file("train-images-idx3-ubyte", three_images));
    EXPECT_EQ(dataset.images, (ImageBatch{3, 1, 1, 2, {'a', 'b', 'c', 'd', 'e', 'f'}}));
    EXPECT_THAT(dataset.labels, ElementsAre(2, 0, 1));
    EXPECT_THAT(dataset.class_names, ElementsAre("0", "1", "2"));
    EXPECT_EQ(dataset.name, folder_.path().filename().string());
}

TEST_F(IdxFile, GzipIsKnownByContentAndNotByName) {
    file("train-labels.idx1-ubyte.gz", three_labels);  // not packed, whatever it says
    const Dataset dataset = load_idx(file("train-images.idx3-ubyte", test::gzip(three_images)));
    EXPECT_EQ(dataset.images.pixels.size(), 6u);
    EXPECT_THAT(dataset.labels, ElementsAre(2, 0, 1));
}

TEST_F(IdxFile, WithoutLabelsThereIsOneClass) {
    const Dataset dataset = load_idx(file("my-images-idx3-ubyte", three_images));
    EXPECT_THAT(dataset.labels, ElementsAre(0, 0, 0));
    EXPECT_EQ(dataset.class_names.size(), 1u);
}

TEST_F(IdxFile, AFolderOffersItsTrainingImagesFirst) {
    EXPECT_EQ(find_idx_images(*open_tree(folder_.path())), std::nullopt);
    file("train-labels-idx1-ubyte", "");
    EXPECT_EQ(find_idx_images(*open_tree(folder_.path())), std::nullopt);
    const fs::path testing_images = file("t10k-images-idx3-ubyte.gz", "");
    EXPECT_EQ(find_idx_images(*open_tree(folder_.path())), testing_images);
    const fs::path training_images = file("train-images.idx3-ubyte", "");
    EXPECT_EQ(find_idx_images(*open_tree(folder_.path())), training_images);
    EXPECT_EQ(find_idx_labels(training_images), folder_ / "train-labels-idx1-ubyte");
    EXPECT_EQ(find_idx_labels(testing_images), std::nullopt);
}

TEST_F(IdxFile, AMissingFileIsNamed) {
    expect_refused(folder_ / "none", "No such file");
    expect_refused(folder_.path(), "it is a folder");
}

TEST_F(IdxFile, AFileWithoutPermissionIsAnError) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
    const fs::path path = file("images", three_images);
    fs::permissions(path, fs::perms::none);
    expect_refused(path, "Permission denied");
}

TEST_F(IdxFile, AWrongMagicIsShown) {
    expect_refused(file("a", big_endian(0x0D03) + std::string(100, 'x')), "0x00000d03");
    expect_refused(file("a", "<html>Not found</html>"), "0x3c68746d");
    expect_refused(file("a", three_labels), "it contains labels, not images");
    expect_refused(file("a", ""), "too short");
    expect_refused(file("a", three_images.substr(0, 13)), "too short");
    EXPECT_TRUE(is_idx_file(file("a", test::gzip(three_images))));
    EXPECT_FALSE(is_idx_file(file("a", "text")));
    EXPECT_FALSE(is_idx_file(folder_ / "none"));
}

TEST_F(IdxFile, GzipCutShortIsSaidToBeThat) {
    std::string noise;  // hardly compressible, so that a cut takes pixels away
    for (std::uint32_t i = 0, state = 1; i < 28 * 28 * 20; ++i)
        noise += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    const std::string packed = test::gzip(idx_images(20, 28, 28, noise));
    EXPECT_EQ(load_idx(file("whole", packed)).images.count, 20);
    for (const std::size_t length :
         {packed.size() - 1, packed.size() - 8, packed.size() / 2, std::size_t{40}})
        expect_refused(file("images.gz", packed.substr(0, length)), "cut short");
    for (const std::size_t length : {std::size_t{5}, std::size_t{12}})
        EXPECT_THROW(load_idx(file("images.gz", packed.substr(0, length))), Error);
}

TEST_F(IdxFile, DamagedGzipIsNoticedByItsCheckSum) {
    std::string packed = test::gzip(three_images);
    packed[packed.size() - 6] ^= 1;  // in the check sum
    expect_refused(file("images.gz", packed), "damaged");
}

TEST_F(IdxFile, ASizeThatLiesIsRefused) {
    expect_refused(file("a", idx_images(4, 1, 2, "abcdef")), "indicates 8 bytes");
    expect_refused(file("a", idx_images(2, 1, 2, "abcdef")), "more data than the 4 bytes");
    expect_refused(file("a.gz", test::gzip(idx_images(4, 1, 2, "abcdef"))), "but it has only 6");
    expect_refused(file("a.gz", test::gzip(idx_images(2, 1, 2, "abcdef"))), "more data than the 4 bytes");
    expect_refused(file("a", idx_images(0, 28, 28, "")), "no images");
    expect_refused(file("a", idx_images(3, 0, 2, "")), "2 x 0 pixels");
}

TEST_F(IdxFile, AnAbsurdCountIsNotBelieved) {
    // 2^31 images of 28 x 28 would be 1.7 TB; of 4096 x 4096, 36 PB.
    for (const std::uint32_t side : {28u, 4096u}) {
        const std::string lie = idx_images(1u << 31, side, side, "abcdef");
        expect_refused(file("a", lie), "but it has at most");
        expect_refused(file("a.gz", test::gzip(lie)), "but it has at most");
    }
    expect_refused(file("a", idx_images(1, 0xffffffff, 0xffffffff, "abc")), "4294967295 x 4294967295");
}

TEST_F(IdxFile, LabelsOfAnotherCountAreRefusedWithBothNumbers) {
    const fs::path images = file("train-images-idx3-ubyte", three_images);
    const fs::path labels = file("train-labels-idx1-ubyte", idx_labels(2, std::string("\0\1", 2)));
    EXPECT_THAT(error_of([&] { load_idx(images); }), is_error_about(labels, "2 labels"));
    EXPECT_THAT(error_of([&] { load_idx(images); }), is_error_about(labels, "3 images"));
    file("train-labels-idx1-ubyte", idx_labels(3, "\1"));
    EXPECT_THAT(error_of([&] { load_idx(images); }), is_error_about(labels, "indicates 3 bytes"));
    file("train-labels-idx1-ubyte", three_images);
    EXPECT_THAT(error_of([&] { load_idx(images); }), is_error_about(labels, "images, not labels"));
}

TEST_F(IdxFile, AStopIsFollowed) {
    std::stop_source source;
    source.request_stop();
    EXPECT_THROW(load_idx(file("a", three_images), {}, source.get_token()), Cancelled);
}

TEST_F(IdxFile, KnownSetsGetTheirNames) {
    const std::string images = test::gzip(idx_images(10'000, 28, 28, std::string(7'840'000, '\0')));
    std::string digits;
    for (int i = 0; i < 10'000; ++i) digits += static_cast<char>(i % 10);
    const auto load = [&](const std::string& folder, const std::string& name) {
        file(folder + "/" + name + "-labels-idx1-ubyte", idx_labels(10'000, digits));
        return load_idx(file(folder + "/" + name + "-images-idx3-ubyte.gz", images));
    };
    EXPECT_EQ(load("digits", "train").name, "MNIST");
    EXPECT_EQ(load("digits", "t10k").name, "MNIST (test images)");
    EXPECT_EQ(load("FashionMNIST", "train").name, "Fashion-MNIST");
    EXPECT_EQ(load("fashion", "train").class_names.size(), 10u);
}

}  // namespace
}  // namespace denoise
