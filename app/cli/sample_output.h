#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/session/events.h"

namespace denoise::cli {

/// Where samples are written to: a picture of the grid, an animation, a folder of pictures, or a NumPy file.
class SampleOutput {
  public:
    /// Chooses the kind by the ending of `path`, and creates a folder. Throws Error for an unknown ending and
    /// for a folder that cannot be created or is not empty, so that this is known before sampling starts.
    SampleOutput(const std::string& path, int scale);
    /// Removes a folder that it created if nothing was written to it.
    ~SampleOutput();
    SampleOutput(const SampleOutput&) = delete;
    SampleOutput& operator=(const SampleOutput&) = delete;

    /// 0: as square as possible.
    void set_columns(int columns) { columns_ = columns; }
    bool needs_frames() const { return kind_ == Kind::animation; }
    bool needs_numbers() const { return kind_ == Kind::npy; }

    /// Adds step `index` of `total` to an animation. Of many steps it takes an evenly spaced part.
    void add_frame(const ImageBatch& images, int index, int total);

    /// Throws Error. `recipe` is stored in PNG files.
    void write(const SampleResult& result, const std::string& recipe);

  private:
    enum class Kind { grid, animation, folder, npz, npy };
    static Kind kind_of(const std::string& path);
    void create_folder();
    void write_folder(const ImageBatch& images, const std::string& recipe) const;

    std::filesystem::path path_;
    Kind kind_;
    int scale_, columns_ = 0;
    bool created_folder_ = false;
    std::vector<Picture> frames_;
};

}  // namespace denoise::cli
