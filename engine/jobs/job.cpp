#include "engine/jobs/job.h"

#include <torch/torch.h>

namespace denoise {

WorkJob::WorkJob(JobId id, Emit emit, Start start, std::shared_ptr<DatasetLoad> load)
    : Job(id, std::move(emit)), start_(std::move(start)), load_(std::move(load)) {}

bool WorkJob::ready() const {
    return work_ || !load_ || load_->ended();
}

bool WorkJob::step() {
    const torch::NoGradGuard no_grad;
    if (!work_) work_ = start_(load_ ? load_->dataset() : nullptr);
    if (!work_->step()) return false;
    const Progress& progress = work_->report();
    emit(JobProgress{id(), progress.done, progress.total, progress.doing});
    return true;
}

}  // namespace denoise
