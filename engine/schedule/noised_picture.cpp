#include "engine/schedule/noised_picture.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace denoise {
namespace {

std::uint8_t to_byte(float value) {
    return static_cast<std::uint8_t>(std::lround((std::clamp(value, -1.0f, 1.0f) + 1.0f) * 127.5f));
}

}  // namespace

NoisedPicture::NoisedPicture(Picture x0, std::uint64_t seed) : x0_(std::move(x0)), eps_(x0_.pixels.size()) {
    std::mt19937_64 generator(seed);
    std::normal_distribution<float> normal;
    std::ranges::generate(eps_, [&] { return normal(generator); });
}

Picture NoisedPicture::x_t(double alpha_bar) const {
    const auto signal = static_cast<float>(std::sqrt(alpha_bar));
    const auto noise = static_cast<float>(std::sqrt(1.0 - alpha_bar));
    Picture picture = x0_;
    for (std::size_t i = 0; i < eps_.size(); ++i)
        picture.pixels[i] =
            to_byte(signal * (static_cast<float>(x0_.pixels[i]) / 127.5f - 1.0f) + noise * eps_[i]);
    return picture;
}

Picture NoisedPicture::eps() const {
    return x_t(0.0);
}

}  // namespace denoise
