#pragma once

#include <QString>
#include <vector>

#include "ui/picture/trajectory.h"

namespace denoise::ui {

/// One sample of this session, and what is shown of it.
struct SampleEntry {
    Trajectory trajectory;
    QString run;           ///< the name of the model, as a person knows it; empty: it has none
    int number = 0;        ///< 1 is the first sample of the session; 0: of the example
    int position = 0;      ///< index of the frame that is shown
    int image = -1;        ///< the one image that is shown; -1: all
    bool follow = true;    ///< show the newest frame as it arrives
    bool redrawn = false;  ///< sampled again because a setting was changed; the next redrawing replaces it
    double seconds = 0;    ///< how long sampling took; 0: it has no result

    /// The frame that is shown; null if there is none yet.
    const TrajectoryFrame* frame() const;
    /// After frames were added or dropped: shows the newest one, or the one nearest to `step`.
    void restore_position(int step);
    /// Shows the frame nearest to a timestep; -1: the result.
    void show_timestep(int timestep);
};

/// The samples of this session, oldest first. Above the memory limit the largest ones are thinned; only if
/// that is not enough, the oldest are removed.
class SampleHistory {
  public:
    static constexpr std::size_t default_byte_limit = std::size_t{1536} << 20;

    explicit SampleHistory(std::size_t byte_limit = default_byte_limit) : byte_limit_(byte_limit) {}

    /// Returns the index of the new entry, of a model named `run`. A branch begins with the frames of the job
    /// that it branches from, if that is still here, and is of the same model.
    int add(SampleStarted start, const QString& run = {});
    int find(JobId job) const;  ///< -1: none
    int size() const { return static_cast<int>(entries_.size()); }
    /// How many samples there have been, with those that were removed.
    int total() const { return total_; }
    SampleEntry& at(int index) { return entries_[static_cast<std::size_t>(index)]; }
    const SampleEntry& at(int index) const { return entries_[static_cast<std::size_t>(index)]; }

    void remove(int index);
    /// The newest entry takes the place and the number of entry `index`, which is removed.
    void replace(int index);

    /// Enforces the memory limit; entry `keep` is not removed. Returns how many entries were removed from the
    /// front.
    int make_room(int keep);

  private:
    std::size_t bytes() const;

    std::size_t byte_limit_;
    std::vector<SampleEntry> entries_;
    int total_ = 0;
    int numbered_ = 0;
};

/// "2026-11-24 Glyphs, step 1,200 · class 7 · guidance 2 · DDIM, 50 steps · 16 images · seed 7", with the
/// steps at which it was branched. What does not apply is left out.
QString describe(const SampleEntry& entry);
/// The first image that is shown of the newest frame; empty if there is none yet.
Picture thumbnail_of(const SampleEntry& entry);

}  // namespace denoise::ui
