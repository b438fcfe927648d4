#include "ui/window/dataset_finder.h"

#include <QFileDialog>
#include <QTimer>

#include "ui/link/engine_link.h"
#include "ui/text/format.h"
#include "ui/window/message_bar.h"
#include "ui/window/posted_jobs.h"

namespace denoise::ui {
namespace {

const QString key = QStringLiteral("find_dataset");

}  // namespace

DatasetFinder::DatasetFinder(EngineLink& link, PostedJobs& jobs, MessageBar& messages, QWidget& window)
    : QObject(&window), jobs_(jobs), messages_(messages), window_(window) {
    connect(&jobs, &PostedJobs::resume_posted, this, [this](JobId job, const ResumeTraining& request) {
        messages_.withdraw(key);
        resumes_[job] = request;
    });
    connect(&link, &EngineLink::job_ended, this, &DatasetFinder::end);
}

void DatasetFinder::end(const JobEnded& end) {
    const auto found = resumes_.find(end.job);
    if (found == resumes_.end()) return;
    const ResumeTraining request = found->second;
    resumes_.erase(found);
    if (end.outcome == Outcome::failed && end.error.setting == "dataset") offer(request, end.error);
}

void DatasetFinder::offer(const ResumeTraining& request, const Error& error) {
    // Instead of the message about the failed job, which others show for the same event.
    QTimer::singleShot(0, this, [this, error] { messages_.withdraw(error); });
    messages_.show_offer(key, text_of(one_line(error)),
                         {{tr("Find the folder…"), [this, request] { choose(request, true); }},
                          {tr("Find the file…"), [this, request] { choose(request, false); }}});
}

void DatasetFinder::choose(const ResumeTraining& request, bool folder) {
    auto* dialog = new QFileDialog(
        &window_, tr("Find the dataset of the run “%1”").arg(text_of(request.folder.filename().string())));
    dialog->setObjectName("find_dataset");
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(folder ? QFileDialog::Directory : QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this, request](const QString& path) {
        ResumeTraining there = request;
        there.dataset = path.toStdString();
        jobs_.post(std::move(there));
    });
    dialog->open();
}

}  // namespace denoise::ui
