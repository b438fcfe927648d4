#include "engine/data/duplicates.h"

#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <unordered_map>

#include "engine/data/intact_images.h"
#include "engine/data/loading.h"
#include "engine/data/reduced_images.h"

namespace denoise {
namespace {

struct Match {
    std::int64_t original = -1;  ///< -1: none
    bool is_mirrored = false;
};

class SimilarImages {
  public:
    SimilarImages(const ImageBatch& images, bool with_mirrored)
        : reduced_(images, ReducedImages::Sides::as_they_are) {
        if (with_mirrored) mirrored_.emplace(images, ReducedImages::Sides::mirrored);
    }

    /// Once for each image before it is used. Several threads may do so.
    void reduce(std::int64_t i) {
        reduced_.reduce(i);
        if (mirrored_) mirrored_->reduce(i);
    }

    /// The image with the lowest index of those added that image `i` is similar to. Several threads may
    /// search.
    Match find(std::int64_t i) const {
        Match found;
        find(reduced_, false, i, found);
        if (mirrored_) find(*mirrored_, true, i, found);
        return found;
    }
    void add(std::int64_t i) {
        const ReducedImages::Summary& summary = reduced_.summary(i);
        cells_[static_cast<std::size_t>(cell(summary.top) * cells + cell(summary.bottom))].push_back(i);
    }

    /// Those of `others` that image `i` is similar to. They need not be added. Several threads may search.
    std::vector<Match> find_among(std::int64_t i, std::span<const std::int64_t> others) const {
        std::vector<Match> found;
        const double reach = reduced_.reach(i), mirrored_reach = mirrored_ ? mirrored_->reach(i) : 0;
        for (const std::int64_t other : others) {
            if (may_be_similar(reduced_, i, other, reach) && reduced_.is_similar(i, reduced_, other))
                found.push_back({other, false});
            else if (mirrored_ && may_be_similar(*mirrored_, i, other, mirrored_reach) &&
                     mirrored_->is_similar(i, reduced_, other))
                found.push_back({other, true});
        }
        return found;
    }

  private:
    static constexpr int cells = 64;  ///< along each half
    static int cell(double mean) { return std::clamp(static_cast<int>(mean / 4), 0, cells - 1); }

    bool may_be_similar(const ReducedImages& mine, std::int64_t i, std::int64_t other, double reach) const {
        const ReducedImages::Summary &a = mine.summary(i), &b = reduced_.summary(other);
        return std::abs(a.top - b.top) <= reach && std::abs(a.bottom - b.bottom) <= reach;
    }

    /// Replaces `found` by a match with a lower index.
    void find(const ReducedImages& mine, bool is_mirrored, std::int64_t i, Match& found) const {
        const ReducedImages::Summary& summary = mine.summary(i);
        const double reach = mine.reach(i);
        for (int row = cell(summary.top - reach); row <= cell(summary.top + reach); ++row)
            for (int column = cell(summary.bottom - reach); column <= cell(summary.bottom + reach); ++column)
                for (const std::int64_t other : cells_[static_cast<std::size_t>(row * cells + column)]) {
                    if (found.original >= 0 && other >= found.original) break;
                    if (mine.is_similar(i, reduced_, other)) found = {other, is_mirrored};
                }
    }

    ReducedImages reduced_;
    std::optional<ReducedImages> mirrored_;
    std::vector<std::vector<std::int64_t>> cells_ = std::vector<std::vector<std::int64_t>>(cells * cells);
};

/// Calls `work` for each index in blocks, which several threads do.
void for_each_image(std::int64_t count, const std::function<void(std::int64_t)>& work,
                    const LoadProgress& progress, const std::stop_token& stop) {
    constexpr std::int64_t block = 256;
    const auto shown = [&](std::int64_t done, std::int64_t) {
        progress(std::min(done * block, count), count);
    };
    parallel_for((count + block - 1) / block,
                 [&](std::int64_t b) {
                     for (std::int64_t i = b * block; i < std::min((b + 1) * block, count); ++i) work(i);
                 },
                 progress ? LoadProgress(shown) : LoadProgress{}, stop);
}

/// For each image, the first one with the same pixels.
std::vector<std::int64_t> first_of_the_same(const ImageBatch& images,
                                            const std::vector<std::uint64_t>& hashes) {
    std::vector<std::int64_t> first(hashes.size());
    std::unordered_multimap<std::uint64_t, std::int64_t> by_hash;
    for (std::int64_t i = 0; i < images.count; ++i) {
        first[static_cast<std::size_t>(i)] = i;
        const std::uint64_t hash = hashes[static_cast<std::size_t>(i)];
        const auto [begin, end] = by_hash.equal_range(hash);
        const auto same = std::find_if(begin, end, [&](const auto& each) {
            return std::memcmp(images.image(each.second), images.image(i), images.image_size()) == 0;
        });
        if (same != end)
            first[static_cast<std::size_t>(i)] = same->second;
        else
            by_hash.emplace(hash, i);
    }
    return first;
}

/// Finds for each image the first original before it that it is similar to, on all processors. The images of
/// a block are compared with the originals before the block, and then the rest of them with each other.
class Search {
  public:
    Search(SimilarImages& similar, const std::vector<std::int64_t>& first, const std::stop_token& stop)
        : similar_(similar), first_(first), stop_(stop), matches_(first.size()) {}

    void next_block(std::int64_t begin, std::int64_t end) {
        std::vector<std::int64_t> images;
        for (std::int64_t i = begin; i < end; ++i)
            if (first_[static_cast<std::size_t>(i)] == i) images.push_back(i);
        parallel_for(
            std::ssize(images),
            [&](std::int64_t k) {
                const std::int64_t i = images[static_cast<std::size_t>(k)];
                match(i) = similar_.find(i);
            },
            {}, stop_);
        std::erase_if(images, [this](std::int64_t i) { return match(i).original >= 0; });
        std::vector<std::vector<Match>> within(images.size());
        parallel_for(
            std::ssize(images),
            [&](std::int64_t k) {
                const auto at = static_cast<std::size_t>(k);
                within[at] = similar_.find_among(images[at], std::span(images).first(at));
            },
            {}, stop_);
        for (std::size_t at = 0; at < images.size(); ++at) {
            const auto original = std::ranges::find_if(
                within[at], [this](const Match& each) { return match(each.original).original < 0; });
            if (original != within[at].end())
                match(images[at]) = *original;
            else
                similar_.add(images[at]);
        }
    }
    const std::vector<Match>& matches() const { return matches_; }

  private:
    Match& match(std::int64_t i) { return matches_[static_cast<std::size_t>(i)]; }

    SimilarImages& similar_;
    const std::vector<std::int64_t>& first_;
    const std::stop_token& stop_;
    std::vector<Match> matches_;
};

}  // namespace

FoundDuplicates find_duplicates(const ImageBatch& images, DatasetConfig::Duplicates kind,
                                const LoadProgress& progress, const std::stop_token& stop) {
    using Kind = DatasetConfig::Duplicates;
    const auto count = static_cast<std::size_t>(images.count);
    FoundDuplicates found{std::vector<std::int64_t>(count, -1), std::vector<bool>(count, false)};
    if (kind == Kind::keep || images.empty()) return found;
    std::optional<SimilarImages> similar;
    if (kind != Kind::identical && images.channels <= ReducedImages::most_channels)
        similar.emplace(images, kind == Kind::mirrored);
    std::vector<std::uint64_t> hashes(count);
    const auto look_at = [&](std::int64_t i) {
        hashes[static_cast<std::size_t>(i)] = XXH3_64bits(images.image(i), images.image_size());
        if (similar) similar->reduce(i);
    };
    for_each_image(images.count, look_at, progress, stop);
    const std::vector<std::int64_t> first = first_of_the_same(images, hashes);

    std::vector<Match> matches(count);
    if (similar) {
        // Small blocks first: the images of a block are compared with all others in it.
        constexpr std::int64_t first_block = 64, largest_block = 512;
        Search search(*similar, first, stop);
        std::int64_t begin = 0;
        for (std::int64_t block = first_block; begin < images.count;
             block = std::min(2 * block, largest_block)) {
            const std::int64_t end = std::min(begin + block, images.count);
            search.next_block(begin, end);
            begin = end;
            if (progress) progress(end, images.count);
        }
        matches = search.matches();
    }
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t same = first[i];
        Match match = matches[static_cast<std::size_t>(same)];
        if (match.original < 0 && same != static_cast<std::int64_t>(i)) match.original = same;
        found.originals[i] = match.original;
        found.is_mirrored[i] = match.is_mirrored;
    }
    require_intact(images);
    if (progress) progress(images.count, images.count);
    return found;
}

}  // namespace denoise
