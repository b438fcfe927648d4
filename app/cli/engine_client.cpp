#include "app/cli/engine_client.h"

#include <thread>

namespace denoise::cli {

std::unique_ptr<Engine> engine_for_command(int threads) {
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return make_engine({.threads = threads > 0 ? threads : cores, .yield = false});
}

void follow(Engine& engine, const std::function<bool(const Event&)>& handler,
            const std::function<void()>& each_wait) {
    for (;;) {
        for (const Event& event : engine.wait_events(std::chrono::milliseconds(200))) {
            if (const auto* failed = std::get_if<Failed>(&event)) throw failed->error;
            if (!handler(event)) return;
        }
        if (each_wait) each_wait();
    }
}

RunOpened open_model(Engine& engine, const std::filesystem::path& path, ProgressLine* line) {
    engine.post(OpenModel{path});
    RunOpened opened;
    follow(engine, [&](const Event& event) {
        if (const auto* notice = std::get_if<Notice>(&event); notice && line) line->say(notice->text);
        const auto* run = std::get_if<RunOpened>(&event);
        if (run) opened = *run;
        return run == nullptr;
    });
    return opened;
}

}  // namespace denoise::cli
