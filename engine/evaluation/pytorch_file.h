#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <string>

namespace denoise {

using TensorMap = std::map<std::string, torch::Tensor>;

/// The tensors of a state dict that torch.save() wrote, as zip archive (PyTorch 1.6 and later) or in the
/// older format. No code in the file is run. Throws Error naming the file and what is wrong with it.
TensorMap read_pytorch_file(const std::filesystem::path& path);

/// The tensors of a .safetensors file or of one that torch.save() wrote, told apart by their content, not by
/// their name. Throws Error.
TensorMap read_tensor_file(const std::filesystem::path& path);

}  // namespace denoise
