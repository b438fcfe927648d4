#include "app/cli/sample_output.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

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
    std::string ending = fs::path(path).extension().string();
    std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
    std::error_code code;
    if (path.ends_with('/') || ending.empty() || fs::is_directory(path, code)) return Kind::folder;
    if (ending == ".gif") return Kind::animation;
    if (ending == ".npz") return Kind::npz;
    if (ending == ".npy") return Kind::npy;
    for (const char* picture : {".png", ".jpg", ".jpeg", ".bmp", ".webp"})
        if (ending == picture) return Kind::grid;
    throw Error{
        "Cannot write samples as \"" + ending + "\"",
        path + ": the name does not end in .png, .jpg, .bmp, .webp, .gif, .npz, .npy or the / of a folder",
        "Choose one of these"};
}

SampleOutput::SampleOutput(const std::string& path, int scale)
    : path_(path), kind_(kind_of(path)), scale_(scale) {
    if (kind_ == Kind::folder) create_folder();
}

SampleOutput::~SampleOutput() {
    std::error_code not_empty;
    if (created_folder_) fs::remove(path_, not_empty);
}

void SampleOutput::create_folder() {
    std::error_code code;
    created_folder_ = !fs::exists(path_, code);
    fs::create_directories(path_, code);
    if (code)
        throw Error{"Cannot create the folder", path_.string() + ": " + code.message(),
                    "Choose a folder with write permission"};
    if (!fs::is_empty(path_, code))
        throw Error{
            "Cannot write the samples to this folder",
            path_.string() + ": the folder is not empty, and it should contain nothing but the samples",
            "Empty it, or choose another folder"};
}

void SampleOutput::add_frame(const ImageBatch& images, int index, int total) {
    constexpr int most_frames = 120;
    const auto frame_of = [&](int step) { return std::int64_t{step} * most_frames / total; };
    if (index > 0 && total > most_frames && frame_of(index) == frame_of(index - 1)) return;
    frames_.push_back(grid_of(images, columns_));
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
