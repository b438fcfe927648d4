#include "engine/network/winograd_kernels.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <new>

#include "engine/network/winograd_transforms.h"

namespace denoise::winograd {
namespace {

/// Floats in a vector register of `bytes` bytes, and what of a matrix product is kept in registers.
template <int bytes>
struct Registers {
    typedef float Vector __attribute__((vector_size(bytes)));
    static constexpr int lanes = bytes / 4;
    static constexpr int panel = 2 * lanes;                       ///< columns of a product
    static constexpr int rows = bytes == 64 ? 12 : 6;             ///< rows of a product
    static constexpr int rows_of_gradient = bytes == 64 ? 8 : 4;  ///< divides channel_multiple
};

template <class Vector>
DENOISE_INLINE Vector load(const float* p) {
    Vector v;
    __builtin_memcpy(&v, p, sizeof(Vector));
    return v;
}
template <class Vector>
DENOISE_INLINE void store(float* p, const Vector& v) {
    __builtin_memcpy(p, &v, sizeof(Vector));
}

/// The place of element [row,column] of matrices [rows,columns] whose columns are divided into panels.
template <int panel>
DENOISE_INLINE std::int64_t place(std::int64_t row, std::int64_t column, std::int64_t rows,
                                  std::int64_t columns) {
    const std::int64_t start = column / panel * panel;
    return start * rows + row * std::min<std::int64_t>(panel, columns - start) + (column - start);
}

/// Transforms 3x3 vectors of weights to 6x6, `distance` apart.
template <class Vector>
DENOISE_INLINE void store_transformed_weights(const Vector* w, std::int64_t distance, float* transformed) {
    Vector half[18], whole[6];
    for (int column = 0; column < 3; ++column) transform_weight(w + column, 3, half + column, 3);
    for (int row = 0; row < 6; ++row) {
        transform_weight(half + 3 * row, 1, whole, 1);
        for (int column = 0; column < 6; ++column)
            store(transformed + (6 * row + column) * distance, whole[column]);
    }
}

template <int bytes>
DENOISE_INLINE void weights(const float* w, std::int64_t in, std::int64_t out, std::int64_t begin,
                            std::int64_t end, float* transformed) {
    using R = Registers<bytes>;
    using Vector = typename R::Vector;
    for (std::int64_t k = begin; k < end; k += R::lanes)
        for (std::int64_t c = 0; c < in; ++c) {
            float lanes[9][R::lanes];
            for (int lane = 0; lane < R::lanes; ++lane)
                for (int i = 0; i < 9; ++i) lanes[i][lane] = w[((k + lane) * 9 + i) * in + c];
            Vector values[9];
            for (int i = 0; i < 9; ++i) values[i] = load<Vector>(lanes[i]);
            store_transformed_weights(values, in * out, transformed + place<R::panel>(c, k, in, out));
        }
}

template <int bytes>
DENOISE_INLINE void mirrored_weights(const float* w, std::int64_t in, std::int64_t out, std::int64_t begin,
                                     std::int64_t end, float* transformed) {
    using R = Registers<bytes>;
    using Vector = typename R::Vector;
    for (std::int64_t k = 0; k < out; ++k)
        for (std::int64_t c = begin; c < end; c += R::lanes) {
            Vector values[9];
            for (int i = 0; i < 9; ++i) values[i] = load<Vector>(w + (k * 9 + 8 - i) * in + c);
            store_transformed_weights(values, in * out, transformed + place<R::panel>(k, c, out, in));
        }
}

/// c [rows,vectors * lanes] = or += a b. `a` is [rows,depth] with these distances between rows and columns.
template <class Vector, int rows, int vectors, bool add>
DENOISE_INLINE void multiply(const float* a, std::int64_t a_row, std::int64_t a_column, const float* b,
                             std::int64_t b_row, std::int64_t depth, float* c, std::int64_t c_row) {
    constexpr int lanes = sizeof(Vector) / 4;
    Vector sums[rows][vectors];
#pragma GCC unroll 16
    for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
        for (int v = 0; v < vectors; ++v)
            sums[r][v] = add ? load<Vector>(c + r * c_row + v * lanes) : Vector{};
    for (std::int64_t k = 0; k < depth; ++k) {
        Vector row[vectors];
#pragma GCC unroll 4
        for (int v = 0; v < vectors; ++v) row[v] = load<Vector>(b + k * b_row + v * lanes);
#pragma GCC unroll 16
        for (int r = 0; r < rows; ++r) {
            const float factor = a[r * a_row + k * a_column];
#pragma GCC unroll 4
            for (int v = 0; v < vectors; ++v) sums[r][v] += factor * row[v];
        }
    }
#pragma GCC unroll 16
    for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
        for (int v = 0; v < vectors; ++v) store(c + r * c_row + v * lanes, sums[r][v]);
}

/// Where the elements of a tile are, [side,side]; those outside of the image are at `outside`.
template <int side, class Float>
DENOISE_INLINE void locate(const ConvolutionShape& shape, std::int64_t tile, int margin,
                           std::int64_t channels, Float* image, Float* outside, Float** places) {
    const std::int64_t across = shape.tiles_across(), in_image = across * shape.tiles_down();
    const std::int64_t top = tile % in_image / across * 4 - margin, left = tile % across * 4 - margin;
    Float* start = image + tile / in_image * shape.height * shape.width * channels;
    for (int i = 0; i < side; ++i)
        for (int j = 0; j < side; ++j) {
            const std::int64_t y = top + i, x = left + j;
            const bool inside = y >= 0 && y < shape.height && x >= 0 && x < shape.width;
            places[i * side + j] = inside ? start + (y * shape.width + x) * channels : outside;
        }
}

struct OfInput {
    static constexpr int side = 6;    ///< of a tile before it is transformed
    static constexpr int margin = 1;  ///< of the tile around its outputs
    template <class Vector>
    DENOISE_INLINE static void transform(const Vector* in, int step_in, Vector* out, int step_out) {
        transform_input(in, step_in, out, step_out);
    }
};

/// Of the gradient of the output.
struct OfGradient {
    static constexpr int side = 4, margin = 0;
    template <class Vector>
    DENOISE_INLINE static void transform(const Vector* in, int step_in, Vector* out, int step_out) {
        transform_gradient(in, step_in, out, step_out);
    }
};

/// A transformed tile of an image: 36 rows, `distance` apart. `zeros` are for what is outside of the image.
template <int bytes, class Kind>
DENOISE_INLINE void transform_tile(const ConvolutionShape& shape, std::int64_t channels, const float* image,
                                   const float* zeros, std::int64_t tile, float* transformed,
                                   std::int64_t distance) {
    using R = Registers<bytes>;
    using Vector = typename R::Vector;
    constexpr int side = Kind::side;
    const float* places[side * side];
    locate<side>(shape, tile, Kind::margin, channels, image, zeros, places);
    for (std::int64_t c = 0; c < channels; c += R::lanes) {
        Vector half[6 * side];
        for (int row = 0; row < side; ++row) {
            Vector values[side];
            for (int column = 0; column < side; ++column)
                values[column] = load<Vector>(places[side * row + column] + c);
            Kind::transform(values, 1, half + 6 * row, 1);
        }
        for (int column = 0; column < 6; ++column) {
            Vector values[6];
            Kind::transform(half + column, 6, values, 1);
            for (int row = 0; row < 6; ++row)
                store(transformed + (6 * row + column) * distance + c, values[row]);
        }
    }
}

/// Transforms the products of a tile back, and adds what is to be added. `bias` and `zeros` have a value for
/// each channel.
template <int bytes, bool add>
DENOISE_INLINE void tile_of_output(const ConvolutionShape& shape, const float* products,
                                   std::int64_t distance, const float* bias, const float* added,
                                   const float* zeros, std::int64_t tile, float* outside, float* y) {
    using R = Registers<bytes>;
    using Vector = typename R::Vector;
    float* places[16];
    const float* places_of_added[16];
    locate<4>(shape, tile, 0, shape.out, y, outside, places);
    if (add) locate<4>(shape, tile, 0, shape.out, added, zeros, places_of_added);
    for (std::int64_t c = 0; c < shape.out; c += R::lanes) {
        Vector half[24];
        for (int column = 0; column < 6; ++column) {
            Vector values[6];
            for (int row = 0; row < 6; ++row)
                values[row] = load<Vector>(products + (6 * row + column) * distance + c);
            transform_output(values, 1, half + column, 6);
        }
        const Vector offset = load<Vector>(bias + c);
        for (int row = 0; row < 4; ++row) {
            Vector values[4];
            transform_output(half + 6 * row, 1, values, 1);
            for (int column = 0; column < 4; ++column) {
                values[column] += offset;
                if (add) values[column] += load<Vector>(places_of_added[4 * row + column] + c);
                store(places[4 * row + column] + c, values[column]);
            }
        }
    }
}

struct FreeAligned {
    void operator()(float* p) const { ::operator delete[](p, std::align_val_t{64}); }
};
using Buffer = std::unique_ptr<float[], FreeAligned>;
Buffer make_buffer(std::int64_t size) {
    return Buffer(new (std::align_val_t{64}) float[static_cast<std::size_t>(size)]);
}

/// Tiles whose transforms fit into a cache of the second level, together with a part of the weights.
std::int64_t tiles_at_once(const ConvolutionShape& shape) {
    constexpr std::int64_t floats = 150'000;
    return std::clamp<std::int64_t>(floats / (points * (shape.in + shape.out)) / 12 * 12, 24, 96);
}

template <int bytes>
DENOISE_INLINE void convolution(const ConvolutionShape& shape, const float* x, const float* transformed,
                                const float* bias, const float* added, std::int64_t begin, std::int64_t end,
                                float* y) {
    using R = Registers<bytes>;
    using Vector = typename R::Vector;
    const std::int64_t in = shape.in, out = shape.out, most = tiles_at_once(shape);
    const std::int64_t input_distance = most * in + 16, output_distance = most * out + 16;
    const Buffer buffer = make_buffer(points * (input_distance + output_distance) + std::max(in, out) + out);
    float *inputs = buffer.get(), *outputs = inputs + points * input_distance,
          *zeros = outputs + points * output_distance, *outside = zeros + std::max(in, out);
    std::fill(zeros, outside, 0.f);
    for (std::int64_t first = begin; first < end; first += most) {
        const std::int64_t tiles = std::min(most, end - first),
                           rows = (tiles + R::rows - 1) / R::rows * R::rows;
        for (std::int64_t i = 0; i < tiles; ++i)
            transform_tile<bytes, OfInput>(shape, in, x, zeros, first + i, inputs + i * in, input_distance);
        for (std::int64_t point = 0; point < points; ++point) {
            float *a = inputs + point * input_distance, *c = outputs + point * output_distance;
            const float* b = transformed + point * in * out;
            std::fill(a + tiles * in, a + rows * in, 0.f);
            for (std::int64_t column = 0; column < out; column += R::panel)
                for (std::int64_t row = 0; row < rows; row += R::rows)
                    if (out - column >= R::panel)
                        multiply<Vector, R::rows, 2, false>(a + row * in, in, 1, b + column * in, R::panel,
                                                            in, c + row * out + column, out);
                    else
                        multiply<Vector, R::rows, 1, false>(a + row * in, in, 1, b + column * in, R::lanes,
                                                            in, c + row * out + column, out);
        }
        for (std::int64_t i = 0; i < tiles; ++i)
            if (added == nullptr)
                tile_of_output<bytes, false>(shape, outputs + i * out, output_distance, bias ? bias : zeros,
                                             added, zeros, first + i, outside, y);
            else
                tile_of_output<bytes, true>(shape, outputs + i * out, output_distance, bias ? bias : zeros,
                                            added, zeros, first + i, outside, y);
    }
}

template <int bytes>
DENOISE_INLINE void tiles_for_gradient(const ConvolutionShape& shape, const float* x, const float* dy,
                                       const TransformedTiles& tiles, std::int64_t begin, std::int64_t end) {
    const std::int64_t widest = std::max(shape.in, shape.out);
    const Buffer zeros = make_buffer(widest);
    std::fill(zeros.get(), zeros.get() + widest, 0.f);
    for (std::int64_t i = begin; i < end; ++i) {
        transform_tile<bytes, OfInput>(shape, shape.in, x, zeros.get(), tiles.first + i,
                                       tiles.inputs + i * shape.in,
                                       TransformedTiles::distance(tiles.tiles, shape.in));
        transform_tile<bytes, OfGradient>(shape, shape.out, dy, zeros.get(), tiles.first + i,
                                          tiles.gradients + i * shape.out,
                                          TransformedTiles::distance(tiles.tiles, shape.out));
    }
}

template <int bytes>
DENOISE_INLINE void products(const ConvolutionShape& shape, const TransformedTiles& tiles, std::int64_t begin,
                             std::int64_t end, float* sums) {
    using R = Registers<bytes>;
    using Vector = typename R::Vector;
    const std::int64_t in = shape.in, out = shape.out, n = tiles.tiles;
    for (std::int64_t point = begin; point < end; ++point) {
        const float* a = tiles.gradients + point * TransformedTiles::distance(n, out);
        const float* b = tiles.inputs + point * TransformedTiles::distance(n, in);
        float* c = sums + point * in * out;
        for (std::int64_t column = 0; column < in; column += R::panel)
            for (std::int64_t row = 0; row < out; row += R::rows_of_gradient)
                if (in - column >= R::panel)
                    multiply<Vector, R::rows_of_gradient, 2, true>(a + row, 1, out, b + column, in, n,
                                                                   c + row * in + column, in);
                else
                    multiply<Vector, R::rows_of_gradient, 1, true>(a + row, 1, out, b + column, in, n,
                                                                   c + row * in + column, in);
    }
}

template <int bytes>
DENOISE_INLINE void gradients(const ConvolutionShape& shape, const TransformedTiles& tiles, float* sums) {
    using R = Registers<bytes>;
    using Vector = typename R::Vector;
    constexpr std::int64_t sum_of_tile = 7;  // at the point (1, 1), all elements of a tile are added
    const float* rows = tiles.gradients + sum_of_tile * TransformedTiles::distance(tiles.tiles, shape.out);
    for (std::int64_t c = 0; c < shape.out; c += R::lanes) {
        Vector sum = load<Vector>(sums + c);
        for (std::int64_t i = 0; i < tiles.tiles; ++i) sum += load<Vector>(rows + i * shape.out + c);
        store(sums + c, sum);
    }
}

template <int bytes>
DENOISE_INLINE void weight_gradient(const float* sums, std::int64_t in, std::int64_t out, std::int64_t begin,
                                    std::int64_t end, float* gradient) {
    using R = Registers<bytes>;
    using Vector = typename R::Vector;
    for (std::int64_t k = begin; k < end; ++k)
        for (std::int64_t c = 0; c < in; c += R::lanes) {
            Vector half[18];
            for (int column = 0; column < 6; ++column) {
                Vector values[6];
                for (int row = 0; row < 6; ++row)
                    values[row] = load<Vector>(sums + ((6 * row + column) * out + k) * in + c);
                transform_weight_gradient(values, 1, half + column, 6);
            }
            for (int row = 0; row < 3; ++row) {
                Vector values[3];
                transform_weight_gradient(half + 6 * row, 1, values, 1);
                for (int column = 0; column < 3; ++column)
                    store(gradient + (k * 9 + 3 * row + column) * in + c, values[column]);
            }
        }
}

/// The functions for one instruction set.
struct Functions {
    decltype(&winograd::transform_weights) transform_weights, transform_mirrored_weights;
    decltype(&winograd::convolve) convolve;
    decltype(&winograd::transform_tiles) transform_tiles;
    decltype(&winograd::add_products) add_products;
    decltype(&winograd::add_gradients) add_gradients;
    decltype(&winograd::gradient_of_weights) gradient_of_weights;
};

// Compiles all functions for an instruction set with vectors of `bytes` bytes.
#define DENOISE_FUNCTIONS(name, bytes, target)                                                             \
    namespace name {                                                                                       \
    target void transform_weights(const float* w, std::int64_t in, std::int64_t out, std::int64_t begin,   \
                                  std::int64_t end, float* transformed) {                                  \
        weights<bytes>(w, in, out, begin, end, transformed);                                               \
    }                                                                                                      \
    target void transform_mirrored_weights(const float* w, std::int64_t in, std::int64_t out,              \
                                           std::int64_t begin, std::int64_t end, float* transformed) {     \
        mirrored_weights<bytes>(w, in, out, begin, end, transformed);                                      \
    }                                                                                                      \
    target void convolve(const ConvolutionShape& shape, const float* x, const float* transformed,          \
                         const float* bias, const float* added, std::int64_t begin, std::int64_t end,      \
                         float* y) {                                                                       \
        convolution<bytes>(shape, x, transformed, bias, added, begin, end, y);                             \
    }                                                                                                      \
    target void transform_tiles(const ConvolutionShape& shape, const float* x, const float* dy,            \
                                const TransformedTiles& tiles, std::int64_t begin, std::int64_t end) {     \
        tiles_for_gradient<bytes>(shape, x, dy, tiles, begin, end);                                        \
    }                                                                                                      \
    target void add_products(const ConvolutionShape& shape, const TransformedTiles& tiles,                 \
                             std::int64_t begin, std::int64_t end, float* sums) {                          \
        products<bytes>(shape, tiles, begin, end, sums);                                                   \
    }                                                                                                      \
    target void add_gradients(const ConvolutionShape& shape, const TransformedTiles& tiles, float* sums) { \
        gradients<bytes>(shape, tiles, sums);                                                              \
    }                                                                                                      \
    target void gradient_of_weights(const float* sums, std::int64_t in, std::int64_t out,                  \
                                    std::int64_t begin, std::int64_t end, float* gradient) {               \
        weight_gradient<bytes>(sums, in, out, begin, end, gradient);                                       \
    }                                                                                                      \
    constexpr Functions functions{                                                                         \
        transform_weights, transform_mirrored_weights, convolve, transform_tiles, add_products,            \
        add_gradients,     gradient_of_weights};                                                           \
    }

DENOISE_FUNCTIONS(vectors_of_16, 16, )
#if defined(__x86_64__)
DENOISE_FUNCTIONS(vectors_of_32, 32, __attribute__((target("arch=x86-64-v3"))))
DENOISE_FUNCTIONS(vectors_of_64, 64, __attribute__((target("arch=x86-64-v4"))))
#endif

#if defined(__x86_64__)
/// The bytes of the longest vectors to use, so that the tests can try all functions on one processor.
int longest_vectors() {
    const char* text = std::getenv("DENOISE_LAB_VECTOR_BYTES");
    return text != nullptr ? std::atoi(text) : 64;
}

bool has_vectors_of_32() {
    static const bool has = longest_vectors() >= 32 && __builtin_cpu_supports("avx2") &&
                            __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
    return has;
}

bool has_vectors_of_64() {
    return longest_vectors() >= 64 && has_vectors_of_32() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#else
bool has_vectors_of_32() {
    return false;
}
#endif

/// The fastest functions that the processor supports.
const Functions& functions() {
#if defined(__x86_64__)
    static const Functions& best = has_vectors_of_64()   ? vectors_of_64::functions
                                   : has_vectors_of_32() ? vectors_of_32::functions
                                                         : vectors_of_16::functions;
    return best;
#else
    return vectors_of_16::functions;
#endif
}

}  // namespace

bool has_wide_vectors() {
    return has_vectors_of_32();
}

void transform_weights(const float* weights, std::int64_t in, std::int64_t out, std::int64_t begin,
                       std::int64_t end, float* transformed) {
    functions().transform_weights(weights, in, out, begin, end, transformed);
}

void transform_mirrored_weights(const float* weights, std::int64_t in, std::int64_t out, std::int64_t begin,
                                std::int64_t end, float* transformed) {
    functions().transform_mirrored_weights(weights, in, out, begin, end, transformed);
}

void convolve(const ConvolutionShape& shape, const float* x, const float* transformed, const float* bias,
              const float* added, std::int64_t begin, std::int64_t end, float* y) {
    functions().convolve(shape, x, transformed, bias, added, begin, end, y);
}

void transform_tiles(const ConvolutionShape& shape, const float* x, const float* dy,
                     const TransformedTiles& tiles, std::int64_t begin, std::int64_t end) {
    functions().transform_tiles(shape, x, dy, tiles, begin, end);
}

void add_products(const ConvolutionShape& shape, const TransformedTiles& tiles, std::int64_t begin,
                  std::int64_t end, float* sums) {
    functions().add_products(shape, tiles, begin, end, sums);
}

void add_gradients(const ConvolutionShape& shape, const TransformedTiles& tiles, float* sums) {
    functions().add_gradients(shape, tiles, sums);
}

void gradient_of_weights(const float* sums, std::int64_t in, std::int64_t out, std::int64_t begin,
                         std::int64_t end, float* gradient) {
    functions().gradient_of_weights(sums, in, out, begin, end, gradient);
}

}  // namespace denoise::winograd
