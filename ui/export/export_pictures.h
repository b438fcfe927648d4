#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "ui/picture/trajectory.h"

namespace denoise::ui {

enum class ExportKind {
    picture,    ///< one image of one frame
    grid,       ///< all images of one frame
    frames,     ///< a folder with a PNG for each frame
    animation,  ///< a GIF
};

enum class ExportContent {
    x_t,
    x0,
    both,  ///< side by side; in a folder of frames: a file each
};

/// What a person chose to export of a trajectory.
struct ExportChoices {
    ExportKind kind = ExportKind::picture;
    ExportContent content = ExportContent::x0;
    int frame = 0;               ///< of Trajectory::frame(): picture and grid
    int image = -1;              ///< -1: all of them as a grid (always for a grid)
    int scale = 1;               ///< each pixel becomes a square of scale by scale
    int most_frames = 0;         ///< GIF: at most so many, evenly spread; 0: all
    int delay_ms = 40;           ///< GIF: per frame
    std::filesystem::path path;  ///< the file, or the folder of the frames
};

/// What these choices will give.
struct ExportPlan {
    int width = 0, height = 0;  ///< pixels of each picture
    int frames = 0;             ///< pictures drawn
    std::vector<std::filesystem::path> files;
    bool operator==(const ExportPlan&) const = default;
};

ExportPlan plan_export(const Trajectory& trajectory, const ExportChoices& choices);

/// The files of the plan that exist already.
std::vector<std::filesystem::path> files_in_the_way(const ExportPlan& plan);

/// One picture as it is written, at scale 1.
Picture picture_for(const TrajectoryFrame& frame, ExportContent content, int image);

/// The frames that a GIF shows.
std::vector<int> frames_of(const Trajectory& trajectory, int most_frames);

/// JSON that says how the picture came about: sampler, steps, eta, seed, model step, image and timestep.
std::string recipe_of(const Trajectory& trajectory, const TrajectoryFrame& frame, ExportContent content,
                      int image);

using ExportProgress = std::function<void(int done, int total)>;

/// Writes what plan_export() promises. Throws Error; throws Cancelled after a stop was requested. Files that
/// were written for a set of frames before it failed or was stopped are removed again.
void write_export(const Trajectory& trajectory, const ExportChoices& choices,
                  const ExportProgress& progress = {}, std::stop_token stop = {});

}  // namespace denoise::ui
