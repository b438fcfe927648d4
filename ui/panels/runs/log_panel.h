#pragma once

#include <QPlainTextEdit>

namespace denoise::ui {

/// The log: a line with its time for each event; the newest 5,000 lines are kept.
class LogPanel : public QPlainTextEdit {
    Q_OBJECT
  public:
    explicit LogPanel(QWidget* parent = nullptr);
    void add(const QString& line);
};

}  // namespace denoise::ui
