// Measures the Denoise page with a large trajectory, 1,000 frames of 64 images 32 x 32 x 3: the time from a
// drag of the slider to the repainted pictures, and the memory of the frames. The goals are 16 ms at the 95th
// percentile and 400 MB.

#include <CLI/CLI.hpp>
#include <QApplication>
#include <QElapsedTimer>
#include <QStandardPaths>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <random>

#include "engine/base/memory.h"
#include "engine/session/engine.h"
#include "tests/bench/bench_window.h"
#include "ui/link/engine_link.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/pages/denoise/schedule_track.h"
#include "ui/theme/theme.h"

namespace denoise {
namespace {

/// Sends the events that it is given.
class PlaybackEngine : public Engine {
  public:
    /// `at_once`: the most events that are taken at a time.
    PlaybackEngine(std::deque<Event>& events, int at_once) : events_(events), at_once_(at_once) {}
    JobId post(Command) override { return 1; }
    std::vector<Event> take_events() override {
        std::vector<Event> out;
        for (int i = 0; i < at_once_ && !events_.empty(); ++i) {
            out.push_back(std::move(events_.front()));
            events_.pop_front();
        }
        return out;
    }
    std::vector<Event> wait_events(std::chrono::milliseconds) override { return take_events(); }

  private:
    std::deque<Event>& events_;
    int at_once_;
};

double resident_megabytes() {
    return static_cast<double>(resident_bytes()) / 1e6;
}

struct Options {
    int frames = 1000, images = 64, side = 32, channels = 3, drags = 500;
    int width = 1366, height = 768;
    int at_once = 2;  ///< steps that arrive together; each has 0.6 MB that is freed again
};

ImageBatch noise(const Options& options, std::mt19937& random) {
    ImageBatch batch{options.images, options.channels, options.side, options.side, {}};
    batch.pixels.resize(static_cast<std::size_t>(options.images) * options.channels * options.side *
                        options.side);
    for (auto& value : batch.pixels) value = static_cast<std::uint8_t>(random());
    return batch;
}

int measure(const Options& options) {
    std::deque<Event> events;
    ui::Theme theme;
    ui::EngineLink link(std::make_unique<PlaybackEngine>(events, options.at_once));
    ui::DenoisePage page(link, theme);
    page.resize(options.width, options.height);
    page.show();
    RunOpened run;
    run.channels = options.channels;
    run.height = run.width = options.side;
    events.emplace_back(run);
    const auto deliver = [&] {
        while (!events.empty()) QApplication::processEvents(QEventLoop::AllEvents, 20);
        QApplication::processEvents();
    };
    deliver();
    page.sample();
    const double before = resident_megabytes();
    SampleStarted start;
    start.job = 1;
    start.request.count = options.images;
    start.request.steps = options.frames;
    for (int t = options.frames - 1; t >= 0; --t) start.timesteps.push_back(t);
    for (int t = 0; t < options.frames; ++t)
        start.alpha_bar.push_back(std::pow(std::cos(1.55 * t / options.frames), 2));
    events.emplace_back(start);
    std::mt19937 random(1);
    for (int i = 0; i < options.frames; ++i) {
        events.emplace_back(SampleFrame{1, i, start.timesteps[static_cast<std::size_t>(i)],
                                        noise(options, random), noise(options, random),
                                        noise(options, random),
                                        std::vector<StepNorms>(static_cast<std::size_t>(options.images))});
        if (i % options.at_once == 0) deliver();
    }
    events.emplace_back(
        SampleResult{1, 1, noise(options, random), {}, 1, static_cast<double>(options.frames)});
    events.emplace_back(JobEnded{1, Outcome::done, {}});
    deliver();
    const double megabytes = resident_megabytes() - before;

    auto* track = page.findChild<ui::ScheduleTrack*>();
    std::vector<double> times;
    std::uniform_int_distribution<int> any(0, options.frames - 1);
    for (int i = 0; i < options.drags; ++i) {
        const int stop = any(random);
        QElapsedTimer timer;
        timer.start();
        drag_to(*track, stop, i == 0);
        QApplication::sendPostedEvents();  // layouts
        QApplication::processEvents();     // and paints
        times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    std::ranges::sort(times);
    const double p95 = times[times.size() * 95 / 100];
    std::printf("%d frames of %d images %d x %d x %d, page %d x %d\n", options.frames, options.images,
                options.side, options.side, options.channels, options.width, options.height);
    std::printf("drag to repaint: median %.2f ms, 95th percentile %.2f ms, maximum %.2f ms (%zu drags)\n",
                times[times.size() / 2], p95, times.back(), times.size());
    std::printf("memory of the frames: %.0f MB\n", megabytes);
    const bool good = p95 < 16 && megabytes < 400;
    std::printf("%s\n", good ? "Within the goals" : "Not within the goals");
    return good ? 0 : 1;
}

}  // namespace
}  // namespace denoise

int main(int argc, char** argv) {
    denoise::Options options;
    CLI::App program("Measures the Denoise page with a large trajectory.");
    program.add_option("--frames", options.frames)->capture_default_str();
    program.add_option("--images", options.images)->capture_default_str();
    program.add_option("--side", options.side)->capture_default_str();
    program.add_option("--channels", options.channels)->capture_default_str();
    program.add_option("--drags", options.drags)->capture_default_str();
    program.add_option("--width", options.width)->capture_default_str();
    program.add_option("--height", options.height)->capture_default_str();
    program.add_option("--at-once", options.at_once, "Steps that arrive together")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    CLI11_PARSE(program, argc, argv);
    QStandardPaths::setTestModeEnabled(true);
    QApplication application(argc, argv);
    const denoise::BenchSettings settings(application);
    return denoise::measure(options);
}
