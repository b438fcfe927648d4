#pragma once

#include <filesystem>

#include "ui/window/command_part.h"

namespace denoise::ui {

class EngineLink;
class PageTabs;
class RunWatch;
class RunsDock;
class Theme;
class WatchBanner;

/// The commands for a run that another program trains, and that is only watched here.
class WatchCommands : public CommandPart {
    Q_OBJECT
  public:
    WatchCommands(EngineLink& link, RunsDock& dock, PageTabs& pages, const Theme& theme);

    std::vector<ActionRow> rows() override;
    void describe(Situation& now) const override;
    void update(const Situation& now) override;

    RunWatch& watch() { return *watch_; }

  Q_SIGNALS:
    void open_wanted(const std::filesystem::path& run);
    void resume_wanted(const std::filesystem::path& run);

  private:
    void start(const std::filesystem::path& run);

    EngineLink& link_;
    RunsDock& dock_;
    PageTabs& pages_;
    RunWatch* watch_;
    WatchBanner* banner_;
};

}  // namespace denoise::ui
