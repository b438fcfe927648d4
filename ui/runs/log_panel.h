#pragma once

#include <QPlainTextEdit>

namespace denoise::ui {

/// What happened, one line each with its time; the newest 5,000 lines.
class LogPanel : public QPlainTextEdit {
    Q_OBJECT
  public:
    explicit LogPanel(QWidget* parent = nullptr);
    void add(const QString& line);
};

}  // namespace denoise::ui
