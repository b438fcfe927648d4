// The program with the window: sets up Qt, the theme and the engine.

#include <CLI/CLI.hpp>
#include <QApplication>
#include <QLoggingCategory>
#include <clocale>
#include <string>

#include "engine/session/engine.h"
#include "ui/text/plurals.h"
#include "ui/theme/theme.h"
#include "ui/window/main_window.h"
#include "ui/window/preferences.h"

int main(int argc, char** argv) {
    CLI::App options("Train, watch and understand denoising diffusion models.", "denoise-lab");
    std::string path;
    options.add_option("path", path, "A dataset, a run, a checkpoint or a picture to open");
    options.set_version_flag("--version", "denoise-lab " DENOISE_LAB_VERSION);
    options.allow_extras();  // Qt's own options, such as -platform
    CLI11_PARSE(options, argc, argv);

    QApplication application(argc, argv);
    std::setlocale(LC_NUMERIC, "C");  // Qt has set the user's; the engine's messages have decimal points
    QApplication::setApplicationName("denoise-lab");
    QApplication::setApplicationDisplayName("Denoise Lab");
    QApplication::setApplicationVersion(DENOISE_LAB_VERSION);
    QApplication::setOrganizationName("denoise-lab");
    QApplication::setDesktopFileName("io.github.denoiselab.DenoiseLab");

    QLoggingCategory::setFilterRules("qt.gui.imageio*=false");  // a bad picture is reported as an Error
    denoise::ui::install_plurals(application);
    const denoise::ui::Preferences preferences = denoise::ui::load_preferences();
    denoise::ui::Theme theme;
    theme.set_appearance(preferences.appearance);
    denoise::EngineOptions engine_options;
    engine_options.threads = preferences.threads;
    engine_options.trajectory_bytes = static_cast<std::size_t>(preferences.trajectory_megabytes) << 20;
    denoise::ui::MainWindow window(denoise::make_engine(engine_options), theme, preferences);
    window.show();
    if (path.empty())
        window.welcome();
    else
        window.open_path(QString::fromStdString(path));
    return QApplication::exec();
}
