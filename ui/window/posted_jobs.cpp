#include "ui/window/posted_jobs.h"

#include "ui/link/engine_link.h"

namespace denoise::ui {

PostedJobs::PostedJobs(EngineLink& link) : link_(link) {
    connect(&link, &EngineLink::run_opened, this, [this](const RunOpened& run) { jobs_.erase(run.job); });
    connect(&link, &EngineLink::job_ended, this, [this](const JobEnded& end) { jobs_.erase(end.job); });
}

JobId PostedJobs::post(Command request) {
    auto* resume = std::get_if<ResumeTraining>(&request);
    if (resume && known_datasets_)
        for (const QString& path : known_datasets_()) resume->known_datasets.push_back(path.toStdString());
    const std::optional<ResumeTraining> resumed = resume ? std::optional(*resume) : std::nullopt;
    const JobId job = link_.post(std::move(request));
    if (resumed && job != 0) Q_EMIT resume_posted(job, *resumed);
    if (job != 0) jobs_.insert(job);
    return job;
}

void PostedJobs::cancel_all() {
    for (const JobId job : jobs_) link_.post(Cancel{job});
}

}  // namespace denoise::ui
