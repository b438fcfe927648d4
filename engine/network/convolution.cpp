#include "engine/network/convolution.h"

#include "engine/network/winograd_convolution.h"

namespace denoise {
namespace {

thread_local WinogradPlan winograd;

/// Fewer tiles do not make up for the transformation of the weights.
constexpr std::int64_t fewest_tiles = 16;

/// Whether Winograd's algorithm needs at most half of the multiplications. The last tiles of small images are
/// mostly outside of them.
bool is_worth_it(const torch::Tensor& x) {
    const std::int64_t images = x.size(0), height = x.size(2), width = x.size(3);
    const std::int64_t tiles = (height + 3) / 4 * ((width + 3) / 4);
    return images * tiles >= fewest_tiles && 9 * height * width >= 2 * 36 * tiles;
}

class Convolution : public torch::autograd::Function<Convolution> {
  public:
    static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                                 const torch::Tensor& weight, const torch::Tensor& bias,
                                 const std::optional<torch::Tensor>& added, bool input_gradients,
                                 bool weight_gradients) {
        context->save_for_backward({x, weight});
        context->saved_data["added"] = added.has_value();
        context->saved_data["input_gradients"] = input_gradients;
        context->saved_data["weight_gradients"] = weight_gradients;
        return winograd_convolution(x, weight, bias, added ? *added : torch::Tensor());
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const torch::Tensor &x = saved[0], &weight = saved[1];
        const torch::Tensor dy = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
        const bool fast_input = context->saved_data["input_gradients"].toBool(),
                   fast_weight = context->saved_data["weight_gradients"].toBool(),
                   needs_input = context->needs_input_grad(0), needs_weight = context->needs_input_grad(1);
        torch::Tensor dx, dweight, dbias;
        if (needs_input && fast_input) dx = winograd_input_gradient(dy, weight);
        if (needs_weight && fast_weight) std::tie(dweight, dbias) = winograd_weight_gradient(x, dy);
        const std::array<bool, 3> rest = {needs_input && !fast_input, needs_weight && !fast_weight,
                                          needs_weight && !fast_weight};
        if (rest[0] || rest[1]) {
            const auto others = at::convolution_backward(dy, x, weight, weight.size(0), {1, 1}, {1, 1},
                                                         {1, 1}, false, {0, 0}, 1, rest);
            if (rest[0]) dx = std::get<0>(others);
            if (rest[1]) std::tie(std::ignore, dweight, dbias) = others;
        }
        const bool added = context->saved_data["added"].toBool();
        return {dx, dweight, dbias, added ? dy : torch::Tensor(), torch::Tensor(), torch::Tensor()};
    }
};

}  // namespace

WinogradPlan use_winograd(const WinogradPlan& plan) {
    return std::exchange(winograd, plan);
}

torch::Tensor convolve_3x3(torch::nn::Conv2d& convolution, const torch::Tensor& x,
                           const torch::Tensor& added) {
    const torch::Tensor &weight = convolution->weight, &bias = convolution->bias;
    if (!winograd.results || !supports_winograd(x, weight) || !is_worth_it(x)) {
        const auto y = convolution(x);
        return added.defined() ? y + added : y;
    }
    if (!at::GradMode::is_enabled() || !weight.requires_grad())
        return winograd_convolution(x, weight, bias, added);
    return Convolution::apply(x, weight, bias, added.defined() ? std::optional(added) : std::nullopt,
                              winograd.input_gradients, winograd.weight_gradients);
}

}  // namespace denoise
