#include "engine/runs/run_notes.h"

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/base/file_lock.h"
#include "engine/formats/shallow_json.h"
#include "engine/runs/run_folder.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t size_limit = 4u << 20;

ordered_json read_object(const fs::path& path) {
    std::error_code code;
    if (!fs::exists(fs::symlink_status(path, code))) return ordered_json::object();
    ordered_json object = parse_shallow_json<ordered_json>(read_text_file(path, size_limit));
    if (!object.is_object())
        throw Error{"Cannot read the notes of the run", path.string() + ": it is damaged (not a JSON object)",
                    "Move the file away to write new notes"};
    return object;
}

RunScore score_of(const ordered_json& object) {
    return {object.value("metric", ""), object.value("text", ""), object.value("step", std::int64_t{0}),
            object.value("samples", std::int64_t{0}), object.value("when", "")};
}

RunNotes notes_of(const ordered_json& object) {
    RunNotes notes;
    notes.starred = object.value("starred", false);
    notes.tags = object.value("tags", std::vector<std::string>());
    notes.text = object.value("text", "");
    for (const ordered_json& score : object.value("scores", ordered_json::array_t()))
        notes.scores.push_back(score_of(score));
    return notes;
}

/// Throws Error if an entry has the wrong type.
RunNotes checked_notes(const ordered_json& object, const fs::path& path) {
    try {
        return notes_of(object);
    } catch (const json::exception&) {
        throw Error{"Cannot read the notes of the run",
                    path.string() + ": it is damaged (an entry has the wrong type)",
                    "Move the file away to write new notes"};
    }
}

/// Reads the notes, changes them and writes them, while no other program does. The lock is on the folder,
/// because the file is replaced.
template <class Change>
void change_object(const fs::path& run_folder, const Change& change) {
    constexpr std::chrono::seconds patience{2};
    FileLock lock(run_folder);
    // Some file systems have no locks for folders; the notes are then written without one.
    if (lock.is_open() && !lock.lock(patience) && errno == EWOULDBLOCK)
        throw Error{"Cannot write the notes of the run",
                    run_folder.string() + ": another program is writing to it", "Try again"};
    const fs::path path = run_folder / run_file::notes;
    ordered_json object = read_object(path);
    checked_notes(object, path);
    change(object);
    write_text_file(path, object.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

}  // namespace

RunNotes read_run_notes(const fs::path& run_folder) {
    const fs::path path = run_folder / run_file::notes;
    return checked_notes(read_object(path), path);
}

void write_run_notes(const fs::path& run_folder, const RunNotes& notes) {
    change_object(run_folder, [&](ordered_json& object) {
        object["starred"] = notes.starred;
        object["tags"] = notes.tags;
        object["text"] = notes.text;
    });
}

void add_run_score(const fs::path& run_folder, const RunScore& score) {
    change_object(run_folder, [&](ordered_json& object) {
        object["scores"].push_back({{"metric", score.metric},
                                    {"text", score.text},
                                    {"step", score.step},
                                    {"samples", score.samples},
                                    {"when", score.when}});
    });
}

std::vector<std::string> tags_in(const std::string& text) {
    std::vector<std::string> tags;
    std::istringstream parts(text);
    for (std::string tag; std::getline(parts, tag, ',');) {
        const std::size_t first = tag.find_first_not_of(" \t\n");
        if (first == std::string::npos) continue;
        tag = tag.substr(first, tag.find_last_not_of(" \t\n") - first + 1);
        if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(tag);
    }
    return tags;
}

}  // namespace denoise
