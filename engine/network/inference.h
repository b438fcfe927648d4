#pragma once

#include <torch/torch.h>

#include "engine/device/precision.h"
#include "engine/network/description/execution.h"
#include "engine/network/share_threads.h"
#include "engine/network/unet.h"
#include "engine/network/winograd_plan.h"

namespace denoise {

/// Makes the calling thread compute networks as `execution` says, during its lifetime: in bfloat16 or not,
/// with fused kernels or not, and with its number of threads. Plain kernels on a graphics card compute in
/// float32 with all digits. The number of threads stays set afterwards.
class ExecutionScope {
  public:
    explicit ExecutionScope(const Execution& execution);
    ~ExecutionScope();
    ExecutionScope(const ExecutionScope&) = delete;
    ExecutionScope& operator=(const ExecutionScope&) = delete;

    /// The input of the network in the layout of the execution.
    torch::Tensor input(const torch::Tensor& x) const {
        return x.contiguous(channels_last_ ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
    }

  private:
    PrecisionScope precision_;
    bool channels_last_;
    bool fused_before_;
    WinogradPlan winograd_before_;
    AttentionKernel attention_before_;
};

/// A network on `device` in evaluation mode, whose weights are the flat buffer `values` (see FlatParameters),
/// or a copy of it if that is on another device. So the buffer must not be changed while the network is used.
UNet make_network(const UNetConfig& config, int channels, int height, int width, const torch::Tensor& values,
                  const torch::Device& device = torch::kCPU);

/// Evaluates `network`, which is on the device of the execution, without gradients and for the whole batch at
/// once. Returns float32 [B,C,H,W] or [B,2C,H,W], contiguous and where `x_t` is. `labels` is int64 [B], or
/// undefined for a network without classes.
torch::Tensor predict(UNet& network, const torch::Tensor& x_t, const torch::Tensor& t,
                      const torch::Tensor& labels, const Execution& execution);

/// The same, with the batch divided as the execution says.
torch::Tensor predict(UNet& network, const torch::Tensor& x_t, const torch::Tensor& t,
                      const torch::Tensor& labels, const Execution& execution, ShareThreads& threads);

}  // namespace denoise
