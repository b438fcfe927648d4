#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/data/file_tree.h"

namespace denoise {

/// What a decoded set of pictures is called in the cache, and how much work it is to decode.
struct PictureSet {
    std::string key;              ///< 32 hexadecimal digits
    std::int64_t file_bytes = 0;  ///< of the picture files, or of the archive
};

/// The key is a hash of everything that changes the pixels: the path of the folder or archive; the names,
/// sizes and times of its `files`, in their order; the settings of `config`; and the version of the decoders.
/// The times are those of the last change of the content and of the file, which no program can set back.
PictureSet identify_pictures(const FileTree& tree, const std::vector<TreeFile>& files,
                             const DatasetConfig& config, const std::stop_token& stop);

/// Roughly how long it takes to decode `pictures` of together `bytes` on one processor, in seconds: 0.06 ms
/// for each picture and 12 ms for each megabyte. Measured with 50,000 JPEGs of 32 x 32 (3.0 s) and 200 of 12
/// megapixels and 1.5 MB (4.2 s).
double decoding_seconds(std::int64_t pictures, std::int64_t bytes);

}  // namespace denoise
