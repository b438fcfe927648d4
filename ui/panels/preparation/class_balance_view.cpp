#include "ui/panels/preparation/class_balance_view.h"

#include <QApplication>
#include <QPainter>
#include <QStyledItemDelegate>
#include <algorithm>

#include "engine/session/preparation.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int name_role = Qt::UserRole, count_role = Qt::UserRole + 1, share_role = Qt::UserRole + 2,
              small_role = Qt::UserRole + 3;
constexpr int most_rows = 10, most_rows_in_form = 200;
constexpr int bar_height = 8;

/// Paints the name on the left, and the bar with the number on the right.
class RowDelegate : public QStyledItemDelegate {
  public:
    RowDelegate(const Theme& theme, QObject* parent) : QStyledItemDelegate(parent), theme_(theme) {}

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        return {QStyledItemDelegate::sizeHint(option, index).width(), space::target};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        QStyleOptionViewItem row = option;
        initStyleOption(&row, index);
        const QString number = index.data(Qt::DisplayRole).toString();
        row.text.clear();
        const QStyle* style = row.widget ? row.widget->style() : QApplication::style();
        style->drawControl(QStyle::CE_ItemViewItem, &row, painter, row.widget);
        QRect inner = option.rect.adjusted(space::control, 0, -space::control, 0);
        if (row.features & QStyleOptionViewItem::HasCheckIndicator)
            inner.setLeft(
                style->subElementRect(QStyle::SE_ItemViewItemCheckIndicator, &row, row.widget).right() +
                space::control);
        const QFontMetrics metrics(theme_.caption());
        const int number_width = metrics.horizontalAdvance(QStringLiteral("000,000"));
        const QRect number_place(inner.right() - number_width, inner.top(), number_width, inner.height());
        const int half = (inner.width() - number_width) / 2;
        const QRect name_place(inner.left(), inner.top(), half - space::control, inner.height());
        const QRect bar_place(inner.left() + half, inner.center().y() - bar_height / 2,
                              number_place.left() - inner.left() - half - space::control, bar_height);
        const bool used =
            index.data(Qt::CheckStateRole).isNull() || index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
        painter->save();
        painter->setFont(theme_.body());
        painter->setPen(theme_.colour(used ? Colour::text : Colour::muted));
        painter->drawText(
            name_place, Qt::AlignVCenter | Qt::AlignLeft,
            QFontMetrics(theme_.body())
                .elidedText(index.data(name_role).toString(), Qt::ElideMiddle, name_place.width()));
        painter->setFont(theme_.caption());
        painter->setPen(theme_.colour(Colour::muted));
        painter->drawText(number_place, Qt::AlignVCenter | Qt::AlignRight, number);
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(!used                             ? theme_.colour(Colour::line)
                          : index.data(small_role).toBool() ? theme_.colour(Colour::warn)
                                                            : theme_.series(0));
        const int width =
            std::max(2, static_cast<int>(bar_place.width() * index.data(share_role).toDouble()));
        painter->drawRoundedRect(QRect(bar_place.topLeft(), QSize(width, bar_height)), 2, 2);
        painter->restore();
    }

  private:
    const Theme& theme_;
};

}  // namespace

ClassBalanceView::ClassBalanceView(const Theme& theme, QWidget* parent) : QListWidget(parent), theme_(theme) {
    setObjectName("class_balance");
    setAccessibleName(tr("Images of each class"));
    setItemDelegate(new RowDelegate(theme, this));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, viewport(), qOverload<>(&QWidget::update));
    connect(this, &QListWidget::itemChanged, this, [this] {
        if (!filling_) Q_EMIT excluded_changed();
    });
}

void ClassBalanceView::set_classes(const std::vector<std::string>& names,
                                   const std::vector<std::int64_t>& counts,
                                   const std::vector<std::string>& excluded) {
    filling_ = true;
    const int at = currentRow();
    clear();
    std::vector<std::int64_t> used;
    const auto is_excluded = [&](std::size_t i) {
        return std::ranges::find(excluded, names[i]) != excluded.end();
    };
    for (std::size_t i = 0; i < names.size(); ++i)
        if (!is_excluded(i)) used.push_back(counts[i]);
    const std::int64_t largest =
        counts.empty() ? 1 : std::max<std::int64_t>(1, *std::ranges::max_element(counts));
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto* item = new QListWidgetItem(count_text(counts[i]), this);
        const QString name = text_of(names[i]);
        const bool small = !is_excluded(i) && is_small_class(counts[i], used);
        item->setData(name_role, QByteArray::fromStdString(names[i]));
        item->setData(share_role, static_cast<double>(counts[i]) / static_cast<double>(largest));
        item->setData(small_role, small);
        item->setData(Qt::AccessibleTextRole,
                      tr("%1: %n image(s)", nullptr, static_cast<int>(counts[i])).arg(name));
        item->setToolTip(small ? tr("%1: %n image(s). The model will hardly learn this class.", nullptr,
                                    static_cast<int>(counts[i]))
                                     .arg(name)
                               : item->data(Qt::AccessibleTextRole).toString());
        Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
        if (checkable_) {
            flags |= Qt::ItemIsUserCheckable;
            item->setCheckState(is_excluded(i) ? Qt::Unchecked : Qt::Checked);
        }
        item->setFlags(flags);
    }
    setCurrentRow(at);
    filling_ = false;
    updateGeometry();
}

std::vector<std::string> ClassBalanceView::excluded() const {
    std::vector<std::string> names;
    for (int i = 0; i < count(); ++i)
        if (checkable_ && item(i)->checkState() == Qt::Unchecked)
            names.push_back(item(i)->data(name_role).toByteArray().toStdString());
    return names;
}

QSize ClassBalanceView::sizeHint() const {
    // The form with check boxes scrolls as a whole.
    const int most = checkable_ ? most_rows_in_form : most_rows;
    return {240, std::clamp(count(), 1, most) * space::target + 2 * frameWidth()};
}

QSize ClassBalanceView::minimumSizeHint() const {
    return {160, sizeHint().height()};
}

}  // namespace denoise::ui
