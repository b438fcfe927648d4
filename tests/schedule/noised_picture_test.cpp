#include "engine/schedule/noised_picture.h"

#include <cmath>

#include "tests/support/files.h"

namespace denoise {
namespace {

TEST(NoisedPicture, WithoutNoiseIsThePictureItself) {
    Picture every_grey{256, 1, 1, {}};
    for (int i = 0; i < 256; ++i) every_grey.pixels.push_back(static_cast<std::uint8_t>(i));
    EXPECT_EQ(NoisedPicture(every_grey, 1).x_t(1.0), every_grey);
}

TEST(NoisedPicture, TheNoiseDependsOnTheSeedAlone) {
    const Picture a = test::pattern(20, 10, 3, 0), b = test::pattern(20, 10, 3, 1);
    EXPECT_EQ(NoisedPicture(a, 7).eps(), NoisedPicture(b, 7).eps());
    EXPECT_NE(NoisedPicture(a, 7).eps(), NoisedPicture(a, 8).eps());
    EXPECT_EQ(NoisedPicture(a, 7).x_t(0.0), NoisedPicture(a, 7).eps());
}

TEST(NoisedPicture, HasTheMeanAndVarianceOfEquation4) {
    // A mid-grey picture at alpha_bar = .96: mean sqrt(.96) x0, standard deviation .2, far from the clamp.
    const double alpha_bar = 0.96, x0 = 140 / 127.5 - 1;
    const Picture flat{200, 200, 1, std::vector<std::uint8_t>(40'000, 140)};
    const Picture noised = NoisedPicture(flat, 3).x_t(alpha_bar);
    double sum = 0, squares = 0;
    for (const std::uint8_t pixel : noised.pixels) {
        const double value = pixel / 127.5 - 1;
        sum += value;
        squares += value * value;
    }
    const double mean = sum / 40'000, deviation = std::sqrt(squares / 40'000 - mean * mean);
    EXPECT_NEAR(mean, std::sqrt(alpha_bar) * x0, 5 * 0.2 / 200);
    EXPECT_NEAR(deviation, 0.2, 5 * 0.2 / std::sqrt(2 * 40'000.0));
}

TEST(NoisedPicture, AnEmptyPictureStaysEmpty) {
    EXPECT_TRUE(NoisedPicture().x_t(0.5).empty());
    EXPECT_TRUE(NoisedPicture(Picture{}, 1).eps().empty());
}

}  // namespace
}  // namespace denoise
