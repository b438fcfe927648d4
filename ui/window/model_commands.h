#pragma once

#include <filesystem>
#include <functional>

#include "engine/session/commands.h"
#include "ui/window/command_part.h"

class QWidget;

namespace denoise::ui {

class EngineLink;
class PageTabs;
class PostedJobs;
class PreferenceStore;

/// The commands that open and export models.
class ModelCommands : public CommandPart {
    Q_OBJECT
  public:
    /// Models are exported with the EMA length that is chosen on the page Denoise.
    ModelCommands(EngineLink& link, PostedJobs& jobs, const PreferenceStore& preferences, PageTabs& pages,
                  QWidget& window);

    std::vector<ActionRow> rows() override;
    void describe(Situation& now) const override;

    void open(const std::filesystem::path& path);
    /// Does `then` when the model at `path` is open, which is opened first if necessary.
    void with_open(const std::filesystem::path& path, std::function<void()> then);
    /// Exports the model at `path`, which is opened first if necessary.
    void export_model_at(const std::filesystem::path& path);

  Q_SIGNALS:
    void path_chosen(const QString& path);  ///< in the dialog of "Open model"

  private:
    void export_open_model();
    void end_opening(const JobEnded& end);

    EngineLink& link_;
    PostedJobs& jobs_;
    const PreferenceStore& preferences_;
    PageTabs& pages_;
    QWidget& window_;
    JobId opening_ = 0;  ///< the job that opens a model for `then_`; 0: none
    std::function<void()> then_;
};

}  // namespace denoise::ui
