#include "ui/window/cache_preferences.h"

#include <QHBoxLayout>
#include <algorithm>

#include "engine/base/error.h"
#include "engine/data/image_cache.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr qint64 gigabyte = 1'000'000'000;

QString limit_text(qint64 bytes) {
    return bytes % gigabyte == 0 ? CachePreferences::tr("%1 GB").arg(bytes / gigabyte) : bytes_text(bytes);
}

}  // namespace

CachePreferences::CachePreferences(QWidget* parent)
    : QWidget(parent),
      limit_(new QComboBox(this)),
      space_(new QLabel(this)),
      clear_(new QPushButton(tr("Clear"), this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::control);
    limit_->setObjectName("cache_limit");
    limit_->setAccessibleName(tr("Space for decoded datasets"));
    layout->addWidget(limit_);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::control);
    space_->setObjectName("cache_space");
    space_->setWordWrap(true);
    row->addWidget(space_, 1);
    clear_->setObjectName("clear_cache");
    clear_->setAccessibleName(tr("Remove the decoded datasets"));
    clear_->setToolTip(tr("Removes all that are not in use. They are decoded again when they are needed."));
    clear_->setAutoDefault(false);
    row->addWidget(clear_);
    layout->addLayout(row);
    setFocusProxy(limit_);
    fill_limits();
    show_space();
    connect(limit_, &QComboBox::activated, this, &CachePreferences::choose_limit);
    connect(clear_, &QPushButton::clicked, this, &CachePreferences::clear);
}

void CachePreferences::fill_limits() {
    const qint64 now = image_cache_settings().limit_bytes;
    limit_->addItem(tr("None: decode at each start"), qint64{0});
    for (const int gigabytes : {5, 10, 20, 50, 100, 200, 500})
        limit_->addItem(limit_text(gigabytes * gigabyte), gigabytes * gigabyte);
    if (limit_->findData(now) < 0) limit_->addItem(limit_text(now), now);
    limit_->setCurrentIndex(limit_->findData(now));
    if (!is_cache_limit_from_environment()) return;
    limit_->setEnabled(false);
    limit_->setToolTip(tr("Set by the environment variable DENOISE_LAB_DATASET_CACHE."));
}

void CachePreferences::choose_limit() {
    try {
        set_image_cache_limit(limit_->currentData().toLongLong());
        show_space();
    } catch (const Error& error) {
        limit_->setCurrentIndex(limit_->findData(qint64{image_cache_settings().limit_bytes}));
        space_->setText(text_of(one_line(error)));
    }
}

void CachePreferences::clear() {
    clear_image_cache(image_cache_settings().folder);
    show_space();
    const qint64 left = bytes_in_cache(image_cache_settings().folder);
    if (left > 0) space_->setText(tr("%1 are in use and stay").arg(bytes_text(left)));
}

void CachePreferences::show_space() {
    const qint64 used = bytes_in_cache(image_cache_settings().folder);
    space_->setText(used > 0 ? tr("%1 are used now").arg(bytes_text(used)) : tr("Nothing is used now"));
    clear_->setEnabled(used > 0);
}

}  // namespace denoise::ui
