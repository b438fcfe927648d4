#include "engine/scheduler/job_turns.h"

#include <algorithm>

namespace denoise {

void JobTurns::add(std::unique_ptr<Job> job, JobId after) {
    entries_.push_back({std::move(job), after});
}

void JobTurns::remove(JobId id) {
    std::erase_if(entries_, [id](const Entry& entry) { return entry.job->id() == id; });
}

Job* JobTurns::find(JobId id) const {
    const auto entry =
        std::ranges::find_if(entries_, [id](const Entry& each) { return each.job->id() == id; });
    return entry == entries_.end() ? nullptr : entry->job.get();
}

Job* JobTurns::next() {
    Entry* chosen = nullptr;
    for (Entry& entry : entries_) {
        const bool ready = entry.job->ready() && find(entry.after) == nullptr;
        if (ready && !entry.was_ready) entry.used = std::max(entry.used, now_);
        entry.was_ready = ready;
        if (ready && (chosen == nullptr || entry.used < chosen->used)) chosen = &entry;
    }
    if (chosen == nullptr) return nullptr;
    now_ = chosen->used;
    return chosen->job.get();
}

void JobTurns::charge(JobId id, Duration time) {
    for (Entry& entry : entries_)
        if (entry.job->id() == id) entry.used += time;
}

}  // namespace denoise
