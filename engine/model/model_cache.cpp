#include "engine/model/model_cache.h"

#include <algorithm>
#include <numeric>

#include "engine/base/file_stamp.h"
#include "engine/runs/run_folder.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// Changes with the file that open_model() reads for `path`; empty: unknown, as for a diffusers folder, which
/// consists of several files.
std::string stamp_of(const fs::path& path) {
    std::error_code code;
    fs::path file = path;
    if (fs::is_directory(path, code)) {
        const std::vector<CheckpointFile> checkpoints = list_checkpoints(path);
        if (checkpoints.empty()) return {};
        file = checkpoints.front().path;
    }
    return file_stamp(file);
}

}  // namespace

Model ModelCache::open(const fs::path& path) {
    const std::string stamp = stamp_of(path);
    const auto known = std::ranges::find(entries_, path, &Entry::path);
    if (known != entries_.end() && !stamp.empty() && known->stamp == stamp) {
        entries_.splice(entries_.begin(), entries_, known);
        return entries_.front().model;
    }
    if (known != entries_.end()) entries_.erase(known);
    Model model = open_model(path);
    if (stamp.empty()) return model;
    entries_.push_front({path, stamp, model});
    make_room();
    return model;
}

void ModelCache::make_room() {
    const auto bytes = [this] {
        return std::accumulate(
            entries_.begin(), entries_.end(), std::size_t{0},
            [](std::size_t sum, const Entry& entry) { return sum + entry.model.weights.nbytes(); });
    };
    while (!entries_.empty() && bytes() > byte_limit_) entries_.pop_back();
}

}  // namespace denoise
