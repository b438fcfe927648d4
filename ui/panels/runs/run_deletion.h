#pragma once

#include <QObject>
#include <filesystem>
#include <vector>

#include "engine/base/error.h"
#include "engine/runs/run_list.h"

namespace denoise::ui {

class RunsModel;
class RunsNotice;

/// Deletes runs after a question above their list, and can undo it.
class RunDeletion : public QObject {
    Q_OBJECT
  public:
    RunDeletion(RunsModel& model, RunsNotice& notice, QObject* parent);

    /// Those that are being trained are left out.
    void ask(const std::vector<RunSummary>& runs);

  Q_SIGNALS:
    void answered();
    void folder_changed();
    void failed(const denoise::Error& error);

  private:
    void remove(const std::vector<std::filesystem::path>& folders);
    void restore(const std::vector<DeletedRun>& deleted);
    void forget(const std::filesystem::path& folder);

    RunsModel& model_;
    RunsNotice& notice_;
};

}  // namespace denoise::ui
