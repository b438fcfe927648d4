#include "engine/training/shared_step.h"

#include <span>
#include <string>

#include "engine/base/error.h"
#include "engine/device/memory_errors.h"

namespace denoise {
namespace {

/// Calls `change` with the values in the memory of the processor.
template <class Change>
void change_on_host(const torch::Tensor& values, const Change& change) {
    const torch::NoGradGuard no_grad;
    const torch::Tensor target = values.detach();
    torch::Tensor host = target.cpu().contiguous();
    change(host);
    if (!host.is_same(target)) torch::Tensor(target).copy_(host);
}

}  // namespace

ProcessShare process_share(const Communicator& group, std::int64_t count) {
    return {group.rank() * count, group.size() * count};
}

void throw_in_words(const c10::Error& error) {
    const MemoryError memory = memory_error(error);
    if (memory == MemoryError::none)
        throw Error{"A process cannot continue", error.what_without_backtrace(), "Try smaller settings"};
    throw Error{"There is not enough memory",
                std::string("a step needs more than is free") +
                    (memory == MemoryError::graphics_card ? " on the graphics card" : ""),
                "Start the processes again with --resume, the folder of the run and a larger --batch-parts",
                "batch_parts"};
}

void sum_over_all(Communicator& group, const torch::Tensor& values) {
    change_on_host(values, [&](torch::Tensor& host) {
        group.sum_in_place({host.data_ptr<float>(), static_cast<std::size_t>(host.numel())});
    });
}

void take_from_first(Communicator& group, const torch::Tensor& values) {
    change_on_host(values, [&](torch::Tensor& host) {
        group.broadcast({static_cast<std::byte*>(host.data_ptr()), host.nbytes()}, 0);
    });
}

ImageLosses losses_of_all(Communicator& group, const ImageLosses& own) {
    const torch::NoGradGuard no_grad;
    const std::int64_t B = own.t.size(0);
    const ProcessShare share = process_share(group, B);
    const bool weighted = own.weight.defined();
    // Timesteps are exact in float32. The parts of the others are zeros.
    const auto all = torch::zeros({weighted ? 3 : 2, share.total});
    const auto mine = all.narrow(1, share.first, B);
    mine[0].copy_(own.t);
    mine[1].copy_(own.losses.detach());
    if (weighted) mine[2].copy_(own.weight);
    sum_over_all(group, all);
    return {all[0].to(torch::kInt64), all[1], weighted ? all[2] : torch::Tensor()};
}

}  // namespace denoise
