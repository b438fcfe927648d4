#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "engine/session/events.h"

namespace denoise::cli {

/// The options for how images are sampled, shared by all commands that sample.
class SamplingOptions {
  public:
    void add_to(CLI::App& command);

    /// The request for sampling from `model`, without count and seed. Throws Error if the options do not fit
    /// the model.
    SampleRequest request(const RunOpened& model) const;
    /// The same options with another sampler if none was given.
    SamplingOptions with_default_sampler(const std::string& name) const;
    bool all_classes() const { return label_ == "all"; }

  private:
    CLI::Option* sampler_option_ = nullptr;
    std::string sampler_ = SampleRequest{}.sampler, label_;
    Spacing spacing_ = Spacing::trailing;
    Clipping clipping_ = Clipping::range;
    int steps_ = -1;
    double eta_ = 0, guidance_ = 1, rescale_ = 0, ema_length_ = 0;
    std::string execution_;  ///< JSON
};

/// Adds --ema-length.
void add_ema_length(CLI::App& command, double& length);

/// The number of the class that `text` gives by number or name; -1 for an empty text. Throws Error with a
/// list of the classes.
int class_named(const std::string& text, const RunOpened& model);

}  // namespace denoise::cli
