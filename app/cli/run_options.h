#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/runs/run_config.h"

namespace denoise::cli {

/// The options of a command that trains a new run, or continues one.
struct RunOptions {
    std::string dataset, preset = "quick", resume;
    std::int64_t steps = 0;    ///< 0: not given
    double minutes = 0;        ///< 0: not given
    int batch = 0, parts = 0;  ///< 0: not given
    std::optional<std::int64_t> seed;
    std::vector<std::string> settings;
};

/// Adds --resume with this help, and the options of a new run, which exclude it except for the budget and the
/// batch. Returns --resume.
CLI::Option* add_run_options(CLI::App& command, RunOptions& options, const std::string& resume_help);
/// Adds --steps and --minutes, which exclude each other.
void add_budget_options(CLI::App& command, std::int64_t& steps, double& minutes);
/// All settings for --set, and the presets, from the same tables as the form in the window.
std::string settings_help();

/// The settings of a new run. Throws Error for a setting that is not valid, and without a dataset.
RunConfig config_of(const RunOptions& options);

}  // namespace denoise::cli
