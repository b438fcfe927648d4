#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/runs/run_header.h"

namespace denoise {

/// The dataset of a run, which may have moved together with the run or without it.
struct MovedDataset {
    RunHeader header;
    std::filesystem::path run_folder;
    std::vector<std::string> known;  ///< datasets that were used recently
};

/// Whether nothing is at the path of the dataset. Built-in datasets are never missing.
bool is_missing(const DatasetConfig& config);

/// The path of a dataset relative to the folder of a run: "../../data/photos". Empty for a built-in dataset.
std::string path_beside(const std::filesystem::path& run_folder, const std::string& dataset);

/// What is at places where the dataset may be now, the most likely first: at the same place relative to the
/// run; where other runs in the same folder had a dataset with this fingerprint; under its name, or with the
/// folders around it, in the folders around the run; and known datasets of its name.
std::vector<std::string> places_of(const MovedDataset& moved);

/// Loads the dataset from the first of places_of() where it has the fingerprint of the run, and sets
/// `config.dataset` to this place. Throws Error if there is none, about the setting "dataset", and Cancelled.
Dataset find_and_load(const MovedDataset& moved, DatasetConfig& config, const LoadProgress& progress = {},
                      const std::stop_token& stop = {});

}  // namespace denoise
