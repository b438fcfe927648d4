#include "engine/model/diffusers_weights.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "engine/base/error.h"

namespace denoise {
namespace {

using Shape = std::vector<std::int64_t>;

[[noreturn]] void fail(const SafetensorsFile& file, const std::string& why) {
    throw Error{"Cannot open the diffusers model", file.path().string() + ": " + why,
                "Choose the weights that belong to the config.json in the same folder"};
}

std::string shown(const Shape& shape) {
    std::string text;
    for (const std::int64_t side : shape) text += (text.empty() ? "" : " x ") + std::to_string(side);
    return text.empty() ? "a single number" : text;
}

/// The first names and the number of the others.
std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t most = 4;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
        text += (i == 0 ? "\"" : ", \"") + names[i] + "\"";
    if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
    return text;
}

/// Older files store the linear layers of attention as 1x1 convolutions.
Shape without_trailing_ones(Shape shape, std::size_t dimensions) {
    while (shape.size() > dimensions && shape.back() == 1) shape.pop_back();
    return shape;
}

/// A copy in float32 with the shape `shape`, which the caller has checked.
torch::Tensor copy_of(const SafetensorsFile& file, const NamedTensor& tensor, const Shape& shape) {
    const auto as = [&](torch::ScalarType type) {
        // The bytes are copied first because a tensor may start at an unaligned address of the file.
        auto bytes = torch::empty({static_cast<std::int64_t>(tensor.bytes.size())}, torch::kUInt8);
        std::memcpy(bytes.data_ptr(), tensor.bytes.data(), tensor.bytes.size());
        return bytes.view(type).view(shape).to(torch::kFloat32);
    };
    switch (tensor.type) {
        case TensorType::f32:
            return as(torch::kFloat32);
        case TensorType::f16:
            return as(torch::kHalf);
        case TensorType::bf16:
            return as(torch::kBFloat16);
        default:
            fail(file, "tensor \"" + tensor.name + "\" is not of the type F32, F16 or BF16");
    }
}

}  // namespace

NamedWeights read_diffusers_weights(const SafetensorsFile& file, const std::vector<TensorPair>& layout) {
    std::unordered_map<std::string, const NamedTensor*> unused;
    for (const NamedTensor& tensor : file.tensors()) unused.emplace(tensor.name, &tensor);
    std::vector<std::string> missing;
    NamedWeights weights;
    for (const TensorPair& pair : layout) {
        Shape shape = pair.shape;
        shape[0] /= static_cast<std::int64_t>(pair.theirs.size());
        std::vector<torch::Tensor> parts;
        for (const std::string& name : pair.theirs) {
            auto found = unused.find(name);
            if (found == unused.end()) found = unused.find(legacy_name(name));
            if (found == unused.end()) {
                missing.push_back(name);
                continue;
            }
            const NamedTensor& tensor = *found->second;
            if (without_trailing_ones(tensor.shape, shape.size()) != shape)
                fail(file, "tensor \"" + tensor.name + "\" is " + shown(tensor.shape) +
                               ", but the network needs " + shown(shape));
            parts.push_back(copy_of(file, tensor, shape));
            unused.erase(found);
        }
        if (parts.size() == pair.theirs.size())
            weights[pair.ours] = parts.size() == 1 ? parts[0] : torch::cat(parts);
    }
    if (!missing.empty()) fail(file, "it lacks the tensors " + listed(missing));
    if (!unused.empty()) {
        std::vector<std::string> names;
        for (const NamedTensor& tensor : file.tensors())
            if (unused.contains(tensor.name)) names.push_back(tensor.name);
        fail(file, "it has tensors that are not part of the network: " + listed(names));
    }
    return weights;
}

void write_diffusers_weights(const std::filesystem::path& path, const NamedWeights& weights,
                             const std::vector<TensorPair>& layout) {
    std::vector<torch::Tensor> kept;  // contiguous copies, alive until the file is written
    std::vector<NamedTensor> tensors;
    for (const TensorPair& pair : layout) {
        const auto found = weights.find(pair.ours);
        if (found == weights.end() || found->second.sizes() != torch::IntArrayRef(pair.shape))
            throw Error{"Cannot export to diffusers",
                        "the network has no parameter \"" + pair.ours + "\" of " + shown(pair.shape),
                        "Report this as a bug"};
        const auto parts = static_cast<std::int64_t>(pair.theirs.size());
        const std::int64_t rows = pair.shape[0] / parts;
        for (std::int64_t part = 0; part < parts; ++part) {
            kept.push_back(found->second.detach()
                               .narrow(0, part * rows, rows)
                               .to(torch::kCPU, torch::kFloat32)
                               .contiguous());
            tensors.push_back(float_tensor(pair.theirs[static_cast<std::size_t>(part)],
                                           kept.back().sizes().vec(), kept.back().const_data_ptr<float>()));
        }
    }
    write_safetensors(path, tensors, {{"format", "pt"}});
}

}  // namespace denoise
