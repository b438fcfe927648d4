// The program with the window: sets up Qt, the theme and the engine.

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <QApplication>
#include <QLoggingCategory>
#include <QSocketNotifier>
#include <array>
#include <clocale>
#include <csignal>
#include <string>

#include "engine/base/crash_note.h"
#include "engine/base/log.h"
#include "engine/session/engine.h"
#include "engine/session/logged_engine.h"
#include "engine/session/versions.h"
#include "ui/text/plurals.h"
#include "ui/theme/theme.h"
#include "ui/window/main_window.h"
#include "ui/window/preferences.h"

namespace {

constexpr const char* program_name = "denoise-lab";

std::array<int, 2> signal_pipe = {-1, -1};

void on_signal(int) {
    const char byte = 0;
    [[maybe_unused]] const ssize_t written = ::write(signal_pipe[1], &byte, 1);
}

/// Ctrl+C, SIGTERM and SIGHUP end the program. The engine then saves the run in training.
void end_on_signals(QApplication& application) {
    if (::pipe2(signal_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) return;
    auto* notifier = new QSocketNotifier(signal_pipe[0], QSocketNotifier::Read, &application);
    QObject::connect(notifier, &QSocketNotifier::activated, &application, [notifier] {
        notifier->setEnabled(false);
        denoise::log(denoise::LogLevel::info, "a signal ends the program");
        QApplication::exit();  // not quit(), which would ask what to do with the run
    });
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        if (std::signal(number, on_signal) == SIG_IGN) std::signal(number, SIG_IGN);  // nohup
}

QtMessageHandler print_message = nullptr;

void log_qt_message(QtMsgType type, const QMessageLogContext& context, const QString& text) {
    const bool is_error = type == QtCriticalMsg || type == QtFatalMsg;
    const auto level = is_error               ? denoise::LogLevel::error
                       : type == QtWarningMsg ? denoise::LogLevel::warning
                                              : denoise::LogLevel::debug;
    denoise::log(level, "Qt: " + text.toStdString());
    if (print_message != nullptr) print_message(type, context, text);
}

void begin_records(denoise::LogLevel level) {
    const std::string about = denoise::versions_and_machine();
    denoise::start_log(program_name, level, denoise::log_folder());
    denoise::begin_crash_note(program_name, about, denoise::crash_note_folder());
    denoise::log(denoise::LogLevel::info, about + ", Qt " + qVersion());
    print_message = qInstallMessageHandler(log_qt_message);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App options("Train, watch and understand denoising diffusion models.", program_name);
    std::string path, log_level;
    options.add_option("path", path, "A dataset, a run, a checkpoint or a picture to open");
    options
        .add_option("--log-level", log_level,
                    "What is written to the log: " + denoise::list_of_names<denoise::LogLevel>() +
                        " (default: that of DENOISE_LAB_LOG, or info)")
        ->type_name("LEVEL")
        ->check(CLI::IsMember(denoise::all_names<denoise::LogLevel>()));
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
    begin_records(denoise::value_named<denoise::LogLevel>(log_level).value_or(
        denoise::demanded_log_level().value_or(preferences.log_level)));
    end_on_signals(application);
    int status = 0;
    {
        denoise::ui::Theme theme;
        theme.set_appearance(preferences.appearance);
        denoise::EngineOptions engine_options;
        engine_options.threads = preferences.threads;
        engine_options.trajectory_bytes = static_cast<std::size_t>(preferences.trajectory_megabytes) << 20;
        denoise::ui::MainWindow window(denoise::with_log(denoise::make_engine(engine_options)), theme,
                                       preferences);
        window.show();
        window.offer_crash_notes(denoise::take_crash_notes(denoise::crash_note_folder()));
        if (path.empty())
            window.welcome();
        else
            window.open_path(QString::fromStdString(path));
        status = QApplication::exec();
    }
    denoise::log(denoise::LogLevel::info, "the program ends");
    denoise::end_crash_note();
    qInstallMessageHandler(print_message);
    denoise::stop_log();
    return status;
}
