#pragma once

#include <QString>
#include <string>

class QComboBox;
class QDoubleSpinBox;
class QSpinBox;

namespace denoise::ui {

// The fields that sampling and evaluation have in common, set to the defaults of SampleRequest.

QComboBox* make_sampler_box();
/// The name of the sampler that is chosen in a box made by make_sampler_box().
std::string chosen_sampler(const QComboBox& box);

QSpinBox* make_steps_box();  ///< 0, shown as "All", stands for all timesteps
QDoubleSpinBox* make_guidance_box();

/// For the length of the EMA (see engine/runs/ema_snapshots.h). Its least value, shown as "Of the run",
/// stands for 0.
QDoubleSpinBox* make_ema_length_box();
double chosen_ema_length(const QDoubleSpinBox& box);  ///< 0 if the box is not enabled
void show_ema_length(QDoubleSpinBox& box, double length);
/// Enables the box if `reason` is empty. Otherwise its tooltip is the reason.
void set_ema_length_obstacle(QDoubleSpinBox& box, const QString& reason);

}  // namespace denoise::ui
