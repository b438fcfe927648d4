#pragma once

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>

#include "engine/formats/safetensors.h"
#include "engine/network/stop_check.h"

namespace denoise {

/// The result of read(), or what it throws. Throws Cancelled if a StopScope of this thread asks for it
/// before: a network drive that does not answer can hold up a thread for any time. So read() is called in a
/// thread of its own, which then ends by itself when the drive answers. It must own what it uses, and must
/// not call LibTorch.
template <class Read>
auto read_stoppably(Read read) -> std::invoke_result_t<Read> {
    using Task = std::packaged_task<std::invoke_result_t<Read>()>;
    constexpr std::chrono::milliseconds between_checks{20};
    const auto task = std::make_shared<Task>(std::move(read));
    auto result = task->get_future();
    try {
        std::thread([task] { (*task)(); }).detach();
    } catch (const std::system_error&) {
        (*task)();  // no more threads can be started
    }
    while (result.wait_for(between_checks) != std::future_status::ready) check_stop();
    return result.get();
}

/// The safetensors file `path`, which is read in this way.
inline SafetensorsFile read_safetensors_stoppably(const std::filesystem::path& path) {
    return read_stoppably([path] { return SafetensorsFile(path); });
}

}  // namespace denoise
