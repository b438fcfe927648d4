#include "engine/evaluation/inception.h"

#include <memory>

#include "engine/base/error.h"
#include "engine/device/precision.h"
#include "engine/device/transfer.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using Shape = std::vector<std::int64_t>;

constexpr const char* space_name = "InceptionV3 (FID)";
constexpr std::int64_t batch_size = 4;  // half a second on two cores, so that cancelling is quick
constexpr std::int64_t batch_size_on_card = 64;

std::string text_of(const Shape& shape) {
    std::string text = "[";
    for (const std::int64_t side : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(side);
    return text + "]";
}

/// Checks the tensors that the network needs, and collects what is wrong with them for one Error.
class CheckedTensors {
  public:
    explicit CheckedTensors(const TensorMap& tensors) : tensors_(tensors) {}

    /// In float64; undefined when something is wrong with it.
    torch::Tensor operator()(const std::string& name, const Shape& shape) {
        const auto tensor = tensors_.find(name);
        if (tensor == tensors_.end()) return note(name + " is missing");
        if (tensor->second.sizes().vec() != shape)
            return note(name + " has the shape " + text_of(tensor->second.sizes().vec()) + " instead of " +
                        text_of(shape));
        const auto values = tensor->second.to(torch::kFloat64);
        if (!values.isfinite().all().item<bool>()) return note(name + " holds numbers that are not finite");
        return values;
    }

    void throw_problems(const std::string& source) const {
        if (problems_ == 0) return;
        throw Error{
            "Cannot use these weights for InceptionV3",
            source + ": " + first_ +
                (problems_ > listed ? ", and " + std::to_string(problems_ - listed) + " more problems" : ""),
            "Choose the weights of pytorch-fid (pt_inception-2015-12-05), converted to .safetensors"};
    }

  private:
    static constexpr int listed = 3;

    torch::Tensor note(const std::string& cause) {
        if (problems_++ < listed) first_ += (first_.empty() ? "" : ", ") + cause;
        return {};
    }

    const TensorMap& tensors_;
    std::string first_;
    int problems_ = 0;
};

torch::Tensor average_pool(const torch::Tensor& x) {
    return torch::avg_pool2d(x, 3, 1, 1, /*ceil_mode=*/false, /*count_include_pad=*/false);
}

torch::Tensor to_input(const torch::Tensor& images) {
    auto x = images.to(torch::kFloat32).div_(255);
    if (x.size(1) == 1) x = x.expand({-1, 3, -1, -1});
    x = torch::upsample_bilinear2d(x.contiguous(), {Inception::side, Inception::side},
                                   /*align_corners=*/false);
    return x.mul_(2).sub_(1).contiguous(torch::MemoryFormat::ChannelsLast);
}

}  // namespace

Inception::Inception(const TensorMap& tensors, const std::string& source, const torch::Device& device)
    : device_(device) {
    constexpr double epsilon = 1e-3;
    const torch::NoGradGuard no_grad;
    CheckedTensors checked(tensors);
    for (const InceptionConvolution& c : inception_convolutions()) {
        const auto weight = checked(c.name + ".conv.weight", {c.out, c.in, c.height, c.width});
        const auto gain = checked(c.name + ".bn.weight", {c.out}),
                   bias = checked(c.name + ".bn.bias", {c.out});
        const auto mean = checked(c.name + ".bn.running_mean", {c.out});
        const auto variance = checked(c.name + ".bn.running_var", {c.out});
        if (!weight.defined() || !gain.defined() || !bias.defined() || !mean.defined() || !variance.defined())
            continue;
        const auto scale = gain / (variance + epsilon).sqrt();
        convolutions_[c.name] = {(weight * scale.view({-1, 1, 1, 1}))
                                     .to(torch::kFloat32)
                                     .contiguous(torch::MemoryFormat::ChannelsLast)
                                     .to(device),
                                 (bias - mean * scale).to(torch::kFloat32).to(device),
                                 {c.stride, c.stride},
                                 {c.pad_height, c.pad_width}};
    }
    checked.throw_problems(source);
}

torch::Tensor Inception::apply(const std::string& name, const torch::Tensor& x) const {
    const Folded& c = convolutions_.at(name);
    return torch::conv2d(x, c.weight, c.bias, c.stride, c.padding).relu_();
}

torch::Tensor Inception::apply_chain(const std::string& block, std::initializer_list<const char*> names,
                                     torch::Tensor x) const {
    for (const char* name : names) x = apply(block + "." + name, x);
    return x;
}

torch::Tensor Inception::block_a(const std::string& block, const torch::Tensor& x) const {
    return torch::cat(
        {apply_chain(block, {"branch1x1"}, x), apply_chain(block, {"branch5x5_1", "branch5x5_2"}, x),
         apply_chain(block, {"branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"}, x),
         apply_chain(block, {"branch_pool"}, average_pool(x))},
        1);
}

torch::Tensor Inception::block_b(const std::string& block, const torch::Tensor& x) const {
    return torch::cat({apply_chain(block, {"branch3x3"}, x),
                       apply_chain(block, {"branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"}, x),
                       torch::max_pool2d(x, 3, 2)},
                      1);
}

torch::Tensor Inception::block_c(const std::string& block, const torch::Tensor& x) const {
    return torch::cat(
        {apply_chain(block, {"branch1x1"}, x),
         apply_chain(block, {"branch7x7_1", "branch7x7_2", "branch7x7_3"}, x),
         apply_chain(
             block,
             {"branch7x7dbl_1", "branch7x7dbl_2", "branch7x7dbl_3", "branch7x7dbl_4", "branch7x7dbl_5"}, x),
         apply_chain(block, {"branch_pool"}, average_pool(x))},
        1);
}

torch::Tensor Inception::block_d(const std::string& block, const torch::Tensor& x) const {
    return torch::cat(
        {apply_chain(block, {"branch3x3_1", "branch3x3_2"}, x),
         apply_chain(block, {"branch7x7x3_1", "branch7x7x3_2", "branch7x7x3_3", "branch7x7x3_4"}, x),
         torch::max_pool2d(x, 3, 2)},
        1);
}

torch::Tensor Inception::block_e(const std::string& block, const torch::Tensor& x, bool max_pool) const {
    const auto branch3x3 = apply_chain(block, {"branch3x3_1"}, x);
    const auto branch3x3dbl = apply_chain(block, {"branch3x3dbl_1", "branch3x3dbl_2"}, x);
    const auto pooled = max_pool ? torch::max_pool2d(x, 3, 1, 1) : average_pool(x);
    return torch::cat(
        {apply_chain(block, {"branch1x1"}, x), apply_chain(block, {"branch3x3_2a"}, branch3x3),
         apply_chain(block, {"branch3x3_2b"}, branch3x3),
         apply_chain(block, {"branch3x3dbl_3a"}, branch3x3dbl),
         apply_chain(block, {"branch3x3dbl_3b"}, branch3x3dbl), apply_chain(block, {"branch_pool"}, pooled)},
        1);
}

torch::Tensor Inception::features(const torch::Tensor& images) const {
    const torch::NoGradGuard no_grad;
    auto h = to_input(sent_to(device_, images));  // [B,3,299,299]
    for (const char* name : {"Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3"}) h = apply(name, h);
    h = torch::max_pool2d(h, 3, 2);  // [B,64,73,73]
    for (const char* name : {"Conv2d_3b_1x1", "Conv2d_4a_3x3"}) h = apply(name, h);
    h = torch::max_pool2d(h, 3, 2);  // [B,192,35,35]
    for (const char* block : {"Mixed_5b", "Mixed_5c", "Mixed_5d"}) h = block_a(block, h);
    h = block_b("Mixed_6a", h);  // [B,768,17,17]
    for (const char* block : {"Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"}) h = block_c(block, h);
    h = block_d("Mixed_7a", h);         // [B,1280,8,8]
    h = block_e("Mixed_7b", h, false);  // [B,2048,8,8]
    h = block_e("Mixed_7c", h, true);
    return torch::adaptive_avg_pool2d(h, {1, 1}).flatten(1).contiguous();
}

FeatureExtractor inception_extractor(const fs::path& path, ComputeDevice device) {
    const auto network =
        std::make_shared<const Inception>(read_tensor_file(path), path.string(), torch_device(device));
    const auto check = [](int channels, int, int) {
        if (channels != 1 && channels != 3)
            throw Error{
                "Cannot use InceptionV3 for these images",
                "they have " + std::to_string(channels) + " channels, but it requires grey or RGB images",
                "Use the features of a classifier of the dataset"};
    };
    const auto features = [network, device](const torch::Tensor& images) {
        const PrecisionScope scope(device, DevicePrecision::exact);
        return network->features(images).cpu();
    };
    const std::int64_t batch = is_graphics_card(device) ? batch_size_on_card : batch_size;
    return {space_name, Inception::feature_count, batch, features, check};
}

}  // namespace denoise
