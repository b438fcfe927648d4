#include "ui/widgets/flow_layout.h"

#include <algorithm>

namespace denoise::ui {

FlowLayout::FlowLayout(int horizontal_spacing, int vertical_spacing)
    : horizontal_(horizontal_spacing), vertical_(vertical_spacing) {
    setContentsMargins(0, 0, 0, 0);
}

FlowLayout::~FlowLayout() {
    // A layout that is deleted removes itself from its parent, so each item is taken out before.
    while (const std::unique_ptr<QLayoutItem> item{takeAt(0)}) {
    }
}

void FlowLayout::addItem(QLayoutItem* item) {
    items_.emplace_back(item);
}

void FlowLayout::add_layout(QLayout* layout) {
    addChildLayout(layout);
    addItem(layout);
}

QLayoutItem* FlowLayout::itemAt(int index) const {
    return index >= 0 && index < count() ? items_[static_cast<std::size_t>(index)].get() : nullptr;
}

QLayoutItem* FlowLayout::takeAt(int index) {
    if (index < 0 || index >= count()) return nullptr;
    QLayoutItem* taken = items_[static_cast<std::size_t>(index)].release();
    items_.erase(items_.begin() + index);
    return taken;
}

int FlowLayout::heightForWidth(int width) const {
    return arrange({0, 0, width, 0}, false);
}

QSize FlowLayout::sizeHint() const {
    QSize size;
    for (const auto& item : items_) {
        if (item->isEmpty()) continue;
        const QSize hint = item->sizeHint();
        size = QSize(size.width() + (size.width() > 0 ? horizontal_ : 0) + hint.width(),
                     std::max(size.height(), hint.height()));
    }
    return size;
}

QSize FlowLayout::minimumSize() const {
    QSize size;
    for (const auto& item : items_)
        if (!item->isEmpty()) size = size.expandedTo(item->minimumSize());
    return size;
}

void FlowLayout::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

int FlowLayout::arrange(const QRect& rect, bool apply) const {
    int top = rect.top(), x = rect.left(), row_height = 0;
    std::vector<std::pair<QLayoutItem*, QRect>> row;
    const auto finish_row = [&] {
        for (auto& [item, place] : row) {
            place.moveBottom(top + row_height - 1);
            if (apply) item->setGeometry(place);
        }
        row.clear();
    };
    for (const auto& item : items_) {
        if (item->isEmpty()) continue;
        QSize size = item->sizeHint();
        size.setWidth(std::min(size.width(), std::max(rect.width(), item->minimumSize().width())));
        if (!row.empty() && x + size.width() > rect.left() + rect.width()) {
            finish_row();
            top += row_height + vertical_;
            x = rect.left();
            row_height = 0;
        }
        row_height = std::max(row_height, size.height());
        row.emplace_back(item.get(), QRect(QPoint(x, top), size));
        x += size.width() + horizontal_;
    }
    finish_row();
    return top + row_height - rect.top();
}

}  // namespace denoise::ui
