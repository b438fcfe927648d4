#pragma once

#include <QString>
#include <vector>

#include "ui/picture/trajectory.h"

namespace denoise::ui {

/// A sample of this session and where the person stands in it.
struct SampleEntry {
    Trajectory trajectory;
    int position = 0;    ///< frame that is shown
    int image = -1;      ///< the one image that is shown; -1: all
    bool follow = true;  ///< show the newest frame as it comes in
};

/// The samples of this session, oldest first. None is thrown away while memory permits: above the limit the
/// largest are thinned first, and only then the oldest go.
class SampleHistory {
  public:
    static constexpr std::size_t default_byte_limit = std::size_t{1536} << 20;

    explicit SampleHistory(std::size_t byte_limit = default_byte_limit) : byte_limit_(byte_limit) {}

    int add(SampleStarted start);   ///< the index of the new entry
    int find(int sample_id) const;  ///< -1: none; the newest when an id came twice
    int size() const { return static_cast<int>(entries_.size()); }
    bool empty() const { return entries_.empty(); }
    SampleEntry& at(int index) { return entries_[static_cast<std::size_t>(index)]; }
    const SampleEntry& at(int index) const { return entries_[static_cast<std::size_t>(index)]; }

    /// Keeps to the limit; `keep` is not dropped. Returns how many entries went from the front.
    int make_room(int keep);

  private:
    std::size_t byte_limit_;
    std::vector<SampleEntry> entries_;
};

/// "DDIM · 50 steps · 16 images · seed 7 · model step 1,200".
QString describe(const SampleStarted& start);

}  // namespace denoise::ui
