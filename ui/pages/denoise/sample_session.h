#pragma once

#include <QObject>
#include <filesystem>

#include "ui/pages/denoise/sample_history.h"

namespace denoise::ui {

class EngineLink;

/// The samples of this session, which of them is shown and at which frame, and the sampling job in progress.
class SampleSession : public QObject {
    Q_OBJECT
  public:
    explicit SampleSession(EngineLink& link, QObject* parent = nullptr);

    /// Samples images from the open model, or from another one, see Sample; does nothing while a job is in
    /// progress.
    void start(const SampleRequest& request, const std::filesystem::path& model = {});
    /// The same for the sample that is shown, with other settings: the new images replace it when they are
    /// there, at the same timestep, and then those of the next redrawing replace them. Without a result,
    /// nothing changes. There must be a sample.
    void redraw(const SampleRequest& request, const std::filesystem::path& model = {});
    bool is_redrawing() const { return is_running() && job_ == redraw_; }
    void stop();
    /// Removes the samples of a model that is not the open one, and cancels its job.
    void remove(const std::filesystem::path& model);
    bool is_running() const { return job_ != 0; }
    /// The model of the job in progress; empty: the open one.
    const std::filesystem::path& job_model() const { return job_model_; }

    /// Whether the sample that is shown is of this model, see Sample, as it would be sampled now.
    bool shows(const std::filesystem::path& model) const;

    /// Why branch() is not possible; empty: it is.
    QString obstacle_to_branch() const;
    /// Samples `count` other futures of the image that is shown alone, from the frame that is shown.
    void branch(int count);

    const SampleHistory& history() const { return history_; }
    int shown() const { return shown_; }  ///< index in history(); -1: none
    /// The sample that is shown; null: none.
    const SampleEntry* entry() const { return shown_ >= 0 ? &history_.at(shown_) : nullptr; }
    /// The frame that is shown; null: none.
    const TrajectoryFrame* frame() const { return entry() ? entry()->frame() : nullptr; }
    void show(int index);
    void go_to(int frame_index);
    void hold();                ///< keeps the frame that is shown while others arrive
    void show_only(int image);  ///< -1: all images

  Q_SIGNALS:
    void running_changed();
    void history_changed();       ///< samples were added or removed
    void entry_changed();         ///< another sample is shown
    void entry_ended(int index);  ///< this sample gets no more frames
    void frames_changed();        ///< the sample that is shown got or lost frames, or has ended
    void position_changed();      ///< another frame is shown
    void image_changed();         ///< another image is shown alone, or all are

  private:
    void set_job(JobId job);
    void begin(const SampleStarted& start);
    template <class Part>
    void add(const Part& part);
    void end(JobId job);
    void end_redraw(int index);
    /// The name of the open model; empty: it has none.
    QString open_model() const;
    bool keep_to_limit();  ///< whether samples were removed

    EngineLink& link_;
    SampleHistory history_;
    int shown_ = -1;
    JobId job_ = 0;  ///< in progress; 0: none
    std::filesystem::path job_model_;
    JobId redraw_ = 0;  ///< the last job that redraws, and the job whose sample it is to replace
    JobId redraw_of_ = 0;
    JobId removed_ = 0;  ///< has been cancelled, and its events do not count
};

}  // namespace denoise::ui
