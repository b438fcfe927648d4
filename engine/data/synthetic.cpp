#include "engine/data/synthetic.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "engine/data/glyph_shapes.h"
#include "engine/data/loading.h"

namespace denoise {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

/// SplitMix64 (Steele, Lea & Flood 2014). The distributions of <random> give different numbers in different
/// standard libraries.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t bits() {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }
    float uniform(float low, float high) {
        return low + (high - low) * (static_cast<float>(bits() >> 40) * 0x1p-24f);
    }
    /// The sum of three uniform numbers: bell-shaped, with mean 0, standard deviation 1 and maximum 3.
    float bell() { return uniform(-1, 1) + uniform(-1, 1) + uniform(-1, 1); }
    std::size_t below(std::size_t count) { return bits() % count; }

  private:
    std::uint64_t state_;
};

/// A handwriting, which deforms the ideal strokes.
class Hand {
  public:
    Hand(Random& random, float leaning)
        : slant_(leaning * (0.17f * random.bell() + 0.12f)),
          turn_(0.07f * random.bell()),
          width_(0.84f + 0.10f * random.bell()) {
        for (Wave& wave : waves_)
            wave = {random.uniform(1.5f, 5.5f), random.uniform(0, 2 * pi), random.uniform(0, 2 * pi),
                    random.uniform(0, 2 * pi), 0.031f};
        cos_ = std::cos(turn_);
        sin_ = std::sin(turn_);
    }

    Point operator()(Point p) const {
        Point q{p.x - 0.5f, p.y - 0.5f};
        for (const Wave& wave : waves_) {  // a smooth deformation, so that connected strokes stay connected
            const float phase =
                wave.frequency * (q.x * std::cos(wave.heading) + q.y * std::sin(wave.heading)) + wave.phase;
            const float shift = wave.amplitude * std::sin(phase);
            p.x += shift * std::cos(wave.push);
            p.y += shift * std::sin(wave.push);
        }
        q = {(p.x - 0.5f) * width_ - slant_ * (p.y - 0.5f), p.y - 0.5f};
        return {cos_ * q.x - sin_ * q.y, sin_ * q.x + cos_ * q.y};
    }

  private:
    struct Wave {
        float frequency, heading, phase, push, amplitude;
    };
    std::array<Wave, 4> waves_{};
    float slant_, turn_, width_;
    float cos_ = 1, sin_ = 0;
};

/// A short straight part of a stroke with the radius of the pen at both ends.
struct Segment {
    Point a, b;
    float radius_a = 0, radius_b = 0;
};

Point catmull_rom(Point p0, Point p1, Point p2, Point p3, float t) {
    const auto blend = [t](float a, float b, float c, float d) {
        return 0.5f * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t +
                       (3 * b - a - 3 * c + d) * t * t * t);
    };
    return {blend(p0.x, p1.x, p2.x, p3.x), blend(p0.y, p1.y, p2.y, p3.y)};
}

/// Appends the segments of a smooth curve through the points.
void flatten(std::span<const Point> run, std::vector<Segment>& segments) {
    constexpr int pieces = 6;
    const std::size_t count = run.size();
    if (count < 2) return;
    const bool closed = count > 3 && run.front() == run.back();
    const auto at = [&](std::ptrdiff_t i) -> Point {
        const auto last = static_cast<std::ptrdiff_t>(count) - 1;
        if (i < 0) return closed ? run[count - 2] : run[0];
        if (i > last) return closed ? run[1] : run[count - 1];
        return run[static_cast<std::size_t>(i)];
    };
    for (std::ptrdiff_t i = 0; i + 1 < static_cast<std::ptrdiff_t>(count); ++i) {
        Point from = run[static_cast<std::size_t>(i)];
        for (int piece = 1; piece <= pieces; ++piece) {
            const Point to = catmull_rom(at(i - 1), at(i), at(i + 1), at(i + 2),
                                         static_cast<float>(piece) / static_cast<float>(pieces));
            segments.push_back({from, to});
            from = to;
        }
    }
}

/// The strokes of `glyph` as written by `hand`, centred on the origin and with a height of about 1.
std::vector<Segment> write(Glyph glyph, const Hand& hand, Random& random) {
    std::vector<Segment> segments;
    segments.reserve(128);
    std::vector<Point> run;
    for (const Stroke stroke : glyph) {
        run.clear();
        const Point first = hand(stroke.front());
        for (std::size_t i = 0; i < stroke.size(); ++i) {
            if (i > 0 && stroke[i] == stroke[i - 1]) {  // a corner: starts a new curve at the end of this one
                flatten(run, segments);
                run.erase(run.begin(), run.end() - 1);
                continue;
            }
            Point p = i + 1 == stroke.size() && stroke[i] == stroke.front() ? first : hand(stroke[i]);
            if (i > 0 && i + 1 < stroke.size()) {  // the ends do not move, so that loops stay closed
                p.x += 0.010f * random.bell();
                p.y += 0.010f * random.bell();
            }
            run.push_back(p);
        }
        flatten(run, segments);
    }
    return segments;
}

/// Converts the segments to pixels. The glyph is centred, with an offset of about a pixel, and stays inside
/// the image.
void place(std::vector<Segment>& segments, float pen, Random& random) {
    Point low{1e9f, 1e9f}, high{-1e9f, -1e9f};
    for (const Segment& s : segments)
        for (const Point p : {s.a, s.b}) {
            low = {std::min(low.x, p.x), std::min(low.y, p.y)};
            high = {std::max(high.x, p.x), std::max(high.y, p.y)};
        }
    constexpr float side = glyph_side, margin = 2.5f;
    const float radius = pen * std::clamp(1.30f + 0.26f * random.bell(), 0.8f, 2.1f);
    const float extent = std::max(high.x - low.x, high.y - low.y);
    const float size = std::clamp(19.4f + 1.1f * random.bell(), 16.f, 22.f) - radius;
    const float scale = size / std::max(extent, 1e-3f);

    const auto centre = [&](float from, float to) {
        const float room = (side - (to - from) * scale) / 2 - margin - radius;
        return side / 2 + std::clamp(0.55f * random.bell(), -std::max(room, 0.f), std::max(room, 0.f));
    };
    const Point middle{centre(low.x, high.x), centre(low.y, high.y)};
    const auto to_pixels = [&](Point p) {
        return Point{(p.x - (low.x + high.x) / 2) * scale + middle.x,
                     (p.y - (low.y + high.y) / 2) * scale + middle.y};
    };

    // The thickness of the line varies along the strokes.
    const float frequency = random.uniform(0.05f, 0.16f), phase = random.uniform(0, 2 * pi);
    const float swell = random.uniform(0.03f, 0.22f);
    float length = 0;
    for (Segment& s : segments) {
        s.a = to_pixels(s.a);
        s.b = to_pixels(s.b);
        s.radius_a = radius * (1 + swell * std::sin(frequency * length + phase));
        length += std::hypot(s.b.x - s.a.x, s.b.y - s.a.y);
        s.radius_b = radius * (1 + swell * std::sin(frequency * length + phase));
    }
}

/// Signed distance to the ink, in pixels: negative inside.
using DistanceField = std::array<float, glyph_side * glyph_side>;

void add_segment(const Segment& s, DistanceField& field) {
    constexpr float soft = 1.5f;  // the edge is not visible beyond this distance
    const float reach = std::max(s.radius_a, s.radius_b) + soft;
    const auto cell = [](float v) { return std::clamp(static_cast<int>(v), 0, glyph_side - 1); };
    const int left = cell(std::min(s.a.x, s.b.x) - reach), right = cell(std::max(s.a.x, s.b.x) + reach);
    const int top = cell(std::min(s.a.y, s.b.y) - reach), bottom = cell(std::max(s.a.y, s.b.y) + reach);
    const float dx = s.b.x - s.a.x, dy = s.b.y - s.a.y;
    const float inverse = 1 / std::max(dx * dx + dy * dy, 1e-9f);
    for (int y = top; y <= bottom; ++y)
        for (int x = left; x <= right; ++x) {
            const float px = static_cast<float>(x) + 0.5f - s.a.x, py = static_cast<float>(y) + 0.5f - s.a.y;
            const float t = std::clamp((px * dx + py * dy) * inverse, 0.f, 1.f);
            const float ex = px - t * dx, ey = py - t * dy;
            const float distance =
                std::sqrt(ex * ex + ey * ey) - (s.radius_a + t * (s.radius_b - s.radius_a));
            float& nearest = field[static_cast<std::size_t>(y * glyph_side + x)];
            nearest = std::min(nearest, distance);
        }
}

}  // namespace

std::int64_t glyph_label(std::int64_t index) {
    return index % static_cast<std::int64_t>(glyph_classes().size());
}

void draw_glyph(std::int64_t index, std::uint8_t* pixels) {
    Random random(0xD1FF05E0u ^ (static_cast<std::uint64_t>(index) << 20));
    random.bits();
    const GlyphClass& shape = glyph_classes()[static_cast<std::size_t>(glyph_label(index))];
    const Glyph glyph = shape.variants[random.below(shape.variants.size())];
    const Hand hand(random, shape.slant);
    std::vector<Segment> segments = write(glyph, hand, random);
    place(segments, shape.pen, random);

    DistanceField field;
    field.fill(std::numeric_limits<float>::max());
    for (const Segment& segment : segments) add_segment(segment, field);
    const float ink = random.uniform(0.90f, 1.f);
    std::ranges::transform(field, pixels, [ink](float distance) {
        const float t = std::clamp(0.5f - distance / 1.5f, 0.f, 1.f);  // an edge 1.5 pixels wide
        return static_cast<std::uint8_t>(std::lround(255 * ink * t * t * (3 - 2 * t)));
    });
}

Dataset make_glyphs(std::int64_t count, const LoadProgress& progress, const std::stop_token& stop) {
    Dataset dataset;
    dataset.name = "Glyphs";
    for (const GlyphClass& shape : glyph_classes()) dataset.class_names.emplace_back(shape.name);
    require_memory(static_cast<double>(count) * glyph_side * glyph_side, "glyphs");
    ImageBatch& images = dataset.images;
    images = {count, 1, glyph_side, glyph_side, {}};
    images.pixels.resize(static_cast<std::size_t>(count) * images.image_size());
    dataset.labels.resize(static_cast<std::size_t>(count));
    parallel_for(
        count,
        [&](std::int64_t i) {
            dataset.labels[static_cast<std::size_t>(i)] = glyph_label(i);
            draw_glyph(i, images.pixels.data() + static_cast<std::size_t>(i) * images.image_size());
        },
        progress, stop);
    return dataset;
}

}  // namespace denoise
