#include "app/cli/dataset_name.h"

#include <filesystem>

#include "engine/base/error.h"
#include "engine/data/known_sets.h"

namespace denoise::cli {

std::string dataset_path(const std::string& text) {
    std::error_code code;
    const CatalogEntry* set = find_publication(text);
    if (!set || std::filesystem::exists(text, code)) return text;
    const std::filesystem::path folder = folder_of(*set, default_datasets_folder());
    if (has_all_files(*set, folder)) return path_in(*set, folder).string();
    throw Error{"Cannot load " + set->title, "it was not downloaded to " + folder.string(),
                "Run `denoise-lab-cli datasets --download " + set->name + "`, or give the path of its files"};
}

}  // namespace denoise::cli
