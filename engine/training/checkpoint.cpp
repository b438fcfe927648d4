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

/// The tensors of a file on their way to it.
class Collected {
  public:
    void add_each(const std::string& prefix, const std::vector<FlatParameters::Slice>& slices,
                  const torch::Tensor& flat) {
        for (const FlatParameters::Slice& slice : slices)
            add(prefix + slice.name, FlatParameters::view(flat, slice).detach());
    }
    void add(const std::string& name, const torch::Tensor& tensor) {
        kept_.push_back(tensor.contiguous());
        tensors_.push_back(float_tensor(name, tensor.sizes().vec(), kept_.back().const_data_ptr<float>()));
    }
    void write(const fs::path& path, const json& description) const {
        write_safetensors(path, tensors_, {{"format", "pt"}, {metadata_key, description.dump()}});
    }

  private:
    std::vector<torch::Tensor> kept_;  // alive until the file is written
    std::vector<NamedTensor> tensors_;
};

}  // namespace

void save_checkpoint(const fs::path& path, const RunHeader& header, double seconds, const Trainer& trainer) {
    const TrainerState& state = trainer.state();
    Collected tensors;
    tensors.add_each("ema.", trainer.parameters().slices(), state.ema);
    tensors.add_each("model.", trainer.parameters().slices(), state.values);
    tensors.add("optimizer.first_moment", state.first_moment);
    tensors.add("optimizer.second_moment", state.second_moment);
    if (state.loss_history.defined()) {
        tensors.add("timesteps.loss_history", state.loss_history);
        tensors.add("timesteps.losses_seen", state.losses_seen);
    }
    json description = run_header_to_json(header);
    description["step"] = state.step;
    description["seconds"] = seconds;
    description["timestep_losses"] = losses_to_json(state.timestep_losses);
    tensors.write(path, description);
}

void save_weights(const fs::path& path, const RunHeader& header, const TrainerState& state) {
    UNet network(header.config.unet, header.channels, header.height, header.width);
    Collected tensors;
    tensors.add_each("ema.", FlatParameters(*network).slices(), state.ema);
    json description = run_header_to_json(header);
    description["step"] = state.step;
    tensors.write(path, description);
}

Checkpoint load_checkpoint(const fs::path& path) {
    const SafetensorsFile file(path);
    const auto found = file.metadata().find(metadata_key);
    const json object = found == file.metadata().end() ? json() : json::parse(found->second, nullptr, false);
    if (!object.is_object())
        throw Error{"Cannot open the checkpoint", path.string() + ": it was not written by Denoise Lab",
                    "Choose a checkpoint from a run folder"};
    try {
        Checkpoint checkpoint;
        checkpoint.header = run_header_from_json(object, path.string());
        checkpoint.state.step = object.at("step").get<std::int64_t>();
        const RunHeader& header = checkpoint.header;
        UNet network(header.config.unet, header.channels, header.height, header.width);
        const FlatParameters parameters(*network);
        const torch::NoGradGuard no_grad;
        TrainerState& state = checkpoint.state;
        const auto read_each = [&](const std::string& prefix) {
            auto flat = torch::zeros_like(parameters.values());
            for (const FlatParameters::Slice& slice : parameters.slices())
                fill(file, prefix + slice.name, FlatParameters::view(flat, slice));
            return flat;
        };
        state.ema = read_each("ema.");
        if (file.find("optimizer.first_moment") == nullptr) return checkpoint;  // weights alone
        checkpoint.seconds = object.at("seconds").get<double>();
        state.timestep_losses = losses_from_json(object.at("timestep_losses"));
        state.values = read_each("model.");
        state.first_moment = torch::zeros_like(parameters.values());
        state.second_moment = torch::zeros_like(parameters.values());
        fill(file, "optimizer.first_moment", state.first_moment);
        fill(file, "optimizer.second_moment", state.second_moment);
        if (header.config.training.timestep_sampling == TimestepSampling::loss_second_moment) {
            const LossSecondMomentSampler empty(header.config.schedule.timesteps);
            state.loss_history = empty.history();
            state.losses_seen = empty.filled();
            fill(file, "timesteps.loss_history", state.loss_history);
            fill(file, "timesteps.losses_seen", state.losses_seen);
        }
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
