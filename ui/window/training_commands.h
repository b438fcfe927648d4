#pragma once

#include <filesystem>

#include "ui/window/command_part.h"

namespace denoise {
struct RunConfig;
}

namespace denoise::ui {

class ConfigEditor;
class DatasetSection;
class EngineLink;
class EvaluationCard;
class PageTabs;
class PostedJobs;
class PreferenceStore;
class RunSettings;

/// The commands for the course of a training, of which Stop also cancels all other jobs.
class TrainingCommands : public CommandPart {
    Q_OBJECT
  public:
    TrainingCommands(EngineLink& link, PostedJobs& jobs, const ConfigEditor& editor, RunSettings& settings,
                     const PreferenceStore& preferences, PageTabs& pages, DatasetSection& datasets,
                     EvaluationCard& evaluation);

    std::vector<ActionRow> rows() override;
    void describe(Situation& now) const override;

  private:
    void train();
    void resume_run();
    void stop();
    void cancel_jobs();
    std::filesystem::path new_folder(const RunConfig& config) const;

    EngineLink& link_;
    PostedJobs& jobs_;
    const ConfigEditor& editor_;
    RunSettings& settings_;
    const PreferenceStore& preferences_;
    PageTabs& pages_;
    DatasetSection& datasets_;
    EvaluationCard& evaluation_;
};

}  // namespace denoise::ui
