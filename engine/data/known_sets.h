#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/data/catalog.h"

namespace denoise {

// Copies of the datasets that can be downloaded. Nothing here uses the network.

/// $DENOISE_LAB_DATASETS, or "datasets" in data_folder(). Each downloaded set has a folder in it. Throws
/// Error if the user has no home folder.
std::filesystem::path default_datasets_folder();

/// The entry of dataset_catalog() with this name that can be downloaded; nullptr: there is none.
const CatalogEntry* find_publication(std::string_view name);

std::int64_t bytes_of(const Publication& publication);

/// The folder of a set in a folder of sets.
std::filesystem::path folder_of(const CatalogEntry& set, const std::filesystem::path& datasets);
/// What to load of a set whose files are in `folder`: its only file, or `folder`.
std::filesystem::path path_in(const CatalogEntry& set, const std::filesystem::path& folder);

/// Whether `folder` has all files of the set, in their right sizes. Fast, because nothing is read. Never
/// throws.
bool has_all_files(const CatalogEntry& set, const std::filesystem::path& folder);

/// The set whose files, in their right sizes, are at `path`, as path_in() returns it; nullptr: none. Never
/// throws.
const CatalogEntry* known_set_at(const std::filesystem::path& path);

/// The SHA-256 of a file in hexadecimal digits, lower case. Throws Error if it cannot be read, and Cancelled.
std::string sha256_of_file(const std::filesystem::path& path, const std::stop_token& stop = {});
/// Whether `path` is this file, by its hash, or by that of its content. Throws only Cancelled.
bool is_intact(const std::filesystem::path& path, const PublishedFile& file,
               const std::stop_token& stop = {});

/// What to load of a complete copy of the set in `datasets`, after comparing the hashes of all files: in a
/// subfolder with the name of the set, or, if this cannot be confused, in `datasets` itself. Throws only
/// Cancelled.
std::optional<std::filesystem::path> find_intact_copy(const CatalogEntry& set,
                                                      const std::filesystem::path& datasets,
                                                      const std::stop_token& stop = {});

}  // namespace denoise
