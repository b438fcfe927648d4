#pragma once

#include <QWidget>
#include <vector>

#include "engine/runs/training_rules.h"
#include "engine/session/events.h"

class QBoxLayout;
class QLabel;
class QPushButton;
class QToolButton;

namespace denoise::ui {

class EngineLink;
class Theme;

/// A line beside the loss that says whether the training of the open run is normal: how its loss does, and
/// when its samples usually get better, or what is wrong, with a button for what helps. If several things
/// are, the others are in a menu.
class HealthLabel : public QWidget {
    Q_OBJECT
  public:
    HealthLabel(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    /// For the steps of the open run so far.
    void judge(const std::vector<StepMetrics>& steps);

  Q_SIGNALS:
    void fix_wanted(const denoise::SettingFix& fix);

  protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    /// What is wrong, in a few words, why, and what helps.
    struct Remark {
        QString text, advice;
        std::optional<SettingFix> fix;
    };
    std::vector<Remark> remarks() const;
    QString outlook() const;
    QString button_text(const SettingFix& fix) const;
    QString button_hint(const SettingFix& fix) const;
    void follow_engine();
    void show_health();
    void fill_menu(const std::vector<Remark>& all);
    void want(const SettingFix& fix);

    EngineLink& link_;
    const Theme& theme_;
    QBoxLayout* row_ = nullptr;
    QLabel* label_ = nullptr;
    QWidget* buttons_ = nullptr;
    QPushButton* apply_ = nullptr;
    QToolButton* more_ = nullptr;
    TrainingHealth health_;
    std::vector<Finding> findings_;
    std::vector<QString> in_menu_;
    std::optional<SettingFix> fix_;  ///< of the button
    std::optional<SampleFigures> samples_;
    std::optional<SettingFix> wanted_;  ///< and not yet applied
    std::int64_t total_steps_ = 0;      ///< 0: not known yet
    double fraction_ = 0, steps_per_second_ = 0;
    bool is_judged_ = false;
};

}  // namespace denoise::ui
