#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace denoise {

// A file that says what this process is doing. It goes away when the process ends as it should; otherwise,
// the next start of the window finds it. After a crash it contains the signal, the last step, the last lines
// of the log and the calls that led there. It stays on this computer.

/// Begins the note of this process in `folder`, and sets the handlers for crashes. `about` describes the
/// program and the machine. Never fails: if it cannot be written, there is no note. Call it before threads
/// start.
void begin_crash_note(const std::string& program, const std::string& about,
                      const std::filesystem::path& folder);
/// Removes the note, and restores the handlers. May be called by a signal handler that ends the process.
void end_crash_note();
/// Leaves the note behind, as after a crash, because of `reason`.
void keep_crash_note(std::string_view reason);

/// The run that is being trained; empty: none.
void note_run(const std::filesystem::path& run);
/// The last step of it.
void note_step(std::int64_t step);
/// A line of the log, of which the last ones are kept in memory.
void note_log_line(std::string_view line);

/// The note of a process that has ended unexpectedly.
struct CrashNote {
    std::filesystem::path file;
    std::string program;  ///< "denoise-lab"
    std::string started;  ///< local time, "2026-11-27 15:09:22"
    std::string
        reason;  ///< "segmentation fault"; empty: unknown, such as no memory, kill -9 or a power failure
    std::filesystem::path run;  ///< that was being trained; empty: none
    std::int64_t step = -1;     ///< of it; -1: unknown
    std::string text;           ///< the whole file
};

/// The notes in `folder` of processes that have ended unexpectedly, oldest first. Each is returned once, and
/// its file is kept with the newest ten. Never fails.
std::vector<CrashNote> take_crash_notes(const std::filesystem::path& folder);

/// The folder of the notes in state_folder(); empty without a home folder.
std::filesystem::path crash_note_folder();

}  // namespace denoise
