#include "ui/panels/preparation/example_list.h"

#include <QAction>
#include <QKeyEvent>
#include <QPainter>
#include <algorithm>

#include "ui/picture/conversion.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int picture_side = 128;  // a whole multiple of the usual image sizes
constexpr int arrow_width = space::page;

QString size_text(int width, int height) {
    return QStringLiteral("%1×%2").arg(width).arg(height);
}

QString caption_of(const PreparedExample& example) {
    const QString name = text_of(example.name.substr(example.name.rfind('/') + 1));
    // Built-in images have a number in place of a name.
    const bool is_number = std::ranges::all_of(name, [](QChar c) { return c.isDigit(); });
    QString text = is_number ? ExampleList::tr("image %1").arg(name) : name;
    if (!example.class_name.empty())
        text = is_number ? ExampleList::tr("%1, class %2").arg(text, text_of(example.class_name))
                         : QStringLiteral("%1 · %2").arg(text_of(example.class_name), text);
    if (example.width > 0)
        text += QStringLiteral("\n%1 → %2")
                    .arg(size_text(example.width, example.height),
                         size_text(example.after.width, example.after.height));
    return text;
}

void draw_arrow(QPainter& painter, const QPointF& middle, const QColor& colour) {
    const double half = space::control - 1;
    painter.setPen(QPen(colour, 1.5, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(middle - QPointF(half, 0), middle + QPointF(half, 0));
    painter.drawLine(middle + QPointF(half, 0), middle + QPointF(half - 4, -4));
    painter.drawLine(middle + QPointF(half, 0), middle + QPointF(half - 4, 4));
}

}  // namespace

QIcon untinted_icon(const QPixmap& pixmap) {
    QIcon icon(pixmap);
    icon.addPixmap(pixmap, QIcon::Selected);
    return icon;
}

QPixmap framed(const Theme& theme, const Picture& picture, int side) {
    QPixmap pixmap(side, side);
    pixmap.fill(theme.colour(Colour::backdrop));
    if (picture.empty()) return pixmap;
    QImage image = to_image(picture);
    const int longest = std::max(image.width(), image.height());
    const bool smooth = longest > side || side / longest < 2;
    const QSize size = smooth ? image.size().scaled(side, side, Qt::KeepAspectRatio).expandedTo(QSize(1, 1))
                              : image.size() * (side / longest);
    image =
        image.scaled(size, Qt::IgnoreAspectRatio, smooth ? Qt::SmoothTransformation : Qt::FastTransformation);
    QPainter painter(&pixmap);
    painter.drawImage((side - size.width()) / 2, (side - size.height()) / 2, image);
    painter.setPen(theme.colour(Colour::line));  // a white image would have no edges on a white panel
    painter.drawRect(0, 0, side - 1, side - 1);
    return pixmap;
}

QPixmap side_by_side(const Theme& theme, const Picture& left, const Picture& right, int side, bool arrow) {
    const int between = arrow ? arrow_width : space::tight;
    QPixmap pixmap(2 * side + between, side);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.drawPixmap(0, 0, framed(theme, left, side));
    painter.drawPixmap(side + between, 0, framed(theme, right, side));
    painter.setRenderHint(QPainter::Antialiasing);
    if (arrow) draw_arrow(painter, QPointF(side + between / 2.0, side / 2.0), theme.colour(Colour::muted));
    return pixmap;
}

ExampleList::ExampleList(const Theme& theme, QWidget* parent)
    : QListWidget(parent), theme_(theme), leave_out_(new QAction(tr("Leave out the selected image"), this)) {
    setObjectName("examples");
    setAccessibleName(tr("Images before and after"));
    setViewMode(QListView::IconMode);
    setResizeMode(QListView::Adjust);
    setMovement(QListView::Static);
    setUniformItemSizes(true);
    setWordWrap(true);
    setTextElideMode(Qt::ElideMiddle);
    setFont(theme.caption());
    const QSize pair(2 * picture_side + arrow_width, picture_side);
    setIconSize(pair);
    const int lines = 2 * QFontMetrics(theme.caption()).lineSpacing();
    setGridSize(pair + QSize(space::group, lines + space::group));
    setSpacing(space::control);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setViewportMargins(space::tight, space::control, space::tight, space::control);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    addAction(leave_out_);
    connect(leave_out_, &QAction::triggered, this, &ExampleList::leave_out);
    connect(this, &QListWidget::currentRowChanged, this, &ExampleList::update_action);
    connect(&theme, &Theme::changed, this, &ExampleList::draw);
    update_action();
}

void ExampleList::set_examples(const std::vector<PreparedExample>& examples) {
    examples_ = examples;
    draw();
}

void ExampleList::set_locked(bool locked) {
    locked_ = locked;
    update_action();
}

void ExampleList::update_action() {
    leave_out_->setEnabled(!locked_ && currentRow() >= 0);
}

void ExampleList::draw() {
    const int at = currentRow();
    clear();
    for (const PreparedExample& example : examples_) {
        auto* item = new QListWidgetItem(
            untinted_icon(side_by_side(theme_, example.before, example.after, picture_side, true)),
            caption_of(example), this);
        item->setToolTip(text_of(example.name));
        item->setData(Qt::AccessibleTextRole, caption_of(example));
        item->setSizeHint(gridSize() - QSize(space::control, space::control));
    }
    if (at >= 0 && at < count()) setCurrentRow(at);
}

void ExampleList::leave_out() {
    const auto row = static_cast<std::size_t>(currentRow());
    if (currentRow() >= 0 && row < examples_.size()) Q_EMIT leave_out_wanted(examples_[row].name);
}

void ExampleList::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Delete && leave_out_->isEnabled()) return leave_out();
    QListWidget::keyPressEvent(event);
}

}  // namespace denoise::ui
