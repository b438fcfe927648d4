#include "app/cli/commands.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <exception>

namespace denoise::cli {

void add_model_argument(CLI::App& command, std::string& model) {
    command
        .add_option("MODEL", model, "A run folder, a checkpoint file, or a diffusers pipeline or unet folder")
        ->required();
}

void add_threads_option(CLI::App& command, int& threads) {
    command.add_option("--threads", threads, "Processor cores (default: all)")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
}

int run(int argc, char** argv) {
    const QCoreApplication qt(argc, argv);  // so that Qt finds its image plugins
    QLoggingCategory::setFilterRules(
        "qt.gui.imageio*=false");  // what is wrong with a picture is said by an Error
    int exit_code = 0;
    CLI::App app("Trains denoising diffusion models on images, samples from them and measures them.",
                 "denoise-lab-cli");
    app.set_version_flag("--version", "denoise-lab-cli " DENOISE_LAB_VERSION);
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    app.footer("`denoise-lab-cli COMMAND --help` explains a command. The window is `denoise-lab`.");
    add_train(app, exit_code);
    add_sample(app, exit_code);
    add_noise(app, exit_code);
    add_info(app, exit_code);
    add_datasets(app, exit_code);
    add_evaluate(app, exit_code);
    add_predict(app, exit_code);
    add_encode(app, exit_code);
    add_convert(app, exit_code);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const Error& error) {
        print_error(error);
        return 1;
    } catch (const std::exception& exception) {
        print_error({"The command could not go on", exception.what(), "Report it with this text"});
        return 1;
    }
    return exit_code;
}

}  // namespace denoise::cli
