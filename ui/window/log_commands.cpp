#include "ui/window/log_commands.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QLabel>
#include <QMainWindow>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>

#include "engine/base/log.h"
#include "engine/runs/run_folder.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/window/message_bar.h"

namespace denoise::ui {
namespace {

QString title_of(const CrashNote& note) {
    const QString program =
        note.program == "denoise-lab" ? QStringLiteral("Denoise Lab") : text_of(note.program);
    const QString cause = note.reason.empty() ? QString() : QStringLiteral(" (%1)").arg(text_of(note.reason));
    if (note.run.empty())
        return LogCommands::tr("%1, started at %2, ended unexpectedly%3.")
            .arg(program, text_of(note.started), cause);
    return LogCommands::tr("%1, started at %2, ended unexpectedly%3 while it was training “%4”.")
        .arg(program, text_of(note.started), cause, text_of(note.run.filename().string()));
}

/// What has become of the run.
QString fate_of(const CrashNote& note) {
    if (note.run.empty()) return {};
    const auto checkpoints = list_checkpoints(note.run);
    if (!is_run_folder(note.run) || checkpoints.empty()) return {};
    return LogCommands::tr("The run can be resumed from step %1.").arg(count_text(checkpoints.front().step));
}

}  // namespace

LogCommands::LogCommands(MessageBar& messages, const Theme& theme, QMainWindow& window)
    : messages_(messages), theme_(theme), window_(window) {}

std::vector<ActionRow> LogCommands::rows() {
    return {
        {.name = "open_log",
         .text = tr("Open the log file"),
         .icon = "text-x-generic",
         .hint = tr("Opens the text file in which the program writes down what it does"),
         .does = [this] { open_log(); }},
    };
}

void LogCommands::open_log() {
    const std::filesystem::path file = log_file();
    if (file.empty())
        return messages_.show_notice(
            tr("There is no log file: it is switched off, or %1 cannot be written to.")
                .arg(log_folder().empty() ? tr("your home folder") : text_of(log_folder().string())));
    if (!QDesktopServices::openUrl(QUrl::fromLocalFile(text_of(file.string()))))
        messages_.show_notice(tr("The log file is %1.").arg(text_of(file.string())));
}

void LogCommands::offer(const std::vector<CrashNote>& notes) {
    if (notes.empty()) return;
    const CrashNote& note = notes.back();
    QStringList sentences{title_of(note)};
    if (const QString fate = fate_of(note); !fate.isEmpty()) sentences << fate;
    if (notes.size() > 1)
        sentences << tr("There are %n earlier note(s) like this.", nullptr,
                        static_cast<int>(notes.size()) - 1);
    messages_.show_offer("crash_note", sentences.join(' '),
                         {{tr("Show"), [this, note] { show(note); }}, {tr("Dismiss"), [] {}}});
}

void LogCommands::show(const CrashNote& note) {
    auto* dialog = new QDialog(&window_);
    dialog->setObjectName("crash_note");
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("The program ended unexpectedly"));
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(space::group, space::group, space::group, space::group);
    column->setSpacing(space::control);
    for (const QString& line :
         {title_of(note), fate_of(note),
          tr("The note stays on this computer. To report the problem, send it along: %1")
              .arg(text_of(note.file.string()))}) {
        if (line.isEmpty()) continue;
        auto* label = new QLabel(line);
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        column->addWidget(label);
    }
    auto* text = new QPlainTextEdit(text_of(note.text));
    text->setAccessibleName(tr("Note"));
    text->setReadOnly(true);
    text->setLineWrapMode(QPlainTextEdit::NoWrap);
    text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    column->addWidget(text, 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QPushButton* copy = buttons->addButton(tr("Copy"), QDialogButtonBox::ActionRole);
    connect(copy, &QPushButton::clicked, dialog,
            [whole = text_of(note.text)] { QApplication::clipboard()->setText(whole); });
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
    column->addWidget(buttons);
    dialog->resize(18 * space::target, 12 * space::target);
    dialog->open();
}

}  // namespace denoise::ui
