#include "engine/evaluation/tensor_file.h"

#include <array>
#include <cstring>
#include <fstream>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/regular_file.h"
#include "engine/formats/safetensors.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

torch::Dtype torch_type(TensorType type) {
    // In the order of TensorType.
    constexpr std::array types = {torch::kFloat64, torch::kFloat32, torch::kFloat16, torch::kBFloat16,
                                  torch::kInt64,   torch::kInt32,   torch::kInt16,   torch::kInt8,
                                  torch::kUInt8,   torch::kBool};
    return types.at(static_cast<std::size_t>(type));
}

/// Whether the file begins as torch.save() begins one: a zip archive, or a pickle before PyTorch 1.6.
bool is_saved_by_torch(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::array<char, 9> bytes{};
    stream.read(bytes.data(), bytes.size());
    // A safetensors file starts with the length of its header, which can be any number. The header starts
    // with a brace.
    if (bytes[8] == '{') return false;
    const std::string_view start(bytes.data(), bytes.size());
    return start.starts_with("PK\x03\x04") || start.starts_with('\x80');
}

}  // namespace

TensorMap read_tensor_file(const fs::path& path) {
    require_regular_file(path, "Choose a .safetensors file");
    if (is_saved_by_torch(path)) {
        const std::string file = path.filename().string(), converted = path.stem().string() + ".safetensors";
        throw Error{
            "Cannot read the weights in " + file,
            path.string() + ": it was written by torch.save(), and only .safetensors files can be read",
            "Convert it in Python: import torch; from safetensors.torch import save_file; "
            "save_file(torch.load(\"" +
                file + "\", weights_only=True), \"" + converted + "\")"};
    }
    const SafetensorsFile file(path);
    TensorMap tensors;
    for (const NamedTensor& tensor : file.tensors()) {
        if (tensor.bytes.empty()) continue;  // its shape may be one that a torch::Tensor cannot have
        const auto copy = torch::empty(tensor.shape, torch_type(tensor.type));
        std::memcpy(copy.mutable_data_ptr(), tensor.bytes.data(), tensor.bytes.size());
        tensors[tensor.name] = copy;
    }
    return tensors;
}

}  // namespace denoise
