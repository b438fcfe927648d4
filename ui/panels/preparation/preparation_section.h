#pragma once

#include <QWidget>

#include "engine/session/events.h"

class QLabel;
class QPushButton;
class QToolButton;

namespace denoise::ui {

class ClassBalanceView;
class EngineLink;
class Theme;

/// Below the dataset cards: the button that opens the preparation, the sizes of the classes of the dataset
/// that is loaded, and a sentence on classes with very few images.
class PreparationSection : public QWidget {
    Q_OBJECT
  public:
    PreparationSection(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

  Q_SIGNALS:
    void prepare_wanted();

  private:
    void show_dataset(const DatasetReady& dataset);

    QPushButton* prepare_;
    QToolButton* classes_button_;
    ClassBalanceView* classes_;
    QLabel* note_;
};

}  // namespace denoise::ui
