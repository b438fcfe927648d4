#include "engine/data/prefetch.h"

#include <sys/mman.h>
#include <unistd.h>

namespace denoise {

void prefetch(const ImageBatch& images, const std::vector<std::int64_t>& indices) {
    if (!images.pixels.is_shared()) return;
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (const std::int64_t index : indices) {
        const auto begin = reinterpret_cast<std::uintptr_t>(images.image(index));
        const std::uintptr_t first = begin / page * page;
        ::madvise(reinterpret_cast<void*>(first), begin + images.image_size() - first, MADV_WILLNEED);
    }
}

}  // namespace denoise
