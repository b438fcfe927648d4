#include "ui/plot/plot_exports.h"

#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QDir>
#include <QDrag>
#include <QFileDialog>
#include <QMenu>
#include <QMimeData>
#include <QMouseEvent>
#include <QPainter>
#include <QSvgGenerator>
#include <QTemporaryDir>
#include <QToolButton>
#include <QUrl>

#include "engine/base/atomic_file.h"
#include "ui/paths/folders.h"
#include "ui/theme/theme.h"
#include "ui/widgets/user_message.h"

namespace denoise::ui {
namespace {

constexpr int pixels_per_unit = 2;
constexpr int drag_picture_width = 240;

void write_bytes(const QString& path, const QByteArray& bytes) {
    write_text_file(path.toStdString(), {bytes.constData(), static_cast<std::size_t>(bytes.size())});
}

}  // namespace

PlotExports::PlotExports(QWidget& chart, ChartContents contents, const Theme& theme)
    : chart_(chart), contents_(std::move(contents)), theme_(theme) {
    add_button();
}

PlotExports::~PlotExports() = default;

void PlotExports::add_button() {
    button_ = new QToolButton(&chart_);
    button_->setObjectName("export_chart");
    button_->setIcon(theme_.icon("document-export", Colour::muted));
    button_->setIconSize({16, 16});
    button_->setToolTip(tr("Copy or save this chart. It can also be dragged into other programs."));
    button_->setAccessibleName(tr("Export the chart: %1").arg(contents_.title));
    button_->setFocusPolicy(Qt::TabFocus);
    connect(button_, &QToolButton::clicked, this,
            [this] { show_menu(button_->mapToGlobal(button_->rect().bottomLeft())); });
}

void PlotExports::draw(QPainter& painter) const {
    painter.fillRect(QRect(QPoint(0, 0), contents_.size()), theme_.colour(Colour::panel));
    painter.setRenderHint(QPainter::Antialiasing);
    contents_.draw(painter);
}

void PlotExports::place_button() {
    button_->setGeometry(0, chart_.height() - button_side, button_side, button_side);
    button_->raise();
}

void PlotExports::show_menu(const QPoint& global) {
    auto* menu = new QMenu(&chart_);
    menu->setObjectName("chart_menu");
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fill(*menu);
    menu->popup(global);
}

void PlotExports::fill(QMenu& menu) {
    const QAction* copy =
        menu.addAction(theme_.icon("edit-copy"), tr("Copy picture"), this, [this] { copy_picture(); });
    connect(copy, &QAction::triggered, this,
            [this] { send_message(chart_, tr("The chart was copied to the clipboard.")); });
    menu.addSeparator();
    const QIcon save = theme_.icon("document-save");
    menu.addAction(save, tr("Save as PNG…"), this, [this] {
        choose_file(tr("Save the chart"), tr("PNG picture (*.png)"), "png", &PlotExports::save_png);
    });
    menu.addAction(save, tr("Save as SVG…"), this, [this] {
        choose_file(tr("Save the chart"), tr("SVG graphic (*.svg)"), "svg", &PlotExports::save_svg);
    });
    QAction* table = menu.addAction(save, tr("Save values as CSV…"), this, [this] {
        choose_file(tr("Save the values"), tr("Comma-separated values (*.csv)"), "csv",
                    &PlotExports::save_csv);
    });
    table->setEnabled(!contents_.table().empty());
    menu.setToolTipsVisible(true);
    table->setToolTip(table->isEnabled() ? tr("Saves the points of all curves with all their digits.")
                                         : tr("The chart has no values yet."));
}

QString PlotExports::file_name() const {
    QString name = contents_.title;
    for (QChar& c : name)
        if (!c.isLetterOrNumber()) c = ' ';
    return name.simplified().replace(' ', '-').toLower();
}

void PlotExports::choose_file(const QString& title, const QString& filter, const QString& extension,
                              Save save) {
    auto* dialog = new QFileDialog(&chart_, title, default_pictures_folder(), filter);
    dialog->setObjectName("chart_dialog");
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setDefaultSuffix(extension);
    dialog->selectFile(file_name() + '.' + extension);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, save](const QString& path) { save_to(path, save); });
    dialog->open();
}

void PlotExports::save_to(const QString& path, Save save) {
    try {
        (this->*save)(path);
        send_message(chart_, tr("Saved %1.").arg(QDir::toNativeSeparators(path)), path);
    } catch (const Error& error) {
        send_error(chart_, error);
    }
}

QImage PlotExports::picture() const {
    QImage image(contents_.size() * pixels_per_unit, QImage::Format_RGB32);
    image.setDevicePixelRatio(pixels_per_unit);
    QPainter painter(&image);
    draw(painter);
    painter.end();
    image.setDevicePixelRatio(1);
    return image;
}

void PlotExports::copy_picture() const {
    QApplication::clipboard()->setImage(picture());
}

void PlotExports::save_png(const QString& path) const {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    if (!picture().save(&buffer, "PNG"))
        throw Error{"Cannot save the chart", path.toStdString() + ": the picture cannot be encoded",
                    "Make the window larger"};
    write_bytes(path, buffer.data());
}

void PlotExports::save_svg(const QString& path) const {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator svg;
    svg.setOutputDevice(&buffer);
    svg.setSize(contents_.size());
    svg.setViewBox(QRect(QPoint(0, 0), contents_.size()));
    svg.setResolution(chart_.logicalDpiX());  // so that text has the same size as on the screen
    svg.setTitle(chart_.accessibleName());
    svg.setDescription(chart_.accessibleDescription());
    QPainter painter(&svg);
    draw(painter);
    painter.end();
    write_bytes(path, buffer.data());
}

void PlotExports::save_csv(const QString& path) const {
    write_text_file(path.toStdString(), contents_.table());
}

std::unique_ptr<QMimeData> PlotExports::dragged() {
    auto data = std::make_unique<QMimeData>();
    data->setImageData(picture());
    if (!drag_folder_) drag_folder_ = std::make_unique<QTemporaryDir>();
    const QString path = drag_folder_->filePath(file_name() + ".png");
    try {
        save_png(path);
        data->setUrls({QUrl::fromLocalFile(path)});
    } catch (const Error&) {  // the picture alone is enough for most programs
    }
    return data;
}

void PlotExports::follow_mouse(const QMouseEvent& mouse) {
    if (mouse.type() == QEvent::MouseButtonPress) {
        pressed_.reset();
        if (mouse.button() == Qt::LeftButton) pressed_ = mouse.position().toPoint();
        return;
    }
    if (!(mouse.buttons() & Qt::LeftButton)) pressed_.reset();
    if (!pressed_) return;
    if ((mouse.position().toPoint() - *pressed_).manhattanLength() < 2 * QApplication::startDragDistance())
        return;
    pressed_.reset();
    auto* drag = new QDrag(&chart_);
    drag->setMimeData(dragged().release());
    drag->setPixmap(
        QPixmap::fromImage(picture().scaledToWidth(drag_picture_width, Qt::SmoothTransformation)));
    drag->exec(Qt::CopyAction);
}

}  // namespace denoise::ui
