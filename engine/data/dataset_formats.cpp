// The table of file formats. A new format needs a reader and a row.

#include "engine/data/dataset_formats.h"

#include <array>

#include "engine/data/cifar_file.h"
#include "engine/data/idx_file.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> find_idx(const fs::path& folder) {
    const auto images_file = find_idx_images(folder);
    return images_file ? std::vector{*images_file} : std::vector<fs::path>{};
}

Dataset load_first_idx(const std::vector<fs::path>& files, const LoadProgress& progress,
                       const std::stop_token& stop) {
    return load_idx(files.front(), progress, stop);
}

constexpr std::array table = {
    DatasetFormat{"IDX", "the IDX format of MNIST", "*ubyte *ubyte.gz *.idx *.idx.gz", find_idx, is_idx_file,
                  load_first_idx},
    DatasetFormat{"CIFAR", "the binary format of CIFAR", "*.bin *.bin.gz", find_cifar_files, is_cifar_name,
                  load_cifar},
};

}  // namespace

std::span<const DatasetFormat> dataset_formats() {
    return table;
}

std::string list_of_formats(const char* DatasetFormat::*text, const char* between, const char* before_last) {
    std::string list = table.front().*text;
    for (std::size_t i = 1; i < table.size(); ++i)
        list += std::string(i + 1 < table.size() ? between : before_last) + table[i].*text;
    return list;
}

}  // namespace denoise
