#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace denoise {

/// A file of a dataset as its publisher distributes it.
struct PublishedFile {
    std::string name;
    std::int64_t bytes = 0;
    std::string sha256;  ///< 64 hexadecimal digits, lower case
    /// SHA-256 of what is compressed in it, by which copies are recognised that were compressed again or not
    /// at all; empty: unknown.
    std::string content_sha256 = {};

    bool operator==(const PublishedFile&) const = default;
};

/// Where a dataset can be downloaded.
struct Publication {
    std::string licence;                 ///< a phrase: "CC BY-SA 3.0"
    std::string page;                    ///< address where its authors describe it
    std::vector<std::string> addresses;  ///< folders on servers with all files, the first to try first
    std::vector<PublishedFile> files;

    bool operator==(const Publication&) const = default;
};

/// A dataset, or a kind of dataset, to choose from.
struct CatalogEntry {
    std::string name;                             ///< short name for scripts: "glyphs"
    std::string title;                            ///< "Glyphs"
    std::string sentence;                         ///< what it contains
    std::string how;                              ///< how to install and select it
    bool built_in = false;                        ///< `name` is a valid value of the setting `dataset`
    std::optional<Publication> publication = {};  ///< of a set that this program can download
};

/// The first entry is the built-in dataset.
const std::vector<CatalogEntry>& dataset_catalog();

}  // namespace denoise
