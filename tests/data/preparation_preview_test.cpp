#include "engine/data/preparation_preview.h"

#include <random>
#include <set>

#include "engine/data/left_out.h"
#include "engine/data/preparation_strip.h"
#include "tests/data/idx_bytes.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

using test::pattern;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;

Dataset named(const std::string& name, std::vector<std::string> classes = {"all"}) {
    Dataset dataset;
    dataset.name = name;
    dataset.class_names = std::move(classes);
    return dataset;
}

/// `count` images of noise, brighter by `extra` in their left halves.
Dataset noise(int count, int extra) {
    Dataset dataset = named("noise");
    dataset.images = {count, 1, 16, 16, {}};
    std::mt19937 random(1);
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < count * 256; ++i)
        pixels.push_back(
            static_cast<std::uint8_t>(random() % 200 + static_cast<unsigned>(i % 16 < 8 ? extra : 0)));
    dataset.images.pixels = std::move(pixels);
    dataset.labels.assign(static_cast<std::size_t>(count), 0);
    return dataset;
}

TEST(FlipAdvice, IsCertainForKnownDatasets) {
    for (const char* name : {"Glyphs", "MNIST", "MNIST (test images)", "Kuzushiji-MNIST", "Fashion-MNIST"}) {
        const FlipAdvice advice = flip_advice(named(name));
        EXPECT_TRUE(advice.certain && !advice.flip) << name;
    }
    EXPECT_TRUE(flip_advice(named("CIFAR-10")).flip);
}

TEST(FlipAdvice, IsASuggestionForOthers) {
    const FlipAdvice digits = flip_advice(named("mine", {"0", "1", "2"}));
    EXPECT_TRUE(!digits.certain && !digits.flip);
    EXPECT_THAT(digits.why, HasSubstr("digits or letters"));
    EXPECT_FALSE(flip_advice(named("Street signs")).flip);
    EXPECT_THAT(flip_advice(named("hands", {"left hand", "right hand"})).why,
                HasSubstr("The name left hand"));
    const FlipAdvice photos = flip_advice(noise(50, 0));
    EXPECT_TRUE(photos.flip && !photos.certain);
    EXPECT_THAT(flip_advice(noise(50, 55)).why, HasSubstr("different from their mirror images"));
}

TEST(Asymmetry, ChanceIsNotAsymmetry) {
    EXPECT_LT(asymmetry(noise(50, 0)), 0.05);
    EXPECT_GT(asymmetry(noise(50, 55)), 0.5);
    EXPECT_EQ(asymmetry(named("empty")), 0);
}

TEST(Asymmetry, DigitsAreFarAboveTheLimit) {
    const auto folder = test::mnist_folder();
    if (!folder) GTEST_SKIP() << "needs MNIST";
    EXPECT_NEAR(asymmetry(load_dataset({.dataset = folder->string()})), 0.40, 0.01);
}

class Preview : public testing::Test {
  protected:
    void SetUp() override {
        for (int i = 0; i < 20; ++i) add("a/" + std::to_string(i), i);
        for (int i = 0; i < 4; ++i) add("b/" + std::to_string(i), 30 + i);
    }
    void add(const std::string& name, int seed) {
        test::write_bytes(folder_ / (name + ".png"),
                          test::encoded(test::qt_image(pattern(40, 20, 3, seed)), "png"));
    }
    DatasetConfig config() const { return {.dataset = folder_.path().string(), .image_size = 20}; }
    TemporaryFolder folder_;
};

TEST_F(Preview, ShowsPicturesAsTheyAreBesideTheImagesMadeFromThem) {
    const PreparationPreview preview = preview_preparation(config(), 8);
    ASSERT_EQ(preview.examples.size(), 8u);
    int of_b = 0;
    for (const PreparedExample& example : preview.examples) {
        of_b += example.class_name == "b" ? 1 : 0;
        EXPECT_EQ(example.width, 40);
        EXPECT_EQ(example.height, 20);
        const int seed = std::stoi(example.name.substr(2)) + (example.class_name == "b" ? 30 : 0);
        const Picture original = pattern(40, 20, 3, seed);
        EXPECT_EQ(example.before, original) << example.name;
        ASSERT_EQ(example.after.width, 20);
        // Cropped at the centre, without scaling.
        EXPECT_TRUE(std::equal(example.after.pixels.begin(), example.after.pixels.begin() + 60,
                               original.pixels.begin() + 30))
            << example.name;
    }
    EXPECT_EQ(of_b, 4);
    EXPECT_TRUE(preview.complete);
    EXPECT_EQ(preview.count, 24);
    EXPECT_THAT(preview.class_counts, ElementsAre(20, 4));
    EXPECT_EQ(preview.fingerprint, load_dataset(config()).fingerprint);
}

TEST_F(Preview, TheFirstExamplesAreThereWithoutReadingAllPictures) {
    for (int i = 0; i < 10; ++i) test::write_bytes(folder_ / ("a/x" + std::to_string(i) + ".png"), "broken");
    const PreparationPreview preview = preview_examples(config(), 6);
    EXPECT_FALSE(preview.complete);
    EXPECT_GE(preview.examples.size(), 3u);
    EXPECT_LE(preview.examples.size(), 6u);
}

TEST_F(Preview, OfImagesInOneFileTheirColoursAreTheDifference) {
    const TemporaryFolder cifar;
    std::string bytes;
    for (int i = 0; i < 3; ++i)
        bytes += std::string(1, '\0') + std::string(1024, '\xc8') + std::string(2048, '\x10');
    test::write_bytes(cifar / "data_batch_1.bin", bytes);
    const PreparationPreview preview = preview_preparation({.dataset = (cifar / "data_batch_1.bin").string(),
                                                            .colour = DatasetConfig::Colour::grey,
                                                            .exclude_images = "0"},
                                                           8);
    ASSERT_EQ(preview.examples.size(), 2u);
    EXPECT_EQ(preview.examples[0].name, "1");
    EXPECT_EQ(preview.examples[0].before.channels, 3);
    EXPECT_EQ(preview.examples[0].after.channels, 1);
}

TEST_F(Preview, MoreClassesThanExamplesAreSpread) {
    const PreparationPreview preview = preview_preparation({.image_limit = 200}, 4);  // glyphs
    ASSERT_EQ(preview.examples.size(), 4u);
    std::set<std::string> classes;
    for (const PreparedExample& example : preview.examples) {
        classes.insert(example.class_name);
        EXPECT_EQ(example.before, example.after);
    }
    EXPECT_EQ(classes.size(), 4u);
}

TEST_F(Preview, TheStripHasAColumnForEachExample) {
    const PreparationPreview preview = preview_preparation(config(), 3);
    const Picture strip = before_and_after(preview.examples);
    EXPECT_EQ(strip.width, 3 * 136 + 8);
    EXPECT_EQ(strip.height, 280);
    EXPECT_FALSE(before_and_after({}).empty());
}

}  // namespace
}  // namespace denoise
