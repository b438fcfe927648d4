#include "app/cli/shared_samples.h"

#include <algorithm>
#include <cstring>

#include "engine/distributed/together.h"

namespace denoise::cli {

SampleRequest share_of_request(SampleRequest request, const Communicator& group) {
    const Share share = share_of(request.count, group.rank(), group.size());
    request.first_image = share.first;
    request.count = static_cast<int>(share.count);
    return request;
}

Samples gather_samples(Communicator& group, Samples mine, const SampleRequest& request) {
    const ImageBatch& own = mine.result.images;
    const auto pixels = group.gather(std::as_bytes(std::span(own.pixels.data(), own.pixels.size())));
    const auto numbers = group.gather(std::as_bytes(std::span(mine.result.x0.values)));
    if (group.rank() != 0) return mine;
    std::vector<std::uint8_t> all;
    for (const std::vector<std::byte>& part : pixels)
        std::ranges::transform(part, std::back_inserter(all),
                               [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
    mine.result.images.pixels = std::move(all);
    mine.result.images.count = request.count;
    if (request.exact) {
        FloatArray& x0 = mine.result.x0;
        x0.values.clear();
        x0.shape.at(0) = request.count;
        for (const std::vector<std::byte>& part : numbers) {
            const std::size_t before = x0.values.size();
            x0.values.resize(before + part.size() / sizeof(float));
            if (!part.empty()) std::memcpy(x0.values.data() + before, part.data(), part.size());
        }
    }
    mine.start.request.count = request.count;
    mine.start.request.first_image = 0;
    return mine;
}

}  // namespace denoise::cli
