#include "engine/runs/run_queue.h"

#include <algorithm>
#include <utility>

#include "engine/runs/disk_estimate.h"
#include "engine/runs/memory_estimate.h"

namespace denoise {
namespace {

bool is_pending(const QueuedRun& run) {
    return run.state == QueuedState::waiting || run.state == QueuedState::running;
}

}  // namespace

const QueuedRun* find_queued(const RunQueue& queue, std::int64_t id) {
    const auto found = std::ranges::find(queue.runs, id, &QueuedRun::id);
    return found == queue.runs.end() ? nullptr : &*found;
}

QueuedRun* find_queued(RunQueue& queue, std::int64_t id) {
    return const_cast<QueuedRun*>(find_queued(std::as_const(queue), id));
}

std::int64_t add_to_queue(RunQueue& queue, QueuedRun run) {
    run.id = ++queue.last_id;
    queue.runs.push_back(std::move(run));
    return queue.last_id;
}

bool move_in_queue(RunQueue& queue, std::int64_t id, std::size_t position) {
    const auto from = std::ranges::find(queue.runs, id, &QueuedRun::id);
    if (from == queue.runs.end() || from->state == QueuedState::running) return false;
    position = std::min(position, queue.runs.size() - 1);
    const auto to = queue.runs.begin() + static_cast<std::ptrdiff_t>(position);
    if (from == to) return false;
    if (from < to)
        std::rotate(from, from + 1, to + 1);
    else
        std::rotate(to, from, from + 1);
    return true;
}

std::optional<RemovedRun> remove_from_queue(RunQueue& queue, std::int64_t id) {
    const auto at = std::ranges::find(queue.runs, id, &QueuedRun::id);
    if (at == queue.runs.end() || at->state == QueuedState::running) return std::nullopt;
    RemovedRun removed{std::move(*at), static_cast<std::size_t>(at - queue.runs.begin())};
    queue.runs.erase(at);
    return removed;
}

void put_back(RunQueue& queue, RemovedRun removed) {
    if (find_queued(queue, removed.run.id)) return;
    const std::size_t position = std::min(removed.position, queue.runs.size());
    queue.last_id = std::max(queue.last_id, removed.run.id);
    queue.runs.insert(queue.runs.begin() + static_cast<std::ptrdiff_t>(position), std::move(removed.run));
}

bool can_change_budget(const QueuedRun& run) {
    return run.state != QueuedState::running && run.state != QueuedState::done;
}

bool set_budget(RunQueue& queue, std::int64_t id, std::int64_t steps, double minutes) {
    QueuedRun* run = find_queued(queue, id);
    if (!run || !can_change_budget(*run)) return false;
    TrainingConfig budget = run->config.training;
    budget.steps = steps;
    if (steps == 0) budget.minutes = minutes;
    check_setting(find_setting(training_settings(), "steps").info, budget.steps);
    check_setting(find_setting(training_settings(), "minutes").info, budget.minutes);
    const TrainingConfig& before = run->config.training;
    if (steps > 0 && before.steps > 0)
        run->expected_seconds *= static_cast<double>(steps) / static_cast<double>(before.steps);
    else
        run->expected_seconds = 0;
    const bool same_unit = (steps > 0) == (before.steps > 0);
    const double ratio = !same_unit  ? 0
                         : steps > 0 ? static_cast<double>(before.steps) / static_cast<double>(steps)
                                     : before.minutes / budget.minutes;
    run->fraction = std::clamp(run->fraction * ratio, 0.0, 1.0);
    run->config.training = budget;
    return true;
}

bool try_again(RunQueue& queue, std::int64_t id) {
    QueuedRun* run = find_queued(queue, id);
    if (!run || (run->state != QueuedState::failed && run->state != QueuedState::stopped)) return false;
    run->state = QueuedState::waiting;
    run->message.clear();
    return true;
}

const QueuedRun* next_in_queue(const RunQueue& queue) {
    for (const QueuedState state : {QueuedState::running, QueuedState::waiting})
        if (const auto found = std::ranges::find(queue.runs, state, &QueuedRun::state);
            found != queue.runs.end())
            return &*found;
    return nullptr;
}

void release_running(RunQueue& queue) {
    for (QueuedRun& run : queue.runs)
        if (run.state == QueuedState::running) run.state = QueuedState::waiting;
}

bool has_ended(const QueuedRun& run) {
    return !is_pending(run);
}

double seconds_left(const QueuedRun& run) {
    const TrainingConfig& training = run.config.training;
    const double whole = training.steps == 0 ? 60 * training.minutes : run.expected_seconds;
    return whole > 0 ? whole * (1 - run.fraction) : -1;
}

QueueForecast forecast_of(const RunQueue& queue, double running_seconds) {
    QueueForecast forecast;
    for (const QueuedRun& run : queue.runs) {
        if (!is_pending(run)) continue;
        ++forecast.runs;
        const bool is_known = run.state == QueuedState::running && running_seconds >= 0;
        const double seconds = is_known ? running_seconds : seconds_left(run);
        if (seconds < 0)
            ++forecast.unknown;
        else
            forecast.seconds += seconds;
    }
    return forecast;
}

std::optional<QueueNeeds> needs_of(const QueuedRun& run) {
    const QueuedImages& images = run.images;
    if (images.channels == 0) return std::nullopt;
    try {
        const RunConfig config = with_classes(run.config, static_cast<std::size_t>(images.classes));
        return QueueNeeds{estimate_training_memory(config, images.channels, images.height, images.width),
                          estimate_run_bytes(config, images.channels, images.height, images.width)};
    } catch (const Error&) {  // the settings are not compatible, which the start of the run reports
        return std::nullopt;
    }
}

QueueNeeds needs_of(const RunQueue& queue) {
    QueueNeeds all;
    for (const QueuedRun& run : queue.runs) {
        if (!is_pending(run)) continue;
        const QueueNeeds needs = needs_of(run).value_or(QueueNeeds{});
        all.memory = std::max(all.memory, needs.memory);
        all.disk += needs.disk;
    }
    return all;
}

}  // namespace denoise
