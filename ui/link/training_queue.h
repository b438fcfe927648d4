#pragma once

#include <QObject>
#include <QTimer>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "engine/session/queue_driver.h"

namespace denoise::ui {

class EngineLink;

/// The queue of runs in the window: its file, and the driver that trains the runs with the engine of the
/// window. The file may be changed by other programs, so it is looked at from time to time.
class TrainingQueue : public QObject {
    Q_OBJECT
  public:
    /// `post` posts a command to the engine of `link`.
    TrainingQueue(EngineLink& link, const std::filesystem::path& file, QueueDriver::Post post,
                  QObject* parent = nullptr);

    const RunQueue& queue() const { return file_.queue(); }
    /// Why this window cannot change the queue; empty: it can.
    QString obstacle() const;
    /// Whether this window works through the queue.
    bool is_on() const { return driver_.is_on(); }
    /// The id of the run that this window trains for the queue; 0: none.
    std::int64_t current() const { return driver_.current(); }
    /// Of this run; negative: unknown.
    double remaining_seconds() const { return driver_.remaining_seconds(); }
    /// Whether the queue was started, and nobody works through it now.
    bool was_cut_off() const;

    /// Adds it at the end. Returns false after failed().
    bool add(QueuedRun run);
    /// Changes the queue, and asks the engine for the times of new budgets in steps. Returns false after
    /// failed().
    bool change(const std::function<void(RunQueue&)>& action);
    void start();
    void pause();
    /// The window closes when the run in training has been saved. False: it stays open.
    void set_closing(bool closing) { driver_.set_closing(closing); }
    /// Reads the file again if another program has changed it.
    void refresh();
    /// Of the disk for the runs that wait, when it was last looked at; nothing: unknown.
    std::optional<std::int64_t> free_bytes() const { return free_bytes_; }
    /// Instead of QueueFile::look(), for tests.
    void set_look(std::function<QueueFile::Sight(const std::filesystem::path& file)> look);

  Q_SIGNALS:
    void changed();     ///< what the functions return may be different now
    void progressed();  ///< remaining_seconds() or free_bytes() is another one
    void failed(const denoise::Error& error);

  private:
    void take(const Event& event);
    void ask_for_times();
    void report_damage();
    void look();
    void take_look(const QueueFile::Sight& sight, const std::filesystem::path& folder,
                   std::optional<std::int64_t> free_bytes);

    EngineLink& link_;
    QueueFile file_;
    QueueDriver driver_;
    QTimer timer_;
    std::function<QueueFile::Sight(const std::filesystem::path& file)> look_;
    bool looking_ = false;            ///< in another thread
    std::filesystem::path looks_at_;  ///< the folder for the runs that wait
    std::optional<std::int64_t> free_bytes_;
    struct Asked {
        std::int64_t run = 0, steps = 0;
        auto operator<=>(const Asked&) const = default;
    };
    std::map<JobId, Asked> forecasts_;  ///< not answered yet
    std::set<Asked> asked_;             ///< answered or not
};

}  // namespace denoise::ui
