#include "ui/window/posted_jobs.h"

#include "ui/link/engine_link.h"

namespace denoise::ui {

PostedJobs::PostedJobs(EngineLink& link) : link_(link) {
    connect(&link, &EngineLink::run_opened, this, [this](const RunOpened& run) { jobs_.erase(run.job); });
    connect(&link, &EngineLink::job_ended, this, [this](const JobEnded& end) { jobs_.erase(end.job); });
}

JobId PostedJobs::post(Command request) {
    const JobId job = link_.post(std::move(request));
    jobs_.insert(job);
    return job;
}

void PostedJobs::cancel_all() {
    for (const JobId job : jobs_) link_.post(Cancel{job});
}

}  // namespace denoise::ui
