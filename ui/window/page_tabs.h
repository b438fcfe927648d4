#pragma once

#include <QTabWidget>
#include <vector>

namespace denoise::ui {

class ComparePage;
class DenoisePage;
class EngineLink;
class NoisePage;
class Page;
class Theme;
class TrainPage;

/// A page with its tab and the command that shows it.
struct PageTab {
    Page* page;
    QString title;    ///< "Train"
    QString hint;     ///< of the command
    QString command;  ///< its name: "tab_train"
    QString key;      ///< "Ctrl+1"
};

/// The pages in the middle of the window, one a tab.
class PageTabs : public QTabWidget {
    Q_OBJECT
  public:
    PageTabs(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    TrainPage& train() { return *train_; }
    DenoisePage& denoise() { return *denoise_; }
    NoisePage& noise() { return *noise_; }
    ComparePage& compare() { return *compare_; }

    /// In their order.
    const std::vector<PageTab>& tabs() const { return tabs_; }
    Page& current() const;
    void show_page(Page& page);
    /// Where the current page is free to be covered by messages, from the top: below its controls.
    int controls_bottom() const;

  Q_SIGNALS:
    void capabilities_changed();  ///< what can be done on the current page, or another page is current
    void message(const QString& text);

  private:
    void add(const PageTab& tab);

    TrainPage* train_;
    DenoisePage* denoise_;
    NoisePage* noise_;
    ComparePage* compare_;
    std::vector<PageTab> tabs_;
};

}  // namespace denoise::ui
