#pragma once

#include "ui/window/command_part.h"

namespace denoise::ui {

class MessageBar;
class Page;
class PageTabs;

/// The commands for pictures, charts and frames, which go to the current page, and those that show a page.
class PageCommands : public CommandPart {
    Q_OBJECT
  public:
    PageCommands(PageTabs& pages, MessageBar& messages);

    std::vector<ActionRow> rows() override;
    void describe(Situation& now) const override;

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
    MessageBar& messages_;
};

}  // namespace denoise::ui
