#include "engine/model/model_cache.h"

#include "engine/base/file_stamp.h"
#include "engine/model/stoppable_read.h"
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
    const std::string stamp = read_stoppably([path] { return stamp_of(path); });
    if (const Model* known = kept_.find({path, stamp})) return *known;
    kept_.remove_if([&](const Key& key) { return key.path == path; });
    Model model = open_model(path);
    if (!stamp.empty()) kept_.add({path, stamp}, model, model.weights.nbytes());
    return model;
}

}  // namespace denoise
