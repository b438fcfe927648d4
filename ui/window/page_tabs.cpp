#include "ui/window/page_tabs.h"

#include <QTabBar>

#include "ui/pages/denoise/denoise_page.h"
#include "ui/pages/noise/noise_page.h"
#include "ui/pages/page_scroll.h"
#include "ui/pages/train/train_page.h"

namespace denoise::ui {

PageTabs::PageTabs(EngineLink& link, const Theme& theme, QWidget* parent)
    : QTabWidget(parent),
      train_(new TrainPage(link, theme)),
      denoise_(new DenoisePage(link, theme)),
      noise_(new NoisePage(link, theme)) {
    setObjectName("pages");
    setDocumentMode(true);
    setAccessibleName(tr("Pages"));
    tabBar()->setAccessibleName(tr("Pages"));
    tabBar()->setDrawBase(false);
    add(train_, tr("Train"));
    add(denoise_, tr("Denoise"));
    add(noise_, tr("Noise"));
    connect(this, &QTabWidget::currentChanged, this, &PageTabs::capabilities_changed);
}

void PageTabs::add(Page* page, const QString& title) {
    page->setFocusPolicy(Qt::ClickFocus);
    pages_ << page;
    addTab(new PageScroll(page, this), title);
    connect(page, &Page::capabilities_changed, this, &PageTabs::capabilities_changed);
    connect(page, &Page::message, this, &PageTabs::message);
}

Page& PageTabs::current() const {
    return *pages_.at(currentIndex());
}

void PageTabs::show_page(Page& page) {
    setCurrentIndex(static_cast<int>(pages_.indexOf(&page)));
}

}  // namespace denoise::ui
