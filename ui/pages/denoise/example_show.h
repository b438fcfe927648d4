#pragma once

#include <filesystem>

namespace denoise::ui {

class SampleSession;

/// The example that comes with the program: a model that does not become the open one, whose samples play a
/// few times, with a rest on the result.
class ExampleShow {
  public:
    static constexpr int speed = 10;  ///< slow enough to read the captions

    explicit ExampleShow(SampleSession& session) : session_(session) {}

    /// Samples a few images of the model at `model`, unless a job is in progress.
    void start(const std::filesystem::path& model);
    /// Removes its samples.
    void close();
    bool is_open() const { return !model_.empty(); }
    const std::filesystem::path& model() const { return model_; }  ///< empty: closed
    /// Whether its samples are those that are shown.
    bool is_shown() const;
    bool is_sampling() const;
    /// Whether it is shown for the first time since start(), and is to be played.
    bool begins();
    /// After each beat: whether to go on. Waits for frames that are still computed, and starts again a few
    /// times.
    bool plays_on();

  private:
    SampleSession& session_;
    std::filesystem::path model_;
    bool starts_ = false;
    int rounds_left_ = 0, rest_ = 0;
};

}  // namespace denoise::ui
