#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/pixel_buffer.h"
#include "engine/data/cache_files.h"
#include "engine/data/dataset.h"
#include "engine/data/image_cache.h"

namespace denoise {

/// Takes an image in planes. Called on many threads.
using StoreImage = std::function<void(std::size_t index, const std::uint8_t* planes, bool is_coloured)>;

/// How the pictures of a folder or archive are decoded. The functions write why picture i cannot be read to
/// `problems[i]`, which is empty otherwise, and throw Cancelled.
struct PictureDecoding {
    std::filesystem::path source;       ///< the folder or archive
    std::vector<std::string> problems;  ///< one for each picture
    /// Reads headers, if the shape of the images depends on them.
    std::function<ImageShape(std::vector<std::string>& problems, const LoadProgress& progress)> choose_shape;
    /// Decodes the pictures with these indices.
    std::function<void(const ImageShape& shape, const std::vector<std::size_t>& indices,
                       std::vector<std::string>& problems, const StoreImage& store,
                       const LoadProgress& progress)>
        decode;
    bool grey_if_none_is_coloured = false;  ///< then only the first plane of each image is kept
    bool reads_headers = false;             ///< choose_shape does, which is half of the progress
};

struct DecodedImages {
    ImageShape shape;
    PixelBuffer pixels;  ///< of the pictures without problems; empty if there are none
    std::vector<std::string> problems;
};

/// Throws Error if they do not fit into half of the memory, and Cancelled.
DecodedImages decode_into_memory(PictureDecoding decoding, const LoadProgress& progress,
                                 const std::stop_token& stop);

/// Why the cache cannot be used: no space, not writable ...
struct CacheUnavailable {
    std::string why;
};

/// The images as a map of the file in the cache, which is written first if it is not there. If that was cut
/// off, it continues. If another program writes the same entry, this waits for it. Every image is compared
/// with its checksum, and damaged entries are made again. Throws CacheUnavailable, Cancelled, and what
/// `decoding` throws.
DecodedImages decode_through_cache(PictureDecoding decoding, const ImageCacheSettings& settings,
                                   const std::string& key, const LoadProgress& progress,
                                   const std::stop_token& stop);

}  // namespace denoise
