#include "app/cli/sample_output.h"

#include <algorithm>
#include <cstdio>

#include "app/cli/output_check.h"
#include "engine/base/lower_case.h"
#include "engine/base/memory.h"
#include "engine/formats/picture_limits.h"
#include "engine/session/pictures.h"

namespace denoise::cli {
namespace {

namespace fs = std::filesystem;

/// [N,C,H,W] -> [N,H,W,C], as evaluation scripts expect it.
std::vector<std::uint8_t> channels_last(const ImageBatch& images) {
    std::vector<std::uint8_t> pixels;
    pixels.reserve(images.pixels.size());
    for (std::int64_t i = 0; i < images.count; ++i) {
        const Picture picture = picture_of(images, i);
        pixels.insert(pixels.end(), picture.pixels.begin(), picture.pixels.end());
    }
    return pixels;
}

}  // namespace

SampleOutput::Kind SampleOutput::kind_of(const std::string& path) {
    const std::string ending = lower_case(fs::path(path).extension().string());
    std::error_code code;
    if (path.ends_with('/') || ending.empty() || fs::is_directory(path, code)) return Kind::folder;
    if (ending == ".gif") return Kind::animation;
    if (ending == ".npz") return Kind::npz;
    if (ending == ".npy") return Kind::npy;
    if (written_format(path)) return Kind::grid;
    throw Error{
        "Cannot write samples as \"" + ending + "\"",
        path + ": the name does not end in .png, .jpg, .bmp, .webp, .gif, .npz, .npy or the / of a folder",
        "Choose one of these"};
}

SampleOutput::SampleOutput(const std::string& path, int scale, int most_frames)
    : path_(path), kind_(kind_of(path)), scale_(scale), most_frames_(most_frames) {
    if (kind_ == Kind::folder)
        create_folder();
    else
        check_output_file(path_);
}

SampleOutput::~SampleOutput() {
    std::error_code not_empty;
    if (created_folder_) fs::remove(path_, not_empty);
}

void SampleOutput::create_folder() {
    check_output_folder(path_);
    std::error_code code;
    created_folder_ = !fs::exists(path_, code);
    fs::create_directories(path_, code);
    if (code)
        throw Error{"Cannot create the folder", path_.string() + ": " + code.message(),
                    "Choose a folder with write permission"};
}

void SampleOutput::check_size(const RunOpened& model, std::int64_t count, int steps) const {
    if (kind_ != Kind::grid && kind_ != Kind::animation) return;
    const GridSize grid = grid_size(count, model.width, model.height, columns_);
    const PictureFormat format =
        kind_ == Kind::animation ? PictureFormat::gif : written_format(path_).value_or(PictureFormat::png);
    check_picture_size(path_, format, scale_ * grid.width, scale_ * grid.height);
    if (kind_ != Kind::animation) return;
    const std::int64_t frames = std::min(steps + 1, most_frames_);
    const std::int64_t bytes = frames * grid.width * grid.height * model.channels;
    if (const auto available = available_bytes(); available && bytes > *available)
        throw Error{"Cannot write the animation " + path_.filename().string(),
                    "its " + std::to_string(frames) + " frames need " + memory_text(bytes) + ", and only " +
                        memory_text(*available) + " of memory are available",
                    "Choose fewer images, or fewer frames with --frames"};
}

void SampleOutput::add_frame(const ImageBatch& images, int index, int total) {
    steps_ = total;
    const int shown = most_frames_ - 1;  // the result is the last frame
    if (shown == 0) return;
    const auto frame_of = [&](int step) { return std::int64_t{step} * shown / total; };
    if (index > 0 && total > shown && frame_of(index) == frame_of(index - 1)) return;
    frames_.push_back(grid_of(images, columns_));
}

std::string SampleOutput::note() const {
    const auto all = static_cast<std::size_t>(steps_) + 1;
    if (kind_ != Kind::animation || frames_.size() >= all) return {};
    return "The film shows " + std::to_string(frames_.size()) + " of " + std::to_string(all) +
           " frames, at even distances, because it has at most " + std::to_string(most_frames_) +
           "; --frames " + std::to_string(all) + " shows all";
}

void SampleOutput::write_folder(const ImageBatch& images, const std::string& recipe) const {
    for (std::int64_t i = 0; i < images.count; ++i) {
        char name[32];
        std::snprintf(name, sizeof name, "%05lld.png", static_cast<long long>(i));
        write_picture(picture_of(images, i), path_ / name, 1, recipe);
    }
}

void SampleOutput::write(const SampleResult& result, const std::string& recipe) {
    const ImageBatch& images = result.images;
    switch (kind_) {
        case Kind::grid:
            write_picture(grid_of(images, columns_), path_, scale_, recipe);
            break;
        case Kind::animation:
            frames_.push_back(grid_of(images, columns_));
            write_gif(frames_, path_, 40, 1500, scale_);
            break;
        case Kind::folder:
            write_folder(images, recipe);
            break;
        case Kind::npz:
            write_npz(path_, {images.count, images.height, images.width, images.channels},
                      channels_last(images));
            break;
        case Kind::npy:
            write_npy(path_, result.x0.shape, std::span<const float>(result.x0.values));
            break;
    }
}

}  // namespace denoise::cli
