// The part of crash_note.h for notes of other processes.

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "engine/base/atomic_file.h"
#include "engine/base/crash_note.h"
#include "engine/base/error.h"
#include "engine/base/user_folders.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes = 1u << 20;
constexpr std::size_t kept = 10;

/// The files in `folder` whose names end with `extension`, oldest first.
std::vector<fs::path> files_in(const fs::path& folder, const char* extension) {
    std::vector<fs::path> files;
    std::error_code code;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code))
        if (entry->path().extension() == extension) files.push_back(entry->path());
    std::ranges::sort(files);
    return files;
}

/// A process holds a lock on its note as long as it is alive.
bool is_abandoned(const fs::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool abandoned = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    ::close(descriptor);
    return abandoned;
}

CrashNote parse(const fs::path& file) {
    CrashNote note;
    note.file = file;
    note.text = read_text_file(file, most_bytes);
    std::istringstream lines(note.text);
    for (std::string line; std::getline(lines, line) && line != "calls";) {
        const std::size_t space = line.find(' ');
        const std::string key = line.substr(0, space);
        const std::string value = space == std::string::npos ? "" : line.substr(space + 1);
        if (key == "program") note.program = value;
        if (key == "started") note.started = value;
        if (key == "reason") note.reason = value;
        if (key == "run") note.run = value;
        if (key == "step") note.step = std::atoll(value.c_str());
    }
    return note;
}

}  // namespace

std::vector<CrashNote> take_crash_notes(const fs::path& folder) {
    std::vector<CrashNote> notes;
    std::error_code code;
    for (const fs::path& file : files_in(folder, ".running")) {
        if (!is_abandoned(file)) continue;
        fs::path taken = file;
        taken.replace_extension(".txt");
        fs::rename(file, taken, code);
        if (code) continue;  // it would be shown at each start
        try {
            notes.push_back(parse(taken));
        } catch (const Error&) {
        }
    }
    std::vector<fs::path> taken = files_in(folder, ".txt");
    for (std::size_t i = 0; i + kept < taken.size(); ++i) fs::remove(taken[i], code);
    return notes;
}

fs::path crash_note_folder() {
    try {
        return state_folder() / "crashes";
    } catch (const Error&) {
        return {};
    }
}

}  // namespace denoise
