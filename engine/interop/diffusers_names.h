#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "engine/interop/json_options.h"
#include "engine/network/unet_config.h"

namespace denoise {

// The words that diffusers' files have for this program's choices.

/// The release whose files these are; it asks for no more than that its readers are not much older.
inline constexpr const char* diffusers_version = "0.42.1";
/// Ours, in a config.json whose last class stands for "no label". diffusers passes over keys that begin with
/// "_".
inline constexpr const char* unlabelled_key = "_denoise_lab_unlabelled_class";

template <class Enum>
using Named = std::pair<std::string_view, Enum>;

inline constexpr std::array<Named<Activation>, 5> activation_names{{{"silu", Activation::silu},
                                                                    {"swish", Activation::silu},
                                                                    {"mish", Activation::mish},
                                                                    {"gelu", Activation::gelu},
                                                                    {"relu", Activation::relu}}};
inline constexpr std::array<Named<TimeScaleShift>, 2> scale_shift_names{
    {{"default", TimeScaleShift::shift_only}, {"scale_shift", TimeScaleShift::scale_shift}}};
inline constexpr std::array<Named<ResamplingKind>, 2> resampling_names{
    {{"conv", ResamplingKind::convolution}, {"resnet", ResamplingKind::resnet}}};
inline constexpr std::array<Named<TimeEmbeddingKind>, 3> time_embedding_names{
    {{"positional", TimeEmbeddingKind::positional},
     {"fourier", TimeEmbeddingKind::fourier},
     {"learned", TimeEmbeddingKind::learned}}};

/// The first name of a value.
template <class Enum, std::size_t N>
std::string name_of(Enum value, const std::array<Named<Enum>, N>& names) {
    for (const auto& [name, named] : names)
        if (named == value) return std::string(name);
    return {};
}

/// Throws Error when the option has another value than `names` lists.
template <class Enum, std::size_t N>
Enum read_name(const JsonOptions& options, const std::string& key, const std::string& missing,
               const std::array<Named<Enum>, N>& names) {
    const std::string found = options.text(key, missing);
    std::string known;
    for (const auto& [name, named] : names) {
        if (name == found) return named;
        known += (known.empty() ? "" : ", ") + std::string(name);
    }
    options.refuse_value(key, "is not one of " + known);
}

}  // namespace denoise
