#include "ui/panels/runs/run_deletion.h"

#include "ui/panels/runs/runs_model.h"
#include "ui/panels/runs/runs_notice.h"
#include "ui/text/format.h"

namespace denoise::ui {

RunDeletion::RunDeletion(RunsModel& model, RunsNotice& notice, QObject* parent)
    : QObject(parent), model_(model), notice_(notice) {}

void RunDeletion::ask(const std::vector<RunSummary>& runs) {
    std::vector<std::filesystem::path> folders;
    int checkpoints = 0;
    for (const RunSummary& run : runs) {
        if (run.state == RunState::running) continue;
        folders.push_back(run.folder);
        checkpoints += static_cast<int>(run.checkpoints.size());
    }
    if (folders.empty()) return;
    const QString question =
        folders.size() == 1 ? tr("Move “%1” with its %n checkpoint(s) to the trash?", nullptr, checkpoints)
                                  .arg(text_of(folders.front().filename().string()))
                            : tr("Move %n run(s) to the trash?", nullptr, static_cast<int>(folders.size()));
    notice_.ask(question, {tr("Move to trash"), [this, folders] { remove(folders); }},
                {tr("Keep"), [this] { Q_EMIT answered(); }});
}

void RunDeletion::remove(const std::vector<std::filesystem::path>& folders) {
    std::vector<DeletedRun> deleted;
    for (const std::filesystem::path& folder : folders) try {
            deleted.push_back(delete_run(folder));
            forget(folder);
        } catch (const Error& error) {
            Q_EMIT failed(error);
        }
    Q_EMIT answered();
    Q_EMIT folder_changed();
    if (deleted.empty()) return;
    const QString text =
        deleted.size() == 1 ? tr("“%1” was deleted.").arg(text_of(deleted.front().folder.filename().string()))
                            : tr("%n run(s) were deleted.", nullptr, static_cast<int>(deleted.size()));
    notice_.tell(text, {tr("Undo"), [this, deleted] { restore(deleted); }});
}

void RunDeletion::restore(const std::vector<DeletedRun>& deleted) {
    for (const DeletedRun& run : deleted) try {
            restore_run(run);
        } catch (const Error& error) {
            Q_EMIT failed(error);
        }
    Q_EMIT folder_changed();
}

void RunDeletion::forget(const std::filesystem::path& folder) {
    std::vector<RunSummary> runs = model_.runs();
    std::erase_if(runs, [&](const RunSummary& run) { return run.folder == folder; });
    model_.set_runs(std::move(runs));
}

}  // namespace denoise::ui
