#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "engine/session/datasets.h"

namespace denoise::cli {
namespace {

int datasets(bool as_json) {
    nlohmann::json list = nlohmann::json::array();
    for (const CatalogEntry& entry : dataset_catalog()) {
        if (as_json) {
            list.push_back({{"name", entry.name},
                            {"title", entry.title},
                            {"description", entry.sentence},
                            {"how", entry.how},
                            {"built_in", entry.built_in}});
        } else {
            std::printf("%s\n  %s\n  %s\n\n", entry.title.c_str(), entry.sentence.c_str(), entry.how.c_str());
        }
    }
    if (as_json) std::printf("%s\n", list.dump(2).c_str());
    return 0;
}

}  // namespace

void add_datasets(CLI::App& app, int& exit_code) {
    auto as_json = std::make_shared<bool>(false);
    CLI::App* command = app.add_subcommand("datasets", "List what a model can be trained on.");
    command->add_flag("--json", *as_json, "As one JSON array");
    command->callback([as_json, &exit_code] { exit_code = datasets(*as_json); });
}

}  // namespace denoise::cli
