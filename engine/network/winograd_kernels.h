#pragma once

#include <cstdint>

namespace denoise {

/// The sizes of a convolution with 3x3 weights, stride 1 and a padding of 1. Its input is
/// [images,height,width,in] in memory (channels last), its output [images,height,width,out].
struct ConvolutionShape {
    std::int64_t images = 0, height = 0, width = 0, in = 0, out = 0;

    std::int64_t tiles_down() const { return (height + 3) / 4; }
    std::int64_t tiles_across() const { return (width + 3) / 4; }
    std::int64_t tiles() const { return images * tiles_down() * tiles_across(); }
    bool operator==(const ConvolutionShape&) const = default;
};

/// The parts of Winograd's algorithm F(4x4, 3x3) (Lavin and Gray 2016, section 4.3): each tile of 4x4 outputs
/// is computed from 6x6 inputs with 36 products for each pair of channels, instead of 144. Tiles are numbered
/// row by row, image by image. The numbers of channels are multiples of 16. All functions do the part
/// begin..end of their work, so that threads can share it; the results do not depend on how it is divided.
namespace winograd {

inline constexpr std::int64_t points = 36;  ///< products for each tile and pair of channels
inline constexpr std::int64_t channel_multiple = 16;

/// Whether the processor has vectors of 256 bits or more. The environment variable DENOISE_LAB_VECTOR_BYTES
/// (16, 32 or 64) limits those that are used.
bool has_wide_vectors();

/// G w G^T: a matrix [in,out] for each point, in the order that convolve() reads fastest, [points * in *
/// out]. `weights` is [out,3,3,in] in memory. begin..end are columns, in multiples of 16.
void transform_weights(const float* weights, std::int64_t in, std::int64_t out, std::int64_t begin,
                       std::int64_t end, float* transformed);
/// The same for the convolution that computes the gradient of the input from that of the output: in and out
/// are exchanged, and the weights are mirrored. The matrices are [out,in].
void transform_mirrored_weights(const float* weights, std::int64_t in, std::int64_t out, std::int64_t begin,
                                std::int64_t end, float* transformed);

/// y = convolution(x) + bias + added, for the tiles begin..end. `bias` [out] and `added` (like y) may be
/// null.
void convolve(const ConvolutionShape& shape, const float* x, const float* transformed, const float* bias,
              const float* added, std::int64_t begin, std::int64_t end, float* y);

/// Some successive tiles, transformed for the gradient of the weights: for each point, a matrix [tiles,in] of
/// the inputs and a matrix [tiles,out] of the gradients of the outputs.
struct TransformedTiles {
    std::int64_t first = 0, tiles = 0;
    float *inputs = nullptr, *gradients = nullptr;

    static std::int64_t distance(std::int64_t tiles, std::int64_t channels) { return tiles * channels + 16; }
    /// The number of floats for as many tiles and channels.
    static std::int64_t size(std::int64_t tiles, std::int64_t channels) {
        return points * distance(tiles, channels);
    }
};

/// Transforms the tiles begin..end, counted from tiles.first on.
void transform_tiles(const ConvolutionShape& shape, const float* x, const float* dy,
                     const TransformedTiles& tiles, std::int64_t begin, std::int64_t end);
/// sums [points,out,in] += the products of both matrices over the tiles, for the points begin..end.
void add_products(const ConvolutionShape& shape, const TransformedTiles& tiles, std::int64_t begin,
                  std::int64_t end, float* sums);
/// sums [out] += the sums of the gradients of the outputs over the tiles.
void add_gradients(const ConvolutionShape& shape, const TransformedTiles& tiles, float* sums);
/// The gradient of the weights, [out,3,3,in] in memory, from the sums over all tiles, for the outputs
/// begin..end.
void gradient_of_weights(const float* sums, std::int64_t in, std::int64_t out, std::int64_t begin,
                         std::int64_t end, float* gradient);

}  // namespace winograd
}  // namespace denoise
