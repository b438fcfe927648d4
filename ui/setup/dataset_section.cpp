#include "ui/setup/dataset_section.h"

#include <QButtonGroup>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include "ui/format.h"
#include "ui/setup/dataset_card.h"
#include "ui/theme/theme.h"
#include "ui/worker/engine_link.h"

namespace denoise::ui {
namespace {

const QString glyphs = QStringLiteral("glyphs");

QString summary(const DatasetReady& dataset) {
    QString text =
        DatasetSection::tr("%1 images, %2×%3, %4")
            .arg(count_text(dataset.count))
            .arg(dataset.width)
            .arg(dataset.height)
            .arg(dataset.channels == 1 ? DatasetSection::tr("grey") : DatasetSection::tr("colour"));
    if (dataset.class_names.size() > 1)
        text += QStringLiteral(", ") +
                DatasetSection::tr("%n class(es)", nullptr, static_cast<int>(dataset.class_names.size()));
    return text;
}

}  // namespace

QString dataset_title(const QString& path) {
    if (path == glyphs) return DatasetSection::tr("Glyphs");
    const QString name = QFileInfo(QFileInfo(path).absoluteFilePath()).fileName();
    return name.isEmpty() ? path : name;
}

DatasetSection::DatasetSection(EngineLink& link, const Theme& theme, QWidget* parent)
    : QWidget(parent), link_(link), theme_(theme) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::control);
    group_ = new QButtonGroup(this);
    cards_ = new QVBoxLayout;
    cards_->setSpacing(space::control);
    layout->addLayout(cards_);

    auto* files = new QPushButton(theme.icon("document-open"), tr("MNIST files…"), this);
    files->setToolTip(tr(
        "Images in IDX files, with or without gzip (MNIST, Fashion-MNIST and others), or in CIFAR files."));
    auto* folder = new QPushButton(theme.icon("folder-open"), tr("Picture folder…"), this);
    folder->setToolTip(
        tr("A folder of PNG, JPEG, BMP, GIF or WebP pictures; subfolders are classes. It can also be dropped "
           "on the window."));
    for (QPushButton* button : {files, folder}) button->setAccessibleName(button->text());
    connect(files, &QPushButton::clicked, this, &DatasetSection::choose_idx_file);
    connect(folder, &QPushButton::clicked, this, &DatasetSection::choose_picture_folder);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::control);
    buttons->addWidget(files, 1);
    buttons->addWidget(folder, 1);
    layout->addLayout(buttons);

    loading_ = new QWidget(this);
    auto* loading = new QHBoxLayout(loading_);
    loading->setContentsMargins(0, 0, 0, 0);
    auto* words = new QVBoxLayout;
    loading_text_ = new QLabel(loading_);
    loading_text_->setProperty("role", "caption");
    progress_ = new QProgressBar(loading_);
    progress_->setTextVisible(false);
    progress_->setAccessibleName(tr("Loading of the dataset"));
    words->addWidget(loading_text_);
    words->addWidget(progress_);
    loading->addLayout(words, 1);
    auto* cancel = new QPushButton(tr("Cancel"), loading_);
    cancel->setObjectName("cancel_loading");
    cancel->setAccessibleName(tr("Cancel loading"));
    connect(cancel, &QPushButton::clicked, this, [this] { link_.post(CancelLoading{}); });
    loading->addWidget(cancel);
    layout->addWidget(loading_);
    loading_->hide();

    skipped_button_ = new QToolButton(this);
    skipped_button_->setObjectName("skipped_files");
    skipped_button_->setCheckable(true);
    skipped_button_->setIcon(theme.icon("denoise-warning", Colour::warn));
    skipped_button_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    skipped_ = new QListWidget(this);
    skipped_->setAccessibleName(tr("Skipped files"));
    skipped_->setFont(theme.caption());
    skipped_->setMaximumHeight(140);
    skipped_->setTextElideMode(Qt::ElideMiddle);
    connect(skipped_button_, &QToolButton::toggled, skipped_, &QWidget::setVisible);
    layout->addWidget(skipped_button_, 0, Qt::AlignLeft);
    layout->addWidget(skipped_);
    skipped_button_->hide();
    skipped_->hide();

    card_for(glyphs)->set_caption(tr("Digits and shapes that the program draws"));
    connect(&link, &EngineLink::dataset_ready, this, &DatasetSection::show_dataset);
    connect(&link, &EngineLink::loading_progress, this, &DatasetSection::show_progress);
    connect(&link, &EngineLink::state_changed, this, &DatasetSection::show_state);
}

DatasetCard* DatasetSection::card_for(const QString& path) {
    if (const auto found = by_path_.find(path); found != by_path_.end()) return found->second;
    auto* card = new DatasetCard(theme_, path, dataset_title(path), this);
    if (path != glyphs) {
        card->set_caption(path);
        card->setToolTip(path);
    }
    group_->addButton(card);
    cards_->addWidget(card);
    by_path_.emplace(path, card);
    connect(card, &QAbstractButton::clicked, this, [this, path] { Q_EMIT chosen(path); });
    return card;
}

void DatasetSection::set_recent(const QStringList& paths) {
    for (const QString& path : paths)
        if (path == glyphs || QFileInfo::exists(path)) card_for(path);
}

void DatasetSection::set_chosen(const QString& path) {
    card_for(path)->setChecked(true);
}

void DatasetSection::choose_idx_file() {
    auto* dialog = new QFileDialog(this, tr("Choose a file of images"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters(
        {tr("IDX and CIFAR files (*ubyte *ubyte.gz *.idx *.idx.gz *.bin)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &DatasetSection::chosen);
    dialog->open();
}

void DatasetSection::choose_picture_folder() {
    auto* dialog = new QFileDialog(this, tr("Choose a folder of pictures, IDX or CIFAR files"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, &DatasetSection::chosen);
    dialog->open();
}

void DatasetSection::show_dataset(const DatasetReady& dataset) {
    DatasetCard* card = card_for(text_of(dataset.config.dataset));
    card->setText(text_of(dataset.name));
    card->setAccessibleName(tr("Dataset: %1").arg(text_of(dataset.name)));
    card->set_caption(summary(dataset));
    card->set_thumbnails(dataset.thumbnails);
    loading_->hide();

    skipped_->clear();
    for (const SkippedFile& file : dataset.skipped) {
        auto* item = new QListWidgetItem(text_of(file.path.filename().string() + ": " + file.why), skipped_);
        item->setToolTip(text_of(file.path.string() + "\n" + file.why));
    }
    const int skipped = static_cast<int>(dataset.skipped.size());
    skipped_button_->setText(tr("%n file(s) skipped", nullptr, skipped));
    skipped_button_->setAccessibleName(skipped_button_->text());
    skipped_button_->setVisible(skipped > 0);
    skipped_button_->setChecked(false);
}

void DatasetSection::show_state(EngineState state) {
    if (state != EngineState::preparing) loading_->hide();
}

void DatasetSection::show_progress(qint64 done, qint64 total) {
    loading_->show();
    progress_->setRange(0, total > 0 ? 1000 : 0);
    if (total > 0)
        progress_->setValue(
            static_cast<int>(1000.0 * static_cast<double>(done) / static_cast<double>(total)));
    loading_text_->setText(total > 0 ? tr("Loading, %1 of %2").arg(count_text(done), count_text(total))
                                     : tr("Loading, %1 so far").arg(count_text(done)));
}

}  // namespace denoise::ui
