#include "app/cli/commands.h"

#include <fcntl.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QLoggingCategory>
#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstring>
#include <exception>

#include "app/cli/choice_option.h"
#include "app/cli/console.h"
#include "app/cli/group.h"
#include "app/cli/help_formatter.h"
#include "app/cli/interrupt.h"
#include "app/cli/json_output.h"
#include "app/cli/number_checks.h"
#include "app/cli/path_option.h"
#include "engine/base/cancelled.h"
#include "engine/base/crash_note.h"
#include "engine/base/elapsed.h"
#include "engine/base/log.h"
#include "engine/base/processors.h"
#include "engine/distributed/launch.h"
#include "engine/session/versions.h"

namespace denoise::cli {
namespace {

constexpr const char* program_name = "denoise-lab-cli";

enum ExitStatus { success = 0, failure = 1, bad_command_line = 2, after_interrupt = 128 + 2 };

void add_commands(CLI::App& app, Communicator& group) {
    app.set_version_flag("--version", "denoise-lab-cli " DENOISE_LAB_VERSION);
    app.require_subcommand(1);
    app.formatter(std::make_shared<HelpFormatter>());
    app.footer("`denoise-lab-cli COMMAND --help` explains a command. The window is `denoise-lab`.");
    add_train(app, group);
    add_queue(app);
    add_sample(app, group);
    add_noise(app);
    add_info(app);
    add_prepare(app);
    add_datasets(app);
    add_cache(app);
    add_devices(app);
    add_evaluate(app);
    add_predict(app);
    add_encode(app);
    add_convert(app);
}

/// Whether errors are also printed as JSON. Known before the command line has been parsed, for its own
/// errors.
bool wants_json(int argc, char** argv) {
    return std::any_of(argv, argv + argc, [](const char* text) { return std::strcmp(text, "--json") == 0; });
}

/// Adds --log-level to all commands. The log starts when the command line has been read. Only process 0 of a
/// group writes one, and only it leaves a note after a crash.
void add_log(CLI::App& app, std::string& level, const Communicator& group, int argc, char** argv) {
    for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        command
            ->add_option("--log-level", level,
                         "What is written to the log in " + log_folder().string() + ": " +
                             list_of_names<LogLevel>() + " (default: that of DENOISE_LAB_LOG, or info)")
            ->type_name("LEVEL")
            ->check(CLI::IsMember(all_names<LogLevel>()));
    app.parse_complete_callback([&app, &level, &group, argc, argv] {
        for (const CLI::App* command : app.get_subcommands()) require_shareable(group, command->get_name());
        if (group.rank() > 0) return;
        const LogLevel demanded = demanded_log_level().value_or(LogLevel::info);
        start_log(program_name, value_named<LogLevel>(level).value_or(demanded), log_folder());
        const std::string about = versions_and_machine();
        begin_crash_note(program_name, about, crash_note_folder());
        std::string words = "command:";
        for (int i = 1; i < argc; ++i) words += std::string(" ") + argv[i];
        log(LogLevel::info, about);
        log(LogLevel::info, words);
        if (group.size() > 1) log(LogLevel::info, "one of " + std::to_string(group.size()) + " processes");
    });
}

/// On stderr for people, and for scripts on stdout.
void report(const Error& error, bool as_json) {
    log_error(error);
    if (as_json) print_json_error(error);
    print_error(error);
}

/// The error of a command line that cannot be parsed.
Error command_line_error(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
    std::string command = app.get_name(), why = error.what();
    for (const CLI::App* part : app.get_subcommands()) command += " " + part->get_name();
    if (app.get_subcommands().empty() && argc > 1 && argv[1][0] != '-') {
        std::string names;
        for (const CLI::App* part : app.get_subcommands([](const CLI::App*) { return true; }))
            names += (names.empty() ? "" : ", ") + part->get_name();
        why = "\"" + std::string(argv[1]) + "\" is not a command; the commands are " + names;
    }
    return {"Cannot read the command line", why, "See `" + command + " --help`"};
}

void require_complete_output() {
    flush_output();
    if (output_error() != 0 && !interrupted())
        throw Error{"Cannot write the output", std::strerror(output_error()),
                    "Check the disk or the device that it is written to"};
}

/// Parses the command line and runs the command.
ExitStatus run_command(CLI::App& app, int argc, char** argv) {
    const bool as_json = wants_json(argc, argv);
    try {
        try {
            app.parse(argc, argv);
        } catch (const CLI::Success& help) {  // --help or --version
            app.exit(help);
        }
        require_complete_output();
        return interrupted() ? after_interrupt : success;
    } catch (const CLI::ParseError& error) {
        report(command_line_error(app, error, argc, argv), as_json);
        return bad_command_line;
    } catch (const Cancelled&) {
        return after_interrupt;
    } catch (const Error& error) {
        report(error, as_json);
    } catch (const std::bad_alloc&) {
        report({"There is not enough memory", "the command needs more than this computer has left",
                "Close other programs, or choose smaller images or fewer of them"},
               as_json);
    } catch (const std::exception& exception) {
        report({"The command failed unexpectedly", exception.what(), "Report this message"}, as_json);
    }
    return failure;
}

/// Process 0 reports for all processes.
void be_silent() {
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
}

/// Parses and runs the command line in each of the processes.
ExitStatus run_in(Communicator& group, int argc, char** argv) {
    if (group.rank() > 0) be_silent();
    CLI::App app("Trains denoising diffusion models on images, samples from them and measures them.",
                 program_name);
    add_commands(app, group);
    std::string log_level;
    add_log(app, log_level, group, argc, argv);
    return run_command(app, argc, argv);
}

/// Opens /dev/null for each standard stream that is closed. Otherwise the next file that is opened would take
/// its place, and output would be written into that file. Writing to it is an error.
void reserve_standard_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF)
            ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

}  // namespace

void add_model_argument(CLI::App& command, std::string& model) {
    add_path(command, "MODEL", model,
             "A run folder, a checkpoint file, or a diffusers pipeline or unet folder")
        ->required();
}

void add_threads_option(CLI::App& command, int& threads) {
    command.add_option("--threads", threads, "Number of threads (default: automatic)")
        ->type_name("N")
        ->check(in_range(1, most_threads()));
}

void add_device_option(CLI::App& command, ComputeDevice& device) {
    const auto assign = [&device](const std::string& name) {
        device = value_named<ComputeDevice>(name).value_or(device);
    };
    command
        .add_option_function<std::string>("--device", assign,
                                          "Device: cpu, cuda, cuda:0 to cuda:7, automatic (default); "
                                          "`denoise-lab-cli devices` lists those of this computer")
        ->type_name("NAME")
        ->check(one_of(all_names<ComputeDevice>()));
}

int run(int argc, char** argv) {
    reserve_standard_streams();
    catch_interrupts();
    const QCoreApplication qt(argc, argv);  // Qt needs it to find its image plugins
    std::setlocale(LC_NUMERIC, "C");        // Qt has set the user's, in which 0.5 can be 0,5
    QLoggingCategory::setFilterRules("qt.gui.imageio*=false");  // a bad picture is reported as an Error
    const auto begin = std::chrono::steady_clock::now();
    ExitStatus status = failure;
    try {
        const std::unique_ptr<Communicator> group = join_group();
        status = run_in(*group, argc, argv);
        log(LogLevel::info, "exit status " + std::to_string(status) + " after " +
                                std::to_string(seconds_since(begin)) + " s");
        end_crash_note();
    } catch (const Error& error) {
        report(error, wants_json(argc, argv));
    }
    stop_log();
    return status;
}

}  // namespace denoise::cli
