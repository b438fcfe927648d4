#include "tests/bench/bench_window.h"

#include <CLI/CLI.hpp>
#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QMouseEvent>
#include <QSettings>
#include <QTimer>
#include <cstdio>
#include <filesystem>

#include "engine/session/engine.h"
#include "ui/link/engine_link.h"
#include "ui/pages/denoise/schedule_track.h"
#include "ui/text/plurals.h"

namespace denoise {

using ui::EngineLink;

void wait(int ms) {
    QEventLoop loop;
    QTimer::singleShot(ms, &loop, &QEventLoop::quit);
    loop.exec();
}

bool wait_until(const std::function<bool()>& condition, int limit_ms) {
    QElapsedTimer timer;
    timer.start();
    while (!condition()) {
        if (timer.elapsed() > limit_ms) return false;
        wait(50);
    }
    return true;
}

void drag_to(ui::ScheduleTrack& track, int stop, bool press) {
    const QPointF place = track.point_of(stop);
    QMouseEvent move(press ? QEvent::MouseButtonPress : QEvent::MouseMove, place, track.mapToGlobal(place),
                     press ? Qt::LeftButton : Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&track, &move);
}

std::string standard_dataset() {
    const std::filesystem::path mnist = DENOISE_LAB_SOURCE_DIR "/../shared/data/mnist";
    return std::filesystem::exists(mnist) ? mnist.string() : "glyphs";
}

BenchSettings::BenchSettings(QApplication& application) {
    QApplication::setApplicationName("denoise-lab-bench");
    QApplication::setOrganizationName("denoise-lab-bench");
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder_.path());
    ui::install_plurals(application);
}

BenchWindow::BenchWindow(const Options& options) {
    qputenv("DENOISE_LAB_RUNS", folder_.filePath("runs").toUtf8());
    ui::Preferences preferences;
    preferences.threads = options.threads;
    preferences.recent_datasets = {QString::fromStdString(options.dataset)};
    window_ = std::make_unique<ui::MainWindow>(
        make_engine({.threads = options.threads, .yield = options.yield}), theme_, preferences);
    const auto on = [this](auto signal, auto does) { QObject::connect(&link(), signal, does); };
    on(&EngineLink::metrics, [this](const auto& batch) { steps_ += std::ssize(batch); });
    on(&EngineLink::sample_started, [this] { sampling_ = true; });
    on(&EngineLink::job_ended, [this] { sampling_ = false; });
    on(&EngineLink::failed, [this](const Error& error) {
        ++errors_;
        std::fprintf(stderr, "%s: %s\n", error.what.c_str(), error.why.c_str());
    });
    window_->editor().use_preset(find_preset(options.preset));
}

bool BenchWindow::show() {
    window_->show();
    if (wait_until(
            [&] { return link().state() == EngineState::idle && window_->actions()["train"]->isEnabled(); }))
        return true;
    std::fprintf(stderr, "The dataset did not load\n");
    return false;
}

bool BenchWindow::train() {
    const std::int64_t before = steps_;
    window_->actions()["train"]->trigger();
    if (wait_until([&] { return link().state() == EngineState::training && steps_ > before; })) return true;
    std::fprintf(stderr, "Training did not start\n");
    return false;
}

void add_options(CLI::App& program, BenchWindow::Options& options) {
    program.add_option("--threads", options.threads, "Cores for training")->capture_default_str();
    program.add_option("--dataset", options.dataset, "Dataset to train on")->capture_default_str();
    program.add_option("--preset", options.preset, "Preset of the network")->capture_default_str();
    program.add_flag("!--no-yield", options.yield,
                     "Train at the priority of the window, for a machine on which other programs are busy");
}

}  // namespace denoise
