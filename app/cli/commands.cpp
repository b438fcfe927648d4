#include "app/cli/commands.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include "app/cli/console.h"
#include "app/cli/interrupt.h"
#include "app/cli/number_checks.h"
#include "engine/base/cancelled.h"

namespace denoise::cli {
namespace {

enum ExitStatus { success = 0, failure = 1, bad_command_line = 2, after_interrupt = 128 + 2 };

void add_commands(CLI::App& app) {
    app.set_version_flag("--version", "denoise-lab-cli " DENOISE_LAB_VERSION);
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    app.footer("`denoise-lab-cli COMMAND --help` explains a command. The window is `denoise-lab`.");
    add_train(app);
    add_sample(app);
    add_noise(app);
    add_info(app);
    add_datasets(app);
    add_evaluate(app);
    add_predict(app);
    add_encode(app);
    add_convert(app);
}

/// Parses the command line and runs the command.
ExitStatus run_command(CLI::App& app, int argc, char** argv) {
    try {
        app.parse(argc, argv);
        errno = 0;
        if ((std::fflush(stdout) != 0 || std::ferror(stdout) != 0) && !interrupted())
            throw Error{"Cannot write the output", std::strerror(errno != 0 ? errno : EIO),
                        "Check the disk or the device that it is written to"};
        return interrupted() ? after_interrupt : success;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? success : bad_command_line;
    } catch (const Cancelled&) {
        return after_interrupt;
    } catch (const Error& error) {
        print_error(error);
    } catch (const std::exception& exception) {
        print_error({"The command failed unexpectedly", exception.what(), "Report this message"});
    }
    return failure;
}

}  // namespace

void add_model_argument(CLI::App& command, std::string& model) {
    command
        .add_option("MODEL", model, "A run folder, a checkpoint file, or a diffusers pipeline or unet folder")
        ->required();
}

void add_threads_option(CLI::App& command, int& threads) {
    command.add_option("--threads", threads, "Number of threads (default: automatic)")
        ->type_name("N")
        ->check(positive());
}

int run(int argc, char** argv) {
    catch_interrupts();
    const QCoreApplication qt(argc, argv);                      // Qt needs it to find its image plugins
    QLoggingCategory::setFilterRules("qt.gui.imageio*=false");  // a bad picture is reported as an Error
    CLI::App app("Trains denoising diffusion models on images, samples from them and measures them.",
                 "denoise-lab-cli");
    add_commands(app);
    return run_command(app, argc, argv);
}

}  // namespace denoise::cli
