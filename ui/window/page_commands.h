#pragma once

#include <filesystem>

#include "ui/window/command_part.h"

namespace denoise::ui {

class FrontList;
class MessageBar;
class Page;
class PageTabs;

/// The commands for pictures, charts and frames, which go to the current page, and those that show a page.
/// While the list of runs is in front, the selected model is sampled and exported.
class PageCommands : public CommandPart {
    Q_OBJECT
  public:
    PageCommands(PageTabs& pages, const FrontList& list, MessageBar& messages);

    std::vector<ActionRow> rows() override;
    void describe(Situation& now) const override;

  Q_SIGNALS:
    void sample_wanted(const std::filesystem::path& model);
    void export_wanted(const std::filesystem::path& model);

  private:
    std::vector<ActionRow> picture_rows();
    std::vector<ActionRow> chart_rows();
    std::vector<ActionRow> frame_rows();
    std::vector<ActionRow> tab_rows();
    void sample();
    void compare();
    void export_pictures();
    void copy_image();

    PageTabs& pages_;
    const FrontList& list_;
    MessageBar& messages_;
};

}  // namespace denoise::ui
