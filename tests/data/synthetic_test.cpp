#include "engine/data/synthetic.h"

#include <array>
#include <numeric>
#include <set>

#include "tests/support/files.h"

namespace denoise {
namespace {

constexpr std::size_t area = glyph_side * glyph_side;
using Pixels = std::array<std::uint8_t, area>;

Pixels glyph(std::int64_t index) {
    Pixels pixels{};
    draw_glyph(index, pixels.data());
    return pixels;
}

TEST(Glyphs, AnImageDependsOnItsIndexAlone) {
    const Dataset many = make_glyphs(200), few = make_glyphs(50);
    EXPECT_TRUE(std::equal(few.images.pixels.begin(), few.images.pixels.end(), many.images.pixels.begin()));
    const Pixels one = glyph(137);
    EXPECT_TRUE(std::equal(one.begin(), one.end(), many.images.image(137)));
}

TEST(Glyphs, ClassesAreNamedAndEquallyFrequent) {
    const Dataset dataset = make_glyphs(1600);
    ASSERT_EQ(dataset.class_names.size(), 16u);
    EXPECT_EQ(dataset.class_names[7], "7");
    EXPECT_EQ(std::set(dataset.class_names.begin(), dataset.class_names.end()).size(), 16u);
    for (std::int64_t c = 0; c < 16; ++c) EXPECT_EQ(std::ranges::count(dataset.labels, c), 100);
    EXPECT_EQ(dataset.name, "Glyphs");
    EXPECT_EQ(dataset.images.width, 28);
    EXPECT_EQ(dataset.images.channels, 1);
}

TEST(Glyphs, NoTwoAreAlike) {
    std::set<Pixels> seen;
    for (std::int64_t i = 0; i < 3000; ++i) seen.insert(glyph(i));
    EXPECT_EQ(seen.size(), 3000u);
}

TEST(Glyphs, AreWhiteInkOnBlackThatStaysInsideTheFrame) {
    for (std::int64_t i = 0; i < 3000; ++i) {
        const Pixels pixels = glyph(i);
        EXPECT_GT(*std::ranges::max_element(pixels), 190) << i;
        const double ink = std::accumulate(pixels.begin(), pixels.end(), 0.0) / (255.0 * area);
        EXPECT_GT(ink, 0.02) << i;
        EXPECT_LT(ink, 0.45) << i;
        for (std::size_t k = 0; k < glyph_side; ++k) {
            EXPECT_EQ(pixels[k], 0) << i;                                // top
            EXPECT_EQ(pixels[area - 1 - k], 0) << i;                     // bottom
            EXPECT_EQ(pixels[k * glyph_side], 0) << i;                   // left
            EXPECT_EQ(pixels[k * glyph_side + glyph_side - 1], 0) << i;  // right
        }
    }
}

TEST(Glyphs, EdgesAreSmooth) {
    // Among the pixels with any ink, a good part is neither black nor white.
    std::size_t inked = 0, between = 0;
    for (std::int64_t i = 0; i < 160; ++i)
        for (const std::uint8_t pixel : glyph(i)) {
            inked += pixel > 0;
            between += pixel > 10 && pixel < 220;
        }
    EXPECT_GT(static_cast<double>(between), 0.3 * static_cast<double>(inked));
}

TEST(Glyphs, AClassVariesLessThanTheSetDoes) {
    // The mean image of one class predicts its members better than the mean image of all: labels mean
    // something.
    constexpr std::int64_t count = 1600;
    const Dataset dataset = make_glyphs(count);
    std::vector<std::array<double, area>> means(17);
    for (std::int64_t i = 0; i < count; ++i)
        for (std::size_t k = 0; k < area; ++k) {
            means[static_cast<std::size_t>(dataset.labels[i])][k] += dataset.images.image(i)[k] / 100.0;
            means[16][k] += dataset.images.image(i)[k] / static_cast<double>(count);
        }
    double within = 0, overall = 0;
    for (std::int64_t i = 0; i < count; ++i)
        for (std::size_t k = 0; k < area; ++k) {
            const double pixel = dataset.images.image(i)[k];
            const double a = pixel - means[static_cast<std::size_t>(dataset.labels[i])][k],
                         b = pixel - means[16][k];
            within += a * a;
            overall += b * b;
        }
    EXPECT_LT(within, 0.85 * overall);
}

TEST(Glyphs, AStopCancels) {
    std::stop_source source;
    source.request_stop();
    EXPECT_THROW(make_glyphs(100, {}, source.get_token()), Cancelled);
}

TEST(Glyphs, AHugeNumberIsAnErrorAndNotACrash) {
    EXPECT_THROW(make_glyphs(std::int64_t{1} << 50), Error);
}

}  // namespace
}  // namespace denoise
