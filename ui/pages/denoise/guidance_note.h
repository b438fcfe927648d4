#pragma once

#include <QFrame>
#include <optional>

#include "engine/runs/sample_figures.h"

class QLabel;
class QPushButton;

namespace denoise::ui {

class EngineLink;
class SampleSession;
class Theme;

/// Says below the samples that their guidance is too strong, with a button for a weaker one. Compares them
/// with the images of the run's dataset, as far as these are known.
class GuidanceNote : public QFrame {
    Q_OBJECT
  public:
    GuidanceNote(EngineLink& link, const SampleSession& session, const Theme& theme,
                 QWidget* parent = nullptr);

  Q_SIGNALS:
    void guidance_wanted(double scale);

  private:
    std::optional<ImageFigures> data_figures() const;
    void judge();

    EngineLink& link_;
    const SampleSession& session_;
    QLabel* label_;
    QPushButton* button_;
    std::optional<ImageFigures> of_previews_;  ///< of the images of the open run
    double weaker_ = 1;
};

}  // namespace denoise::ui
