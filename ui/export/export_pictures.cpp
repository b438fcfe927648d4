#include "ui/export/export_pictures.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/formats/picture_limits.h"
#include "engine/runs/run_files.h"
#include "engine/session/pictures.h"
#include "engine/session/recipe.h"

namespace denoise::ui {
namespace {

constexpr int gap = 2;
constexpr std::uint8_t backdrop = 0x79;
constexpr int last_frame_ms = 1500;
constexpr double most_animation_bytes = 1 << 30;

Picture one_side(const ImageBatch& images, int image) {
    return image >= 0 ? picture_of(images, image) : grid_of(images, 0, gap, backdrop);
}

/// `left` and `right`, which have the same size, with a gap between them.
Picture side_by_side(const Picture& left, const Picture& right) {
    Picture joined{2 * left.width + gap, left.height, left.channels, {}};
    joined.pixels.reserve(static_cast<std::size_t>(joined.width * joined.height * joined.channels));
    const auto row_bytes = static_cast<std::size_t>(left.width * left.channels);
    for (int y = 0; y < left.height; ++y) {
        const auto append_row = [&](const Picture& picture) {
            const std::uint8_t* row = picture.pixels.data() + static_cast<std::size_t>(y) * row_bytes;
            joined.pixels.insert(joined.pixels.end(), row, row + row_bytes);
        };
        append_row(left);
        joined.pixels.insert(joined.pixels.end(), static_cast<std::size_t>(gap * left.channels), backdrop);
        append_row(right);
    }
    return joined;
}

int image_for(const ExportChoices& choices) {
    return choices.kind == ExportKind::grid ? -1 : choices.image;
}

/// The contents that have a file each in a folder of frames.
std::vector<ExportContent> separate(ExportContent content) {
    if (content == ExportContent::both) return {ExportContent::x_t, ExportContent::x0};
    return {content};
}

/// "012_t0480_x0.png": sorts by step, whatever the number of steps.
std::filesystem::path frame_file(const TrajectoryFrame& frame, ExportContent content) {
    const auto number = [](int value, std::size_t digits) {
        const std::string text = std::to_string(value);
        return std::string(digits - std::min(digits, text.size()), '0') + text;
    };
    const std::string when =
        frame.timestep < 0 ? "result" : std::string("t").append(number(frame.timestep, 4));
    return number(frame.step, 4) + "_" + when + (content == ExportContent::x_t ? "_xt" : "_x0") + ".png";
}

/// The files of an export, which are removed unless it is completed.
class Written {
  public:
    Written() = default;
    Written(const Written&) = delete;
    Written& operator=(const Written&) = delete;
    ~Written() {
        std::error_code ignored;
        for (const auto& file : files_) std::filesystem::remove(file, ignored);
        if (!folder_.empty() && !files_kept_) std::filesystem::remove(folder_, ignored);
    }
    /// Creates `folder`. If it did not exist, it is removed together with the files.
    void make_folder(const std::filesystem::path& folder) {
        std::error_code code;
        if (std::filesystem::create_directory(folder, code)) folder_ = folder;
        if (code || !std::filesystem::is_directory(folder))
            throw Error{"Cannot export the frames",
                        folder.string() + ": " + (code ? code.message() : "is not a folder"),
                        "Choose a folder that you can write to"};
    }
    /// Call it before a file is written. A file that already exists is never removed.
    void expect(const std::filesystem::path& file) {
        if (!std::filesystem::exists(file)) files_.push_back(file);
    }
    void keep() {
        files_.clear();
        files_kept_ = true;
    }

  private:
    std::filesystem::path folder_;
    std::vector<std::filesystem::path> files_;
    bool files_kept_ = false;
};

void write_frames(const Trajectory& trajectory, const ExportChoices& choices, const ExportProgress& progress,
                  const std::stop_token& stop) {
    Written written;
    written.make_folder(choices.path);
    for (int i = 0; i < trajectory.size(); ++i) {
        const TrajectoryFrame& frame = trajectory.frame(i);
        for (const ExportContent content : separate(choices.content)) {
            if (stop.stop_requested()) throw Cancelled{};
            const std::filesystem::path file = choices.path / frame_file(frame, content);
            written.expect(file);
            write_picture(picture_for(frame, content, choices.image), file, choices.scale,
                          recipe_of(trajectory, frame, content, choices.image));
        }
        if (progress) progress(i + 1, trajectory.size());
    }
    written.keep();
}

void write_animation(const Trajectory& trajectory, const ExportChoices& choices,
                     const ExportProgress& progress, const std::stop_token& stop) {
    const std::vector<int> indices = frames_of(trajectory, choices.most_frames);
    const ExportPlan plan = plan_export(trajectory, choices);
    const double pixels = static_cast<double>(plan.width) / choices.scale * plan.height / choices.scale;
    if (pixels * trajectory.frame(0).x_t.channels * plan.frames > most_animation_bytes)
        throw Error{"Cannot export the animation",
                    std::to_string(plan.frames) + " frames of " + std::to_string(plan.width / choices.scale) +
                        " by " + std::to_string(plan.height / choices.scale) +
                        " pixels do not fit into memory",
                    "Choose fewer frames, or one image instead of the grid"};
    // The palette and the file count as one more frame.
    const int total = static_cast<int>(indices.size()) + 1;
    std::vector<Picture> frames;
    for (const int index : indices) {
        if (stop.stop_requested()) throw Cancelled{};
        frames.push_back(picture_for(trajectory.frame(index), choices.content, choices.image));
        if (progress) progress(static_cast<int>(frames.size()), total);
    }
    write_gif(frames, choices.path, choices.delay_ms, std::max(choices.delay_ms, last_frame_ms),
              choices.scale);
    if (progress) progress(total, total);
}

/// Throws Error if the pictures cannot be written, before they are made.
void check_output(const ExportPlan& plan, const ExportChoices& choices) {
    const std::filesystem::path& first = plan.files.front();
    require_outside_runs(first);
    if (choices.kind == ExportKind::animation)
        check_picture_size(first, PictureFormat::gif, plan.width, plan.height);
    else
        check_picture(first, plan.width, plan.height);
    if (choices.kind != ExportKind::frames) check_can_write(first);  // their folder is created
}

}  // namespace

Picture picture_for(const TrajectoryFrame& frame, ExportContent content, int image) {
    if (content == ExportContent::both)
        return side_by_side(one_side(frame.x_t, image), one_side(frame.x0, image));
    return one_side(content == ExportContent::x_t ? frame.x_t : frame.x0, image);
}

std::vector<int> frames_of(const Trajectory& trajectory, int most_frames) {
    const int all = trajectory.size();
    const int count = most_frames <= 0 ? all : std::min(all, most_frames);
    std::vector<int> indices;
    for (int i = 0; i < count; ++i)
        indices.push_back(
            count == 1 ? all - 1
                       : static_cast<int>(std::lround(static_cast<double>(i) * (all - 1) / (count - 1))));
    return indices;
}

ExportPlan plan_export(const Trajectory& trajectory, const ExportChoices& choices) {
    ExportPlan plan;
    if (trajectory.empty()) return plan;
    const int image = image_for(choices);
    const bool folder = choices.kind == ExportKind::frames;
    const ImageBatch& images = trajectory.frame(0).x_t;
    const int columns = image >= 0 ? 1 : square_columns(images.count);
    const int rows = image >= 0 ? 1 : static_cast<int>((images.count + columns - 1) / columns);
    const int margin = image >= 0 ? 0 : gap;
    plan.width = columns * (images.width + margin) + margin;
    plan.height = rows * (images.height + margin) + margin;
    if (choices.content == ExportContent::both && !folder) plan.width = 2 * plan.width + gap;
    plan.width *= choices.scale;
    plan.height *= choices.scale;
    plan.frames = folder ? trajectory.size()
                  : choices.kind == ExportKind::animation
                      ? static_cast<int>(frames_of(trajectory, choices.most_frames).size())
                      : 1;
    if (!folder) {
        plan.files.push_back(choices.path);
        return plan;
    }
    for (int i = 0; i < trajectory.size(); ++i)
        for (const ExportContent content : separate(choices.content))
            plan.files.push_back(choices.path / frame_file(trajectory.frame(i), content));
    return plan;
}

std::vector<std::filesystem::path> files_in_the_way(const ExportPlan& plan) {
    std::vector<std::filesystem::path> found;
    std::error_code ignored;
    for (const auto& file : plan.files)
        if (std::filesystem::exists(file, ignored)) found.push_back(file);
    return found;
}

std::string recipe_of(const Trajectory& trajectory, const TrajectoryFrame& frame, ExportContent content,
                      int image) {
    nlohmann::ordered_json recipe = recipe_of(trajectory.start());
    recipe["content"] = name_of(content);
    recipe["step"] = frame.step;
    if (frame.timestep >= 0) recipe["timestep"] = frame.timestep;
    if (image >= 0) recipe["image"] = image;
    return recipe.dump();
}

void write_export(const Trajectory& trajectory, const ExportChoices& choices, const ExportProgress& progress,
                  std::stop_token stop) {
    if (trajectory.empty())
        throw Error{"Cannot export the sample", "it has no frames yet", "Wait for the first step"};
    if (stop.stop_requested()) throw Cancelled{};
    check_output(plan_export(trajectory, choices), choices);
    switch (choices.kind) {
        case ExportKind::picture:
        case ExportKind::grid: {
            const TrajectoryFrame& frame =
                trajectory.frame(std::clamp(choices.frame, 0, trajectory.size() - 1));
            const int image = image_for(choices);
            write_picture(picture_for(frame, choices.content, image), choices.path, choices.scale,
                          recipe_of(trajectory, frame, choices.content, image));
            if (progress) progress(1, 1);
            return;
        }
        case ExportKind::frames:
            return write_frames(trajectory, choices, progress, stop);
        case ExportKind::animation:
            return write_animation(trajectory, choices, progress, stop);
    }
}

}  // namespace denoise::ui
