#include "engine/jobs/training_errors.h"

#include <new>

#include "engine/base/setting.h"
#include "engine/device/memory_errors.h"
#include "engine/runs/batch_parts.h"

namespace denoise {
namespace {

bool is_lack_of_memory(const std::exception& exception) {
    const auto* error = dynamic_cast<const c10::Error*>(&exception);
    return error ? memory_error(*error) != MemoryError::none
                 : dynamic_cast<const std::bad_alloc*>(&exception) != nullptr;
}

std::string text_of(const std::exception& exception) {
    const auto* error = dynamic_cast<const c10::Error*>(&exception);
    return error ? error->what_without_backtrace() : exception.what();
}

}  // namespace

Error cannot_save(const std::filesystem::path& run, const std::exception& exception) {
    const char* const what = "The run cannot be saved now";
    if (is_lack_of_memory(exception))
        return {what, run.string() + ": there is not enough memory to write a checkpoint",
                "Close other programs; it is tried again"};
    return {what, run.string() + ": " + text_of(exception),
            "It is tried again; if that fails, too, restart the program and resume the run"};
}

Error not_saved(const Error& error, std::int64_t step, std::int64_t saved_step) {
    if (step == saved_step) return error;
    const std::string steps = step == saved_step + 1 ? "step " + std::to_string(step) + " is"
                                                     : "steps " + std::to_string(saved_step + 1) + " to " +
                                                           std::to_string(step) + " are";
    return {"The run could not be saved",
            error.why + "; " + steps + " only in memory, the last checkpoint is of step " +
                std::to_string(saved_step),
            error.remedy, error.setting};
}

Error no_memory_for_step(const TrainingConfig& training) {
    const int images = images_of_part(training);
    const std::string at_once = images == 1 ? "one image" : std::to_string(images) + " images";
    const std::string remedy =
        images == 1 ? "Close other programs that use the card and resume, or start a new run with a smaller "
                      "base_width"
                    : "Set batch_parts to " +
                          std::to_string(next_batch_parts(training.batch_size, training.batch_parts + 1)) +
                          ", or close other programs that use the card, and resume";
    return {"There is not enough memory on the graphics card",
            "the gradient of " + at_once + " at once needs more than is free", remedy,
            images == 1 ? "base_width" : "batch_parts"};
}

Error divergence(const StepMetrics& metrics) {
    return {"Training has paused: the loss is not a number",
            "step " + std::to_string(metrics.step) + " at learning rate " +
                format_setting(metrics.learning_rate) +
                " gave NaN or infinity; the weights before it and the last checkpoint are intact",
            "Resume from the last checkpoint with half the learning rate, or stop", "learning_rate"};
}

}  // namespace denoise
