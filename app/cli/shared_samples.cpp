#include "app/cli/shared_samples.h"

#include <algorithm>
#include <cstring>

#include "engine/data/append_images.h"
#include "engine/distributed/together.h"

namespace denoise::cli {
namespace {

template <class Value>
std::vector<Value> values_of(const std::vector<std::byte>& bytes) {
    std::vector<Value> values(bytes.size() / sizeof(Value));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(Value));
    return values;
}

/// The samples of another process, which has sent their bytes, of the same request as those of `mine`.
Samples part_of_another(const Samples& mine, const std::vector<std::byte>& pixels,
                        const std::vector<std::byte>& numbers) {
    const ImageBatch& own = mine.result.images;
    Samples part;
    part.result.images = {static_cast<std::int64_t>(pixels.size() / own.image_size()), own.channels,
                          own.height, own.width, values_of<std::uint8_t>(pixels)};
    part.result.x0 = {mine.result.x0.shape, values_of<float>(numbers)};
    if (!part.result.x0.values.empty()) part.result.x0.shape.at(0) = part.result.images.count;
    return part;
}

}  // namespace

std::vector<SampleRequest> batches_of(const SampleRequest& request, int rank, int size) {
    const std::int64_t batches = (std::int64_t{request.count} + images_at_once - 1) / images_at_once;
    const Share share = share_of(batches, rank, size);
    std::vector<SampleRequest> requests;
    for (std::int64_t i = share.first; i < share.first + share.count; ++i) {
        const std::int64_t first = i * images_at_once;
        requests.push_back(request);
        requests.back().first_image = first;
        requests.back().total_images = request.count;
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
    // Process 0 has the first batches, and those of the others follow in turn.
    for (std::size_t rank = 1; rank < pixels.size(); ++rank)
        append(mine, part_of_another(mine, pixels[rank], numbers[rank]));
    mine.start.request.count = request.count;
    mine.start.request.first_image = 0;
    return mine;
}

}  // namespace denoise::cli
