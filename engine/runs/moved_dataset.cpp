#include "engine/runs/moved_dataset.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/runs/run_folder.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

const std::string glyphs = "glyphs";

/// So many of the last parts of the path are looked for in the folders around the run.
constexpr int most_parts = 3;
/// So many folders around the run are looked into. Farther away, the same name is likely that of something
/// else.
constexpr int most_folders_around = 5;
/// In folders with very many runs, not all are read.
constexpr int most_runs = 500;

fs::path whole_path(const fs::path& path) {
    std::error_code code;
    fs::path whole = fs::absolute(path, code).lexically_normal();
    if (code) return path;
    return whole.has_filename() ? whole : whole.parent_path();
}

bool is_there(const fs::path& path) {
    std::error_code code;
    return fs::exists(path, code);
}

class Places {
  public:
    explicit Places(std::string missing) : missing_(std::move(missing)) {}
    void add(const fs::path& path) {
        if (path.empty() || !is_there(path)) return;
        const std::string text = whole_path(path).string();
        if (text != missing_ && std::ranges::find(paths_, text) == paths_.end()) paths_.push_back(text);
    }
    std::vector<std::string> take() { return std::move(paths_); }

  private:
    std::string missing_;
    std::vector<std::string> paths_;
};

void add_places_of_other_runs(const MovedDataset& moved, const fs::path& run, Places& places) {
    std::error_code code;
    int count = 0;
    for (fs::directory_iterator entry(run.parent_path(), code), end;
         !code && entry != end && count < most_runs; entry.increment(code)) {
        const fs::path folder = entry->path();
        if (folder == run || !is_run_folder(folder)) continue;
        ++count;
        try {
            const RunHeader other = read_run_header(folder);
            if (other.dataset_fingerprint == moved.header.dataset_fingerprint)
                places.add(other.config.dataset.dataset);
        } catch (const Error&) {  // a damaged run is of no help
        }
    }
}

/// "photos", "data/photos", ...
std::vector<fs::path> ends_of(const fs::path& path) {
    std::vector<fs::path> ends;
    fs::path rest = path, end;
    while (rest.has_relative_path() && static_cast<int>(ends.size()) < most_parts) {
        end = end.empty() ? rest.filename() : rest.filename() / end;
        ends.push_back(end);
        rest = rest.parent_path();
    }
    return ends;
}

}  // namespace

bool is_missing(const DatasetConfig& config) {
    return config.dataset != glyphs && !is_there(config.dataset);
}

std::string path_beside(const fs::path& run_folder, const std::string& dataset) {
    if (dataset == glyphs || dataset.empty()) return {};
    return whole_path(dataset).lexically_relative(whole_path(run_folder)).string();
}

std::vector<std::string> places_of(const MovedDataset& moved) {
    const fs::path run = whole_path(moved.run_folder);
    const fs::path before = whole_path(moved.header.config.dataset.dataset);
    Places places(before.string());
    if (!moved.header.dataset_beside.empty()) places.add(run / moved.header.dataset_beside);
    add_places_of_other_runs(moved, run, places);
    const std::vector<fs::path> ends = ends_of(before);
    fs::path around = run;
    for (int i = 0; i < most_folders_around && around.has_relative_path(); ++i) {
        around = around.parent_path();
        for (auto end = ends.rbegin(); end != ends.rend(); ++end) places.add(around / *end);
    }
    for (const fs::path known : moved.known) {
        if (whole_path(known).filename() == before.filename()) places.add(known);
        places.add(whole_path(known).parent_path() / before.filename());
    }
    return places.take();
}

Dataset find_and_load(const MovedDataset& moved, DatasetConfig& config, const LoadProgress& progress,
                      const std::stop_token& stop) {
    std::string others;  // of the same name
    for (const std::string& place : places_of(moved)) {
        DatasetConfig there = config;
        there.dataset = place;
        try {
            Dataset dataset = load_dataset(there, progress, stop);
            if (dataset.fingerprint == moved.header.dataset_fingerprint) {
                dataset.notes.push_back("The dataset was found in " + place);
                config = there;
                return dataset;
            }
        } catch (const Error&) {  // it is something else
        }
        others += (others.empty() ? "" : ", ") + place;
    }
    throw Error{
        "Cannot find the dataset of the run",
        config.dataset + ": it is no longer there" +
            (others.empty() ? ", and not near the run either" : ", and these have other images: " + others),
        "Choose the place where it is now (train --data PATH on the command line)", "dataset"};
}

}  // namespace denoise
