#include "ui/export/export_dialog.h"

#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QToolButton>
#include <algorithm>

#include "ui/paths/folders.h"
#include "ui/picture/conversion.h"
#include "ui/picture/picture_view.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/enum_box.h"
#include "ui/widgets/labelled_field.h"

namespace denoise::ui {
namespace {

constexpr int second_ms = 1000;
constexpr int usual_frames = 100;
constexpr int most_scale = 32;
constexpr int most_rate = 50;  // browsers slow down faster animations

std::filesystem::path path_of(const QString& text) {
    return std::filesystem::path(text.toStdU16String());
}

}  // namespace

ExportDialog::ExportDialog(Trajectory trajectory, int frame, int image, const Theme& theme, QWidget* parent)
    : QDialog(parent),
      trajectory_(std::move(trajectory)),
      frame_(frame),
      theme_(theme),
      folder_(default_pictures_folder()),
      preview_(new PictureView(theme)),
      kind_(new QComboBox),
      content_(new QComboBox),
      image_(new QSpinBox),
      scale_(new QSpinBox),
      rate_(new QSpinBox),
      frames_(new QSpinBox),
      path_(new QLineEdit),
      summary_(new QLabel),
      warning_(new QLabel),
      error_(new QLabel),
      progress_(new QProgressBar),
      copy_(new QPushButton(theme.icon("edit-copy"), tr("Copy image"))),
      cancel_(new QPushButton(tr("Cancel"))),
      export_(new QPushButton),
      fields_(new QWidget) {
    setWindowTitle(tr("Export"));
    make_fields();
    image_->setValue(image + 1);
    restore_choices();
    if (image < 0 && kind() == ExportKind::picture)
        kind_->setCurrentIndex(static_cast<int>(ExportKind::grid));
    if (image >= 0 && kind() == ExportKind::grid)
        kind_->setCurrentIndex(static_cast<int>(ExportKind::picture));

    build();
    connect_fields();
    connect_job();
    update_fields();
    export_->setFocus();
}

void ExportDialog::build() {
    preview_->setAccessibleName(tr("Preview"));
    preview_->setFixedWidth(8 * space::target);
    preview_->setFocusPolicy(Qt::NoFocus);
    auto* top = new QHBoxLayout;
    top->setSpacing(space::page);
    top->addWidget(preview_);
    fields_->setLayout(make_form());
    top->addWidget(fields_, 1);

    for (QLabel* label : {summary_, warning_, error_}) label->setWordWrap(true);
    error_->setProperty("role", "problem");
    error_->setTextFormat(Qt::RichText);
    error_->hide();
    progress_->setTextVisible(false);
    progress_->setAccessibleName(tr("Progress of the export"));
    progress_->hide();

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::page, space::page, space::page, space::page);
    column->setSpacing(space::group);
    column->addLayout(top, 1);
    column->addWidget(progress_);
    column->addWidget(error_);
    column->addLayout(make_buttons());
    setMinimumWidth(22 * space::target);
}

void ExportDialog::connect_fields() {
    for (QComboBox* box : {kind_, content_})
        connect(box, &QComboBox::currentIndexChanged, this, &ExportDialog::update_fields);
    for (QSpinBox* box : {image_, scale_, rate_, frames_})
        connect(box, &QSpinBox::valueChanged, this, &ExportDialog::update_fields);
    connect(path_, &QLineEdit::textEdited, this, [this] { named_ = true; });
    connect(path_, &QLineEdit::textChanged, this, &ExportDialog::update_summary);
}

void ExportDialog::connect_job() {
    connect(&job_, &ExportJob::progressed, this, [this](int done, int total) {
        progress_->setRange(0, total);
        progress_->setValue(done);
    });
    connect(&job_, &ExportJob::failed, this, &ExportDialog::show_error);
    connect(&job_, &ExportJob::cancelled, this, [this] {
        set_busy(false);
        update_summary();
    });
    connect(&job_, &ExportJob::finished, this, &ExportDialog::finish);
}

void ExportDialog::finish() {
    const ExportPlan plan = plan_export(trajectory_, choices());
    const QString where = QDir::toNativeSeparators(QString::fromStdU16String(choices().path.u16string()));
    Q_EMIT exported(plan.files.size() == 1 ? tr("Saved %1.").arg(where)
                                           : tr("Saved %1 pictures in %2.").arg(plan.files.size()).arg(where),
                    where);
    remember_choices();
    set_busy(false);
    accept();
}

void ExportDialog::make_fields() {
    add_values<ExportKind>(*kind_);
    add_values<ExportContent>(*content_);
    content_->setCurrentIndex(static_cast<int>(ExportContent::x0));
    image_->setRange(0, trajectory_.image_count());
    image_->setToolTip(tr("The number of the image; 0: all images"));
    scale_->setRange(1, most_scale);
    scale_->setSuffix(tr("×"));
    scale_->setToolTip(tr("The width and height in pixels of each pixel of the image"));
    rate_->setRange(1, most_rate);
    rate_->setValue(20);
    rate_->setSuffix(tr(" frames per second"));
    frames_->setRange(0, std::max(1, trajectory_.size()));
    frames_->setSpecialValueText(tr("All (%1)").arg(trajectory_.size()));
    frames_->setToolTip(
        tr("The maximum number of frames, evenly distributed; the last one is always included"));
    for (QSpinBox* box : {image_, scale_, rate_, frames_}) box->setButtonSymbols(QSpinBox::NoButtons);
    kind_->setObjectName("kind");
    content_->setObjectName("content");
    image_->setObjectName("image");
    scale_->setObjectName("scale");
    rate_->setObjectName("rate");
    frames_->setObjectName("frames");
    path_->setObjectName("path");
    warning_->setObjectName("warning");
    error_->setObjectName("error");
    export_->setObjectName("export");
    copy_->setObjectName("copy");
}

QLayout* ExportDialog::make_form() {
    auto* open = new QToolButton;
    open->setIcon(theme_.icon("document-open-folder"));
    open->setToolTip(tr("Choose where to save the export"));
    open->setAccessibleName(tr("Choose where to save the export"));
    connect(open, &QToolButton::clicked, this, &ExportDialog::browse);

    auto* form = new QGridLayout;
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(space::control);
    form->setVerticalSpacing(space::control);
    form->addLayout(labelled_field(theme_, tr("Export"), kind_), 0, 0, 1, 2);
    form->addLayout(labelled_field(theme_, tr("Content"), content_), 1, 0, 1, 2);
    form->addLayout(labelled_field(theme_, tr("Image"), image_, image_->toolTip()), 2, 0);
    form->addLayout(labelled_field(theme_, tr("Enlarge"), scale_, scale_->toolTip()), 2, 1);
    form->addLayout(labelled_field(theme_, tr("Speed"), rate_), 3, 0);
    form->addLayout(labelled_field(theme_, tr("Frames"), frames_, frames_->toolTip()), 3, 1);
    auto* where = new QHBoxLayout;
    where->setSpacing(space::tight);
    where->addLayout(labelled_field(theme_, tr("Save as"), path_), 1);
    where->addWidget(open, 0, Qt::AlignBottom);
    form->addLayout(where, 4, 0, 1, 2);
    form->addWidget(summary_, 5, 0, 1, 2);
    form->addWidget(warning_, 6, 0, 1, 2);
    form->setRowStretch(7, 1);
    for (const int column : {0, 1}) form->setColumnStretch(column, 1);
    return form;
}

QLayout* ExportDialog::make_buttons() {
    copy_->setToolTip(tr("Copies the enlarged picture to the clipboard"));
    export_->setProperty("primary", true);
    export_->setDefault(true);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::control);
    row->addWidget(copy_);
    row->addStretch(1);
    row->addWidget(cancel_);
    row->addWidget(export_);
    connect(cancel_, &QPushButton::clicked, this, [this] {
        if (job_.running())
            job_.cancel();
        else
            reject();
    });
    connect(export_, &QPushButton::clicked, this, &ExportDialog::start);
    connect(copy_, &QPushButton::clicked, this, [this] {
        const ExportChoices chosen = choices();
        const int image = chosen.kind == ExportKind::grid ? -1 : chosen.image;
        const QImage small = to_image(picture_for(trajectory_.frame(frame_), chosen.content, image));
        QGuiApplication::clipboard()->setImage(
            small.scaled(small.size() * chosen.scale, Qt::IgnoreAspectRatio, Qt::FastTransformation));
    });
    return row;
}

void ExportDialog::restore_choices() {
    const QSettings settings;
    const auto index = [&settings](const char* key, QComboBox* box) {
        const int value = settings.value(key, box->currentIndex()).toInt();
        if (value >= 0 && value < box->count()) box->setCurrentIndex(value);
    };
    index("export/kind", kind_);
    index("export/content", content_);
    scale_->setValue(settings.value("export/scale", 8).toInt());
    rate_->setValue(settings.value("export/rate", rate_->value()).toInt());
    const int all = trajectory_.size();
    frames_->setValue(settings.value("export/frames", all > usual_frames ? usual_frames : 0).toInt());
    folder_ = settings.value("export/folder", folder_).toString();
}

void ExportDialog::remember_choices() const {
    QSettings settings;
    settings.setValue("export/kind", kind_->currentIndex());
    settings.setValue("export/content", content_->currentIndex());
    settings.setValue("export/scale", scale_->value());
    settings.setValue("export/rate", rate_->value());
    settings.setValue("export/frames", frames_->value());
    settings.setValue("export/folder", QFileInfo(path_->text()).absolutePath());
}

void ExportDialog::set_folder(const QString& folder) {
    folder_ = folder;
    named_ = false;
    suggest_path();
}

ExportKind ExportDialog::kind() const {
    return chosen_value<ExportKind>(*kind_);
}

ExportChoices ExportDialog::choices() const {
    ExportChoices chosen;
    chosen.kind = kind();
    chosen.content = chosen_value<ExportContent>(*content_);
    chosen.frame = frame_;
    chosen.image = image_->value() - 1;
    chosen.scale = scale_->value();
    chosen.most_frames = frames_->value();
    chosen.delay_ms = second_ms / rate_->value();
    chosen.path = path_of(path_->text().trimmed());
    if (chosen.kind == ExportKind::animation && chosen.path.extension() != ".gif") chosen.path += ".gif";
    const bool still = chosen.kind == ExportKind::picture || chosen.kind == ExportKind::grid;
    if (still && chosen.path.extension().empty()) chosen.path += ".png";
    return chosen;
}

QString ExportDialog::suggested_name() const {
    const SampleRequest& request = trajectory_.start().request;
    QString sample = QString("%1-%2-seed-%3")
                         .arg(QString::fromStdString(request.sampler))
                         .arg(trajectory_.steps())
                         .arg(request.seed);
    if (request.ema_length != 0) sample += QString("-ema-%1").arg(request.ema_length);
    const int timestep = trajectory_.empty() ? -1 : trajectory_.frame(frame_).timestep;
    const QString when = timestep < 0 ? QString("result") : QString("t%1").arg(timestep);
    switch (kind()) {
        case ExportKind::picture:
            return QString("%1-image-%2-%3.png").arg(sample).arg(image_->value()).arg(when);
        case ExportKind::grid:
            return QString("%1-grid-%2.png").arg(sample, when);
        case ExportKind::frames:
            return sample + "-frames";
        case ExportKind::animation:
            return sample + ".gif";
    }
    return {};
}

void ExportDialog::suggest_path() {
    if (!named_) path_->setText(QDir::toNativeSeparators(QDir(folder_).filePath(suggested_name())));
}

void ExportDialog::browse() {
    const bool folder = kind() == ExportKind::frames;
    const QString chosen = folder
                               ? QFileDialog::getExistingDirectory(this, tr("Save the frames in"), folder_)
                               : QFileDialog::getSaveFileName(this, tr("Save as"), path_->text(),
                                                              kind() == ExportKind::animation
                                                                  ? tr("Animation (*.gif)")
                                                                  : tr("Pictures (*.png *.jpg *.bmp *.webp)"),
                                                              nullptr, QFileDialog::DontConfirmOverwrite);
    if (chosen.isEmpty()) return;
    named_ = true;
    path_->setText(QDir::toNativeSeparators(chosen));
}

void ExportDialog::update_fields() {
    const bool animation = kind() == ExportKind::animation;
    const bool still = kind() == ExportKind::picture || kind() == ExportKind::grid;
    const bool needs_one = kind() == ExportKind::picture;
    image_->setMinimum(needs_one ? 1 : 0);
    image_->setSpecialValueText(needs_one ? QString() : tr("All, as a grid"));  // shown at the minimum
    image_->setEnabled(kind() != ExportKind::grid);
    rate_->setEnabled(animation);
    frames_->setEnabled(animation);
    copy_->setEnabled(still);
    content_->setItemText(static_cast<int>(ExportContent::both), kind() == ExportKind::frames
                                                                     ? tr("Both, in separate files")
                                                                     : tr("Both, side by side"));
    if (!trajectory_.empty()) {
        const ExportChoices chosen = choices();
        const ExportContent shown = kind() == ExportKind::frames && chosen.content == ExportContent::both
                                        ? ExportContent::x_t
                                        : chosen.content;
        const int image = kind() == ExportKind::grid ? -1 : chosen.image;
        preview_->set_picture(picture_for(trajectory_.frame(frame_), shown, image));
    }
    suggest_path();
    update_summary();
}

void ExportDialog::update_summary() {
    const ExportPlan plan = plan_export(trajectory_, choices());
    const auto files = static_cast<int>(plan.files.size());
    QString text =
        tr("%1 × %2 pixels, %3").arg(plan.width).arg(plan.height).arg(tr("%n file(s)", nullptr, files));
    if (kind() == ExportKind::animation)
        text += tr(", %n frame(s), %1", nullptr, plan.frames)
                    .arg(duration_text(static_cast<double>(plan.frames) / rate_->value()));
    summary_->setText(text);
    const auto in_the_way = static_cast<int>(files_in_the_way(plan).size());
    warning_->setText(in_the_way == 0 ? QString()
                      : files == 1    ? tr("This file already exists and will be replaced.")
                                      : tr("Existing files that will be replaced: %1.").arg(in_the_way));
    warning_->setVisible(in_the_way > 0);
    export_->setText(in_the_way > 0 ? tr("Replace") : tr("Export"));
    export_->setEnabled(!path_->text().trimmed().isEmpty() && !trajectory_.empty() && !job_.running());
}

void ExportDialog::start() {
    error_->hide();
    progress_->setRange(0, 0);
    set_busy(true);
    job_.start(trajectory_, choices());
}

void ExportDialog::show_error(const Error& error) {
    set_busy(false);
    update_summary();
    error_->setText(QString("<b>%1</b><br>%2.<br>%3.")
                        .arg(text_of(error.what).toHtmlEscaped(), text_of(error.why).toHtmlEscaped(),
                             text_of(error.remedy).toHtmlEscaped()));
    error_->show();
}

void ExportDialog::set_busy(bool busy) {
    fields_->setEnabled(!busy);
    progress_->setVisible(busy);
    copy_->setEnabled(!busy && (kind() == ExportKind::picture || kind() == ExportKind::grid));
    export_->setEnabled(!busy);
    cancel_->setText(busy ? tr("Stop") : tr("Cancel"));
}

void ExportDialog::done(int result) {
    job_.cancel();
    QDialog::done(result);
}

}  // namespace denoise::ui
