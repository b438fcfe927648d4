#include "tests/gallery/watch_states.h"

#include <QTemporaryDir>
#include <QTest>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/base/atomic_file.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_life.h"
#include "engine/runs/run_list.h"
#include "ui/link/run_watch.h"

namespace denoise::gallery {
namespace {

namespace fs = std::filesystem;
using ui::WatchPhase;
using ui::WatchReport;

constexpr int patience_ms = 60'000;

/// Steps like the last one of a run, at its speed.
std::vector<StepMetrics> further_steps(StepMetrics last, int count) {
    std::vector<StepMetrics> steps;
    for (int i = 0; i < count; ++i) {
        ++last.step;
        last.seconds += 0.25;
        last.loss *= i % 2 == 0 ? 1.1 : 0.9;
        steps.push_back(last);
    }
    return steps;
}

}  // namespace

void take_watch_states(ui::MainWindow& window, Camera& camera) {
    const fs::path original = window.link().run()->folder;
    const QTemporaryDir folder;
    const fs::path run = fs::path(folder.path().toStdString()) / "birds on the cluster";
    fs::copy(original, run, fs::copy_options::recursive);
    auto& watch = *window.link().findChild<ui::RunWatch*>();
    const auto until = [&](const char* what, const std::function<bool(const WatchReport&)>& holds) {
        if (!QTest::qWaitFor([&] { return holds(watch.report()); }, patience_ms))
            throw std::runtime_error(what);
    };
    const auto say = [&run](const char* status) {
        const nlohmann::json state{{"status", status}, {"host", "node17"}};
        write_text_file(run / run_file::state, state.dump());
    };
    say("running");
    // Soon, nothing has been written for so long that it cannot be told whether the training goes on.
    const auto nearly_silent = fs::file_time_type::clock::now() - long_silence + std::chrono::seconds(4);
    for (const char* name : {run_file::state, run_file::metrics})
        fs::last_write_time(run / name, nearly_silent);
    window.open_path(QString::fromStdString(run.string()));
    until("a watched run", [](const WatchReport& now) { return now.phase == WatchPhase::watching; });
    until("a quiet machine", [](const WatchReport& now) { return now.is_uncertain; });
    camera.take("watching-quiet");
    {
        MetricsWriter writer(run / run_file::metrics);
        for (const StepMetrics& step : further_steps(read_metrics(run).back(), 40)) writer.append(step);
        writer.flush();
    }
    const std::int64_t step = read_metrics(run).back().step;
    until("new steps", [step](const WatchReport& now) { return now.step == step; });
    QTest::qWait(300);
    camera.take("watching");
    const fs::path away = run.parent_path() / "away";
    fs::rename(run, away);
    until("a folder that is away", [](const WatchReport& now) { return now.seconds_unreachable > 0; });
    camera.take("watching-folder-away");
    fs::rename(away, run);
    until("the folder again", [](const WatchReport& now) { return now.seconds_unreachable == 0; });
    say("stopped");
    until("the end of the training", [](const WatchReport& now) { return now.phase == WatchPhase::ended; });
    camera.take("watching-ended");
    watch.stop();
    window.open_path(QString::fromStdString(original.string()));
    if (!QTest::qWaitFor([&] { return window.link().model_path() == original; }, patience_ms))
        throw std::runtime_error("the run of before");
}

}  // namespace denoise::gallery
