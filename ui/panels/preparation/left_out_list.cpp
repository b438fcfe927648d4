#include "ui/panels/preparation/left_out_list.h"

#include <QAction>
#include <QKeyEvent>

#include "ui/panels/preparation/example_list.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int pair_side = 2 * space::target;
constexpr int name_role = Qt::UserRole;  ///< of an image that can be used again
/// Longer lists are cut, because each row is a widget item.
constexpr std::size_t most_rows = 2000;

/// The name of a file relative to its dataset.
QString name_in(const DatasetConfig& config, const std::filesystem::path& path) {
    const std::string name = path.lexically_relative(config.dataset).string();
    return text_of(name.empty() || name.starts_with("..") ? path.string() : name);
}

QString sentence(const std::string& reason) {
    QString text = text_of(reason);
    if (!text.isEmpty()) text[0] = text[0].toUpper();
    return text;
}

}  // namespace

int count_left_out(const PreparationPreview& preview) {
    const std::int64_t total = preview.left_out ? preview.left_out->total() : 0;
    return static_cast<int>(total + std::ssize(preview.skipped));
}

LeftOutList::LeftOutList(const Theme& theme, QWidget* parent)
    : QListWidget(parent), theme_(theme), use_again_(new QAction(tr("Use the selected image again"), this)) {
    setObjectName("left_out");
    setAccessibleName(tr("What is left out"));
    setIconSize({2 * pair_side + space::tight, pair_side});
    setSpacing(space::tight / 2);
    setTextElideMode(Qt::ElideMiddle);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setViewportMargins(space::control, space::control, space::control, space::control);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    addAction(use_again_);
    connect(use_again_, &QAction::triggered, this, &LeftOutList::use_again);
    connect(this, &QListWidget::currentRowChanged, this, &LeftOutList::update_action);
    connect(&theme, &Theme::changed, this, &LeftOutList::draw);
    update_action();
}

void LeftOutList::set_preview(const PreparationPreview& preview) {
    preview_ = preview;
    preview_.examples.clear();
    draw();
}

void LeftOutList::set_locked(bool locked) {
    locked_ = locked;
    update_action();
}

void LeftOutList::add(const QString& name, const QString& reason, const QIcon& icon) {
    QPixmap nothing(iconSize());  // so that the texts of all rows are aligned
    nothing.fill(Qt::transparent);
    const bool has_pairs = preview_.left_out && preview_.left_out->pairs.count > 0;
    auto* item = new QListWidgetItem(icon.isNull() && has_pairs ? QIcon(nothing) : icon,
                                     QStringLiteral("%1\n%2").arg(name, reason), this);
    item->setToolTip(item->text());
}

void LeftOutList::draw() {
    clear();
    if (preview_.left_out) {
        const LeftOut& left_out = *preview_.left_out;
        for (const LeftOut::Class& each : left_out.classes)
            add(text_of(each.name),
                tr("A class with %n image(s) that you left out", nullptr, static_cast<int>(each.images)));
        for (const std::string& name : left_out.images) {
            if (static_cast<std::size_t>(count()) >= most_rows) break;
            add(text_of(name), tr("An image that you left out"));
            item(count() - 1)->setData(name_role, QByteArray::fromStdString(name));
        }
        for (std::size_t i = 0; i < left_out.duplicates.size(); ++i) {
            if (static_cast<std::size_t>(count()) >= most_rows) break;
            const auto pair = static_cast<std::int64_t>(2 * i);
            QIcon icon;
            if (pair + 1 < left_out.pairs.count)
                icon = untinted_icon(side_by_side(theme_, picture_of(left_out.pairs, pair),
                                                  picture_of(left_out.pairs, pair + 1), pair_side, false));
            add(text_of(left_out.duplicates[i].image),
                (left_out.duplicates[i].is_mirrored ? tr("A mirrored duplicate of %1, which stays")
                                                    : tr("A duplicate of %1, which stays"))
                    .arg(text_of(left_out.duplicates[i].kept)),
                icon);
        }
        for (const std::string& name : left_out.not_found)
            add(text_of(name), tr("To be left out, but not in the dataset"));
    }
    for (const SkippedFile& file : preview_.skipped) {
        if (static_cast<std::size_t>(count()) >= most_rows) break;
        add(name_in(preview_.config, file.path), sentence(file.why));
    }
    if (count() == 0) {
        auto* nothing = new QListWidgetItem(tr("Nothing is left out."), this);
        nothing->setFlags(Qt::NoItemFlags);
        nothing->setForeground(theme_.colour(Colour::muted));
    }
}

void LeftOutList::update_action() {
    use_again_->setEnabled(!locked_ && currentItem() && !currentItem()->data(name_role).isNull());
}

void LeftOutList::use_again() {
    if (currentItem()) Q_EMIT use_again_wanted(currentItem()->data(name_role).toByteArray().toStdString());
}

void LeftOutList::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Delete && use_again_->isEnabled()) return use_again();
    QListWidget::keyPressEvent(event);
}

}  // namespace denoise::ui
