#include "engine/data/preparation.h"

#include <array>

#include "engine/data/class_balance.h"
#include "engine/data/name_list.h"
#include "tests/data/flat_pictures.h"
#include "tests/data/idx_bytes.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::brightness;
using test::error_of;
using test::flat;
using test::pattern;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Fit = DatasetConfig::Fit;
using Duplicates = DatasetConfig::Duplicates;

class Preparation : public testing::Test {
  protected:
    void add(const std::string& name, const Picture& picture) {
        test::write_bytes(folder_ / name, test::encoded(test::qt_image(picture), "png"));
    }
    Dataset load(DatasetConfig config = {}) {
        config.dataset = folder_.path().string();
        return load_dataset(config);
    }
    TemporaryFolder folder_;
};

/// A picture of 40 x 20 whose left quarter is black and whose right quarter is white; grey between.
Picture wide() {
    Picture picture{40, 20, 1, std::vector<std::uint8_t>(800, 128)};
    for (std::size_t i = 0; i < 800; ++i)
        if (i % 40 < 10 || i % 40 >= 30) picture.pixels[i] = i % 40 < 10 ? 0 : 255;
    return picture;
}

TEST_F(Preparation, CroppingCutsBothSides) {
    add("1.png", wide());
    const Dataset dataset = load({.image_size = 20});
    for (std::size_t i = 0; i < 400; ++i) EXPECT_EQ(dataset.images.image(0)[i], 128) << i;
}

TEST_F(Preparation, PaddingKeepsTheWholePictureBetweenBars) {
    add("1.png", wide());
    const Dataset dataset = load({.image_size = 20, .fit = Fit::pad, .background = "#404040"});
    ASSERT_EQ(dataset.images.channels, 1);
    const std::uint8_t* image = dataset.images.image(0);
    for (const int row : {0, 4, 15, 19}) EXPECT_EQ(image[row * 20 + 10], 0x40) << row;
    for (const int row : {5, 10, 14}) {
        EXPECT_EQ(image[row * 20], 0) << row;
        EXPECT_EQ(image[row * 20 + 10], 128) << row;
        EXPECT_EQ(image[row * 20 + 19], 255) << row;
    }
}

TEST_F(Preparation, StretchingKeepsTheWholePictureWithoutBars) {
    add("1.png", wide());
    const Dataset dataset = load({.image_size = 20, .fit = Fit::stretch});
    const std::uint8_t* image = dataset.images.image(0);
    for (const int row : {0, 10, 19}) {
        EXPECT_EQ(image[row * 20], 0) << row;
        EXPECT_EQ(image[row * 20 + 10], 128) << row;
        EXPECT_EQ(image[row * 20 + 19], 255) << row;
    }
}

TEST_F(Preparation, APictureWithExifOrientationIsPaddedUpright) {
    // Turned by 90 degrees, the picture of 40 x 20 is 20 x 40, and the bars are left and right of it.
    std::string jpeg = test::encoded(test::qt_image(wide()), "jpeg", 100);
    const std::string exif(
        "\xff\xe1\0\x22"
        "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
        36);
    test::write_bytes(folder_ / "1.jpg", jpeg.substr(0, 2) + exif + jpeg.substr(2));
    const Dataset dataset = load({.image_size = 20, .fit = Fit::pad, .background = "#ff0000"});
    ASSERT_EQ(dataset.images.channels, 3);
    const std::uint8_t *red = dataset.images.image(0), *green = red + 400;
    EXPECT_EQ(red[10 * 20], 255);
    EXPECT_EQ(green[10 * 20], 0);
    EXPECT_NEAR(green[10 * 20 + 10], 128, 3);
    EXPECT_NEAR(green[10], 0, 3);              // what was left is at the top
    EXPECT_NEAR(green[19 * 20 + 10], 255, 3);  // and what was right at the bottom
}

TEST_F(Preparation, TheBackgroundIsBehindTransparentPixels) {
    QImage image(8, 8, QImage::Format_ARGB32);
    image.fill(qRgba(0, 0, 0, 0));
    image.setPixel(0, 0, qRgba(255, 0, 0, 128));
    test::write_bytes(folder_ / "1.png", test::encoded(image, "png"));
    const auto colour_of = [](const Dataset& dataset, int pixel) {
        const std::uint8_t* image_of = dataset.images.image(0);
        return std::array<int, 3>{image_of[pixel], image_of[64 + pixel], image_of[128 + pixel]};
    };
    EXPECT_THAT(colour_of(load(), 9), ElementsAre(255, 255, 255));
    EXPECT_THAT(colour_of(load(), 0), ElementsAre(255, 127, 127));
    const Dataset blue = load({.background = "#0000c8"});
    EXPECT_THAT(colour_of(blue, 9), ElementsAre(0, 0, 200));
    EXPECT_THAT(colour_of(blue, 0), ElementsAre(128, 0, 100));
}

TEST_F(Preparation, ABackgroundThatIsNoColourIsAnError) {
    for (const char* text : {"", "blue", "#12345", "#1234567", "#12345g", "123456"})
        EXPECT_EQ(error_of([&] { load_dataset({.image_limit = 1, .background = text}); }).setting,
                  "background")
            << text;
    EXPECT_EQ(background_of({.background = "#0A0b0c"}), (Rgb{10, 11, 12}));
    EXPECT_EQ(background_of({.background = "black"}), (Rgb{0, 0, 0}));
}

TEST_F(Preparation, ClassesAndImagesAreLeftOutByTheirNames) {
    add("cat/1.png", flat(10));
    add("cat/2.png", flat(20));
    add("black, and white/1.png", flat(30));
    add("dog/1.png", flat(40));
    const Dataset dataset =
        load({.exclude_classes = R"(dog, "black, and white")", .exclude_images = "cat/1.png"});
    EXPECT_THAT(brightness(dataset), ElementsAre(20));
    EXPECT_THAT(dataset.class_names, ElementsAre("cat"));
    EXPECT_THAT(dataset.labels, ElementsAre(0));
    EXPECT_THAT(dataset.names, ElementsAre("cat/2.png"));
    EXPECT_THAT(dataset.skipped, IsEmpty());
    ASSERT_TRUE(dataset.left_out);
    EXPECT_EQ(dataset.left_out->total(), 3);
    EXPECT_THAT(dataset.left_out->images, ElementsAre("cat/1.png"));
    EXPECT_THAT(describe(*dataset.left_out),
                ElementsAre("The class black, and white with 1 image is left out",
                            "The class dog with 1 image is left out", "The image cat/1.png is left out"));
}

TEST_F(Preparation, ALimitCountsOnlyImagesThatAreNotLeftOut) {
    for (int i = 0; i < 10; ++i)
        add((i < 5 ? "a/" : "b/") + std::to_string(i) + ".png", flat(static_cast<std::uint8_t>(i)));
    EXPECT_THAT(brightness(load({.image_limit = 3, .exclude_classes = "a"})), ElementsAre(5, 6, 8));
}

TEST_F(Preparation, NamesThatDoNotOccurAreReported) {
    add("cat/1.png", flat(1));
    const Dataset dataset = load({.exclude_classes = "cta", .exclude_images = "cat/7.png"});
    EXPECT_EQ(dataset.images.count, 1);
    ASSERT_TRUE(dataset.left_out);
    EXPECT_THAT(dataset.left_out->not_found, testing::Contains("cta"));
    EXPECT_EQ(dataset.left_out->total(), 0);
}

TEST_F(Preparation, LeavingEverythingOutIsAnError) {
    add("cat/1.png", flat(1));
    const Error error = error_of([&] { load({.exclude_classes = "cat"}); });
    EXPECT_THAT(error.why, HasSubstr("all of its 1 images"));
    EXPECT_EQ(error.setting, "exclude_classes");
}

TEST_F(Preparation, ImagesOfOtherFormatsHaveNumbers) {
    test::write_bytes(folder_ / "train-images-idx3-ubyte", test::idx_images(4, 1, 2, "aabbccdd"));
    test::write_bytes(folder_ / "train-labels-idx1-ubyte", test::idx_labels(4, {"\0\1\2\1", 4}));
    const Dataset dataset = load({.exclude_classes = "1", .exclude_images = "0"});
    EXPECT_THAT(brightness(dataset), ElementsAre('c'));
    EXPECT_THAT(dataset.class_names, ElementsAre("0", "2"));
    EXPECT_THAT(dataset.labels, ElementsAre(1));
    EXPECT_THAT(dataset.numbers, ElementsAre(2));
    EXPECT_EQ(image_name(dataset, 0), "2");
}

TEST_F(Preparation, EverySettingIsPartOfTheFingerprint) {
    add("a/1.png", wide());
    add("a/2.png", wide());
    add("b/1.png", pattern(40, 20, 3));
    const std::string standard = load({.image_size = 16}).fingerprint;
    EXPECT_EQ(load({.image_size = 16}).fingerprint, standard);
    for (const DatasetConfig& other : {DatasetConfig{.image_size = 16, .fit = Fit::pad},
                                       DatasetConfig{.image_size = 16, .fit = Fit::stretch},
                                       DatasetConfig{.image_size = 16, .exclude_classes = "b"},
                                       DatasetConfig{.image_size = 16, .exclude_images = "b/1.png"},
                                       DatasetConfig{.image_size = 16, .duplicates = Duplicates::identical}})
        EXPECT_NE(load(other).fingerprint, standard);
    EXPECT_NE(load({.image_size = 16, .fit = Fit::pad, .background = "black"}).fingerprint,
              load({.image_size = 16, .fit = Fit::pad}).fingerprint);
}

TEST_F(Preparation, AnExcludedPictureMayHaveAnyName) {
    const std::string name = "\xff, \"1\".png";  // not UTF-8
    add("a/" + name, flat(1));
    add("a/2.png", flat(2));
    const Dataset all = load();
    ASSERT_EQ(all.images.count, 2);
    const std::string list = format_name_list({all.names[0], all.names[1]});
    EXPECT_EQ(error_of([&] { load({.exclude_images = list}); }).setting, "exclude_classes");
    EXPECT_THAT(brightness(load({.exclude_images = format_name_list({"a/" + name})})), ElementsAre(2));
}

TEST(NameList, IsReadAsItWasWritten) {
    const std::vector<std::string> names{"cat",       "black, white", " space ", "\"quoted\"", "back\\slash",
                                         "new\nline", "\xff\xfe",     "grün",    "a\\x41"};
    EXPECT_EQ(parse_name_list(format_name_list(names), "exclude_classes"), names);
    EXPECT_EQ(format_name_list({"cat", "grün", "a b"}), "cat, grün, a b");
    EXPECT_THAT(parse_name_list(" cat ,, dog,", "x"), ElementsAre("cat", "dog"));
    EXPECT_THAT(parse_name_list("", "x"), IsEmpty());
}

TEST(NameList, NamesWhatIsWrong) {
    const Error open = error_of([] { parse_name_list("a, \"b", "exclude_images"); });
    EXPECT_THAT(open.why, HasSubstr("not closed"));
    EXPECT_EQ(open.setting, "exclude_images");
    EXPECT_THAT(error_of([] { parse_name_list("\"a\" b", "x"); }).why, HasSubstr("comma is missing"));
}

TEST_F(Preparation, DuplicatesAreListedWithTheImagesThatStay) {
    add("a/1.png", pattern(16, 16, 1, 1));
    add("a/2.png", pattern(16, 16, 1, 2));
    add("b/3.png", pattern(16, 16, 1, 1));
    const Dataset dataset = load({.duplicates = Duplicates::identical});
    EXPECT_THAT(dataset.names, ElementsAre("a/1.png", "a/2.png"));
    ASSERT_TRUE(dataset.left_out);
    ASSERT_EQ(dataset.left_out->duplicates.size(), 1u);
    EXPECT_EQ(dataset.left_out->duplicates[0].image, "b/3.png");
    EXPECT_EQ(dataset.left_out->duplicates[0].kept, "a/1.png");
    ASSERT_EQ(dataset.left_out->pairs.count, 2);
    EXPECT_EQ(picture_of(dataset.left_out->pairs, 0), picture_of(dataset.left_out->pairs, 1));
    EXPECT_THAT(describe(*dataset.left_out), ElementsAre("1 duplicate is left out: b/3.png is like a/1.png"));
    EXPECT_EQ(load().left_out, nullptr);
}

TEST(ClassBalance, CountsAndNamesSmallClasses) {
    Dataset dataset;
    dataset.class_names = {"a", "b", "c"};
    dataset.labels = {0, 2, 0, 0};
    EXPECT_THAT(class_counts(dataset), ElementsAre(3, 0, 1));
    EXPECT_EQ(describe_small_classes({"a", "b"}, {100, 100}), "");
    EXPECT_EQ(describe_small_classes({"a"}, {3}), "");
    EXPECT_THAT(describe_small_classes({"cat", "emu"}, {1000, 9}), HasSubstr("emu (9 images)"));
    EXPECT_THAT(describe_small_classes({"cat", "dog", "emu"}, {10'000, 10'000, 500}),
                HasSubstr("emu (500 images)"));
    EXPECT_THAT(describe_small_classes({"a", "b", "c", "d", "e"}, {9, 8, 7, 6, 5}), HasSubstr("and 2 more"));
}

}  // namespace
}  // namespace denoise
