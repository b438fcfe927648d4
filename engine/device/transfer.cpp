#include "engine/device/transfer.h"

#include <c10/core/DeviceGuard.h>

namespace denoise {

torch::Device torch_device(ComputeDevice device) {
    if (!is_graphics_card(device)) return torch::kCPU;
    return {torch::kCUDA, static_cast<c10::DeviceIndex>(graphics_card_number(device))};
}

torch::Tensor sent_to(const torch::Device& device, const torch::Tensor& tensor) {
    if (!tensor.defined() || tensor.device() == device) return tensor;
    if (!device.is_cuda() || !tensor.device().is_cpu()) return tensor.to(device);
    // Otherwise, the first page-locked memory would also take memory of card 0, whichever one is used.
    const c10::DeviceGuard guard(device);
    // A graphics card can fetch a tensor by itself only from memory that the system does not move. The
    // allocator of such memory waits with using it again until the copy has been made.
    return tensor.contiguous().pin_memory().to(device, /*non_blocking=*/true);
}

std::vector<torch::Tensor> read_together(const std::vector<torch::Tensor>& tensors) {
    std::vector<torch::Tensor> flat;
    for (const torch::Tensor& tensor : tensors)
        if (!tensor.device().is_cpu()) flat.push_back(tensor.detach().flatten());
    if (flat.empty()) return tensors;
    const torch::Tensor read = torch::cat(flat).to(torch::kCPU);
    std::vector<torch::Tensor> result;
    std::int64_t first = 0;
    for (const torch::Tensor& tensor : tensors) {
        if (tensor.device().is_cpu()) {
            result.push_back(tensor);
            continue;
        }
        result.push_back(read.narrow(0, first, tensor.numel()).view(tensor.sizes()));
        first += tensor.numel();
    }
    return result;
}

}  // namespace denoise
