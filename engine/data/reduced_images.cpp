#include "engine/data/reduced_images.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace denoise {
namespace {

using Sides = ReducedImages::Sides;

constexpr int coarse_side = 8, fine_side = 16;
constexpr double coarse_share = 0.07, fine_share = 0.12;
/// In grey levels. Otherwise, rounding would hide copies of pictures that are nearly uniform.
constexpr double least_limit = 1;

/// An image reduced to at most `side` x `side` pixels, each the mean of a part of the image.
struct Reduced {
    std::array<std::uint8_t, ReducedImages::most_channels * fine_side * fine_side> values;
    int count = 0;
};

Reduced reduced(const ImageBatch& images, std::int64_t index, int side, Sides sides) {
    Reduced reduced;
    const int rows = std::min(side, images.height), columns = std::min(side, images.width);
    const std::uint8_t* plane = images.image(index);
    const auto width = static_cast<std::size_t>(images.width);
    for (int c = 0; c < images.channels; ++c, plane += width * static_cast<std::size_t>(images.height))
        for (int row = 0; row < rows; ++row) {
            const int top = row * images.height / rows, bottom = (row + 1) * images.height / rows;
            for (int column = 0; column < columns; ++column) {
                int left = column * images.width / columns, right = (column + 1) * images.width / columns;
                // The same parts of the mirrored image, which need not be those of the image.
                if (sides == Sides::mirrored) left = images.width - std::exchange(right, images.width - left);
                std::int64_t sum = 0;
                for (int y = top; y < bottom; ++y)
                    for (int x = left; x < right; ++x)
                        sum += plane[static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x)];
                const std::int64_t area = std::int64_t{bottom - top} * (right - left);
                reduced.values[static_cast<std::size_t>(reduced.count++)] =
                    static_cast<std::uint8_t>((sum + area / 2) / area);
            }
        }
    return reduced;
}

/// Whether the root mean square difference is at most `limit`.
bool is_near(const std::uint8_t* a, const std::uint8_t* b, int count, double limit) {
    const auto most = static_cast<std::int64_t>(limit * limit * count);
    std::int64_t sum = 0;
    for (int i = 0; i < count;) {
        const int end = std::min(i + 16, count);
        std::int32_t part = 0;
        for (; i < end; ++i) part += (a[i] - b[i]) * (a[i] - b[i]);
        sum += part;
        if (sum > most) return false;
    }
    return true;
}

double limit(const ReducedImages::Summary& summary, double share) {
    return std::max(least_limit, share * static_cast<double>(summary.deviation));
}

}  // namespace

ReducedImages::ReducedImages(const ImageBatch& images, Sides sides)
    : images_(images),
      sides_(sides),
      size_(static_cast<std::size_t>(images.channels * std::min(coarse_side, images.height) *
                                     std::min(coarse_side, images.width))),
      values_(size_ * static_cast<std::size_t>(images.count)),
      summaries_(static_cast<std::size_t>(images.count)) {}

void ReducedImages::reduce(std::int64_t index) {
    const Reduced small = reduced(images_, index, coarse_side, sides_);
    std::copy_n(small.values.begin(), size_,
                values_.begin() + static_cast<std::ptrdiff_t>(index) * static_cast<std::ptrdiff_t>(size_));
    const std::size_t plane = size_ / static_cast<std::size_t>(images_.channels), half = plane / 2;
    double sum = 0, squares = 0, top = 0;
    for (std::size_t k = 0; k < size_; ++k) {
        const double value = small.values[k];
        sum += value;
        squares += value * value;
        if (k % plane < half) top += value;
    }
    const auto count = static_cast<double>(size_);
    const auto upper = static_cast<double>(half) * images_.channels;
    const double mean = sum / count;
    summaries_[static_cast<std::size_t>(index)] = {
        static_cast<float>(std::sqrt(std::max(0.0, squares / count - mean * mean))),
        static_cast<float>(upper > 0 ? top / upper : mean),
        static_cast<float>((sum - top) / (count - upper))};
}

double ReducedImages::reach(std::int64_t index) const {
    // The mean of one in k values differs at most by the square root of k times the difference of all.
    const std::size_t plane = size_ / static_cast<std::size_t>(images_.channels);
    const double k = static_cast<double>(plane) / static_cast<double>(std::max<std::size_t>(plane / 2, 1));
    return limit(summary(index), coarse_share) * std::sqrt(k) + 1e-3;
}

bool ReducedImages::is_similar(std::int64_t a, const ReducedImages& others, std::int64_t b) const {
    const Summary& mine = summary(a);
    const Summary& its = others.summary(b);
    const Summary& smaller = mine.deviation < its.deviation ? mine : its;
    if (!is_near(values(a), others.values(b), static_cast<int>(size_), limit(smaller, coarse_share)))
        return false;
    const Reduced left = reduced(images_, a, fine_side, sides_),
                  right = reduced(others.images_, b, fine_side, others.sides_);
    return is_near(left.values.data(), right.values.data(), left.count, limit(smaller, fine_share));
}

}  // namespace denoise
