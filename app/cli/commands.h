#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "engine/base/compute_device.h"
#include "engine/distributed/communicator.h"

namespace denoise::cli {

/// Reads the command line and runs the command. Returns the exit status: 0 after success, 1 after an error, 2
/// for a command line that cannot be parsed, 130 after Ctrl+C, SIGTERM or SIGHUP, or if nobody reads the
/// output any more.
int run(int argc, char** argv);

/// Each adds a subcommand to `app`. Its callback runs the command, and throws Error if it fails and Cancelled
/// after Ctrl+C. The processes of `group` share the work of a command.
void add_train(CLI::App& app, Communicator& group);
void add_queue(CLI::App& app);
void add_sample(CLI::App& app, Communicator& group);
void add_noise(CLI::App& app);
void add_info(CLI::App& app);
void add_prepare(CLI::App& app);
void add_datasets(CLI::App& app);
void add_cache(CLI::App& app);
void add_devices(CLI::App& app);
void add_evaluate(CLI::App& app);
void add_predict(CLI::App& app);
void add_encode(CLI::App& app);
void add_convert(CLI::App& app);

// Options that several commands share.
void add_model_argument(CLI::App& command, std::string& model);
void add_threads_option(CLI::App& command, int& threads);
void add_device_option(CLI::App& command, ComputeDevice& device);

}  // namespace denoise::cli
