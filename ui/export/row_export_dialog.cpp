#include "ui/export/row_export_dialog.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/session/pictures.h"
#include "ui/paths/folders.h"
#include "ui/picture/conversion.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/labelled_field.h"
#include "ui/widgets/user_message.h"

namespace denoise::ui {
namespace {

constexpr int usual_scale = 4;
constexpr QSize preview_size(24 * space::target, 9 * space::target);

}  // namespace

RowExportDialog::RowExportDialog(CaptionedRow row, QString name, const Theme& theme, QWidget* parent)
    : QDialog(parent),
      row_(std::move(row)),
      name_(std::move(name)),
      theme_(theme),
      preview_(new QLabel),
      scale_(new QSpinBox),
      path_(new QLineEdit),
      summary_(new QLabel),
      error_(new QLabel),
      cancel_(new QPushButton(tr("Cancel"))),
      export_(new QPushButton(tr("Export"))) {
    setWindowTitle(tr("Export"));
    const QSettings settings;
    scale_->setObjectName("scale");
    scale_->setRange(1, largest_scale(row_));
    scale_->setValue(settings.value("export/row_scale", usual_scale).toInt());
    scale_->setSuffix(tr("×"));
    scale_->setButtonSymbols(QSpinBox::NoButtons);
    path_->setObjectName("path");
    path_->setText(file_in(settings.value("export/folder", default_pictures_folder()).toString()));
    error_->setObjectName("error");
    export_->setObjectName("export");
    lay_out();
    connect_fields();
    update_fields();
    export_->setFocus();
}

void RowExportDialog::lay_out() {
    preview_->setAccessibleName(tr("Preview"));
    preview_->setFixedSize(preview_size);
    preview_->setAlignment(Qt::AlignCenter);
    for (QLabel* label : {summary_, error_}) label->setWordWrap(true);
    error_->setProperty("role", "problem");
    error_->hide();
    export_->setProperty("primary", true);
    export_->setDefault(true);

    QToolButton* open =
        icon_button(theme_.icon("document-open-folder"), tr("Choose where to save the picture"));
    connect(open, &QToolButton::clicked, this, &RowExportDialog::browse);
    auto* where = new QHBoxLayout;
    where->setSpacing(space::control);
    where->addLayout(labelled_field(theme_, tr("Enlarge"), scale_,
                                    tr("The width and height in pixels of each pixel of the images")));
    where->addLayout(labelled_field(theme_, tr("Save as"), path_), 1);
    where->addWidget(open, 0, Qt::AlignBottom);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::control);
    buttons->addWidget(summary_, 1);
    buttons->addWidget(cancel_);
    buttons->addWidget(export_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::page, space::page, space::page, space::page);
    column->setSpacing(space::group);
    column->addWidget(preview_, 1);
    column->addLayout(where);
    column->addWidget(error_);
    column->addLayout(buttons);
}

void RowExportDialog::connect_fields() {
    connect(scale_, &QSpinBox::valueChanged, this, &RowExportDialog::update_fields);
    connect(path_, &QLineEdit::textChanged, this, &RowExportDialog::update_fields);
    connect(cancel_, &QPushButton::clicked, this, &RowExportDialog::reject);
    connect(export_, &QPushButton::clicked, this, &RowExportDialog::start);
    connect(&job_, &ExportJob::finished, this, &RowExportDialog::finish);
    connect(&job_, &ExportJob::failed, this, &RowExportDialog::show_error);
}

QString RowExportDialog::file_in(const QString& folder) const {
    return QDir::toNativeSeparators(QDir(folder).filePath(name_ + QStringLiteral(".png")));
}

void RowExportDialog::set_folder(const QString& folder) {
    path_->setText(file_in(folder));
}

std::filesystem::path RowExportDialog::path() const {
    return std::filesystem::path(path_->text().trimmed().toStdU16String());
}

void RowExportDialog::browse() {
    const QString chosen =
        QFileDialog::getSaveFileName(this, tr("Export"), path_->text(), tr("Pictures (*.png *.webp)"),
                                     nullptr, QFileDialog::DontConfirmOverwrite);
    if (!chosen.isEmpty()) path_->setText(QDir::toNativeSeparators(chosen));
}

void RowExportDialog::update_fields() {
    const QImage drawn = drawn_row(row_, scale_->value(), theme_);
    const double ratio = devicePixelRatioF();
    QImage small = drawn.scaled((QSizeF(preview_size) * ratio).toSize(), Qt::KeepAspectRatio,
                                Qt::SmoothTransformation);  // so that the captions can be read
    small.setDevicePixelRatio(ratio);
    preview_->setPixmap(QPixmap::fromImage(small));
    const bool replaces = QFileInfo::exists(path_->text().trimmed());
    const QString size = tr("%1 × %2 pixels").arg(drawn.width()).arg(drawn.height());
    summary_->setText(replaces ? tr("%1. This file already exists and will be replaced.").arg(size) : size);
    export_->setText(replaces ? tr("Replace") : tr("Export"));
    export_->setEnabled(!path_->text().trimmed().isEmpty() && !job_.running());
}

void RowExportDialog::start() {
    error_->hide();
    job_.start(path(), [drawn = from_image(drawn_row(row_, scale_->value(), theme_)), file = path(),
                        recipe = row_.recipe](const ExportProgress&, const std::stop_token& stop) {
        if (stop.stop_requested()) throw Cancelled{};
        write_picture(drawn, file, 1, recipe);
    });
    export_->setEnabled(false);
}

void RowExportDialog::finish() {
    QSettings settings;
    settings.setValue("export/row_scale", scale_->value());
    settings.setValue("export/folder", QFileInfo(path_->text().trimmed()).absolutePath());
    Q_EMIT exported(tr("Saved %1.").arg(path_->text().trimmed()), path_->text().trimmed());
    accept();
}

void RowExportDialog::show_error(const Error& error) {
    error_->setText(
        QStringLiteral("%1: %2. %3.").arg(text_of(error.what), text_of(error.why), text_of(error.remedy)));
    error_->show();
    update_fields();
}

void RowExportDialog::done(int result) {
    job_.cancel();
    QDialog::done(result);
}

void export_row(CaptionedRow row, const QString& name, const QString& folder, const Theme& theme,
                QWidget& page) {
    auto* dialog = new RowExportDialog(std::move(row), name, theme, &page);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (!folder.isEmpty()) dialog->set_folder(folder);
    QObject::connect(dialog, &RowExportDialog::exported, &page,
                     [&page](const QString& text, const QString& path) { send_message(page, text, path); });
    dialog->open();
}

}  // namespace denoise::ui
