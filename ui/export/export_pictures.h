#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/enum_names.h"
#include "ui/picture/trajectory.h"

namespace denoise::ui {

enum class ExportKind { picture, grid, frames, animation };
enum class ExportContent { x_t, x0, both };

}  // namespace denoise::ui

namespace denoise {

template <>
inline constexpr std::array names_of<ui::ExportKind> = {
    NamedValue{ui::ExportKind::picture, "picture", "Picture", "one image of the current frame"},
    NamedValue{ui::ExportKind::grid, "grid", "Grid", "all images of the current frame"},
    NamedValue{ui::ExportKind::frames, "frames", "All frames", "a folder with a PNG file for each frame"},
    NamedValue{ui::ExportKind::animation, "animation", "Animation (GIF)", "the frames in one file"},
};
template <>
inline constexpr std::array names_of<ui::ExportContent> = {
    NamedValue{ui::ExportContent::x_t, "x_t", "Noisy xₜ", "the input of the network"},
    NamedValue{ui::ExportContent::x0, "x_0", "Predicted x₀", "the network's estimate of the clean image"},
    NamedValue{ui::ExportContent::both, "x_t and x_0", "Both",
               "side by side, or a file for each of all frames"},
};

}  // namespace denoise

namespace denoise::ui {

/// What to export of a trajectory.
struct ExportChoices {
    ExportKind kind = ExportKind::picture;
    ExportContent content = ExportContent::x0;
    int frame = 0;               ///< picture and grid: index of the frame
    int image = -1;              ///< -1: all images as a grid; always so for a grid
    int scale = 1;               ///< each pixel becomes a square of scale by scale
    int most_frames = 0;         ///< animation: at most this many, evenly distributed; 0: all
    int delay_ms = 40;           ///< animation: for each frame
    std::filesystem::path path;  ///< the file, or the folder of the frames
};

/// What an export writes.
struct ExportPlan {
    int width = 0, height = 0;  ///< pixels of each picture
    int frames = 0;             ///< number of pictures
    std::vector<std::filesystem::path> files;
    bool operator==(const ExportPlan&) const = default;
};

ExportPlan plan_export(const Trajectory& trajectory, const ExportChoices& choices);

/// The files of the plan that already exist.
std::vector<std::filesystem::path> files_in_the_way(const ExportPlan& plan);

/// The picture of a frame as it is written at scale 1.
Picture picture_for(const TrajectoryFrame& frame, ExportContent content, int image);

/// The indices of the frames of an animation.
std::vector<int> frames_of(const Trajectory& trajectory, int most_frames);

/// How the picture was sampled, as JSON: sampler, steps, eta, seed, model step, image and timestep.
std::string recipe_of(const Trajectory& trajectory, const TrajectoryFrame& frame, ExportContent content,
                      int image);

using ExportProgress = std::function<void(int done, int total)>;

/// Writes the files of plan_export(). Throws Error, and Cancelled after a stop request. A set of frames that
/// failed or was stopped leaves no files behind.
void write_export(const Trajectory& trajectory, const ExportChoices& choices,
                  const ExportProgress& progress = {}, std::stop_token stop = {});

}  // namespace denoise::ui
