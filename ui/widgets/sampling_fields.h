#pragma once

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

}  // namespace denoise::ui
