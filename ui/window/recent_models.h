#pragma once

#include <QMenu>
#include <filesystem>

namespace denoise::ui {

class EngineLink;
class Theme;

/// The menu "Open recent": the runs and models that were opened last and are still there.
class RecentModels : public QMenu {
    Q_OBJECT
  public:
    RecentModels(EngineLink& link, const Theme& theme, QWidget* parent);

  Q_SIGNALS:
    void chosen(const QString& path);

  private:
    void remember();
    void fill();

    EngineLink& link_;
};

}  // namespace denoise::ui
