#include "ui/link/training_queue.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>
#include <utility>

#include "engine/runs/disk_estimate.h"
#include "engine/runs/run_list.h"
#include "ui/link/engine_link.h"

namespace denoise::ui {
namespace {

constexpr int look_interval_ms = 2000;

/// Where the runs that wait will be written.
std::filesystem::path folder_of(const RunQueue& queue) {
    const QueuedRun* next = next_in_queue(queue);
    return next && !next->parent.empty() ? next->parent : default_runs_folder();
}

}  // namespace

TrainingQueue::TrainingQueue(EngineLink& link, const std::filesystem::path& file, QueueDriver::Post post,
                             QObject* parent)
    : QObject(parent),
      link_(link),
      file_(file),
      driver_(file_, std::move(post), [this](const Error& error) { Q_EMIT failed(error); }),
      look_(&QueueFile::look) {
    connect(&link, &EngineLink::received, this, &TrainingQueue::take);
    timer_.setInterval(look_interval_ms);
    connect(&timer_, &QTimer::timeout, this, &TrainingQueue::look);
    timer_.start();
    look();
    QMetaObject::invokeMethod(this, &TrainingQueue::report_damage, Qt::QueuedConnection);
}

QString TrainingQueue::obstacle() const {
    if (!file_.obstacle()) return {};
    const Error& error = *file_.obstacle();
    return QString::fromStdString(error.why + ". " + error.remedy + ".");
}

bool TrainingQueue::was_cut_off() const {
    return !is_on() && queue().active && !file_.obstacle() && next_in_queue(queue()) != nullptr;
}

bool TrainingQueue::add(QueuedRun run) {
    return change([&](RunQueue& queue) { add_to_queue(queue, std::move(run)); });
}

void TrainingQueue::ask_for_times() {
    for (const QueuedRun& run : queue().runs) {
        const Asked question{run.id, run.config.training.steps};
        const QueuedImages& images = run.images;
        const bool known = question.steps == 0 || run.expected_seconds > 0 || has_ended(run);
        if (known || images.channels == 0 || !asked_.insert(question).second) continue;
        forecasts_[link_.post(ForecastTraining{run.config, images.count, images.channels, images.height,
                                               images.width, static_cast<std::size_t>(images.classes)})] =
            question;
    }
}

bool TrainingQueue::change(const std::function<void(RunQueue&)>& action) {
    try {
        file_.change(action);
    } catch (const Error& error) {
        Q_EMIT failed(error);
        refresh();
        return false;
    }
    report_damage();
    ask_for_times();
    if (folder_of(queue()) != looks_at_) look();
    Q_EMIT changed();
    return true;
}

void TrainingQueue::start() {
    try {
        driver_.start();
    } catch (const Error& error) {
        Q_EMIT failed(error);
        file_.refresh();
    }
    report_damage();
    Q_EMIT changed();
}

void TrainingQueue::pause() {
    driver_.pause();
    Q_EMIT changed();
}

void TrainingQueue::refresh() {
    if (file_.refresh()) Q_EMIT changed();
    report_damage();
}

void TrainingQueue::set_look(std::function<QueueFile::Sight(const std::filesystem::path&)> look) {
    look_ = std::move(look);
}

/// In another thread, as a drive may not answer for any time. The file is read only after that has seen a
/// change.
void TrainingQueue::look() {
    if (looking_) return;
    looking_ = true;
    looks_at_ = folder_of(queue());
    QThreadPool::globalInstance()->start(
        [queue = QPointer(this), file = file_.path(), folder = looks_at_, look = look_] {
            const QueueFile::Sight sight = look(file);
            const std::optional<std::int64_t> free_bytes = free_disk_bytes(folder);
            QCoreApplication* const application = QCoreApplication::instance();
            if (application == nullptr) return;  // the program has ended in the meantime
            QMetaObject::invokeMethod(application, [queue, sight, folder, free_bytes] {
                if (queue) queue->take_look(sight, folder, free_bytes);
            });
        });
}

void TrainingQueue::take_look(const QueueFile::Sight& sight, const std::filesystem::path& folder,
                              std::optional<std::int64_t> free_bytes) {
    looking_ = false;
    if (file_.needs_refresh(sight)) refresh();
    if (folder != folder_of(queue())) return look();
    if (std::exchange(free_bytes_, free_bytes) != free_bytes) Q_EMIT progressed();
}

void TrainingQueue::report_damage() {
    if (const std::optional<Error> problem = file_.take_problem()) Q_EMIT failed(*problem);
}

void TrainingQueue::take(const Event& event) {
    if (const auto* told = std::get_if<TrainingForecast>(&event)) {
        const auto asked = forecasts_.find(told->job);
        if (asked == forecasts_.end()) return;
        const Asked question = asked->second;
        const double seconds = 60 * told->minutes;  // 0: unknown
        forecasts_.erase(asked);
        const QueuedRun* run = find_queued(queue(), question.run);
        if (seconds > 0 && run && run->config.training.steps == question.steps)
            change([&](RunQueue& queue) {
                if (QueuedRun* waiting = find_queued(queue, question.run))
                    waiting->expected_seconds = seconds;
            });
        return;
    }
    const bool was_on = is_on();
    const std::int64_t run = current();
    const double fraction = run == 0 || !find_queued(queue(), run) ? 0 : find_queued(queue(), run)->fraction;
    driver_.take(event);
    const QueuedRun* now = find_queued(queue(), current());
    if (was_on != is_on() || run != current() || (now && now->fraction != fraction))
        Q_EMIT changed();
    else if (is_on() && std::holds_alternative<TrainingProgress>(event))
        Q_EMIT progressed();
}

}  // namespace denoise::ui
