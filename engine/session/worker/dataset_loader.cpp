#include "engine/session/worker/dataset_loader.h"

#include <new>

namespace denoise {
namespace {

constexpr int thumbnail_count = 24;

LoadResult load(const DatasetConfig& config, const LoadProgress& progress, const std::stop_token& stop) {
    LoadResult result{config, nullptr, std::nullopt};
    try {
        result.dataset = std::make_shared<const Dataset>(load_dataset(config, progress, stop));
    } catch (const Cancelled&) {
    } catch (const Error& error) {
        result.error = error;
    } catch (const std::bad_alloc&) {
        result.error = Error{"Cannot load the images", config.dataset + ": they do not fit into memory",
                             "Set image_limit, or a smaller image_size"};
    } catch (const std::exception& exception) {
        result.error = Error{"Cannot load the images", config.dataset + ": " + exception.what(),
                             "Choose another dataset"};
    }
    return result;
}

}  // namespace

void DatasetLoader::start(const DatasetConfig& config) {
    cancel();
    thread_ = std::jthread([this, config](std::stop_token stop) { done_(load(config, progress_, stop)); });
}

void DatasetLoader::cancel() {
    thread_ = std::jthread();
}

DatasetReady describe_dataset(const DatasetConfig& config, const Dataset& dataset) {
    DatasetReady event;
    event.config = config;
    event.name = dataset.name;
    event.count = dataset.images.count;
    event.channels = dataset.images.channels;
    event.height = dataset.images.height;
    event.width = dataset.images.width;
    event.class_names = dataset.class_names;
    event.class_counts.assign(dataset.class_names.size(), 0);
    for (const std::int64_t label : dataset.labels) ++event.class_counts[static_cast<std::size_t>(label)];
    event.skipped = dataset.skipped;
    event.fingerprint = dataset.fingerprint;
    event.thumbnails = thumbnails_of(dataset, thumbnail_count);
    return event;
}

}  // namespace denoise
