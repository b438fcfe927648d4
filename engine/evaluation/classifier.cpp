#include "engine/evaluation/classifier.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/base/grouped.h"
#include "engine/evaluation/classifier_network.h"
#include "engine/formats/safetensors.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* metadata_key = "denoise_lab_classifier";
constexpr int version = 1;  // of the network, its training and the file; files of other versions are not used
constexpr std::int64_t batch_size = 250;

[[noreturn]] void fail(const fs::path& path, const std::string& cause) {
    throw Error{"Cannot read the classifier", path.string() + ": " + cause,
                "Delete the file; it is created again when it is needed"};
}

std::string facts_to_json(const ClassifierFacts& facts) {
    return json{{"version", version},
                {"dataset_name", facts.dataset_name},
                {"dataset_fingerprint", facts.dataset_fingerprint},
                {"class_names", facts.class_names},
                {"channels", facts.channels},
                {"height", facts.height},
                {"width", facts.width},
                {"seed", facts.seed},
                {"accuracy", facts.accuracy},
                {"held_out", facts.held_out},
                {"trained_on", facts.trained_on}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

ClassifierFacts facts_from_json(const std::string& text) {
    const json object = json::parse(text);
    if (object.at("version").get<int>() != version) throw std::invalid_argument("version");
    ClassifierFacts facts;
    facts.dataset_name = object.at("dataset_name").get<std::string>();
    facts.dataset_fingerprint = object.at("dataset_fingerprint").get<std::string>();
    facts.class_names = object.at("class_names").get<std::vector<std::string>>();
    facts.channels = object.at("channels").get<int>();
    facts.height = object.at("height").get<int>();
    facts.width = object.at("width").get<int>();
    facts.seed = object.at("seed").get<std::uint64_t>();
    facts.accuracy = object.at("accuracy").get<double>();
    facts.held_out = object.at("held_out").get<std::int64_t>();
    facts.trained_on = object.at("trained_on").get<std::int64_t>();
    return facts;
}

bool matches(const ClassifierFacts& facts, const Dataset& dataset) {
    return facts.dataset_fingerprint == dataset.fingerprint && facts.class_names == dataset.class_names &&
           facts.channels == dataset.images.channels && facts.height == dataset.images.height &&
           facts.width == dataset.images.width;
}

/// The classifier in `path` if it can be used for `dataset`.
std::optional<Classifier> saved_classifier(const fs::path& path, const Dataset& dataset) {
    std::error_code code;
    if (!fs::exists(path, code)) return std::nullopt;
    try {
        Classifier classifier = Classifier::load(path);
        if (matches(classifier.facts(), dataset)) return classifier;
    } catch (const Error&) {
        // The classifier is trained again, which takes a minute.
    }
    return std::nullopt;
}

/// Why `path` could not be written, if so.
std::optional<Error> try_to_save(const Classifier& classifier, const fs::path& path) {
    std::error_code code;
    fs::create_directories(path.parent_path(), code);
    try {
        classifier.save(path);
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

}  // namespace

Classifier::Classifier(ClassifierFacts facts, std::shared_ptr<ClassifierNetwork> network)
    : facts_(std::move(facts)), network_(std::move(network)) {}

std::string Classifier::name() const {
    char percent[16];
    // Rounded down: 99.96 % is not 100 %.
    std::snprintf(percent, sizeof percent, "%.1f", std::floor(1000 * facts_.accuracy) / 10);
    return "classifier of " + facts_.dataset_name + ", " + percent + " % on " + grouped(facts_.held_out) +
           " held-out images";
}

torch::Tensor Classifier::features(const torch::Tensor& images) const {
    const torch::NoGradGuard no_grad;
    return network_->features(classifier_input(images));
}

torch::Tensor Classifier::probabilities(const torch::Tensor& images) const {
    const torch::NoGradGuard no_grad;
    return torch::softmax(network_->logits(network_->features(classifier_input(images))), 1);
}

Work<torch::Tensor> Classifier::probabilities_of(const ImageBatch& images) const {
    FeatureExtractor extractor = feature_extractor();
    extractor.dimension = static_cast<std::int64_t>(facts_.class_names.size());
    extractor.features = [this](const torch::Tensor& batch) { return probabilities(batch); };
    torch::Tensor all = co_await features_of(extractor, images, "classifying images");
    co_return all;
}

FeatureExtractor Classifier::feature_extractor() const {
    return {name(), feature_count, batch_size,
            [self = *this](const torch::Tensor& images) { return self.features(images); },
            [self = *this](int channels, int height, int width) { self.check(channels, height, width); }};
}

void Classifier::check(int channels, int height, int width) const {
    const auto size = [](int c, int h, int w) {
        return std::to_string(w) + "x" + std::to_string(h) + " in " + std::to_string(c) +
               (c == 1 ? " channel" : " channels");
    };
    if (channels != facts_.channels || height != facts_.height || width != facts_.width)
        throw Error{"Cannot use the " + name() + " for these images",
                    "they are " + size(channels, height, width) + ", but it was trained on " +
                        size(facts_.channels, facts_.height, facts_.width),
                    "Choose the dataset that the model was trained on"};
}

void Classifier::save(const fs::path& path) const {
    std::vector<torch::Tensor> values;  // keep the bytes alive until they are written
    std::vector<NamedTensor> tensors;
    for (const auto& entry : network_->named_parameters()) {
        values.push_back(entry.value().detach().contiguous());
        tensors.push_back(
            float_tensor(entry.key(), values.back().sizes().vec(), values.back().const_data_ptr<float>()));
    }
    write_safetensors(path, tensors, {{"format", "pt"}, {metadata_key, facts_to_json(facts_)}});
}

Classifier Classifier::load(const fs::path& path) {
    const SafetensorsFile file(path);
    const auto description = file.metadata().find(metadata_key);
    if (description == file.metadata().end()) fail(path, "it is not a classifier of Denoise Lab");
    ClassifierFacts facts;
    try {
        facts = facts_from_json(description->second);
    } catch (const json::exception&) {
        fail(path, "its description is damaged");
    } catch (const std::invalid_argument&) {
        fail(path, "it was written by another version of Denoise Lab");
    }
    // The tensors are compared with the description before anything of the size that it claims is allocated.
    const NamedTensor& first = file.at("conv1.weight");
    const NamedTensor& last = file.at("last.bias");
    const auto classes = static_cast<std::int64_t>(facts.class_names.size());
    if (classes < 2 || last.shape != std::vector<std::int64_t>{classes} || first.shape.size() != 4 ||
        first.shape[1] != facts.channels || facts.channels < 1)
        fail(path, "its tensors do not fit its description");
    auto network = std::make_shared<ClassifierNetwork>(facts.channels, feature_count, classes, facts.seed);
    const torch::NoGradGuard no_grad;
    for (const auto& entry : network->named_parameters()) {
        const NamedTensor& tensor = file.at(entry.key());
        if (tensor.type != TensorType::f32 || tensor.shape != entry.value().sizes().vec())
            fail(path, "tensor \"" + entry.key() + "\" has the wrong type or shape");
        torch::Tensor target = entry.value();
        target.copy_(torch::from_blob(const_cast<std::byte*>(tensor.bytes.data()), tensor.shape));
        if (!target.isfinite().all().item<bool>())
            fail(path, "tensor \"" + entry.key() + "\" holds numbers that are not finite");
    }
    return {std::move(facts), std::move(network)};
}

fs::path classifier_file(const fs::path& folder, const Dataset& dataset) {
    return folder / ("classifier-" + dataset.fingerprint + ".safetensors");
}

Work<CachedClassifier> cached_classifier(fs::path folder, const Dataset& dataset) {
    const fs::path path = classifier_file(folder, dataset);
    if (std::optional<Classifier> saved = saved_classifier(path, dataset)) {
        CachedClassifier result{std::move(*saved), false, std::nullopt};
        co_return result;
    }
    Classifier classifier = co_await train_classifier(dataset);
    CachedClassifier result{std::move(classifier), true, std::nullopt};
    result.not_saved = try_to_save(result.classifier, path);
    co_return result;
}

}  // namespace denoise
