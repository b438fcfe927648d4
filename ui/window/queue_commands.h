#pragma once

#include <filesystem>

#include "ui/window/command_part.h"

namespace denoise {
struct QueuedRun;
struct RunConfig;
struct RunSummary;
}  // namespace denoise

namespace denoise::ui {

class CloseGuard;
class ConfigEditor;
class EngineLink;
class MessageBar;
class PreferenceStore;
class RunSettings;
class RunsDock;
class TrainingQueue;

/// The commands of the queue of runs.
class QueueCommands : public CommandPart {
    Q_OBJECT
  public:
    QueueCommands(EngineLink& link, TrainingQueue& queue, const ConfigEditor& editor, RunSettings& settings,
                  const PreferenceStore& preferences, RunsDock& dock, MessageBar& messages,
                  const CloseGuard& guard);

    std::vector<ActionRow> rows() override;
    void describe(Situation& now) const override;
    void update(const Situation& now) override;
    /// After a start: offers to go on with a queue that was cut off. Returns whether it does.
    bool offer_to_continue();

  Q_SIGNALS:
    void open_wanted(const std::filesystem::path& model);

  private:
    void connect_list();
    void show_waiting();
    void add_settings();
    void add_duplicate(const RunSummary& run);
    void add_continuation(const RunSummary& run);
    void add(QueuedRun run);

    EngineLink& link_;
    TrainingQueue& queue_;
    const ConfigEditor& editor_;
    RunSettings& settings_;
    const PreferenceStore& preferences_;
    RunsDock& dock_;
    MessageBar& messages_;
};

}  // namespace denoise::ui
