#include "engine/runs/run_files.h"

#include <algorithm>
#include <array>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/runs/run_folder.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr std::array all_names = {run_file::header,  run_file::state, run_file::metrics,
                                  run_file::changes, run_file::lock,  run_file::checkpoints,
                                  run_file::samples, run_file::notes, run_file::ema_snapshots};

bool is_name_in_run(const fs::path& name) {
    return std::ranges::any_of(all_names, [&](const char* known) { return name == known; });
}

}  // namespace

bool belongs_to_run(const fs::path& path) {
    std::error_code code;
    const fs::path whole = fs::absolute(written_file(path), code);
    fs::path part = fs::weakly_canonical(whole, code);
    if (code) part = whole.lexically_normal();
    for (; part.has_relative_path(); part = part.parent_path())
        if (is_name_in_run(part.filename()) && is_run_folder(part.parent_path())) return true;
    return false;
}

void require_outside_runs(const fs::path& path) {
    if (belongs_to_run(path))
        throw Error{"Cannot write " + path.filename().string(),
                    path.string() + ": this name belongs to the files of a run",
                    "Choose another folder or name"};
}

}  // namespace denoise
