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

/// A set of images that a model can be measured on.
struct DatasetOffer {
    QString title;
    DatasetConfig config;
};

/// What to measure, on which images, and the button that does it. While it runs, the button stops it.
class EvaluationControls : public QWidget {
    Q_OBJECT
  public:
    explicit EvaluationControls(const Theme& theme, QWidget* parent = nullptr);

    /// Replaces what was offered before, but for folders that the person looked for. What the person chose
    /// stays chosen while it is offered; otherwise it is the first.
    void set_datasets(const std::vector<DatasetOffer>& offers);
    /// `timesteps`: the most that a sampler can visit; `guidance`: whether the model was also trained without
    /// labels, which guidance needs.
    void set_model(int timesteps, bool guidance);

    Evaluate command() const;
    QString dataset_title() const;
    Metric metric() const;
    /// What has to be chosen before the button can be pressed; empty: nothing.
    QString missing() const;

    /// Why nothing can be measured; empty: it can.
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
    void show_metric();
    void show_weights();
    void update_button();
    bool draws() const { return metric() != Metric::bits_per_dim; }

    const Theme& theme_;
    std::vector<DatasetOffer> offers_, looked_for_;
    std::optional<DatasetConfig> wished_;
    QComboBox *metric_ = nullptr, *dataset_ = nullptr, *features_ = nullptr, *sampler_ = nullptr;
    QSpinBox *count_ = nullptr, *steps_ = nullptr;
    QDoubleSpinBox* guidance_ = nullptr;
    QPushButton *weights_ = nullptr, *button_ = nullptr;
    QWidget *sample_row_ = nullptr, *weights_field_ = nullptr, *guidance_field_ = nullptr;
    std::vector<int> counts_;  ///< by metric, so that each keeps its own
    int shown_metric_ = 0;
    QString weights_path_, obstacle_;
    Work work_ = Work::none;
};

}  // namespace denoise::ui
