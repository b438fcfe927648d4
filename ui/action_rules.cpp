#include "ui/action_rules.h"

#include <QCoreApplication>
#include <array>

namespace denoise::ui {
namespace {

#define REASON(text) QT_TRANSLATE_NOOP("rules", text)

constexpr const char* yes = nullptr;
constexpr const char* no_images = REASON("Choose a dataset first.");
constexpr const char* loading = REASON("Wait until loading has finished.");
constexpr const char* training = REASON("A run is in training.");
constexpr const char* finishing = REASON("The step in progress is being finished.");
constexpr const char* not_training = REASON("Nothing is in training.");
constexpr const char* is_paused = REASON("The training is paused already.");
constexpr const char* open_run = REASON("Stop the open run first.");
constexpr const char* sampling = REASON("Samples are being drawn.");
constexpr const char* evaluating = REASON("The model is being evaluated.");
constexpr const char* nothing = REASON("There is nothing to stop.");
constexpr const char* pause_first = REASON("Pause first, then go on step by step.");
constexpr const char* broken =
    REASON("The loss is not a number any more; go on from the last good checkpoint.");
constexpr const char* nothing_new = REASON("There is nothing to save.");

/// One row an action, in the order of EngineAction; one column a state, in the order of EngineState.
constexpr std::array<std::array<const char*, 9>, engine_action_count> table = {{
    // empty, idle, preparing, training, pausing, paused, sampling, error, diverged
    {no_images, yes, loading, training, finishing, yes, sampling, yes, yes},  // train
    {not_training, not_training, loading, yes, finishing, is_paused, not_training, not_training,
     broken},                                                         // pause
    {nothing, nothing, yes, yes, finishing, yes, yes, nothing, yes},  // stop
    {not_training, not_training, loading, pause_first, finishing, yes, sampling, not_training,
     broken},                                                                                    // step
    {yes, yes, loading, yes, finishing, yes, sampling, yes, yes},                                // sample
    {yes, yes, loading, training, finishing, yes, sampling, yes, yes},                           // new run
    {nothing_new, nothing_new, loading, yes, finishing, yes, nothing_new, nothing_new, broken},  // save
    {yes, yes, loading, training, finishing, open_run, sampling, yes, open_run},                 // resume
    {yes, yes, loading, yes, finishing, yes, sampling, yes, yes},                                // evaluate
    {yes, yes, loading, yes, finishing, yes, yes, yes, yes},  // export model
}};

#undef REASON

QString translated(const char* text) {
    return text ? QCoreApplication::translate("rules", text) : QString();
}

}  // namespace

QString reason_against(EngineAction action, const Situation& situation) {
    if (situation.is_closing)
        return QCoreApplication::translate("rules", "The run is being saved before the window closes.");
    const char* reason = table[static_cast<std::size_t>(action)][static_cast<std::size_t>(situation.state)];
    if (reason == sampling && situation.is_evaluating) reason = evaluating;
    if (reason) return translated(reason);
    const bool goes_on = situation.state == EngineState::paused || situation.state == EngineState::diverged;
    if (action == EngineAction::train && !goes_on && !situation.settings_problem.isEmpty())
        return situation.settings_problem;
    const bool needs_model = action == EngineAction::sample || action == EngineAction::evaluate ||
                             action == EngineAction::export_model;
    if (needs_model && !situation.has_model)
        return QCoreApplication::translate("rules", "Train a model or open a run first.");
    return {};
}

QString title_of(EngineState state) {
    switch (state) {
        case EngineState::empty:
            return QCoreApplication::translate("rules", "No dataset");
        case EngineState::idle:
            return QCoreApplication::translate("rules", "Ready");
        case EngineState::preparing:
            return QCoreApplication::translate("rules", "Preparing");
        case EngineState::training:
            return QCoreApplication::translate("rules", "Training");
        case EngineState::pausing:
            return QCoreApplication::translate("rules", "Pausing");
        case EngineState::paused:
            return QCoreApplication::translate("rules", "Paused");
        case EngineState::sampling:
            return QCoreApplication::translate("rules", "Sampling");
        case EngineState::error:
            return QCoreApplication::translate("rules", "Error");
        case EngineState::diverged:
            return QCoreApplication::translate("rules", "Diverged");
    }
    return {};
}

}  // namespace denoise::ui
