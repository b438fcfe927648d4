#pragma once

#include <filesystem>

#include "ui/window/command_part.h"

namespace denoise::ui {

class EngineLink;
class PageTabs;
class PreferenceStore;

/// The example: a small model that comes with the program and plays on the Denoise page. It is not the open
/// model, and goes away when a model is opened or trained, or other images are chosen.
class ExampleCommands : public CommandPart {
    Q_OBJECT
  public:
    ExampleCommands(EngineLink& link, PageTabs& pages, PreferenceStore& preferences);

    std::vector<ActionRow> rows() override;
    /// Follows the other parts: a job of the example keeps no command from being used.
    void describe(Situation& now) const override;

    /// For a start of the program that opens nothing: plays the example, unless the person has closed it
    /// before or has made use of the program.
    void welcome();

  private:
    void show_example();
    void close();

    EngineLink& link_;
    PageTabs& pages_;
    PreferenceStore& preferences_;
    std::filesystem::path model_;  ///< empty: not installed
};

}  // namespace denoise::ui
