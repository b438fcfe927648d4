#include "app/cli/shared_samples.h"

#include <algorithm>
#include <cstring>

#include "engine/data/append_images.h"
#include "engine/distributed/together.h"

namespace denoise::cli {

std::vector<SampleRequest> batches_of(const SampleRequest& request, int rank, int size) {
    const std::int64_t batches = (std::int64_t{request.count} + images_at_once - 1) / images_at_once;
    const Share share = share_of(batches, rank, size);
    std::vector<SampleRequest> requests;
    for (std::int64_t i = share.first; i < share.first + share.count; ++i) {
        const std::int64_t first = i * images_at_once;
        requests.push_back(request);
        requests.back().first_image = first;
        requests.back().count =
            static_cast<int>(std::min<std::int64_t>(images_at_once, request.count - first));
    }
    return requests;
}

void append(Samples& samples, Samples batch) {
    if (samples.result.images.empty()) {
        samples = std::move(batch);
        return;
    }
    SampleResult &all = samples.result, &more = batch.result;
    append_images(all.images, more.images);
    all.seconds += more.seconds;
    if (more.x0.values.empty()) return;
    all.x0.values.insert(all.x0.values.end(), more.x0.values.begin(), more.x0.values.end());
    all.x0.shape.at(0) += more.x0.shape.at(0);
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
