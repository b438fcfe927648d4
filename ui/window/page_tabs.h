#pragma once

#include <QTabWidget>

namespace denoise::ui {

class DenoisePage;
class EngineLink;
class NoisePage;
class Page;
class Theme;
class TrainPage;

/// The pages in the middle of the window, one a tab.
class PageTabs : public QTabWidget {
    Q_OBJECT
  public:
    PageTabs(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    TrainPage& train() { return *train_; }
    DenoisePage& denoise() { return *denoise_; }
    NoisePage& noise() { return *noise_; }

    Page& current() const;
    void show_page(Page& page);

  Q_SIGNALS:
    void capabilities_changed();  ///< what can be done on the current page, or another page is current
    void message(const QString& text);

  private:
    void add(Page* page, const QString& title);

    TrainPage* train_;
    DenoisePage* denoise_;
    NoisePage* noise_;
    QList<Page*> pages_;  ///< in the order of the tabs
};

}  // namespace denoise::ui
