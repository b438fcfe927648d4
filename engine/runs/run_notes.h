#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace denoise {

/// The result of an evaluation of a run.
struct RunScore {
    std::string metric;        ///< name in files, such as "frechet"
    std::string text;          ///< with its name, as it is shown: "Frechet distance 12.34"
    std::int64_t step = 0;     ///< training steps of the evaluated model
    std::int64_t samples = 0;  ///< samples or images that were compared
    std::string when;          ///< ISO 8601
    bool operator==(const RunScore&) const = default;
};

/// What a person keeps about a run, and its scores, in notes.json in the folder of the run.
struct RunNotes {
    bool starred = false;
    std::vector<std::string> tags = {};
    std::string text = {};
    std::vector<RunScore> scores = {};  ///< oldest first
    bool operator==(const RunNotes&) const = default;
};

/// Empty if the run has no notes. Throws Error if they cannot be read.
RunNotes read_run_notes(const std::filesystem::path& run_folder);

/// Writes star, tags and text, and keeps everything else in the file, also what another program is adding.
/// Throws Error if the file cannot be written, or if it exists and cannot be read.
void write_run_notes(const std::filesystem::path& run_folder, const RunNotes& notes);

/// Adds a score, and keeps everything else in the file. Throws Error like write_run_notes().
void add_run_score(const std::filesystem::path& run_folder, const RunScore& score);

/// The tags in a text such as "good, low noise": without empty ones and repetitions.
std::vector<std::string> tags_in(const std::string& text);

}  // namespace denoise
