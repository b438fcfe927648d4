#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <string>

namespace denoise {

using TensorMap = std::map<std::string, torch::Tensor>;

/// Copies of the tensors in a .safetensors file. Throws Error; for a file written by torch.save(), the remedy
/// explains how to convert it.
TensorMap read_tensor_file(const std::filesystem::path& path);

}  // namespace denoise
