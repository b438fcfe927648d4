#pragma once

#include <QLabel>
#include <QWidget>

#include "ui/panels/evaluation/evaluation_record.h"

class QBoxLayout;
class QStackedWidget;

namespace denoise::ui {

class PairsView;
class Plot;
class Theme;

/// Shows a result: its value, its details, and curves or images.
class EvaluationView : public QWidget {
    Q_OBJECT
  public:
    explicit EvaluationView(const Theme& theme, QWidget* parent = nullptr);

    void show_record(const EvaluationRecord& record);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    QWidget* build_words();
    QWidget* build_curves();
    QWidget* build_pairs();
    Plot* curve(const QString& title, const QString& empty_text, int colour);
    void show_caution(const QString& text);

    const Theme& theme_;
    QLabel *headline_ = nullptr, *model_ = nullptr, *details_ = nullptr;
    QWidget* caution_ = nullptr;
    QLabel *caution_icon_ = nullptr, *caution_text_ = nullptr;
    QStackedWidget* pictures_ = nullptr;
    QBoxLayout* curves_ = nullptr;
    Plot *terms_ = nullptr, *errors_ = nullptr;
    PairsView* pairs_ = nullptr;
};

}  // namespace denoise::ui
