#include "engine/model/checkpoint.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/diffusion/timestep_sampler.h"
#include "engine/formats/safetensors.h"
#include "engine/model/ema_lengths.h"
#include "engine/model/stoppable_read.h"
#include "engine/network/unet.h"
#include "engine/runs/checkpoint_description.h"
#include "engine/runs/run_folder.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The type of `tensor` in LibTorch; nullopt: it is not one of floats.
std::optional<torch::ScalarType> float_type(const NamedTensor& tensor) {
    if (tensor.type == TensorType::f32) return torch::kFloat32;
    if (tensor.type == TensorType::f16) return torch::kHalf;
    return std::nullopt;
}

/// Tensor `name` of the file, in float32 or half precision, in the memory of the file. Throws Error if type
/// or shape differ.
torch::Tensor tensor_in(const SafetensorsFile& file, const std::string& name, at::IntArrayRef shape) {
    const NamedTensor& tensor = file.at(name);
    const std::optional<torch::ScalarType> type = float_type(tensor);
    if (!type || tensor.shape != shape.vec())
        throw Error{"Cannot open the checkpoint",
                    file.path().string() + ": tensor \"" + name +
                        "\" does not match the network described by the file",
                    "Choose another checkpoint of the run"};
    return torch::from_blob(const_cast<std::byte*>(tensor.bytes.data()), tensor.shape, *type);
}

void fill(const SafetensorsFile& file, const std::string& name, torch::Tensor target) {
    target.copy_(tensor_in(file, name, target.sizes()));
}

void require_finite(const SafetensorsFile& file, const torch::Tensor& weights) {
    if (!all_finite(weights))
        throw Error{"Cannot open the checkpoint",
                    file.path().string() + ": its weights contain NaN or infinity",
                    "Choose another checkpoint of the run"};
}

std::int64_t step_of(const SafetensorsFile& file, const json& description) {
    constexpr std::int64_t most_steps = 1'000'000'000'000'000;
    const auto step = description.at("step").get<std::int64_t>();
    if (step < 0 || step > most_steps)
        throw Error{"Cannot open the checkpoint",
                    file.path().string() + ": its number of steps is " +
                        (step < 0 ? "negative" : "too large (" + std::to_string(step) + ")"),
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

/// Collects the tensors of a file before it is written, in float32 or in half precision.
class Collected {
  public:
    explicit Collected(bool half = false) : half_(half) {}

    void add_each(const std::string& prefix, const std::vector<FlatParameters::Slice>& slices,
                  const torch::Tensor& flat) {
        for (const FlatParameters::Slice& slice : slices)
            add(prefix + slice.name, FlatParameters::view(flat, slice).detach());
    }
    void add(const std::string& name, const torch::Tensor& tensor) {
        kept_.push_back((half_ ? tensor.to(torch::kHalf) : tensor).contiguous());
        const torch::Tensor& kept = kept_.back();
        const auto* bytes = static_cast<const std::byte*>(kept.const_data_ptr());
        tensors_.push_back(
            {name, half_ ? TensorType::f16 : TensorType::f32, kept.sizes().vec(), {bytes, kept.nbytes()}});
    }
    void write(const fs::path& path, const json& description) const {
        // Names of files and folders, such as those of classes, need not be UTF-8.
        const std::string text = description.dump(-1, ' ', false, json::error_handler_t::replace);
        write_safetensors(path, tensors_, {{"format", "pt"}, {checkpoint_description_key, text}});
    }

  private:
    bool half_;
    std::vector<torch::Tensor> kept_;  // keeps the bytes alive until the file is written
    std::vector<NamedTensor> tensors_;
};

/// Reads the header. Throws Error if its network has more parameters than the file, before memory is
/// allocated for them.
RunHeader header_of(const SafetensorsFile& file, const json& description) {
    RunHeader header = run_header_from_json(description, file.path().string());
    const std::int64_t parameters =
        parameter_count(describe_unet(header.config.unet, header.channels, header.height, header.width));
    std::int64_t numbers = 0;
    for (const NamedTensor& tensor : file.tensors())
        numbers += static_cast<std::int64_t>(tensor.bytes.size() / bytes_per_element(tensor.type));
    if (parameters > numbers)
        throw Error{"Cannot open the checkpoint",
                    file.path().string() + ": the network that it describes has " +
                        std::to_string(parameters) + " parameters, but the file contains only " +
                        std::to_string(numbers) + " numbers",
                    "Choose another checkpoint of the run"};
    return header;
}

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

/// Throws Error if the file has no optimizer state.
void require_moments(const SafetensorsFile& file) {
    if (file.find("optimizer.first_moment") == nullptr)
        throw Error{"Cannot resume this run", file.path().string() + ": it contains only the EMA weights",
                    "Use it for sampling, and resume from another checkpoint of the run"};
}

void require_same_network(const RunHeader& run, const RunHeader& header, const fs::path& path) {
    if (header.config.unet == run.config.unet && header.channels == run.channels &&
        header.height == run.height && header.width == run.width &&
        header.config.schedule.timesteps == run.config.schedule.timesteps)
        return;
    throw Error{"Cannot resume this run", path.string() + ": it is of another network than the run",
                "Resume from another checkpoint of the run"};
}

Checkpoint read_checkpoint(const SafetensorsFile& file, const json& description) {
    Checkpoint checkpoint;
    checkpoint.header = header_of(file, description);
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
    if (checkpoint.header.config.training.ema_snapshots > 0)
        state.tracked_emas = read_tracked_emas(file.path(), state.values.numel());
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
    model.header = header_of(file, description);
    model.step = step_of(file, description);
    model.file = file.path();
    model.weights = Layout(model.header).read(file, "ema.");
    require_finite(file, model.weights);
    if (const auto losses = description.find("timestep_losses"); losses != description.end())
        model.timestep_losses = losses_from_json(*losses);
    return model;
}

/// Calls read(file, description). Throws Error if the file is damaged or not a checkpoint.
template <class Read>
auto take_from(const SafetensorsFile& file, const Read& read) {
    const json description = checkpoint_description(file);
    const torch::NoGradGuard no_grad;
    try {
        return read(file, description);
    } catch (const json::exception&) {
        throw Error{"Cannot open the checkpoint",
                    file.path().string() + ": an entry of its description is missing or has the wrong type",
                    "Choose another checkpoint of the run"};
    }
}

/// What is at a path from which a model or a checkpoint is loaded.
struct Found {
    bool is_run = false;  ///< otherwise a file
    RunHeader run;
    std::vector<CheckpointFile> checkpoints;
};

/// Throws Error if there is nothing, or a folder that is not a run.
Found look_at(const fs::path& path) {
    std::error_code code;
    if (!fs::exists(path, code))
        throw Error{"Cannot open the model", path.string() + ": there is no such file or folder",
                    "Check the name"};
    if (!fs::is_directory(path, code)) return {};
    return {true, read_run_header(path), list_checkpoints(path)};
}

/// Calls load_file(path) for a file. For a run folder, calls load(header of the run, path) for each
/// checkpoint, newest first, until it does not throw Error.
template <class LoadFile, class Load>
auto load_newest(const fs::path& path, std::vector<Error>* passed_over, const LoadFile& load_file,
                 const Load& load) {
    const Found found = read_stoppably([path] { return look_at(path); });
    if (!found.is_run) return load_file(path);
    Error last{"Cannot open the run", path.string() + ": it has no checkpoint yet", "Train it for longer"};
    for (const CheckpointFile& file : found.checkpoints) {
        try {
            return load(found.run, file.path);
        } catch (const Error& error) {
            if (passed_over) passed_over->push_back(error);
            last = error;
        }
    }
    throw last;
}

}  // namespace

bool all_finite(const torch::Tensor& values) {
    if (values.numel() == 0) return true;
    const auto [least, largest] = at::aminmax(values);  // both are NaN if a value is; allocates no copy
    return std::isfinite(least.item<double>()) && std::isfinite(largest.item<double>());
}

TrainingState on_processor(TrainingState state) {
    for (torch::Tensor* part :
         {&state.values, &state.ema, &state.first_moment, &state.second_moment, &state.loss_history,
          &state.losses_seen, &state.tracked_emas.front(), &state.tracked_emas.back()})
        if (part->defined()) *part = part->cpu();
    return state;
}

void save_checkpoint(const fs::path& path, const Checkpoint& checkpoint,
                     const std::vector<FlatParameters::Slice>& slices) {
    const TrainingState state = on_processor(checkpoint.state);
    save_tracked_emas(path, state.step, state.tracked_emas);
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
    try {
        tensors.write(path, description);
    } catch (const Error&) {
        // Without a checkpoint, the file with its tracked EMAs would be in the way until the next one.
        std::error_code code;
        if (!fs::is_regular_file(path, code)) fs::remove(tracked_ema_file(path), code);
        throw;
    }
}

void save_weights(const fs::path& path, const Model& model, bool half) {
    // A weight that is too large for half precision would be read back as infinity.
    constexpr double largest_half = 65504;
    if (half && model.weights.abs().max().item<double>() > largest_half)
        throw Error{"Cannot export the model", "some of its weights are too large for half precision",
                    "Export it as a safetensors file"};
    Collected tensors(half);
    tensors.add_each("ema.", Layout(model.header).slices(), model.weights);
    json description = run_header_to_json(model.header);
    description["step"] = model.step;
    tensors.write(path, description);
}

Checkpoint load_checkpoint(const fs::path& path) {
    return take_from(read_safetensors_stoppably(path),
                     [](const SafetensorsFile& file, const json& description) {
                         require_moments(file);
                         return read_checkpoint(file, description);
                     });
}

Model load_model(const fs::path& path) {
    return take_from(read_safetensors_stoppably(path), read_model);
}

Checkpoint load_checkpoint_of(const RunHeader& run, const fs::path& path) {
    Checkpoint checkpoint = load_checkpoint(path);
    require_same_network(run, checkpoint.header, path);
    return checkpoint;
}

bool can_continue_from(const fs::path& path, const RunHeader& run, const TrainingState& state,
                       const std::vector<FlatParameters::Slice>& slices) {
    const auto check = [&](const SafetensorsFile& file, const json& description) {
        require_moments(file);
        require_same_network(run, header_of(file, description), path);
        step_of(file, description);
        losses_from_json(description.at("timestep_losses"));
        const auto finite = [&](const std::string& name, at::IntArrayRef shape) {
            require_finite(file, tensor_in(file, name, shape));
        };
        for (const FlatParameters::Slice& slice : slices)
            for (const char* prefix : {"ema.", "model."}) finite(prefix + slice.name, slice.shape);
        finite("optimizer.first_moment", state.first_moment.sizes());
        finite("optimizer.second_moment", state.second_moment.sizes());
        if (!state.loss_history.defined()) return true;
        finite("timesteps.loss_history", state.loss_history.sizes());
        finite("timesteps.losses_seen", state.losses_seen.sizes());
        return true;
    };
    try {
        return take_from(SafetensorsFile(path), check);
    } catch (const Error&) {
        return false;
    }
}

Checkpoint load_newest_checkpoint(const fs::path& path, std::vector<Error>* passed_over) {
    return load_newest(path, passed_over, load_checkpoint, load_checkpoint_of);
}

Model load_newest_model(const fs::path& path, std::vector<Error>* passed_over) {
    return load_newest(path, passed_over, load_model, [](const RunHeader& run, const fs::path& file) {
        Model model = load_model(file);
        if (model.header.newer_version.empty()) model.header.newer_version = run.newer_version;
        return model;
    });
}

}  // namespace denoise
