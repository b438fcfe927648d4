// The table of file formats. A new format needs a reader and a row.

#include "engine/data/dataset_formats.h"

#include <array>

#include "engine/data/archive_reader.h"
#include "engine/data/cifar_file.h"
#include "engine/data/file_tree.h"
#include "engine/data/idx_file.h"
#include "engine/data/image_folder.h"
#include "engine/data/numpy_images.h"
#include "engine/data/preparation.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using Files = std::vector<fs::path>;

Files find_idx(const FileTree& tree) {
    const auto images_file = find_idx_images(tree);
    return images_file ? Files{*images_file} : Files{};
}

Dataset load_first_idx(const Files& files, const DatasetConfig&, const LoadProgress& progress,
                       const std::stop_token& stop) {
    return load_idx(files.front(), progress, stop);
}

Dataset load_cifar_files(const Files& files, const DatasetConfig&, const LoadProgress& progress,
                         const std::stop_token& stop) {
    return load_cifar(files, progress, stop);
}

Dataset load_numpy_arrays(const Files& files, const DatasetConfig& config, const LoadProgress& progress,
                          const std::stop_token& stop) {
    return load_numpy(files, progress, stop, background_of(config));
}

Files find_no_archive(const FileTree&) {  // an archive is itself a tree in which files are found
    return {};
}

Dataset load_archive(const Files& files, const DatasetConfig& config, const LoadProgress& progress,
                     const std::stop_token& stop) {
    return load_tree(*open_tree(files.front(), progress, stop), config, progress, stop);
}

constexpr std::array table = {
    DatasetFormat{"IDX", "the IDX format of MNIST", "*ubyte *ubyte.gz *.idx *.idx.gz", find_idx, is_idx_file,
                  load_first_idx},
    DatasetFormat{"CIFAR", "the binary format of CIFAR", "*.bin *.bin.gz", find_cifar_files, is_cifar_name,
                  load_cifar_files},
    DatasetFormat{"NumPy", "NumPy's .npy or .npz", "*.npy *.npz", find_numpy_arrays, is_npy_file,
                  load_numpy_arrays},
    DatasetFormat{"archive", "a zip or tar archive of these or of pictures",
                  "*.zip *.tar *.tar.gz *.tgz *.tar.xz *.tar.zst *.tar.bz2", find_no_archive, is_archive,
                  load_archive},
};

}  // namespace

std::span<const DatasetFormat> dataset_formats() {
    return table;
}

Dataset load_tree(const FileTree& tree, const DatasetConfig& config, const LoadProgress& progress,
                  const std::stop_token& stop) {
    for (const DatasetFormat& format : table)
        if (const Files files = format.find(tree); !files.empty())
            return format.load(files, config, progress, stop);
    return load_pictures(tree, config, progress, stop);
}

std::string list_of_formats(const char* DatasetFormat::*text, const char* between, const char* before_last) {
    std::string list = table.front().*text;
    for (std::size_t i = 1; i < table.size(); ++i)
        list += std::string(i + 1 < table.size() ? between : before_last) + table[i].*text;
    return list;
}

}  // namespace denoise
