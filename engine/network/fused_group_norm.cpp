#include "engine/network/fused_group_norm.h"

#include <ATen/Parallel.h>

#include <bit>
#include <cmath>
#include <vector>

// The loops over channels are written so that the compiler can use vector instructions. It compiles them for
// several instruction sets, and the program chooses when it starts.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define DENOISE_VECTORIZED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DENOISE_VECTORIZED
#endif

#define DENOISE_INLINE inline __attribute__((always_inline))

namespace denoise {
namespace {

/// The shape of a batch, and the parameters of the normalisation.
struct Shape {
    std::int64_t images, channels, positions, groups;
    bool silu;  ///< whether the result is activated
    std::int64_t group_width() const { return channels / groups; }
    std::int64_t image_size() const { return channels * positions; }
};

DENOISE_INLINE float load(const float* p) {
    return *p;
}
DENOISE_INLINE float load(const std::uint16_t* p) {  // bfloat16
    return std::bit_cast<float>(static_cast<std::uint32_t>(*p) << 16);
}
DENOISE_INLINE void store(float* p, float value) {
    *p = value;
}
DENOISE_INLINE void store(std::uint16_t* p, float value) {  // rounded to the nearest, ties to even
    const auto bits = std::bit_cast<std::uint32_t>(value);
    *p = static_cast<std::uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

/// exp(x) with a relative error below 2e-7 (Cephes' expf), for x in [-40, 40]. Beyond, sigmoid() is 0 or 1 to
/// the precision that matters, and a wider range would make the compiler multiply by denormal constants,
/// which takes ten times as long.
DENOISE_INLINE float exponential(float x) {
    x = x < -40.f ? -40.f : x;
    x = x > 40.f ? 40.f : x;
    const float shifted = x * 1.44269504088896341f + 12582912.f;  // 1.5 * 2^23: rounds to an integer
    const float n = shifted - 12582912.f;
    const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.f;
    const std::int32_t exponent =
        std::bit_cast<std::int32_t>(shifted) - std::bit_cast<std::int32_t>(12582912.f);
    return p * std::bit_cast<float>((exponent + 127) << 23);
}

DENOISE_INLINE float sigmoid(float z) {
    return 1.f / (1.f + exponential(-z));
}

// Each loop is written once for both element types, and compiled for each of them.

/// sum[c] and square[c]: the sums of x - base[c] and of its square over the positions of an image.
template <class T>
DENOISE_INLINE void add_channel_sums(const T* __restrict x, const float* __restrict base,
                                     std::int64_t positions, std::int64_t channels, float* __restrict sum,
                                     float* __restrict square) {
    for (std::int64_t p = 0; p < positions; ++p, x += channels)
        for (std::int64_t c = 0; c < channels; ++c) {
            const float d = load(x + c) - base[c];
            sum[c] += d;
            square[c] += d * d;
        }
}
DENOISE_VECTORIZED void channel_sums(const float* x, const float* base, std::int64_t positions,
                                     std::int64_t channels, float* sum, float* square) {
    add_channel_sums(x, base, positions, channels, sum, square);
}
DENOISE_VECTORIZED void channel_sums(const std::uint16_t* x, const float* base, std::int64_t positions,
                                     std::int64_t channels, float* sum, float* square) {
    add_channel_sums(x, base, positions, channels, sum, square);
}

/// y = activation(scale[c] * x + offset[c])
template <bool silu, class T>
DENOISE_INLINE void apply_scale(const T* __restrict x, const float* __restrict scale,
                                const float* __restrict offset, std::int64_t positions, std::int64_t channels,
                                T* __restrict y) {
    for (std::int64_t p = 0; p < positions; ++p, x += channels, y += channels)
        for (std::int64_t c = 0; c < channels; ++c) {
            const float z = scale[c] * load(x + c) + offset[c];
            store(y + c, silu ? z * sigmoid(z) : z);
        }
}
DENOISE_VECTORIZED void scale_and_activate(const float* x, const float* scale, const float* offset, bool silu,
                                           std::int64_t positions, std::int64_t channels, float* y) {
    silu ? apply_scale<true>(x, scale, offset, positions, channels, y)
         : apply_scale<false>(x, scale, offset, positions, channels, y);
}
DENOISE_VECTORIZED void scale_and_activate(const std::uint16_t* x, const float* scale, const float* offset,
                                           bool silu, std::int64_t positions, std::int64_t channels,
                                           std::uint16_t* y) {
    silu ? apply_scale<true>(x, scale, offset, positions, channels, y)
         : apply_scale<false>(x, scale, offset, positions, channels, y);
}

/// dz: the gradient of z = scale[c] * x + offset[c]; sum[c] and product[c]: the sums of dz and of dz * x.
template <bool silu, class T>
DENOISE_INLINE void add_activation_gradient(const T* __restrict x, const T* __restrict dy,
                                            const float* __restrict scale, const float* __restrict offset,
                                            std::int64_t positions, std::int64_t channels,
                                            float* __restrict dz, float* __restrict sum,
                                            float* __restrict product) {
    for (std::int64_t p = 0; p < positions; ++p, x += channels, dy += channels, dz += channels)
        for (std::int64_t c = 0; c < channels; ++c) {
            const float value = load(x + c);
            float gradient = load(dy + c);
            if (silu) {
                const float z = scale[c] * value + offset[c], s = sigmoid(z);
                gradient *= s + z * s * (1.f - s);
            }
            dz[c] = gradient;
            sum[c] += gradient;
            product[c] += gradient * value;
        }
}
DENOISE_VECTORIZED void activation_gradient(const float* x, const float* dy, const float* scale,
                                            const float* offset, bool silu, std::int64_t positions,
                                            std::int64_t channels, float* dz, float* sum, float* product) {
    silu ? add_activation_gradient<true>(x, dy, scale, offset, positions, channels, dz, sum, product)
         : add_activation_gradient<false>(x, dy, scale, offset, positions, channels, dz, sum, product);
}
DENOISE_VECTORIZED void activation_gradient(const std::uint16_t* x, const std::uint16_t* dy,
                                            const float* scale, const float* offset, bool silu,
                                            std::int64_t positions, std::int64_t channels, float* dz,
                                            float* sum, float* product) {
    silu ? add_activation_gradient<true>(x, dy, scale, offset, positions, channels, dz, sum, product)
         : add_activation_gradient<false>(x, dy, scale, offset, positions, channels, dz, sum, product);
}

/// dx = scale[c] * dz + slope[c] * x + constant[c]
template <class T>
DENOISE_INLINE void combine_gradient(const T* __restrict x, const float* __restrict dz,
                                     const float* __restrict scale, const float* __restrict slope,
                                     const float* __restrict constant, std::int64_t positions,
                                     std::int64_t channels, T* __restrict dx) {
    for (std::int64_t p = 0; p < positions; ++p, x += channels, dz += channels, dx += channels)
        for (std::int64_t c = 0; c < channels; ++c)
            store(dx + c, scale[c] * dz[c] + slope[c] * load(x + c) + constant[c]);
}
DENOISE_VECTORIZED void input_gradient(const float* x, const float* dz, const float* scale,
                                       const float* slope, const float* constant, std::int64_t positions,
                                       std::int64_t channels, float* dx) {
    combine_gradient(x, dz, scale, slope, constant, positions, channels, dx);
}
DENOISE_VECTORIZED void input_gradient(const std::uint16_t* x, const float* dz, const float* scale,
                                       const float* slope, const float* constant, std::int64_t positions,
                                       std::int64_t channels, std::uint16_t* dx) {
    combine_gradient(x, dz, scale, slope, constant, positions, channels, dx);
}

/// Normalises one image. mean and rstd [groups] are of x + shift.
template <class T>
void forward_image(const Shape& shape, const T* x, const float* shift, const float* weight, const float* bias,
                   float eps, float* mean, float* rstd, T* y) {
    const std::int64_t C = shape.channels, D = shape.group_width();
    std::vector<float> work(static_cast<std::size_t>(5 * C), 0.f);
    float *base = work.data(), *sum = base + C, *square = sum + C, *scale = square + C, *offset = scale + C;
    for (std::int64_t c = 0; c < C; ++c) base[c] = load(x + c);  // against cancellation in the variance
    channel_sums(x, base, shape.positions, C, sum, square);
    const auto count = static_cast<double>(D * shape.positions),
               positions = static_cast<double>(shape.positions);
    for (std::int64_t g = 0; g < shape.groups; ++g) {
        double total = 0;
        for (std::int64_t c = g * D; c < (g + 1) * D; ++c)
            total += sum[c] + positions * (base[c] + (shift ? shift[c] : 0.f));
        const double m = total / count;
        double squares = 0;  // of x + shift - m, from the sums relative to base
        for (std::int64_t c = g * D; c < (g + 1) * D; ++c) {
            const double d = base[c] + (shift ? shift[c] : 0.f) - m;
            squares += square[c] + 2 * d * sum[c] + positions * d * d;
        }
        mean[g] = static_cast<float>(m);
        rstd[g] = static_cast<float>(1 / std::sqrt(std::max(squares / count, 0.0) + eps));
        for (std::int64_t c = g * D; c < (g + 1) * D; ++c) {
            scale[c] = rstd[g] * weight[c];
            offset[c] = bias[c] + ((shift ? shift[c] : 0.f) - mean[g]) * scale[c];
        }
    }
    scale_and_activate(x, scale, offset, shape.silu, shape.positions, C, y);
}

/// The gradients of one image. `dweight`, `dbias` and `dshift` [C] are overwritten. `dz` has the size of the
/// image.
template <class T>
void backward_image(const Shape& shape, const T* x, const float* shift, const T* dy, const float* weight,
                    const float* bias, const float* mean, const float* rstd, float* dz, T* dx, float* dweight,
                    float* dbias, float* dshift) {
    const std::int64_t C = shape.channels, D = shape.group_width();
    std::vector<float> work(static_cast<std::size_t>(6 * C), 0.f);
    float *scale = work.data(), *offset = scale + C, *sum = offset + C, *product = sum + C,
          *slope = product + C, *constant = slope + C;
    const auto shift_of = [shift](std::int64_t c) { return shift ? shift[c] : 0.f; };
    for (std::int64_t c = 0; c < C; ++c) {
        scale[c] = rstd[c / D] * weight[c];
        offset[c] = bias[c] + (shift_of(c) - mean[c / D]) * scale[c];
    }
    activation_gradient(x, dy, scale, offset, shape.silu, shape.positions, C, dz, sum, product);
    const auto count = static_cast<float>(D * shape.positions);
    for (std::int64_t g = 0; g < shape.groups; ++g) {
        float by_value = 0, by_one = 0;
        for (std::int64_t c = g * D; c < (g + 1) * D; ++c) {
            product[c] += shift_of(c) * sum[c];  // the sum of dz * (x + shift)
            by_value += weight[c] * product[c];
            by_one += weight[c] * sum[c];
            dweight[c] = rstd[g] * (product[c] - mean[g] * sum[c]);
            dbias[c] = sum[c];
        }
        const float s = (by_one * mean[g] - by_value) * rstd[g] * rstd[g] * rstd[g] / count;
        const float k = -s * mean[g] - by_one * rstd[g] / count;
        for (std::int64_t c = g * D; c < (g + 1) * D; ++c) {
            slope[c] = s;
            constant[c] = k + s * shift_of(c);
        }
    }
    input_gradient(x, dz, scale, slope, constant, shape.positions, C, dx);
    if (!shift) return;
    std::fill(dshift, dshift + C, 0.f);
    for (std::int64_t p = 0; p < shape.positions; ++p)
        for (std::int64_t c = 0; c < C; ++c) dshift[c] += load(dx + p * C + c);
}

template <class T>
T* data_of(const torch::Tensor& tensor) {
    return static_cast<T*>(tensor.data_ptr());
}
const float* data_or_null(const torch::Tensor& tensor) {
    return tensor.defined() ? tensor.const_data_ptr<float>() : nullptr;
}

/// Calls f(T{}) with the element type of the tensor; bfloat16 as its bits.
template <class F>
void with_type_of(const torch::Tensor& tensor, const F& f) {
    if (tensor.scalar_type() == torch::kBFloat16)
        f(std::uint16_t{});
    else
        f(float{});
}

class FusedGroupNorm : public torch::autograd::Function<FusedGroupNorm> {
  public:
    static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                                 const std::optional<torch::Tensor>& shift, std::int64_t groups,
                                 const torch::Tensor& weight, const torch::Tensor& bias, double eps,
                                 bool silu) {
        const Shape shape{x.size(0), x.size(1), x.size(2) * x.size(3), groups, silu};
        const auto y = torch::empty_like(x);
        const auto statistics = torch::empty({2, shape.images, groups});
        const torch::Tensor shifts = shift ? shift->to(torch::kFloat32).contiguous() : torch::Tensor();
        float* mean = statistics.data_ptr<float>();
        float* rstd = mean + shape.images * groups;
        with_type_of(x, [&]<class T>(T) {
            at::parallel_for(0, shape.images, 1, [&](std::int64_t begin, std::int64_t end) {
                for (std::int64_t b = begin; b < end; ++b)
                    forward_image(shape, data_of<const T>(x) + b * shape.image_size(),
                                  shifts.defined() ? data_or_null(shifts) + b * shape.channels : nullptr,
                                  data_or_null(weight), data_or_null(bias), static_cast<float>(eps),
                                  mean + b * groups, rstd + b * groups,
                                  data_of<T>(y) + b * shape.image_size());
            });
        });
        context->save_for_backward({x, shifts, weight, bias, statistics});
        context->saved_data["groups"] = groups;
        context->saved_data["silu"] = silu;
        if (shift) context->saved_data["shift_type"] = static_cast<std::int64_t>(shift->scalar_type());
        return y;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const torch::Tensor &x = saved[0], &shift = saved[1], &weight = saved[2], &bias = saved[3];
        const Shape shape{x.size(0), x.size(1), x.size(2) * x.size(3), context->saved_data["groups"].toInt(),
                          context->saved_data["silu"].toBool()};
        const std::int64_t C = shape.channels;
        const auto dy = gradients[0].to(x.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast);
        const auto dx = torch::empty_like(x);
        const auto by_image = torch::empty({3, shape.images, C});  // of weight, bias and shift
        float* dweight = by_image.data_ptr<float>();
        float* dbias = dweight + shape.images * C;
        float* dshift = dbias + shape.images * C;
        const float* mean = saved[4].const_data_ptr<float>();
        const float* rstd = mean + shape.images * shape.groups;
        with_type_of(x, [&]<class T>(T) {
            at::parallel_for(0, shape.images, 1, [&](std::int64_t begin, std::int64_t end) {
                std::vector<float> dz(static_cast<std::size_t>(shape.image_size()));
                for (std::int64_t b = begin; b < end; ++b)
                    backward_image(shape, data_of<const T>(x) + b * shape.image_size(),
                                   shift.defined() ? data_or_null(shift) + b * C : nullptr,
                                   data_of<const T>(dy) + b * shape.image_size(), data_or_null(weight),
                                   data_or_null(bias), mean + b * shape.groups, rstd + b * shape.groups,
                                   dz.data(), data_of<T>(dx) + b * shape.image_size(), dweight + b * C,
                                   dbias + b * C, dshift + b * C);
            });
        });
        const auto parameters = by_image.sum(1);
        torch::Tensor shift_gradient;
        if (shift.defined())
            shift_gradient =
                by_image[2].to(static_cast<torch::ScalarType>(context->saved_data["shift_type"].toInt()));
        return {dx,
                shift_gradient,
                torch::Tensor(),
                parameters[0],
                parameters[1],
                torch::Tensor(),
                torch::Tensor()};
    }
};

}  // namespace

bool supports_fused_group_norm(const torch::Tensor& x) {
    return x.dim() == 4 && x.device().is_cpu() &&
           (x.scalar_type() == torch::kFloat32 || x.scalar_type() == torch::kBFloat16) &&
           x.is_contiguous(at::MemoryFormat::ChannelsLast);
}

torch::Tensor fused_group_norm(const torch::Tensor& x, const torch::Tensor& shift, std::int64_t groups,
                               const torch::Tensor& weight, const torch::Tensor& bias, double eps,
                               FusedActivation activation) {
    return FusedGroupNorm::apply(x, shift.defined() ? std::optional(shift) : std::nullopt, groups, weight,
                                 bias, eps, activation == FusedActivation::silu);
}

}  // namespace denoise
