#include "ui/panels/runs/log_panel.h"

#include <QTime>

namespace denoise::ui {

LogPanel::LogPanel(QWidget* parent) : QPlainTextEdit(parent) {
    setObjectName("log");
    setAccessibleName(tr("Log"));
    setReadOnly(true);
    setFrameShape(QFrame::NoFrame);
    setMaximumBlockCount(5000);
    setPlaceholderText(tr("Events are logged here."));
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
}

void LogPanel::add(const QString& line) {
    appendPlainText(QTime::currentTime().toString("HH:mm:ss") + QStringLiteral("  ") + line);
}

}  // namespace denoise::ui
