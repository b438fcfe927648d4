#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/network/description/execution.h"
#include "engine/network/description/unet_config.h"

namespace denoise {

/// The measured speed of an execution; 0: not measured.
struct Timing {
    Execution execution;
    double images_per_second = 0;

    bool operator==(const Timing&) const = default;
};
using Timings = std::vector<Timing>;

/// For example "bfloat16, channels last, 2 threads: 252 images/s; float32, channels last, 2 threads: 201".
/// At most three executions.
std::string describe_timings(const Timings& timings);

// The file with the measurements of this computer, in the cache folder. A file that cannot be read counts as
// empty, and one that cannot be written is left alone, because the measurements can be repeated.

/// The beginning of the keys of what this version of the program has measured on this machine, such as
/// "training".
std::string measured_here(const std::string& what);
/// The part of a key that tells networks for images [channels,height,width] apart.
std::string network_key(const UNetConfig& config, int channels, int height, int width);

std::filesystem::path timing_cache_file();  ///< empty, which counts as unreadable, if there is no home folder
std::optional<Timings> find_timings(const std::filesystem::path& file, const std::string& key);
/// Replaces the entry with this key. `cost` is the work for an image in any unit. Old entries are dropped
/// when there are more than 100.
void store_timings(const std::filesystem::path& file, const std::string& key, const Timings& timings,
                   double cost);
/// The images per second at the given cost, from that of the entry with the most similar cost among those
/// whose keys start with `prefix`, if the speed is inversely proportional to the cost. 0: there is none.
double speed_of_similar(const std::filesystem::path& file, const std::string& prefix, double cost);

}  // namespace denoise
