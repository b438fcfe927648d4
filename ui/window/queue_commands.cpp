#include "ui/window/queue_commands.h"

#include "engine/runs/queued_runs.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_list.h"
#include "ui/link/engine_link.h"
#include "ui/link/training_queue.h"
#include "ui/panels/queue/queue_panel.h"
#include "ui/panels/queue/queue_text.h"
#include "ui/panels/runs/runs_panel.h"
#include "ui/panels/setup/config_editor.h"
#include "ui/panels/setup/run_settings.h"
#include "ui/text/dataset_text.h"
#include "ui/text/format.h"
#include "ui/window/close_guard.h"
#include "ui/window/message_bar.h"
#include "ui/window/preference_store.h"
#include "ui/window/runs_dock.h"

namespace denoise::ui {
namespace {

const QString key = QStringLiteral("queue_offer"), added_key = QStringLiteral("queue_added");

QString preset_title(const QString& name) {
    return name.isEmpty() ? QString() : text_of(find_preset(name.toStdString()).title);
}

}  // namespace

QueueCommands::QueueCommands(EngineLink& link, TrainingQueue& queue, const ConfigEditor& editor,
                             RunSettings& settings, const PreferenceStore& preferences, RunsDock& dock,
                             MessageBar& messages, const CloseGuard& guard)
    : link_(link),
      queue_(queue),
      editor_(editor),
      settings_(settings),
      preferences_(preferences),
      dock_(dock),
      messages_(messages) {
    connect(&queue, &TrainingQueue::changed, this, [this] {
        settings_.keep_for_next_run(queue_.current() != 0);
        if (queue_.is_on()) messages_.withdraw(key);
        show_waiting();
        Q_EMIT situation_changed();
    });
    connect(&link, &EngineLink::run_opened, this, &QueueCommands::show_waiting);
    connect(&link, &EngineLink::training_ended, this, &QueueCommands::show_waiting);
    connect(&queue, &TrainingQueue::failed, &messages, &MessageBar::show_error);
    connect(&guard, &CloseGuard::waiting_changed, this,
            [this, &guard] { queue_.set_closing(guard.is_waiting()); });
    connect_list();
}

std::vector<ActionRow> QueueCommands::rows() {
    using namespace obstacle;
    return {
        {.name = "add_to_queue",
         .text = tr("Add to queue"),
         .icon = "list-add",
         .hint = tr("Adds a run with the settings in Setup to the queue"),
         .keys = {"Ctrl+Shift+A"},
         .group = ActionGroup::training,
         .unless = {closing, no_dataset, bad_settings, queue_locked},
         .does = [this] { add_settings(); }},
        {.name = "show_queue",
         .text = tr("Queue"),
         .hint = tr("Shows the runs that wait to be trained"),
         .keys = {"Ctrl+8"},
         .group = ActionGroup::training,
         .does = [this] { dock_.show_queue(); }},
    };
}

void QueueCommands::describe(Situation& now) const {
    now.queue_obstacle = queue_.obstacle();
}

void QueueCommands::update(const Situation& now) {
    using namespace obstacle;
    dock_.queue().set_start_blocked(reason_against({closing}, now));
    dock_.runs().set_queue_blocked(reason_against({closing, queue_locked}, now));
}

void QueueCommands::show_waiting() {
    const bool waits = link_.run() && link_.run()->trainable && queue_.current() == 0;
    dock_.queue().set_waiting_for(waits ? tr("It starts when the open run has ended.") : QString());
}

bool QueueCommands::offer_to_continue() {
    if (!queue_.was_cut_off()) return false;
    const int runs = forecast_of(queue_.queue()).runs;
    messages_.show_offer(key, tr("The queue was not finished: %n run(s) left.", nullptr, runs),
                         {{tr("Resume the queue"), [this] { queue_.start(); }},
                          {tr("Show queue"), [this] { dock_.show_queue(); }}});
    return true;
}

void QueueCommands::connect_list() {
    connect(&dock_.runs(), &RunsPanel::queue_wanted, this, &QueueCommands::add_duplicate);
    connect(&dock_.runs(), &RunsPanel::continuation_wanted, this, &QueueCommands::add_continuation);
    connect(&dock_.queue(), &QueuePanel::failed, &messages_, &MessageBar::show_error);
    connect(&dock_.queue(), &QueuePanel::run_chosen, this, [this](const std::filesystem::path& folder) {
        if (is_run_folder(folder) && link_.state() != EngineState::training) Q_EMIT open_wanted(folder);
    });
}

void QueueCommands::add_settings() {
    QueuedRun run;
    run.config = editor_.config();
    run.preset = editor_.preset().toStdString();
    if (const auto& dataset = link_.dataset(); dataset && dataset->config == run.config.dataset)
        run.images = {dataset->count, dataset->channels, dataset->height, dataset->width,
                      static_cast<std::int64_t>(dataset->class_names.size())};
    run.name = default_name(dataset_title(text_of(run.config.dataset.dataset)),
                            preset_title(editor_.preset()), run.config.training)
                   .toStdString();
    add(std::move(run));
}

void QueueCommands::add_duplicate(const RunSummary& summary) {
    try {
        QueuedRun run = copy_of_run(summary.folder);
        run.name = default_name(text_of(run.name), {}, run.config.training).toStdString();
        add(std::move(run));
    } catch (const Error& error) {
        messages_.show_error(error);
    }
}

void QueueCommands::add_continuation(const RunSummary& summary) {
    try {
        add(continuation_of_run(summary.folder));
    } catch (const Error& error) {
        messages_.show_error(error);
    }
}

void QueueCommands::add(QueuedRun run) {
    TrainingConfig& training = run.config.training;
    if (training.threads == 0) training.threads = preferences_.get().threads;
    run.parent = preferences_.runs_folder();
    const QString name = text_of(run.name);
    if (!queue_.add(std::move(run)) || dock_.queue().isVisible()) return;
    const QueueForecast forecast = forecast_of(queue_.queue(), queue_.remaining_seconds());
    messages_.replace_notice(added_key,
                             tr("“%1” was added to the queue (Ctrl+8): %2.")
                                 .arg(name, forecast_text(forecast, QDateTime::currentDateTime())));
}

}  // namespace denoise::ui
