#include "engine/training/checkpoint.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/formats/safetensors.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* metadata_key = "denoise_lab";

NamedTensor named(std::string name, const torch::Tensor& tensor) {
    return {
        std::move(name),
        TensorType::f32,
        tensor.sizes().vec(),
        {static_cast<const std::byte*>(tensor.const_data_ptr()), static_cast<std::size_t>(tensor.nbytes())}};
}

/// Copies tensor `name` of the file into `target`. Throws Error when type or shape differ.
void fill(const SafetensorsFile& file, const std::string& name, torch::Tensor target) {
    const NamedTensor& tensor = file.at(name);
    if (tensor.type != TensorType::f32 || tensor.shape != target.sizes().vec())
        throw Error{"Cannot open the checkpoint",
                    file.path().string() + ": tensor \"" + name +
                        "\" does not fit the network that the file describes",
                    "Choose another checkpoint of the run"};
    target.copy_(
        torch::from_blob(const_cast<std::byte*>(tensor.bytes.data()), tensor.shape, torch::kFloat32));
}

json header_to_json(const RunHeader& header) {
    return {{"config", json::parse(run_config_to_json(header.config))},
            {"dataset_name", header.dataset_name},
            {"dataset_fingerprint", header.dataset_fingerprint},
            {"images", header.image_count},
            {"channels", header.channels},
            {"height", header.height},
            {"width", header.width},
            {"created", header.created}};
}

RunHeader header_from_json(const json& object) {
    RunHeader header;
    header.config = run_config_from_json(object.at("config").dump());
    header.dataset_name = object.at("dataset_name").get<std::string>();
    header.dataset_fingerprint = object.at("dataset_fingerprint").get<std::string>();
    header.image_count = object.at("images").get<std::int64_t>();
    header.channels = object.at("channels").get<int>();
    header.height = object.at("height").get<int>();
    header.width = object.at("width").get<int>();
    header.created = object.at("created").get<std::string>();
    return header;
}

json losses_to_json(const std::vector<double>& losses) {
    return losses;
}  // NaN is written as null

std::vector<double> losses_from_json(const json& array) {
    std::vector<double> losses;
    for (const json& value : array)
        losses.push_back(value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN());
    losses.resize(Trainer::timestep_bins, std::numeric_limits<double>::quiet_NaN());
    return losses;
}

}  // namespace

void save_checkpoint(const fs::path& path, const RunHeader& header, double seconds, const Trainer& trainer) {
    const TrainerState& state = trainer.state();
    std::vector<torch::Tensor> kept;  // contiguous copies, alive until the file is written
    std::vector<NamedTensor> tensors;
    const auto add_each = [&](const std::string& prefix, const torch::Tensor& flat) {
        for (const FlatParameters::Slice& slice : trainer.parameters().slices()) {
            kept.push_back(FlatParameters::view(flat, slice).detach().contiguous());
            tensors.push_back(named(prefix + slice.name, kept.back()));
        }
    };
    add_each("ema.", state.ema);
    add_each("model.", state.values);
    tensors.push_back(named("optimizer.first_moment", state.first_moment));
    tensors.push_back(named("optimizer.second_moment", state.second_moment));
    json object = header_to_json(header);
    object["schema"] = run_schema;
    object["program_version"] = DENOISE_LAB_VERSION;
    object["step"] = state.step;
    object["seconds"] = seconds;
    object["timestep_losses"] = losses_to_json(state.timestep_losses);
    write_safetensors(path, tensors, {{"format", "pt"}, {metadata_key, object.dump()}});
}

Checkpoint load_checkpoint(const fs::path& path) {
    const SafetensorsFile file(path);
    const auto found = file.metadata().find(metadata_key);
    const json object = found == file.metadata().end() ? json() : json::parse(found->second, nullptr, false);
    if (!object.is_object())
        throw Error{"Cannot open the checkpoint", path.string() + ": it was not written by Denoise Lab",
                    "Choose a checkpoint from a run folder"};
    try {
        if (object.at("schema").get<int>() > run_schema)
            throw Error{"Cannot open the checkpoint",
                        path.string() + ": it was written by a newer version of Denoise Lab",
                        "Update Denoise Lab"};
        Checkpoint checkpoint;
        checkpoint.header = header_from_json(object);
        checkpoint.seconds = object.at("seconds").get<double>();
        checkpoint.state.step = object.at("step").get<std::int64_t>();
        checkpoint.state.timestep_losses = losses_from_json(object.at("timestep_losses"));
        const RunHeader& header = checkpoint.header;
        UNet network(header.config.unet, header.channels, header.height, header.width);
        const FlatParameters parameters(*network);
        const torch::NoGradGuard no_grad;
        TrainerState& state = checkpoint.state;
        state.values = torch::zeros_like(parameters.values());
        state.ema = torch::zeros_like(parameters.values());
        state.first_moment = torch::zeros_like(parameters.values());
        state.second_moment = torch::zeros_like(parameters.values());
        for (const FlatParameters::Slice& slice : parameters.slices()) {
            fill(file, "ema." + slice.name, FlatParameters::view(state.ema, slice));
            fill(file, "model." + slice.name, FlatParameters::view(state.values, slice));
        }
        fill(file, "optimizer.first_moment", state.first_moment);
        fill(file, "optimizer.second_moment", state.second_moment);
        return checkpoint;
    } catch (const json::exception&) {
        throw Error{"Cannot open the checkpoint",
                    path.string() + ": an entry of its description is missing or of the wrong kind",
                    "Choose another checkpoint of the run"};
    }
}

Checkpoint load_newest_checkpoint(const fs::path& path, std::vector<Error>* passed_over) {
    std::error_code code;
    if (!fs::exists(path, code))
        throw Error{"Cannot open the model", path.string() + ": there is no such file or folder",
                    "Check the name"};
    if (!fs::is_directory(path, code)) return load_checkpoint(path);
    read_run_header(path);  // says what is wrong with the folder before any file in it is opened
    const std::vector<CheckpointFile> files = list_checkpoints(path);
    Error last{"Cannot open the run", path.string() + ": it has no checkpoint yet", "Train it for longer"};
    for (const CheckpointFile& file : files) {
        try {
            return load_checkpoint(file.path);
        } catch (const Error& error) {
            if (passed_over) passed_over->push_back(error);
            last = error;
        }
    }
    throw last;
}

}  // namespace denoise
