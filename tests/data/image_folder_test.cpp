#include "engine/data/image_folder.h"

#include "engine/data/natural_order.h"
#include "tests/data/flat_pictures.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::brightness;
using test::error_of;
using test::flat;
using test::is_error_about;
using test::pattern;
using test::TemporaryFolder;
using testing::ElementsAre;
using Colour = DatasetConfig::Colour;

class ImageFolder : public testing::Test {
  protected:
    void add(const std::string& name, const Picture& picture) {
        const std::string format = fs::path(name).extension().string().substr(1);
        test::write_bytes(folder_ / name, test::encoded(test::qt_image(picture), format.c_str()));
    }
    Dataset load(const DatasetConfig& config = {}, const LoadProgress& progress = {},
                 const std::stop_token& stop = {}) {
        return load_pictures(*open_folder(folder_.path()), config, progress, stop);
    }
    TemporaryFolder folder_;
};

TEST(NaturalOrder, CountsAsPeopleDo) {
    EXPECT_TRUE(natural_less("2.png", "10.png"));
    EXPECT_TRUE(natural_less("img9b", "img10a"));
    EXPECT_TRUE(natural_less("a/2", "a/10"));
    EXPECT_TRUE(natural_less("a/z", "a1/b"));
    EXPECT_TRUE(natural_less("Apple", "banana"));
    EXPECT_TRUE(natural_less("apple", "Banana"));
    EXPECT_TRUE(natural_less("a", "ab"));
    EXPECT_TRUE(natural_less("", "a"));
    EXPECT_TRUE(natural_less("99999999999999999999998", "99999999999999999999999"));
    EXPECT_FALSE(natural_less("a", "a"));
    EXPECT_NE(natural_less("a01", "a1"), natural_less("a1", "a01"));
    EXPECT_NE(natural_less("A", "a"), natural_less("a", "A"));
}

TEST_F(ImageFolder, FoldersOfTheFirstLevelAreClassesInNaturalOrder) {
    add("dog/10.png", flat(30));
    add("dog/2.png", flat(20));
    add("Cat/deep/er/1.png", flat(10));
    add("emu/1.bmp", flat(40));
    const Dataset dataset = load();
    EXPECT_THAT(dataset.class_names, ElementsAre("Cat", "dog", "emu"));
    EXPECT_THAT(dataset.labels, ElementsAre(0, 1, 1, 2));
    EXPECT_THAT(brightness(dataset), ElementsAre(10, 20, 30, 40));
    EXPECT_EQ(dataset.name, folder_.path().filename().string());
    EXPECT_TRUE(dataset.skipped.empty());
}

TEST_F(ImageFolder, OfTrainAndTestTheTrainingImagesAreTaken) {
    add("train/cat/1.png", flat(10));
    add("train/dog/1.png", flat(20));
    add("test/cat/1.png", flat(90));
    Dataset dataset = load();
    EXPECT_THAT(dataset.class_names, ElementsAre("cat", "dog"));
    EXPECT_THAT(brightness(dataset), ElementsAre(10, 20));
    EXPECT_EQ(dataset.name, folder_.path().filename().string());
    add("val/cat/1.png", flat(95));
    EXPECT_THAT(brightness(load()), ElementsAre(10, 20));
    add("more/cat/1.png", flat(50));  // now they are folders like any other
    dataset = load();
    EXPECT_THAT(dataset.class_names, ElementsAre("more", "test", "train", "val"));
}

TEST_F(ImageFolder, AFlatFolderIsOneClassWithItsName) {
    add("1.png", flat(1));
    add("2.png", flat(2));
    const Dataset dataset = load({.dataset = folder_.path().string() + "/"});
    EXPECT_THAT(dataset.class_names, ElementsAre(folder_.path().filename().string()));
    EXPECT_THAT(dataset.labels, ElementsAre(0, 0));
}

TEST_F(ImageFolder, HiddenFilesAndOtherFilesAreNotPictures) {
    add("1.png", flat(1));
    test::write_bytes(folder_ / "._1.png", "resource fork");
    test::write_bytes(folder_ / ".thumbnails/1.png", "x");
    test::write_bytes(folder_ / "notes.txt", "x");
    const Dataset dataset = load();
    EXPECT_EQ(dataset.images.count, 1);
    EXPECT_TRUE(dataset.skipped.empty());
}

TEST_F(ImageFolder, SmallPicturesThatAreAllAlikeKeepTheirSize) {
    add("1.png", flat(1, 20, 12));
    add("2.png", flat(2, 20, 12));
    const Dataset dataset = load();
    EXPECT_EQ(dataset.images.width, 20);
    EXPECT_EQ(dataset.images.height, 12);
}

TEST_F(ImageFolder, OtherSizesBecomeASquareThatTheSmallestFills) {
    add("1.png", flat(1, 100, 80));
    add("2.png", flat(2, 70, 200));
    EXPECT_EQ(load().images.width, 64);
    add("3.png", flat(3, 63, 300));
    const Dataset dataset = load();
    EXPECT_EQ(dataset.images.width, 32);
    EXPECT_EQ(dataset.images.height, 32);
    EXPECT_EQ(load({.image_size = 48}).images.height, 48);
}

TEST_F(ImageFolder, GreyOnlyWhenEveryPictureIsGrey) {
    add("1.png", flat(100));
    add("2.png", flat(200));
    EXPECT_EQ(load().images.channels, 1);
    EXPECT_EQ(load({.colour = Colour::rgb}).images.channels, 3);
    add("3.png", {8, 8, 3, pattern(8, 8, 3).pixels});
    const Dataset colours = load();
    EXPECT_EQ(colours.images.channels, 3);
    EXPECT_EQ(load({.colour = Colour::grey}).images.channels, 1);
    // Planar: the third image's red plane is the pattern's red.
    const Picture original = pattern(8, 8, 3);
    EXPECT_EQ(picture_of(colours.images, 2), original);
}

TEST_F(ImageFolder, ThreeBrokenOfAHundredAreSkippedAndListed) {
    for (int i = 0; i < 97; ++i) add("p" + std::to_string(i) + ".png", flat(static_cast<std::uint8_t>(i)));
    const std::string png = test::read_bytes(folder_ / "p5.png");
    test::write_bytes(folder_ / "p20-cut.png", png.substr(0, png.size() / 2));
    test::write_bytes(folder_ / "p40-empty.png", "");
    test::write_bytes(folder_ / "p60-text.jpg", "not a picture at all");
    for (const int size : {0, 16}) {
        const Dataset dataset = load({.image_size = size});
        EXPECT_EQ(dataset.images.count, 97);
        EXPECT_EQ(dataset.labels.size(), 97u);
        ASSERT_EQ(dataset.skipped.size(), 3u);
        EXPECT_EQ(dataset.skipped[0].path, folder_ / "p20-cut.png");
        EXPECT_EQ(dataset.skipped[1].path, folder_ / "p40-empty.png");
        EXPECT_EQ(dataset.skipped[2].path, folder_ / "p60-text.jpg");
        EXPECT_EQ(dataset.skipped[1].why, "the file is empty");
        for (int i = 0; i < 97; ++i) EXPECT_EQ(brightness(dataset)[static_cast<std::size_t>(i)], i);
    }
}

TEST_F(ImageFolder, AClassWhosePicturesAreAllBrokenIsNoClass) {
    add("a/1.png", flat(1));
    add("c/1.png", flat(3));
    test::write_bytes(folder_ / "b/1.png", "broken");
    const Dataset dataset = load();
    EXPECT_THAT(dataset.class_names, ElementsAre("a", "c"));
    EXPECT_THAT(dataset.labels, ElementsAre(0, 1));
}

TEST_F(ImageFolder, ABombIsSkippedLikeAnyBrokenPicture) {
    add("1.png", flat(1));
    test::write_bytes(folder_ / "bomb.png", test::png_file(20'000, 10'000, 8, 2, ""));
    const Dataset dataset = load({.image_size = 8});
    EXPECT_EQ(dataset.images.count, 1);
    ASSERT_EQ(dataset.skipped.size(), 1u);
    EXPECT_THAT(dataset.skipped[0].why, testing::HasSubstr("20000 x 10000"));
}

TEST_F(ImageFolder, WhenAllAreBrokenTheFirstReasonIsGiven) {
    test::write_bytes(folder_ / "1.png", "broken");
    test::write_bytes(folder_ / "2.png", "");
    EXPECT_THAT(error_of([&] { load(); }), is_error_about(folder_.path(), "none of its 2 picture files"));
    EXPECT_THAT(error_of([&] { load(); }), is_error_about(folder_.path(), "1.png: it is not a PNG"));
}

TEST_F(ImageFolder, AnEmptyFolderIsAnError) {
    EXPECT_THAT(error_of([&] { load(); }), is_error_about(folder_.path(), "no PNG, JPEG"));
    test::write_bytes(folder_ / "notes.txt", "x");
    EXPECT_THAT(error_of([&] { load(); }), is_error_about(folder_.path(), "no PNG, JPEG"));
}

TEST_F(ImageFolder, ALimitTakesPicturesFromTheWholeSet) {
    for (int i = 0; i < 40; ++i)
        add((i < 20 ? "a/" : "b/") + std::to_string(i) + ".png", flat(static_cast<std::uint8_t>(i)));
    const Dataset dataset = load({.image_limit = 4});
    EXPECT_THAT(brightness(dataset), ElementsAre(0, 10, 20, 30));
    EXPECT_THAT(dataset.labels, ElementsAre(0, 0, 1, 1));
}

TEST_F(ImageFolder, AStopInTheMiddleCancels) {
    for (int i = 0; i < 50; ++i) add(std::to_string(i) + ".png", flat(1));
    std::stop_source source;
    EXPECT_THROW(load(
                     {}, [&](std::int64_t, std::int64_t) { source.request_stop(); }, source.get_token()),
                 Cancelled);
}

TEST_F(ImageFolder, ProgressGrowsToTheTotal) {
    for (int i = 0; i < 20; ++i) add(std::to_string(i) + ".png", flat(1));
    std::int64_t last = 0, total = 0;
    load({}, [&](std::int64_t done, std::int64_t all) {
        EXPECT_GE(done, last);
        last = done;
        total = all;
    });
    EXPECT_EQ(last, 20);
    EXPECT_EQ(total, 20);
}

TEST_F(ImageFolder, ALinkToItselfDoesNotHang) {
    add("a/1.png", flat(1));
    fs::create_directory_symlink(folder_.path(), folder_ / "a/loop");
    EXPECT_EQ(load().images.count, 1);
}

}  // namespace
}  // namespace denoise
