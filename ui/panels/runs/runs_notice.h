#pragma once

#include <QFrame>
#include <functional>

class QLabel;
class QPushButton;

namespace denoise::ui {

class Theme;

/// A line above the list of runs with a question or a message about it, and up to two answers.
class RunsNotice : public QFrame {
    Q_OBJECT
  public:
    struct Answer {
        QString text;
        std::function<void()> does;
    };

    explicit RunsNotice(const Theme& theme, QWidget* parent = nullptr);

    /// The first answer gets the focus.
    void ask(const QString& question, const Answer& yes, const Answer& no);
    /// Stays until it is dismissed or replaced.
    void tell(const QString& text, const Answer& offer);

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void show_text(const QString& text, const Answer& first, const Answer& second);
    void answer(const std::function<void()>& does);

    QLabel* text_ = nullptr;
    QPushButton *first_ = nullptr, *second_ = nullptr;
    std::function<void()> does_first_, does_second_;
};

}  // namespace denoise::ui
