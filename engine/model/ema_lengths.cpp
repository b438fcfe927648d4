#include "engine/model/ema_lengths.h"

#include "engine/formats/safetensors.h"
#include "engine/model/power_profile.h"
#include "engine/model/stoppable_read.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

double tracked_gamma(std::size_t i) {
    static const std::array<double, 2> gammas = {gamma_of_length(tracked_ema_lengths[0]),
                                                 gamma_of_length(tracked_ema_lengths[1])};
    return gammas[i];
}

/// One-dimensional tensor `name` of `file` with `size` numbers, in the memory of the file. Throws Error if it
/// has another type or shape.
torch::Tensor flat_tensor(const SafetensorsFile& file, const char* name, std::int64_t size) {
    const NamedTensor& tensor = file.at(name);
    const bool half = tensor.type == TensorType::f16;
    if ((!half && tensor.type != TensorType::f32) || tensor.shape != std::vector{size})
        throw Error{"Cannot choose the EMA length",
                    file.path().string() + ": tensor \"" + name + "\" does not match the network",
                    "Choose another checkpoint of the run"};
    return torch::from_blob(const_cast<std::byte*>(tensor.bytes.data()), {size},
                            half ? torch::kHalf : torch::kFloat32);
}

TrackedEmas read_emas(const SafetensorsFile& file, std::int64_t size) {
    TrackedEmas emas;
    for (std::size_t i = 0; i < emas.size(); ++i) {
        emas[i] = flat_tensor(file, tracked_ema_names[i], size).to(torch::kFloat32, false, /*copy=*/true);
        if (!all_finite(emas[i]))
            throw Error{"Cannot choose the EMA length",
                        file.path().string() + ": its weights contain NaN or infinity",
                        "Choose another checkpoint of the run"};
    }
    return emas;
}

void write_emas(const fs::path& path, std::int64_t step, const TrackedEmas& emas, TensorType type) {
    const torch::NoGradGuard no_grad;
    TrackedEmas stored;
    std::vector<NamedTensor> tensors;
    for (std::size_t i = 0; i < emas.size(); ++i) {
        stored[i] = emas[i].to(type == TensorType::f16 ? torch::kHalf : torch::kFloat32).cpu().contiguous();
        tensors.push_back({tracked_ema_names[i],
                           type,
                           stored[i].sizes().vec(),
                           {static_cast<const std::byte*>(stored[i].const_data_ptr()), stored[i].nbytes()}});
    }
    std::error_code code;
    // Only this folder: one in the place of a drive that is away would hide it. Without it, writing throws.
    fs::create_directory(path.parent_path(), code);
    write_safetensors(path, tensors, {{"format", "pt"}, {"step", std::to_string(step)}});
}

/// The snapshots of the run in `folder` before `step`, in half precision as they are stored.
std::vector<std::pair<std::int64_t, TrackedEmas>> read_snapshots(const fs::path& folder, std::int64_t step,
                                                                 std::int64_t size) {
    std::vector<std::pair<std::int64_t, TrackedEmas>> snapshots;
    for (const CheckpointFile& snapshot : read_stoppably([folder] { return list_ema_snapshots(folder); })) {
        if (snapshot.step >= step || !snapshot_number(snapshot.step)) continue;
        try {
            const SafetensorsFile file = read_safetensors_stoppably(snapshot.path);
            TrackedEmas emas;
            for (std::size_t i = 0; i < emas.size(); ++i) {
                emas[i] = flat_tensor(file, tracked_ema_names[i], size).clone();
                if (!all_finite(emas[i])) throw Error{};
            }
            snapshots.emplace_back(snapshot.step, std::move(emas));
        } catch (const Error&) {
            continue;  // the others are enough
        }
    }
    return snapshots;
}

}  // namespace

void update_tracked_emas(const TrackedEmas& emas, const torch::Tensor& values, std::int64_t step) {
    if (!emas.front().defined() || step != last_tracked_step(step)) return;
    for (std::size_t i = 0; i < emas.size(); ++i) {
        const double decay = power_decay(tracked_gamma(i), static_cast<double>(step - tracked_ema_interval),
                                         static_cast<double>(step));
        emas[i].lerp_(values, 1 - decay);
    }
}

void save_tracked_emas(const fs::path& checkpoint, std::int64_t step, const TrackedEmas& emas) {
    if (emas.front().defined() && last_tracked_step(step) > 0)
        write_emas(tracked_ema_file(checkpoint), step, emas, TensorType::f32);
}

TrackedEmas read_tracked_emas(const fs::path& checkpoint, std::int64_t size) {
    try {
        return read_emas(read_safetensors_stoppably(tracked_ema_file(checkpoint)), size);
    } catch (const Error&) {
        return {};  // a run goes on without
    }
}

void save_ema_snapshot(const fs::path& folder, std::int64_t step, const TrackedEmas& emas) {
    write_emas(ema_snapshot_path(folder, step), step, emas, TensorType::f16);
}

torch::Tensor ema_of_length(double length, std::int64_t step, const TrackedEmas& emas,
                            const fs::path& folder) {
    const torch::NoGradGuard no_grad;
    check_ema_length(length);
    if (!emas.front().defined())
        throw Error{"Cannot choose the EMA length", "the run has kept no snapshots of its EMA",
                    "Train a new run with ema_snapshots = " +
                        std::to_string(find_preset("quick").config.training.ema_snapshots),
                    "ema_length"};
    const std::int64_t now = last_tracked_step(step);
    if (now == 0) return emas.front().clone();  // not updated yet
    std::vector<std::pair<std::int64_t, TrackedEmas>> all;
    if (!folder.empty()) all = read_snapshots(folder, now, emas.front().numel());
    all.emplace_back(now, emas);
    std::vector<PowerProfile> profiles;
    for (const auto& [at, tracked] : all)
        for (std::size_t i = 0; i < tracked.size(); ++i)
            profiles.push_back({tracked_gamma(i), static_cast<double>(at) / static_cast<double>(now)});
    const std::vector<double> factors = combine(profiles, {gamma_of_length(length), 1}).factors;
    torch::Tensor sum = torch::zeros_like(emas.front());
    for (std::size_t k = 0; k < all.size(); ++k)
        for (std::size_t i = 0; i < emas.size(); ++i)
            sum.add_(all[k].second[i].to(torch::kFloat32), factors[k * emas.size() + i]);
    return sum;
}

Model with_ema_length(Model model, double length) {
    check_ema_length(length);
    if (length == 0) return model;
    const std::string why = model.file.empty()
                                ? "the model is not a run of Denoise Lab"
                                : read_stoppably([file = model.file] { return why_no_ema_lengths(file); });
    if (!why.empty())
        throw Error{"Cannot choose the EMA length", why, "Leave the EMA length out", "ema_length"};
    const torch::NoGradGuard no_grad;
    const TrackedEmas emas =
        read_emas(read_safetensors_stoppably(tracked_ema_file(model.file)), model.weights.numel());
    model.weights = ema_of_length(length, model.step, emas, model.file.parent_path().parent_path());
    return model;
}

}  // namespace denoise
