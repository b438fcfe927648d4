#include "engine/data/known_sets.h"

#include <QByteArray>
#include <QCryptographicHash>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <vector>

#include "engine/base/cancelled.h"
#include "engine/base/error.h"
#include "engine/base/lower_case.h"
#include "engine/base/regular_file.h"
#include "engine/base/user_folders.h"
#include "engine/data/byte_reader.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece = 1 << 20;

/// The hash of what `read` yields, which returns fewer bytes than asked for at the end.
template <class Read>
std::string sha256_of(const Read& read, const std::stop_token& stop) {
    QCryptographicHash hash(QCryptographicHash::Sha256);
    std::vector<char> buffer(piece);
    for (std::size_t size = piece; size == piece;) {
        if (stop.stop_requested()) throw Cancelled{};
        size = read(buffer.data(), piece);
        hash.addData(QByteArrayView(buffer.data(), static_cast<qsizetype>(size)));
    }
    return hash.result().toHex().toStdString();
}

std::string sha256_of_content(const fs::path& path, const std::stop_token& stop) {
    ByteReader reader(path);
    return sha256_of([&](char* target, std::size_t size) { return reader.read(target, size); }, stop);
}

bool has_size(const fs::path& path, std::int64_t bytes) {
    std::error_code code;
    return fs::is_regular_file(path, code) && fs::file_size(path, code) == static_cast<std::uintmax_t>(bytes);
}

/// A file that is intact under its published name, or without ".gz" if its content is known.
bool has_intact_file(const fs::path& folder, const PublishedFile& file, const std::stop_token& stop) {
    if (is_intact(folder / file.name, file, stop)) return true;
    const std::string_view name = file.name, ending = ".gz";
    return !file.content_sha256.empty() && name.ends_with(ending) &&
           is_intact(folder / name.substr(0, name.size() - ending.size()), file, stop);
}

}  // namespace

fs::path default_datasets_folder() {
    if (const char* folder = std::getenv("DENOISE_LAB_DATASETS"); folder != nullptr && *folder != '\0')
        return folder;
    return data_folder() / "datasets";
}

const CatalogEntry* find_publication(std::string_view name) {
    const auto& catalog = dataset_catalog();
    const auto found = std::ranges::find_if(
        catalog, [&](const CatalogEntry& entry) { return entry.publication && entry.name == name; });
    return found == catalog.end() ? nullptr : &*found;
}

std::int64_t bytes_of(const Publication& publication) {
    return std::accumulate(publication.files.begin(), publication.files.end(), std::int64_t{0},
                           [](std::int64_t sum, const PublishedFile& file) { return sum + file.bytes; });
}

fs::path folder_of(const CatalogEntry& set, const fs::path& datasets) {
    return datasets / set.name;
}

fs::path path_in(const CatalogEntry& set, const fs::path& folder) {
    const auto& files = set.publication->files;
    return files.size() == 1 ? folder / files.front().name : folder;
}

bool has_all_files(const CatalogEntry& set, const fs::path& folder) {
    return set.publication && std::ranges::all_of(set.publication->files, [&](const PublishedFile& file) {
               return has_size(folder / file.name, file.bytes);
           });
}

const CatalogEntry* known_set_at(const fs::path& path) {
    for (const CatalogEntry& entry : dataset_catalog()) {
        if (!entry.publication) continue;
        const bool is_file = entry.publication->files.size() == 1;
        const fs::path folder = is_file ? path.parent_path() : path;
        if (path_in(entry, folder) == path && has_all_files(entry, folder)) return &entry;
    }
    return nullptr;
}

std::string sha256_of_file(const fs::path& path, const std::stop_token& stop) {
    require_regular_file(path);
    std::ifstream file(path, std::ios::binary);
    const std::string hash = sha256_of(
        [&](char* target, std::size_t size) {
            file.read(target, static_cast<std::streamsize>(size));
            return static_cast<std::size_t>(file.gcount());
        },
        stop);
    if (!file.is_open() || file.bad())
        throw Error{"Cannot read the file", path.string() + ": the system reports an error",
                    "Check that the file can be read"};
    return hash;
}

bool is_intact(const fs::path& path, const PublishedFile& file, const std::stop_token& stop) {
    try {
        if (has_size(path, file.bytes) && sha256_of_file(path, stop) == file.sha256) return true;
        std::error_code code;
        return !file.content_sha256.empty() && fs::is_regular_file(path, code) &&
               sha256_of_content(path, stop) == file.content_sha256;
    } catch (const Error&) {
        return false;  // it cannot be read, or is damaged
    }
}

std::optional<fs::path> find_intact_copy(const CatalogEntry& set, const fs::path& datasets,
                                         const std::stop_token& stop) {
    if (!set.publication || datasets.empty()) return std::nullopt;
    const auto& files = set.publication->files;
    std::vector<fs::path> folders = {folder_of(set, datasets)};
    // Several sets have files with the names of MNIST's, and the names of their classes depend on the folder.
    const fs::path name = datasets.has_filename() ? datasets.filename() : datasets.parent_path().filename();
    if (files.size() == 1 || lower_case(name.string()) == set.name) folders.push_back(datasets);
    for (const fs::path& folder : folders)
        if (std::ranges::all_of(
                files, [&](const PublishedFile& file) { return has_intact_file(folder, file, stop); }))
            return path_in(set, folder);
    return std::nullopt;
}

}  // namespace denoise
