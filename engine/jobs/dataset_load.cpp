#include "engine/jobs/dataset_load.h"

#include <new>

#include "engine/data/class_balance.h"
#include "engine/data/left_out.h"

namespace denoise {
namespace {

constexpr int thumbnail_count = 24;

}  // namespace

DatasetLoad::DatasetLoad(DatasetConfig config, LoadProgress progress, std::function<void()> ended,
                         DatasetLoader loader)
    : config_(std::move(config)),
      loaded_config_(config_),
      thread_([this, progress = std::move(progress), ended = std::move(ended),
               loader = std::move(loader)](const std::stop_token& stop) {
          run(progress, stop, loader);
          ended_ = true;
          ended();
      }) {}

void DatasetLoad::run(const LoadProgress& progress, const std::stop_token& stop,
                      const DatasetLoader& loader) {
    try {
        dataset_ = std::make_shared<const Dataset>(loader ? loader(loaded_config_, progress, stop)
                                                          : load_dataset(config_, progress, stop));
    } catch (const Cancelled&) {
    } catch (const Error& error) {
        error_ = error;
    } catch (const std::bad_alloc&) {
        error_ = Error{"Cannot load the images", config_.dataset + ": they do not fit into memory",
                       "Set image_limit, or a smaller image_size", "image_limit"};
    } catch (const std::exception& exception) {
        error_ = Error{"Cannot load the images", config_.dataset + ": " + exception.what(),
                       "Choose another dataset"};
    }
}

std::shared_ptr<const Dataset> DatasetLoad::dataset() const {
    if (error_) throw *error_;
    if (!dataset_) throw Cancelled{};
    return dataset_;
}

std::shared_ptr<DatasetLoad> Datasets::load(const DatasetConfig& config, JobId job, DatasetLoader loader) {
    if (holds(config)) return current_;
    std::erase_if(in_progress_, [](const InProgress& each) { return each.load.expired(); });
    for (const InProgress& each : in_progress_) {
        std::shared_ptr<DatasetLoad> load = each.load.lock();
        if (loader || load->config() != config || load->ended()) continue;
        const std::lock_guard lock(each.listeners->mutex);
        each.listeners->jobs.push_back(job);
        return load;
    }
    auto listeners = std::make_shared<Listeners>();
    listeners->jobs.push_back(job);
    const auto report = [this, listeners](std::int64_t done, std::int64_t total) {
        const std::lock_guard lock(listeners->mutex);
        for (const JobId each : listeners->jobs) progress_({each, done, total, "reading images"});
    };
    auto load = std::make_shared<DatasetLoad>(config, report, ended_, std::move(loader));
    in_progress_.push_back({load, listeners});
    return load;
}

bool Datasets::is_loading() const {
    for (const InProgress& each : in_progress_)
        if (const auto load = each.load.lock(); load && !load->ended()) return true;
    return false;
}

DatasetReady describe_dataset(JobId job, const DatasetConfig& config, const Dataset& dataset) {
    DatasetReady event;
    event.job = job;
    event.config = config;
    event.name = dataset.name;
    event.count = dataset.images.count;
    event.channels = dataset.images.channels;
    event.height = dataset.images.height;
    event.width = dataset.images.width;
    event.class_names = dataset.class_names;
    event.class_counts = class_counts(dataset);
    event.skipped = dataset.skipped;
    event.fingerprint = dataset.fingerprint;
    event.thumbnails = thumbnails_of(dataset, thumbnail_count);
    event.left_out = dataset.left_out;
    return event;
}

std::string describe_skipped(const Dataset& dataset) {
    std::string text;
    for (const std::string& note : dataset.notes) text += (text.empty() ? "" : ". ") + note;
    if (dataset.left_out)
        for (const std::string& sentence : describe(*dataset.left_out))
            text += (text.empty() ? "" : ". ") + sentence;
    const std::size_t count = dataset.skipped.size();
    if (count == 0) return text;
    const SkippedFile& first = dataset.skipped.front();
    return text + (text.empty() ? "" : ". ") + std::to_string(count) +
           (count == 1 ? " file was skipped: " : " files were skipped, the first: ") + first.path.string() +
           ": " + first.why;
}

}  // namespace denoise
