#include "ui/window/watch_commands.h"

#include "ui/link/run_watch.h"
#include "ui/pages/train/train_page.h"
#include "ui/pages/train/watch_banner.h"
#include "ui/panels/runs/runs_panel.h"
#include "ui/window/page_tabs.h"
#include "ui/window/runs_dock.h"

namespace denoise::ui {

WatchCommands::WatchCommands(EngineLink& link, RunsDock& dock, PageTabs& pages, const Theme& theme)
    : link_(link),
      dock_(dock),
      pages_(pages),
      watch_(new RunWatch(link, &link)),
      banner_(new WatchBanner(*watch_, theme)) {
    pages.train().add_banner(banner_);
    RunsPanel& runs = dock.runs();
    connect(&runs, &RunsPanel::watch_wanted, this, &WatchCommands::start);
    connect(&runs, &RunsPanel::watch_unwanted, watch_, &RunWatch::stop);
    connect(watch_, &RunWatch::open_wanted, this, &WatchCommands::open_wanted);
    connect(watch_, &RunWatch::previews_changed, &pages.train(), &TrainPage::show_kept);
    connect(watch_, &RunWatch::checkpoint_found, &runs, &RunsPanel::refresh_soon);
    connect(watch_, &RunWatch::changed, this, [this] {
        dock_.runs().set_watched(watch_->is_on() ? watch_->report().folder : std::filesystem::path());
        Q_EMIT situation_changed();
    });
    connect(&link, &EngineLink::trained_elsewhere_changed, this, &WatchCommands::situation_changed);
    connect(banner_, &WatchBanner::resume_wanted, this,
            [this] { Q_EMIT resume_wanted(watch_->report().folder); });
}

std::vector<ActionRow> WatchCommands::rows() {
    using namespace obstacle;
    return {
        {.name = "watch_run",
         .text = tr("Watch the open run"),
         .icon = "view-visible",
         .hint = tr("Shows the steps and samples of the open run as another program adds them to its folder"),
         .group = ActionGroup::data,
         .unless = {closing, loading, nothing_to_watch},
         .does = [this] { start(link_.run()->folder); }},
        {.name = "stop_watching",
         .text = tr("Stop watching"),
         .icon = "view-hidden",
         .hint = tr("Shows no further steps of the run that is watched"),
         .group = ActionGroup::data,
         .unless = {no_watch},
         .does = [this] { watch_->stop(); }},
    };
}

void WatchCommands::describe(Situation& now) const {
    const auto& run = link_.run();
    now.can_watch = run && !run->folder.empty() && !run->trainable;
    now.is_watching = watch_->report().phase == WatchPhase::watching;
    now.has_watch = watch_->is_on();
    now.is_trained_elsewhere = link_.is_trained_elsewhere();
}

void WatchCommands::update(const Situation& now) {
    using namespace obstacle;
    dock_.runs().set_watch_blocked(reason_against({closing, loading, training, run_paused}, now));
    banner_->set_resume_blocked(reason_against({closing, loading, training, run_paused, sampling}, now));
}

void WatchCommands::start(const std::filesystem::path& run) {
    pages_.show_page(pages_.train());
    watch_->watch(run);
}

}  // namespace denoise::ui
