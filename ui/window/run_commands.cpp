#include "ui/window/run_commands.h"

#include "engine/runs/run_list.h"
#include "ui/link/engine_link.h"
#include "ui/pages/compare/compare_page.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/pages/train/train_page.h"
#include "ui/panels/evaluation/evaluation_card.h"
#include "ui/panels/evaluation/evaluation_record.h"
#include "ui/panels/runs/runs_panel.h"
#include "ui/text/format.h"
#include "ui/window/message_bar.h"
#include "ui/window/page_tabs.h"
#include "ui/window/posted_jobs.h"
#include "ui/window/run_offers.h"
#include "ui/window/runs_dock.h"

namespace denoise::ui {

RunCommands::RunCommands(EngineLink& link, PostedJobs& jobs, RunsDock& dock, PageTabs& pages,
                         MessageBar& messages)
    : link_(link),
      jobs_(jobs),
      dock_(dock),
      pages_(pages),
      messages_(messages),
      offers_(new RunOffers(messages, this)) {
    connect_list();
    connect_offers();
    connect_engine(link);
}

std::vector<ActionRow> RunCommands::rows() {
    return {
        {.name = "tab_runs",
         .text = tr("Runs and log"),
         .hint = tr("Shows the list of runs"),
         .keys = {"Ctrl+4"},
         .does = [this] { dock_.show_runs(); }},
        {.name = "show_model",
         .text = tr("Model"),
         .hint = tr("Shows the parts of the open model"),
         .keys = {"Ctrl+5"},
         .does = [this] { dock_.show_model(); }},
        {.name = "show_evaluation",
         .text = tr("Evaluation"),
         .hint = tr("Shows the evaluation of the open model"),
         .keys = {"Ctrl+6"},
         .does = [this] { dock_.show_evaluation(); }},
    };
}

void RunCommands::describe(Situation& now) const {
    now.is_evaluating = dock_.evaluation().is_running();
}

void RunCommands::update(const Situation& now) {
    using namespace obstacle;
    watches_ = now.is_watching;
    dock_.runs().set_resume_blocked(reason_against({closing, loading, training, run_paused, sampling}, now));
    dock_.runs().set_setup_blocked(reason_against({closing, run_open}, now));
    dock_.evaluation().set_obstacle(reason_against({closing, loading, sampling, no_model}, now));
}

void RunCommands::make_no_offer() {
    offers_->withdraw();
}

void RunCommands::connect_list() {
    RunsPanel& runs = dock_.runs();
    connect(&runs, &RunsPanel::listed, this, [this] { offers_->make(dock_.runs().runs()); });
    connect(&runs, &RunsPanel::resume_wanted, this, &RunCommands::resume);
    connect(&runs, &RunsPanel::open_wanted, this, &RunCommands::open_wanted);
    connect(&runs, &RunsPanel::settings_wanted, this, &RunCommands::settings_wanted);
    connect(&runs, &RunsPanel::compare_wanted, this, &RunCommands::compare);
    connect(&runs, &RunsPanel::renamed, &link_, &EngineLink::follow_renamed);
    connect(&dock_.evaluation(), &EvaluationCard::evaluated, this, &RunCommands::keep_score);
    connect(&runs, &RunsPanel::failed, &messages_, &MessageBar::show_error);
}

void RunCommands::connect_offers() {
    connect(offers_, &RunOffers::resume_wanted, this, &RunCommands::resume);
    connect(offers_, &RunOffers::open_wanted, this, &RunCommands::open_wanted);
    connect(offers_, &RunOffers::list_wanted, this, [this] { dock_.show_runs(); });
}

void RunCommands::connect_engine(EngineLink& link) {
    connect(&link, &EngineLink::run_opened, offers_, &RunOffers::withdraw);
    connect(&link, &EngineLink::run_opened, &dock_.runs(), &RunsPanel::refresh_soon);
    connect(&link, &EngineLink::checkpoint_saved, &dock_.runs(), &RunsPanel::refresh_soon);
    connect(&link, &EngineLink::training_ended, &dock_.runs(), &RunsPanel::refresh_soon);
    connect(&dock_.evaluation(), &EvaluationCard::running_changed, this, &RunCommands::situation_changed);
}

void RunCommands::resume(const std::filesystem::path& run) {
    pages_.show_page(pages_.train());
    jobs_.post(ResumeTraining{run, 0, 0});
}

void RunCommands::compare(const std::vector<std::filesystem::path>& models) {
    pages_.compare().begin_with_each(pages_.denoise().settings().request, models);
    pages_.show_page(pages_.compare());
    dock_.hide();  // the columns need its room
}

void RunCommands::keep_score(const EvaluationRecord& record) {
    if (watches_ && record.path == link_.model_path()) return;  // nothing is written to its folder
    dock_.runs().add_score(record.path, {.metric = std::string(name_of(record.request.metric)),
                                         .text = score_text(record).toStdString(),
                                         .step = record.step,
                                         .samples = record.request.count,
                                         .when = record.when.toString(Qt::ISODate).toStdString()});
}

}  // namespace denoise::ui
