#include "engine/base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>

#include <atomic>
#include <cstdlib>
#include <memory>

#include "engine/base/crash_note.h"
#include "engine/base/regular_file.h"
#include "engine/base/user_folders.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes = 1u << 20;
constexpr std::size_t older_files = 2;

std::shared_ptr<spdlog::logger> logger;  // changes only while no other thread is running
fs::path file;

spdlog::level::level_enum spdlog_level(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warning:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
        case LogLevel::off:
            break;
    }
    return spdlog::level::off;
}

}  // namespace

void start_log(const std::string& program, LogLevel level, const fs::path& folder) {
    stop_log();
    if (folder.empty() || level == LogLevel::off) return;
    try {
        const fs::path path = folder / (program + ".log");
        std::error_code code;
        fs::create_directories(folder, code);
        require_regular_file(path);
        auto sink =
            std::make_shared<spdlog::sinks::rotating_file_sink_mt>(path.string(), most_bytes, older_files);
        auto made = std::make_shared<spdlog::logger>(program, std::move(sink));
        made->set_pattern("%Y-%m-%d %H:%M:%S.%e  %P  %-7l  %v");
        made->set_level(spdlog_level(level));
        made->flush_on(spdlog::level::info);
        made->set_error_handler([](const std::string&) {});  // a full disk must not print anything
        logger = std::move(made);
        file = path;
    } catch (const std::exception&) {
    } catch (const Error&) {
    }
}

void stop_log() {
    logger.reset();
    file.clear();
}

void log(LogLevel level, std::string_view text) {
    try {
        const std::string line = on_one_line(text);
        if (level != LogLevel::debug) note_log_line(line);
        if (logger) logger->log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
    } catch (const std::exception&) {
    }
}

void log_error(const Error& error) {
    log(LogLevel::error, one_line(error));
}

fs::path log_file() {
    return file;
}

fs::path log_folder() {
    try {
        return state_folder() / "log";
    } catch (const Error&) {
        return {};
    }
}

std::optional<LogLevel> demanded_log_level() {
    const char* text = std::getenv("DENOISE_LAB_LOG");
    return text == nullptr ? std::nullopt : value_named<LogLevel>(text);
}

std::string on_one_line(std::string_view text) {
    std::string line(text);
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return line;
}

}  // namespace denoise
