#include "engine/session/group_member.h"

#include <ATen/Parallel.h>

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stop_token>
#include <thread>

#include "engine/base/cancelled.h"
#include "engine/base/processors.h"
#include "engine/device/devices.h"
#include "engine/distributed/together.h"
#include "engine/network/openmp_waiting.h"
#include "engine/network/stop_check.h"
#include "engine/runs/run_header.h"
#include "engine/training/shared_step.h"
#include "engine/training/trainer.h"

namespace denoise {
namespace {

/// Loads the dataset until `stop` returns true.
std::shared_ptr<const Dataset> load_for_group(const DatasetConfig& config,
                                              const std::function<bool()>& stop) {
    std::stop_source source;
    const LoadProgress progress = [&](const auto&...) {
        if (stop()) source.request_stop();
    };
    return std::make_shared<const Dataset>(load_dataset(config, progress, source.get_token()));
}

class Member {
  public:
    Member(Communicator& group, const GroupMemberOptions& options) : group_(group), options_(options) {}

    void work() {
        load();
        make_trainer();
        together([] {});  // process 0 has opened the run
        trainer_->train_with(group_);
        for (;;) step();
    }

  private:
    std::vector<Word> together(const std::function<void()>& part, std::uint64_t mark = 0) {
        return do_together(group_, part, options_.stop, 0, mark);
    }

    void load() {
        together([] {});
        const RunConfig config = run_config_from_json(broadcast_text(group_, {}));
        together([&] { dataset_ = load_for_group(config.dataset, options_.stop); });
        together([] {}, mark_of(dataset_->fingerprint));
    }

    void make_trainer() {
        together([] {});
        const std::string text = broadcast_text(group_, {});
        together([&] {
            const nlohmann::json setup = nlohmann::json::parse(text);
            RunConfig config = run_config_from_json(setup.at("config").get<std::string>());
            config.training.ema_snapshots = 0;  // process 0 keeps them
            Execution execution = execution_from_json(setup.at("execution"));
            execution.threads = config.training.threads > 0 ? config.training.threads
                                : options_.threads > 0      ? options_.threads
                                                            : default_threads();
            const auto wanted = value_named<ComputeDevice>(setup.at("device").get<std::string>());
            execution.device = device_of_process(wanted.value_or(ComputeDevice::automatic), execution.device,
                                                 group_.place().number);
            at::set_num_threads(execution.threads);
            trainer_.emplace(config, dataset_, execution);
        });
    }

    void step() {
        try {
            // The loss of a step that is not finite does not change the weights, and process 0 decides.
            if (trainer_->step(0).finite && trainer_->held_out_due()) trainer_->held_out_losses();
        } catch (const Cancelled&) {  // also in process 0
        }
    }

    Communicator& group_;
    const GroupMemberOptions& options_;
    std::shared_ptr<const Dataset> dataset_;
    std::optional<Trainer> trainer_;
};

}  // namespace

void train_for_first(Communicator& group, const GroupMemberOptions& options) {
    limit_active_waiting();
    const StopScope stop(options.stop);
    Member member(group, options);
    follow(
        group, [&] { member.work(); }, options.stop);
}

}  // namespace denoise
