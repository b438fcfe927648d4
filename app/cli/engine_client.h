#pragma once

#include <functional>
#include <memory>

#include "app/cli/console.h"
#include "engine/session/engine.h"

namespace denoise::cli {

/// An engine for one command: all cores, normal priority.
std::unique_ptr<Engine> engine_for_command(int threads = 0);

/// Waits for events and gives each to `handler` until it answers false or a Failed event comes, which is
/// thrown as its Error. `each_wait` runs at least every 200 ms.
void follow(Engine& engine, const std::function<bool(const Event&)>& handler,
            const std::function<void()>& each_wait = {});

/// Opens a run folder or checkpoint and waits for it. Throws Error.
RunOpened open_model(Engine& engine, const std::filesystem::path& path, ProgressLine* line);

}  // namespace denoise::cli
