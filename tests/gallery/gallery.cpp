// Draws the window in all its states into PNG files: the real window on the real engine, offscreen, with runs
// and settings of its own. QT_SCALE_FACTOR is the scale of the screen. packaging/gallery.sh runs it.

#include <CLI/CLI.hpp>
#include <QApplication>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <vector>

#include "engine/session/engine.h"
#include "tests/gallery/camera.h"
#include "tests/gallery/tour.h"
#include "ui/text/plurals.h"
#include "ui/window/main_window.h"

namespace {

QSize size_of(const std::string& text) {
    const QStringList sides = QString::fromStdString(text).split('x');
    return sides.size() == 2 ? QSize(sides[0].toInt(), sides[1].toInt()) : QSize();
}

}  // namespace

int main(int argc, char** argv) {
    using denoise::ui::Appearance;
    std::string folder;
    std::vector<std::string> sizes = {"1024x700", "1366x768", "2560x1440"};
    std::vector<std::string> appearances = {"light", "dark"};
    double training_seconds = 12;
    const std::map<std::string, Appearance> by_name = {{"light", Appearance::light},
                                                       {"dark", Appearance::dark}};
    CLI::App options("Draws the window in all its states into PNG files.", "gallery");
    options.add_option("folder", folder, "Where the pictures go")->required();
    options.add_option("--size", sizes, "Of the window, such as 1024x700; the default is three sizes");
    options.add_option("--appearance", appearances, "light, dark or both")->check(CLI::IsMember(by_name));
    options.add_option("--training", training_seconds,
                       "The seconds of training before its pictures are taken");
    CLI11_PARSE(options, argc, argv);

    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QStandardPaths::setTestModeEnabled(true);
    QTemporaryDir runs, settings;
    qputenv("DENOISE_LAB_RUNS", runs.path().toUtf8());
    qputenv("XDG_DATA_HOME", settings.path().toUtf8());
    QApplication application(argc, argv);
    QApplication::setApplicationName("denoise-lab-gallery");
    QApplication::setOrganizationName("denoise-lab-gallery");
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
    denoise::ui::install_plurals(application);

    denoise::gallery::Looks looks;
    for (const std::string& size : sizes) {
        looks.sizes.push_back(size_of(size));
        if (looks.sizes.back().isEmpty()) {
            std::fprintf(stderr, "\"%s\" is not a size such as 1024x700\n", size.c_str());
            return 2;
        }
    }
    for (const std::string& appearance : appearances) looks.appearances.push_back(by_name.at(appearance));

    denoise::ui::Theme theme;
    theme.set_appearance(looks.appearances.front());
    denoise::ui::MainWindow window(denoise::make_engine({}), theme, denoise::ui::load_preferences());
    window.resize(looks.sizes.front());
    window.show();
    denoise::gallery::Camera camera(window, theme, folder, looks);
    try {
        denoise::gallery::Tour(window, camera, training_seconds).run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "The gallery is not complete: %s\n", error.what());
        return 1;
    }
    std::printf("%d pictures in %s\n", camera.pictures(), folder.c_str());
    return 0;
}
