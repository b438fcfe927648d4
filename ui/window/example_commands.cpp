#include "ui/window/example_commands.h"

#include "ui/link/engine_link.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/paths/folders.h"
#include "ui/window/page_tabs.h"
#include "ui/window/preference_store.h"

namespace denoise::ui {
namespace {

bool has_runs(const std::filesystem::path& folder) {
    std::error_code code;
    const std::filesystem::directory_iterator first(folder, code);
    return !code && first != std::filesystem::directory_iterator();
}

}  // namespace

ExampleCommands::ExampleCommands(EngineLink& link, PageTabs& pages, PreferenceStore& preferences)
    : link_(link), pages_(pages), preferences_(preferences), model_(example_model()) {
    connect(&pages.denoise(), &DenoisePage::example_closed, this, &ExampleCommands::close);
    connect(&pages.denoise(), &DenoisePage::capabilities_changed, this, &ExampleCommands::situation_changed);
    connect(&link, &EngineLink::run_opened, this, &ExampleCommands::close);
    connect(&link, &EngineLink::dataset_ready, this, [this](const DatasetReady& dataset) {
        if (dataset.config.dataset != DatasetConfig().dataset) close();
    });
}

std::vector<ActionRow> ExampleCommands::rows() {
    using namespace obstacle;
    return {
        {.name = "show_example",
         .text = tr("Show the example"),
         .icon = "denoise-noise",
         .hint = tr("Plays how a small model that comes with the program turns noise into pictures"),
         .group = ActionGroup::window,
         .unless = {closing, no_example, already_sampling},
         .does = [this] { show_example(); }},
    };
}

void ExampleCommands::describe(Situation& now) const {
    const DenoisePage& page = pages_.denoise();
    now.has_example = !model_.empty();
    now.can_sample_example = page.can_sample();
    if (now.state == EngineState::sampling && page.is_sampling_example() && !now.is_evaluating)
        now.state = link_.dataset() ? EngineState::idle : EngineState::empty;
}

void ExampleCommands::welcome() {
    if (preferences_.get().is_acquainted || has_runs(preferences_.runs_folder())) return;
    if (!model_.empty()) show_example();
}

void ExampleCommands::show_example() {
    pages_.denoise().close_example();
    pages_.show_page(pages_.denoise());
    pages_.denoise().setFocus();  // so that Space, Home and the arrow keys move through the frames at once
    pages_.denoise().play_example(model_);
}

void ExampleCommands::close() {
    pages_.denoise().close_example();
    if (preferences_.get().is_acquainted) return;
    Preferences next = preferences_.get();
    next.is_acquainted = true;
    preferences_.set(next);
}

}  // namespace denoise::ui
