#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "app/cli/console.h"

namespace denoise::cli {

/// Reads the command line and does what it says. Returns the exit code: 0 only on success, 1 after an error,
/// 2 for a command line that cannot be read, 130 after Ctrl+C.
int run(int argc, char** argv);

/// Each adds a subcommand to `app` whose callback does the work and leaves the exit code in `exit_code`.
void add_train(CLI::App& app, int& exit_code);
void add_sample(CLI::App& app, int& exit_code);
void add_noise(CLI::App& app, int& exit_code);
void add_info(CLI::App& app, int& exit_code);
void add_datasets(CLI::App& app, int& exit_code);
void add_evaluate(CLI::App& app, int& exit_code);
void add_predict(CLI::App& app, int& exit_code);
void add_encode(CLI::App& app, int& exit_code);
void add_convert(CLI::App& app, int& exit_code);

// What several commands take, with the same name and help in each.
void add_model_argument(CLI::App& command, std::string& model);
void add_threads_option(CLI::App& command, int& threads);

}  // namespace denoise::cli
