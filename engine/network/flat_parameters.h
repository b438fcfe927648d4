#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

namespace denoise {

/// All parameters of a module in one buffer and all gradients in another, so that clipping, AdamW, EMA and
/// checkpoints need one call each. The module's parameters become views of values(). Convolution weights are
/// stored in channels_last order, which convolutions read fastest. The buffers are on the device of the
/// module.
class FlatParameters {
  public:
    explicit FlatParameters(torch::nn::Module& module);
    /// For another module of the same kind: its parameters become views of `values`, which are those of the
    /// first one.
    FlatParameters(torch::nn::Module& module, const torch::Tensor& values);

    struct Slice {
        std::string name;
        std::vector<std::int64_t> shape;
        std::int64_t offset = 0;
        std::int64_t size = 0;
    };

    const torch::Tensor& values() const { return values_; }        ///< float32 [n]
    const torch::Tensor& gradients() const { return gradients_; }  ///< float32 [n]; backward() adds to it
    const std::vector<Slice>& slices() const { return slices_; }

    /// The part of `flat`, a buffer with the layout of values(), that belongs to `slice`, in the parameter's
    /// shape.
    static torch::Tensor view(const torch::Tensor& flat, const Slice& slice);

  private:
    /// Makes the parameters of `module` views of the buffers, with new gradients.
    void adopt(torch::nn::Module& module);

    torch::Tensor values_, gradients_;
    std::vector<Slice> slices_;
};

/// Makes the parameters of `module`, which get no gradients, views of `values`, a buffer with the layout of
/// FlatParameters::values() on the device of the module.
void use_values(torch::nn::Module& module, const torch::Tensor& values);

}  // namespace denoise
