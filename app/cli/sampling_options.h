#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "engine/session/events.h"

namespace denoise::cli {

/// The options that say how samples are drawn, for every command that draws some.
class SamplingOptions {
  public:
    void add_to(CLI::App& command);

    /// The request that they make for `model`, count and seed aside. Throws Error when they do not fit it.
    SampleRequest request(const RunOpened& model) const;
    bool all_classes() const { return label_ == "all"; }

  private:
    std::string sampler_ = "ddim", spacing_ = "trailing", label_, clipping_ = "range";
    int steps_ = -1;
    double eta_ = 0, guidance_ = 1, rescale_ = 0;
};

/// The class that `text` names, by its number or its name; -1 for an empty text. Throws Error listing the
/// classes.
int class_named(const std::string& text, const RunOpened& model);

}  // namespace denoise::cli
