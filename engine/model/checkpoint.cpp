#include "engine/model/checkpoint.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "engine/diffusion/timestep_sampler.h"
#include "engine/formats/safetensors.h"
#include "engine/network/unet.h"
#include "engine/runs/run_folder.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* metadata_key = "denoise_lab";

/// Copies tensor `name` of the file into `target`. Throws Error if type or shape differ.
void fill(const SafetensorsFile& file, const std::string& name, torch::Tensor target) {
    const NamedTensor& tensor = file.at(name);
    if (tensor.type != TensorType::f32 || tensor.shape != target.sizes().vec())
        throw Error{"Cannot open the checkpoint",
                    file.path().string() + ": tensor \"" + name +
                        "\" does not match the network described by the file",
                    "Choose another checkpoint of the run"};
    target.copy_(
        torch::from_blob(const_cast<std::byte*>(tensor.bytes.data()), tensor.shape, torch::kFloat32));
}

void require_finite(const SafetensorsFile& file, const torch::Tensor& weights) {
    if (!weights.isfinite().all().item<bool>())
        throw Error{"Cannot open the checkpoint",
                    file.path().string() + ": its weights contain NaN or infinity",
                    "Choose another checkpoint of the run"};
}

std::int64_t step_of(const SafetensorsFile& file, const json& description) {
    const auto step = description.at("step").get<std::int64_t>();
    if (step < 0)
        throw Error{"Cannot open the checkpoint", file.path().string() + ": its number of steps is negative",
                    "Choose another checkpoint of the run"};
    return step;
}

std::vector<double> losses_from_json(const json& array) {
    std::vector<double> losses;
    for (const json& value : array)
        losses.push_back(value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN());
    losses.resize(timestep_bins, std::numeric_limits<double>::quiet_NaN());
    return losses;
}

/// Collects the tensors of a file before it is written.
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
    std::vector<torch::Tensor> kept_;  // keeps the bytes alive until the file is written
    std::vector<NamedTensor> tensors_;
};

/// The layout of the flat buffers of a run's network.
class Layout {
  public:
    explicit Layout(const RunHeader& header)
        : network_(header.config.unet, header.channels, header.height, header.width),
          parameters_(*network_) {}

    const std::vector<FlatParameters::Slice>& slices() const { return parameters_.slices(); }
    torch::Tensor empty_buffer() const { return torch::zeros_like(parameters_.values()); }
    /// Reads the tensors whose names start with `prefix` into a flat buffer.
    torch::Tensor read(const SafetensorsFile& file, const std::string& prefix) const {
        torch::Tensor flat = empty_buffer();
        for (const FlatParameters::Slice& slice : slices())
            fill(file, prefix + slice.name, FlatParameters::view(flat, slice));
        return flat;
    }

  private:
    UNet network_;
    FlatParameters parameters_;
};

json description_of(const SafetensorsFile& file) {
    const auto entry = file.metadata().find(metadata_key);
    json object = entry == file.metadata().end() ? json() : json::parse(entry->second, nullptr, false);
    if (!object.is_object())
        throw Error{"Cannot open the checkpoint",
                    file.path().string() + ": it was not written by Denoise Lab",
                    "Choose a checkpoint from a run folder"};
    return object;
}

Checkpoint read_checkpoint(const SafetensorsFile& file, const json& description) {
    Checkpoint checkpoint;
    checkpoint.header = run_header_from_json(description, file.path().string());
    checkpoint.seconds = description.at("seconds").get<double>();
    const Layout layout(checkpoint.header);
    TrainingState& state = checkpoint.state;
    state.step = step_of(file, description);
    state.timestep_losses = losses_from_json(description.at("timestep_losses"));
    state.ema = layout.read(file, "ema.");
    state.values = layout.read(file, "model.");
    state.first_moment = layout.empty_buffer();
    state.second_moment = layout.empty_buffer();
    fill(file, "optimizer.first_moment", state.first_moment);
    fill(file, "optimizer.second_moment", state.second_moment);
    for (const torch::Tensor& part : {state.ema, state.values, state.first_moment, state.second_moment})
        require_finite(file, part);
    if (checkpoint.header.config.training.timestep_sampling == TimestepSampling::loss_second_moment) {
        const LossSecondMomentSampler empty(checkpoint.header.config.schedule.timesteps);
        state.loss_history = empty.history();
        state.losses_seen = empty.filled();
        fill(file, "timesteps.loss_history", state.loss_history);
        fill(file, "timesteps.losses_seen", state.losses_seen);
    }
    return checkpoint;
}

Model read_model(const SafetensorsFile& file, const json& description) {
    Model model;
    model.header = run_header_from_json(description, file.path().string());
    model.step = step_of(file, description);
    model.weights = Layout(model.header).read(file, "ema.");
    require_finite(file, model.weights);
    if (const auto losses = description.find("timestep_losses"); losses != description.end())
        model.timestep_losses = losses_from_json(*losses);
    return model;
}

/// Opens `path` and calls read(file, description). Throws Error if the file is damaged or not a checkpoint.
template <class Read>
auto open_file(const fs::path& path, const Read& read) {
    const SafetensorsFile file(path);
    const json description = description_of(file);
    const torch::NoGradGuard no_grad;
    try {
        return read(file, description);
    } catch (const json::exception&) {
        throw Error{"Cannot open the checkpoint",
                    path.string() + ": an entry of its description is missing or has the wrong type",
                    "Choose another checkpoint of the run"};
    }
}

/// Calls load(path) for a file. For a run folder, calls it for each checkpoint, newest first, until it does
/// not throw Error.
template <class Load>
auto load_newest(const fs::path& path, std::vector<Error>* passed_over, const Load& load) {
    std::error_code code;
    if (!fs::exists(path, code))
        throw Error{"Cannot open the model", path.string() + ": there is no such file or folder",
                    "Check the name"};
    if (!fs::is_directory(path, code)) return load(path);
    read_run_header(path);  // throws Error if the folder is not a run
    Error last{"Cannot open the run", path.string() + ": it has no checkpoint yet", "Train it for longer"};
    for (const CheckpointFile& file : list_checkpoints(path)) {
        try {
            return load(file.path);
        } catch (const Error& error) {
            if (passed_over) passed_over->push_back(error);
            last = error;
        }
    }
    throw last;
}

}  // namespace

void save_checkpoint(const fs::path& path, const Checkpoint& checkpoint,
                     const std::vector<FlatParameters::Slice>& slices) {
    const TrainingState& state = checkpoint.state;
    Collected tensors;
    tensors.add_each("ema.", slices, state.ema);
    tensors.add_each("model.", slices, state.values);
    tensors.add("optimizer.first_moment", state.first_moment);
    tensors.add("optimizer.second_moment", state.second_moment);
    if (state.loss_history.defined()) {
        tensors.add("timesteps.loss_history", state.loss_history);
        tensors.add("timesteps.losses_seen", state.losses_seen);
    }
    json description = run_header_to_json(checkpoint.header);
    description["step"] = state.step;
    description["seconds"] = checkpoint.seconds;
    description["timestep_losses"] = state.timestep_losses;  // NaN is written as null
    tensors.write(path, description);
}

void save_weights(const fs::path& path, const Model& model) {
    Collected tensors;
    tensors.add_each("ema.", Layout(model.header).slices(), model.weights);
    json description = run_header_to_json(model.header);
    description["step"] = model.step;
    tensors.write(path, description);
}

Checkpoint load_checkpoint(const fs::path& path) {
    return open_file(path, [&](const SafetensorsFile& file, const json& description) {
        if (file.find("optimizer.first_moment") == nullptr)
            throw Error{"Cannot continue this run", path.string() + ": it contains only the EMA weights",
                        "Use it for sampling, and continue from another checkpoint of the run"};
        return read_checkpoint(file, description);
    });
}

Model load_model(const fs::path& path) {
    return open_file(path, read_model);
}

Checkpoint load_newest_checkpoint(const fs::path& path, std::vector<Error>* passed_over) {
    return load_newest(path, passed_over, load_checkpoint);
}

Model load_newest_model(const fs::path& path, std::vector<Error>* passed_over) {
    return load_newest(path, passed_over, load_model);
}

}  // namespace denoise
