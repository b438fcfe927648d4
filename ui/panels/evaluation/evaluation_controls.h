#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "engine/session/commands.h"

class QComboBox;
class QDoubleSpinBox;
class QPushButton;
class QSpinBox;

namespace denoise::ui {

class Theme;

/// A dataset on which a model can be evaluated.
struct DatasetOffer {
    QString title;
    DatasetConfig config;
};

/// The settings for an evaluation and the button that starts it. During the evaluation, the button stops it.
class EvaluationControls : public QWidget {
    Q_OBJECT
  public:
    explicit EvaluationControls(const Theme& theme, QWidget* parent = nullptr);

    /// Replaces the datasets offered before, except for folders that the user added. The choice of the user
    /// is kept as long as it is offered; otherwise the first one is chosen.
    void set_datasets(const std::vector<DatasetOffer>& offers);
    /// `timesteps`: the largest number of steps; `guidance`: whether the model was also trained without
    /// labels, which guidance needs; `no_ema_lengths`: why the length of the EMA cannot be chosen, empty: it
    /// can.
    void set_model(int timesteps, bool guidance, const QString& no_ema_lengths);

    Evaluate request() const;
    Metric metric() const;

    /// Why no evaluation is possible; empty: it is.
    void set_obstacle(const QString& reason);
    enum class Work { none, running, stopping };
    void set_work(Work work);

  Q_SIGNALS:
    void evaluate_pressed();
    void stop_pressed();
    void metric_changed();

  private:
    void build(const Theme& theme);
    QWidget* build_sample_row(const Theme& theme);
    void connect_fields();
    void choose_folder();
    void choose_weights();
    void add_dataset(const DatasetOffer& offer);
    int index_of(const DatasetConfig& config) const;  ///< -1: not offered
    FeatureSpace features() const;
    /// What has to be chosen before the evaluation; empty: nothing.
    QString missing() const;
    void show_metric();
    void show_weights();
    void update_button();

    const Theme& theme_;
    std::vector<DatasetOffer> offers_, added_;  ///< all, in the order of the box; by the user
    std::optional<DatasetConfig> wished_;       ///< by the user; nullopt: the first of offers_
    QComboBox *metric_ = nullptr, *dataset_ = nullptr, *features_ = nullptr, *sampler_ = nullptr;
    QSpinBox *count_ = nullptr, *steps_ = nullptr;
    QDoubleSpinBox *guidance_ = nullptr, *ema_length_ = nullptr;
    QPushButton *weights_ = nullptr, *button_ = nullptr;
    QWidget *sample_row_ = nullptr, *weights_field_ = nullptr, *guidance_field_ = nullptr;
    std::vector<int> counts_;  ///< by metric: what was set for it
    int shown_metric_ = 0;
    QString weights_path_, obstacle_;
    Work work_ = Work::none;
};

}  // namespace denoise::ui
