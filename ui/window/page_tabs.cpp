#include "ui/window/page_tabs.h"

#include <QTabBar>
#include <algorithm>

#include "ui/pages/compare/compare_page.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/pages/noise/noise_page.h"
#include "ui/pages/page_scroll.h"
#include "ui/pages/train/train_page.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int least_page_height = 7 * space::target;  // however much room the docks would like

}  // namespace

PageTabs::PageTabs(EngineLink& link, const Theme& theme, QWidget* parent)
    : QTabWidget(parent),
      train_(new TrainPage(link, theme)),
      denoise_(new DenoisePage(link, theme)),
      noise_(new NoisePage(link, theme)),
      compare_(new ComparePage(link, theme)),
      tabs_{
          {train_, tr("Train"), tr("Shows the course of the training"), "tab_train", "Ctrl+1"},
          {denoise_, tr("Denoise"), tr("Shows how images emerge from noise"), "tab_denoise", "Ctrl+2"},
          {noise_, tr("Noise"), tr("Shows how images turn into noise"), "tab_noise", "Ctrl+3"},
          {compare_, tr("Compare"), tr("Samples from the same noise with other settings, side by side"),
           "tab_compare", "Ctrl+7"},
      } {
    setObjectName("pages");
    setDocumentMode(true);
    setAccessibleName(tr("Pages"));
    tabBar()->setAccessibleName(tr("Pages"));
    tabBar()->setDrawBase(false);
    for (const PageTab& tab : tabs_) add(tab);
    connect(this, &QTabWidget::currentChanged, this, &PageTabs::capabilities_changed);
}

void PageTabs::add(const PageTab& tab) {
    tab.page->setFocusPolicy(Qt::ClickFocus);
    auto* scroll = new PageScroll(tab.page, this);
    scroll->setMinimumHeight(least_page_height);
    addTab(scroll, tab.title);
    connect(tab.page, &Page::capabilities_changed, this, &PageTabs::capabilities_changed);
    connect(tab.page, &Page::message, this, &PageTabs::message);
}

Page& PageTabs::current() const {
    return *tabs_.at(static_cast<std::size_t>(currentIndex())).page;
}

int PageTabs::controls_bottom() const {
    const Page& page = current();
    const int top = tabBar()->geometry().bottom() + 1;
    return std::clamp(page.mapTo(this, QPoint(0, page.controls_bottom())).y(), top, std::max(top, height()));
}

void PageTabs::show_page(Page& page) {
    setCurrentIndex(static_cast<int>(std::ranges::find(tabs_, &page, &PageTab::page) - tabs_.begin()));
}

}  // namespace denoise::ui
