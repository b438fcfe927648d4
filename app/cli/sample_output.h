#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/session/events.h"

namespace denoise::cli {

/// Where samples are written to: a picture of the grid, an animation, a folder of pictures, or a NumPy file.
class SampleOutput {
  public:
    /// Chooses the kind by the ending of `path`, and creates a folder. Throws Error for an unknown ending,
    /// for a folder that cannot be created or is not empty, and for a file that cannot be written, so that
    /// this is known before sampling starts. An animation has at most `most_frames` frames.
    SampleOutput(const std::string& path, int scale, int most_frames);
    /// Removes a folder that it created if nothing was written to it.
    ~SampleOutput();
    SampleOutput(const SampleOutput&) = delete;
    SampleOutput& operator=(const SampleOutput&) = delete;

    /// Throws Error if `count` images of the model, sampled in `steps` steps, are too large for the format.
    void check_size(const RunOpened& model, std::int64_t count, int steps) const;

    /// 0: as square as possible.
    void set_columns(int columns) { columns_ = columns; }
    bool needs_frames() const { return kind_ == Kind::animation; }
    bool needs_numbers() const { return kind_ == Kind::npy; }

    /// Adds step `index` of `total` to an animation. Of many steps it takes an evenly spaced part.
    void add_frame(const ImageBatch& images, int index, int total);

    /// Throws Error. `recipe` is stored in PNG files.
    void write(const SampleResult& result, const std::string& recipe);

    /// After write(): what a person might not expect of the output, or nothing.
    std::string note() const;

  private:
    enum class Kind { grid, animation, folder, npz, npy };
    static Kind kind_of(const std::string& path);
    void create_folder();
    void write_folder(const ImageBatch& images, const std::string& recipe) const;

    std::filesystem::path path_;
    Kind kind_;
    int scale_, most_frames_, columns_ = 0;
    int steps_ = 0;  ///< of which an animation shows some
    bool created_folder_ = false;
    std::vector<Picture> frames_;
};

}  // namespace denoise::cli
