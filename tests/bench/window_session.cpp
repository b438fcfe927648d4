// Uses the real window for a while as a person would, and prints for each minute how fast it trained and what
// it held: trains, pauses, samples, scrubs, exports, compares, visits the pages, and goes on with the next
// run and another dataset. The goals are that the memory grows by at most 5 % after the first five minutes,
// that no files stay open, and that training does not get slower by more than 2 %.

#include <CLI/CLI.hpp>
#include <QApplication>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QStandardPaths>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <numeric>

#include "engine/base/memory.h"
#include "tests/bench/bench_window.h"
#include "ui/export/export_dialog.h"
#include "ui/link/engine_link.h"
#include "ui/pages/compare/compare_page.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/pages/denoise/schedule_track.h"
#include "ui/panels/setup/setup_panel.h"

namespace denoise {
namespace {

constexpr double memory_goal = 0.05, speed_goal = 0.02;
constexpr std::size_t settling_minutes = 5;

int entries_of(const char* folder) {
    return static_cast<int>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

/// What the process held and did in one minute, by a look in each second.
class Minute {
  public:
    void look(bool training, std::int64_t steps) {
        megabytes_.push_back(static_cast<double>(resident_bytes()) / 1e6);
        files_ = std::max(files_, entries_of("/proc/self/fd"));
        if (training && trained_before_) steps_.push_back(static_cast<double>(steps - steps_before_));
        steps_before_ = steps;
        trained_before_ = training;
    }
    double megabytes() const { return mean(megabytes_); }
    double most_megabytes() const { return *std::ranges::max_element(megabytes_); }
    double steps_per_second() const { return mean(steps_); }  ///< in seconds in which it trained throughout
    int files() const { return files_; }                      ///< the most that were open

  private:
    static double mean(const std::vector<double>& values) {
        return values.empty() ? 0 : std::reduce(values.begin(), values.end()) / std::ssize(values);
    }

    std::vector<double> megabytes_, steps_;
    int files_ = 0;
    std::int64_t steps_before_ = 0;
    bool trained_before_ = false;
};

/// What a person does in the window, one thing after the other.
class Session {
  public:
    /// `only`: the names of the activities; empty: all.
    Session(BenchWindow& bench, std::vector<std::string> datasets, const std::vector<std::string>& only)
        : bench_(bench), datasets_(std::move(datasets)) {
        std::erase_if(activities_, [&](const Activity& each) {
            return !only.empty() && std::ranges::find(only, each.name) == only.end();
        });
    }

    bool empty() const { return activities_.empty(); }

    /// Does the next thing, and says whether it worked.
    bool go_on() {
        if (action("train")->isEnabled() && bench_.link().state() == EngineState::idle) return next_run();
        Activity& activity = activities_[next_++ % activities_.size()];
        const bool worked = (this->*activity.does)();
        ++(worked ? activity.done : activity.failed);
        if (!worked) std::fprintf(stderr, "Did not work: %s\n", activity.name);
        return worked;
    }
    void print() const {
        std::printf("%d runs", runs_);
        for (const Activity& each : activities_) std::printf("; %s: %d times", each.name, each.done);
        std::printf("\n");
    }
    /// Whether everything was done at least once, and nothing failed.
    bool complete() const {
        return std::ranges::all_of(activities_,
                                   [](const Activity& each) { return each.done > 0 && each.failed == 0; });
    }

  private:
    struct Activity {
        const char* name;
        bool (Session::*does)();
        int done = 0, failed = 0;
    };

    QAction* action(const char* name) { return bench_.window().actions()[name]; }
    template <class W>
    W* find() {
        return bench_.window().findChild<W*>();
    }

    bool next_run() {
        const std::string& dataset = datasets_[static_cast<std::size_t>(runs_) % datasets_.size()];
        if (runs_++ > 0) {
            find<ui::SetupPanel>()->use_dataset(QString::fromStdString(dataset));
            wait(500);
            if (!wait_until([&] { return action("train")->isEnabled(); })) return false;
        }
        return bench_.train();
    }
    bool sample() {
        action("tab_denoise")->trigger();
        action("sample")->trigger();
        wait(200);
        return wait_until([&] { return !bench_.is_sampling() && action("export")->isEnabled(); });
    }
    bool scrub() {
        action("tab_denoise")->trigger();
        auto* track = find<ui::DenoisePage>()->findChild<ui::ScheduleTrack*>();
        for (int i = 0; i < 200; ++i) {
            drag_to(*track, i % 20, i == 0);
            wait(5);
        }
        return true;
    }
    bool export_picture() {
        action("tab_denoise")->trigger();
        action("export")->trigger();
        const QPointer dialog = find<ui::ExportDialog>();
        if (!dialog) return false;
        const QString path = bench_.folder().filePath("exported.png");
        bool saved = false;
        QObject::connect(dialog, &ui::ExportDialog::exported, [&] { saved = true; });
        dialog->findChild<QLineEdit*>("path")->setText(path);
        dialog->findChild<QPushButton*>("export")->click();
        const bool worked = wait_until([&] { return saved; });
        if (dialog) dialog->close();
        return std::filesystem::remove(path.toStdString()) && worked;
    }
    bool compare() {
        auto* page = find<ui::ComparePage>();
        if (!has_columns_) action("compare_with")->trigger();
        has_columns_ = true;
        action("tab_compare")->trigger();
        wait(200);
        page->sample();
        wait(200);
        return wait_until([&] { return !page->is_running(); });
    }
    bool new_noise() {
        action("tab_noise")->trigger();
        wait(300);
        action("sample")->trigger();
        wait(300);
        return true;
    }
    bool visit_pages() {
        for (const char* tab : {"tab_train", "tab_runs", "show_model", "tab_train"}) {
            action(tab)->trigger();
            wait(1000);
        }
        return true;
    }
    bool pause_and_resume() {
        if (!action("pause")->isEnabled()) return bench_.link().state() == EngineState::idle;
        action("pause")->trigger();
        if (!wait_until([&] { return bench_.link().state() == EngineState::paused; })) return false;
        wait(500);
        action("resume")->trigger();
        return wait_until([&] { return bench_.link().state() == EngineState::training; });
    }

    BenchWindow& bench_;
    const std::vector<std::string> datasets_;
    std::vector<Activity> activities_ = {
        {"sample", &Session::sample},          {"scrub", &Session::scrub},
        {"export", &Session::export_picture},  {"compare", &Session::compare},
        {"noise", &Session::new_noise},        {"pages", &Session::visit_pages},
        {"pause", &Session::pause_and_resume},
    };
    std::size_t next_ = 0;
    bool has_columns_ = false;
    int runs_ = 0;
};

/// Prints how memory and speed have changed since the first minutes. Whether both are within the goals.
bool judge(const std::vector<Minute>& minutes) {
    if (minutes.size() < 2 * settling_minutes) return true;
    const auto settled = minutes.begin() + settling_minutes;
    const double before = (settled - 1)->megabytes();
    const double most = std::ranges::max_element(settled, minutes.end(), {}, &Minute::megabytes)->megabytes();
    const auto speed = [](auto begin, auto end) {
        std::vector<double> all;
        for (auto minute = begin; minute != end; ++minute) all.push_back(minute->steps_per_second());
        std::ranges::sort(all);
        return all[all.size() / 2];
    };
    const auto half = std::ssize(minutes) / 2;
    const double first = speed(minutes.begin(), minutes.begin() + half);
    const double second = speed(minutes.end() - half, minutes.end());
    const int files_before = std::ranges::max_element(minutes.begin(), settled, {}, &Minute::files)->files();
    const int files = std::ranges::max_element(settled, minutes.end(), {}, &Minute::files)->files();
    std::printf("memory: %.0f MB in minute %zu, then at most %.0f MB (%+.1f %%)\n", before, settling_minutes,
                most, 100 * (most / before - 1));
    std::printf("open files: at most %d in the first %zu minutes, then at most %d\n", files_before,
                settling_minutes, files);
    std::printf("speed: %.2f steps/s in the first half, %.2f in the second (%+.1f %%)\n", first, second,
                100 * (second / first - 1));
    return most / before - 1 <= memory_goal && files <= files_before && second / first >= 1 - speed_goal;
}

struct Options {
    BenchWindow::Options window;
    double minutes = 30;
    std::vector<std::string> only;
};

int measure(const Options& options) {
    BenchWindow bench(options.window);
    if (!bench.show()) return 2;
    Session session(bench, {options.window.dataset, "glyphs"}, options.only);
    if (session.empty()) return std::fprintf(stderr, "--only names nothing that is known\n"), 2;
    std::vector<Minute> minutes(1);
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, [&] {
        minutes.back().look(bench.link().state() == EngineState::training, bench.steps());
    });
    look.start(1000);
    QElapsedTimer clock;
    clock.start();
    while (static_cast<double>(clock.elapsed()) < 60'000 * options.minutes || !session.complete()) {
        if (!session.go_on()) break;
        if (clock.elapsed() < 60'000 * static_cast<qint64>(minutes.size())) continue;
        std::printf("minute %3zu: %6.1f MB, at most %6.1f; %d files, %d threads; %.2f steps/s\n",
                    minutes.size(), minutes.back().megabytes(), minutes.back().most_megabytes(),
                    minutes.back().files(), entries_of("/proc/self/task"), minutes.back().steps_per_second());
        std::fflush(stdout);
        minutes.emplace_back();
    }
    session.print();
    minutes.pop_back();  // which has not ended
    const bool good = judge(minutes) && session.complete() && bench.errors() == 0;
    std::printf("%s\n", good ? "Within the goals" : "Not within the goals");
    return good ? 0 : 1;
}

}  // namespace
}  // namespace denoise

int main(int argc, char** argv) {
    denoise::Options options;
    CLI::App program("Uses the window for a while, and measures its memory and speed.");
    program.add_option("--minutes", options.minutes)->capture_default_str();
    program.add_option("--only", options.only, "What to do beside training, to find out which of it grows");
    denoise::add_options(program, options.window);
    CLI11_PARSE(program, argc, argv);

    QStandardPaths::setTestModeEnabled(true);
    QApplication application(argc, argv);
    const denoise::BenchSettings settings(application);
    return denoise::measure(options);
}
