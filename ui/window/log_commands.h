#pragma once

#include "engine/base/crash_note.h"
#include "ui/window/command_part.h"

class QMainWindow;

namespace denoise::ui {

class MessageBar;
class Theme;

/// The log file, and the notes of starts of the program that have ended unexpectedly.
class LogCommands : public CommandPart {
    Q_OBJECT
  public:
    LogCommands(MessageBar& messages, const Theme& theme, QMainWindow& window);

    std::vector<ActionRow> rows() override;
    /// Offers to show the newest of the notes.
    void offer(const std::vector<CrashNote>& notes);

  private:
    void open_log();
    void show(const CrashNote& note);

    MessageBar& messages_;
    const Theme& theme_;
    QMainWindow& window_;
};

}  // namespace denoise::ui
