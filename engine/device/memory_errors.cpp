#include "engine/device/memory_errors.h"

#include <ATen/DeviceAccelerator.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <string>

namespace denoise {

MemoryError memory_error(const c10::Error& error) {
    if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr) return MemoryError::graphics_card;
    const std::string text = error.what_without_backtrace();
    // cuDNN and cuBLAS allocate memory of their own.
    for (const char* cuda : {"CUDA out of memory", "CUDNN_STATUS_ALLOC_FAILED", "CUBLAS_STATUS_ALLOC_FAILED"})
        if (text.find(cuda) != std::string::npos) return MemoryError::graphics_card;
    return text.find("allocate memory") != std::string::npos ? MemoryError::processor : MemoryError::none;
}

void release_kept_memory() {
#if TORCH_VERSION_MAJOR > 2 || TORCH_VERSION_MINOR >= 10
    if (torch::cuda::device_count() > 0) at::accelerator::emptyCache();
#endif
}

}  // namespace denoise
