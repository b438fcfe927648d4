#include "engine/data/picture_key.h"

#include <sys/stat.h>
#include <xxhash.h>

#include <QtGlobal>
#include <algorithm>
#include <array>
#include <atomic>
#include <memory>

#include "engine/data/cache_files.h"
#include "engine/data/loading.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// Settings that choose files, which are in the key themselves, or apply to the decoded images. All others,
/// also those to come, are in the key.
constexpr std::array settings_of_other_steps = {"dataset", "image_limit", "exclude_classes", "exclude_images",
                                                "duplicates"};

class Hash {
  public:
    Hash() : state_(XXH3_createState(), XXH3_freeState) { XXH3_128bits_reset(state_.get()); }

    void add(std::int64_t number) { XXH3_128bits_update(state_.get(), &number, sizeof number); }
    void add(const std::string& text) {
        add(static_cast<std::int64_t>(text.size()));
        XXH3_128bits_update(state_.get(), text.data(), text.size());
    }
    std::string text() const {
        XXH128_canonical_t digits;
        XXH128_canonicalFromHash(&digits, XXH3_128bits_digest(state_.get()));
        std::string hexadecimal;
        for (const unsigned char byte : digits.digest)
            for (const int digit : {byte >> 4, byte & 15}) hexadecimal += "0123456789abcdef"[digit];
        return hexadecimal;
    }

  private:
    std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state_;
};

/// What changes when somebody changes a file. All are -1 if it does not exist.
struct FileState {
    std::int64_t size = -1, modified = -1, changed = -1;
};

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

FileState state_of(const fs::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return {};
    return {status.st_size, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

void add(Hash& hash, const FileState& state) {
    for (const std::int64_t number : {state.size, state.modified, state.changed}) hash.add(number);
}

/// The archive that `path` is in; empty: it is a folder on the disk.
fs::path archive_of(const fs::path& path) {
    std::error_code code;
    for (fs::path part = path; part.has_relative_path(); part = part.parent_path()) {
        if (fs::is_directory(part, code)) return {};
        if (fs::exists(part, code)) return part;
    }
    return {};
}

}  // namespace

PictureSet identify_pictures(const FileTree& tree, const std::vector<TreeFile>& files,
                             const DatasetConfig& config, const std::stop_token& stop) {
    Hash hash;
    hash.add(static_cast<std::int64_t>(cache_format));
    hash.add(std::string(qVersion()));
    for (const Setting<DatasetConfig>& setting : dataset_settings()) {
        if (std::ranges::find(settings_of_other_steps, setting.info.key) != settings_of_other_steps.end())
            continue;
        hash.add(setting.info.key);
        hash.add(format_setting(setting.get(config)));
    }
    hash.add(fs::absolute(tree.path()).string());

    PictureSet set;
    std::vector<FileState> states(files.size());
    if (const fs::path archive = archive_of(tree.path()); !archive.empty()) {
        const FileState state = state_of(archive);
        add(hash, state);
        set.file_bytes = std::max<std::int64_t>(0, state.size);
    } else {
        parallel_for(
            std::ssize(files),
            [&](std::int64_t i) {
                const auto index = static_cast<std::size_t>(i);
                states[index] = state_of(tree.path_of(files[index].name));
            },
            {}, stop);
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
        hash.add(files[i].name);
        hash.add(files[i].position);
        add(hash, states[i]);
        set.file_bytes += std::max<std::int64_t>(0, states[i].size);
    }
    set.key = hash.text();
    return set;
}

double decoding_seconds(std::int64_t pictures, std::int64_t bytes) {
    return 0.06e-3 * static_cast<double>(pictures) + 12e-9 * static_cast<double>(bytes);
}

}  // namespace denoise
