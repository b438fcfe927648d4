#include "engine/model/diffusers_folder.h"

#include <unistd.h>

#include "engine/base/atomic_file.h"
#include "engine/diffusers/diffusers_names.h"
#include "engine/model/stoppable_read.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* weights_name = "diffusion_pytorch_model";
constexpr std::size_t largest_config = 1 << 20;
constexpr const char* cannot_open = "Cannot open the diffusers model";

bool is_there(const fs::path& path) {
    std::error_code code;
    return fs::exists(path, code);
}

/// Throws Error unless the pipeline consists of a UNet2DModel and a scheduler.
void check_pipeline(const fs::path& path) {
    const JsonOptions index(read_text_file(path, largest_config), path.string(), cannot_open);
    const json& unet = index.value("unet");
    if (unet.is_null()) index.refuse("it names no \"unet\"", "Choose a pipeline with a UNet2DModel");
    if (!unet.is_array() || unet.size() != 2 || unet[1] != json("UNet2DModel"))
        index.refuse("its network is " + shown(unet), "Choose a pipeline with a UNet2DModel");
    index.value("scheduler");
    for (const std::string& part : index.unread())
        if (index.has(part))
            index.refuse("the pipeline also needs a \"" + part + "\", which this program does not support",
                         "Choose a pipeline that consists of a UNet2DModel and a scheduler");
}

/// The file with the weights in the folder of a network.
fs::path find_weights(const fs::path& folder) {
    const auto named = [&](const char* ending) { return folder / (std::string(weights_name) + ending); };
    for (const char* ending : {".safetensors", ".fp16.safetensors"})
        if (is_there(named(ending))) return named(ending);
    const std::string remedy =
        "Save the model again with diffusers: save_pretrained(folder, safe_serialization=True)";
    if (is_there(named(".safetensors.index.json")))
        throw Error{cannot_open,
                    named(".safetensors.index.json").string() + ": the weights are split into several files",
                    remedy + " and a large max_shard_size"};
    for (const char* ending : {".bin", ".bin.index.json"})
        if (is_there(named(ending)))
            throw Error{cannot_open,
                        named(ending).string() + ": pickled weights can execute code, so they are not read",
                        remedy};
    throw Error{cannot_open, folder.string() + ": there is no " + weights_name + ".safetensors",
                "Choose a folder written by save_pretrained() of diffusers"};
}

/// Sets the scheduler's learned_variance to that of the network. Throws Error if the scheduler needs a
/// learned variance and the network has none.
void reconcile(DiffusersModel& model, const fs::path& path) {
    if (!model.scheduler) return;
    if (model.scheduler->learned_variance && !model.network.config.learned_variance)
        throw Error{cannot_open,
                    path.string() +
                        ": variance_type is \"learned_range\", but the network has no output channels for it",
                    "Correct variance_type in scheduler_config.json"};
    model.scheduler->learned_variance = model.network.config.learned_variance;
}

std::string model_index(const std::string& scheduler_class) {
    return json{{"_class_name", "DDPMPipeline"},
                {"_diffusers_version", diffusers_version},
                {"scheduler", {"diffusers", scheduler_class}},
                {"unet", {"diffusers", "UNet2DModel"}}}
               .dump(2) +
           "\n";
}

/// A temporary folder beside `path`. It is removed by the destructor unless put_in_place() has renamed it.
class FolderInTheMaking {
  public:
    explicit FolderInTheMaking(const fs::path& path)
        : path_(path),
          temporary_(temporary_path_in((path.has_filename() ? path : path.parent_path()).parent_path())) {
        std::error_code code;
        if (is_there(path) && !(fs::is_directory(path, code) && fs::is_empty(path, code)))
            throw Error{"Cannot export to diffusers", path.string() + ": it exists already",
                        "Choose a new name"};
    }
    ~FolderInTheMaking() {
        std::error_code code;
        fs::remove_all(temporary_, code);
    }
    FolderInTheMaking(const FolderInTheMaking&) = delete;
    FolderInTheMaking& operator=(const FolderInTheMaking&) = delete;

    fs::path make(const char* name) const {
        std::error_code code;
        fs::create_directories(temporary_ / name, code);
        if (code) fail(code);
        return temporary_ / name;
    }
    const fs::path& path() const { return temporary_; }
    void put_in_place() {
        std::error_code code;
        fs::rename(temporary_, path_, code);
        if (code) fail(code);
    }

  private:
    [[noreturn]] void fail(const std::error_code& code) const {
        throw Error{"Cannot export to diffusers", path_.string() + ": " + code.message(),
                    "Choose a writable folder"};
    }
    fs::path path_, temporary_;
};

}  // namespace

bool is_diffusers_folder(const fs::path& path) {
    return is_there(path / "model_index.json") || is_there(path / "config.json") ||
           is_there(path / "unet" / "config.json");
}

DiffusersModel load_diffusers(const fs::path& path) {
    if (!is_diffusers_folder(path))
        throw Error{cannot_open, path.string() + ": it has neither a model_index.json nor a config.json",
                    "Choose a folder written by save_pretrained() of diffusers"};
    if (const fs::path index = path / "model_index.json"; is_there(index)) check_pipeline(index);
    const fs::path folder = is_there(path / "unet" / "config.json") ? path / "unet" : path;
    const fs::path config = folder / "config.json";
    DiffusersModel model;
    model.network = read_diffusers_config(read_text_file(config, largest_config), config.string());
    for (const fs::path& scheduler :
         {path / "scheduler" / "scheduler_config.json", path / "scheduler_config.json"})
        if (!model.scheduler && is_there(scheduler))
            model.scheduler =
                read_diffusers_scheduler(read_text_file(scheduler, largest_config), scheduler.string());
    reconcile(model, path);
    const SafetensorsFile file = read_safetensors_stoppably(find_weights(folder));
    model.weights =
        read_diffusers_weights(file, diffusers_layout(model.network.config, model.network.channels));
    return model;
}

void save_diffusers(const fs::path& path, const DiffusersModel& model) {
    const std::string config = write_diffusers_config(model.network);  // may throw before files are written
    DiffusersScheduler scheduler;
    if (model.scheduler) scheduler = *model.scheduler;
    scheduler.learned_variance = model.network.config.learned_variance;
    FolderInTheMaking folder(path.has_filename() ? path : path.parent_path());
    const fs::path unet = folder.make("unet");
    write_text_file(unet / "config.json", config);
    write_diffusers_weights(unet / (std::string(weights_name) + ".safetensors"), model.weights,
                            diffusers_layout(model.network.config, model.network.channels));
    write_text_file(folder.make("scheduler") / "scheduler_config.json", write_diffusers_scheduler(scheduler));
    write_text_file(folder.path() / "model_index.json", model_index(scheduler.class_name));
    folder.put_in_place();
}

UNet make_network(const DiffusersModel& model) {
    const DiffusersNetwork& shape = model.network;
    UNet network(shape.config, shape.channels, shape.height, shape.width);
    const torch::NoGradGuard no_grad;
    for (auto& entry : network->named_parameters()) entry.value().copy_(model.weights.at(entry.key()));
    network->eval();
    return network;
}

NamedWeights weights_of(const UNetImpl& network) {
    NamedWeights weights;
    for (const auto& entry : network.named_parameters()) weights[entry.key()] = entry.value().detach();
    return weights;
}

}  // namespace denoise
