#include "ui/pages/denoise/example_show.h"

#include <utility>

#include "ui/pages/denoise/sample_session.h"

namespace denoise::ui {
namespace {

// Enough steps for an even motion, and a seed of which all images are good.
constexpr int steps = 50, images = 16, seed = 6;
constexpr int rounds = 3, rest_beats = 20;

}  // namespace

void ExampleShow::start(const std::filesystem::path& model) {
    if (session_.is_running()) return;
    model_ = model;
    starts_ = true;
    SampleRequest request;
    request.sampler = "ddim";
    request.steps = steps;
    request.count = images;
    request.seed = seed;
    session_.start(request, model);
}

void ExampleShow::close() {
    if (is_open()) session_.remove(std::exchange(model_, {}));
}

bool ExampleShow::is_shown() const {
    return is_open() && session_.entry() && session_.entry()->trajectory.start().model == model_;
}

bool ExampleShow::is_sampling() const {
    return is_open() && session_.is_running() && session_.job_model() == model_;
}

bool ExampleShow::begins() {
    if (!is_shown() || !std::exchange(starts_, false)) return false;
    session_.hold();
    rounds_left_ = rounds - 1;
    rest_ = 0;
    return true;
}

bool ExampleShow::plays_on() {
    const SampleEntry& entry = *session_.entry();
    session_.hold();  // frames that arrive faster than they are played do not move on
    if (entry.position + 1 < entry.trajectory.size() || !entry.trajectory.ended()) return true;
    if (rounds_left_ == 0) return false;
    if (++rest_ < rest_beats) return true;
    rest_ = 0;
    --rounds_left_;
    session_.go_to(0);
    session_.hold();
    return true;
}

}  // namespace denoise::ui
