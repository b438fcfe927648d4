#include "ui/panels/setup/dataset_section.h"

#include <QAction>
#include <QButtonGroup>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include "engine/session/datasets.h"
#include "ui/link/engine_link.h"
#include "ui/panels/setup/dataset_card.h"
#include "ui/panels/setup/known_sets.h"
#include "ui/text/dataset_text.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/progress.h"
#include "ui/widgets/user_message.h"

namespace denoise::ui {
namespace {

const QString glyphs = QStringLiteral("glyphs");

}  // namespace

QString dataset_folder_prompt() {
    return DatasetSection::tr("Choose a folder of pictures, %1 files")
        .arg(text_of(list_of_formats(&DatasetFormat::title)));
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
    known_ = new KnownSets(theme, this);
    connect(known_, &KnownSets::stored, this, &DatasetSection::downloaded);
    connect(known_, &KnownSets::failed, this, [this](const Error& error) { send_error(*this, error); });
    connect(known_, &KnownSets::problem_over, this, &DatasetSection::problem_over);
    layout->addWidget(known_);
    layout->addLayout(make_buttons());
    layout->addWidget(make_progress());
    make_skipped_list();
    layout->addWidget(skipped_button_, 0, Qt::AlignLeft);
    layout->addWidget(skipped_);

    card_for(glyphs)->set_caption(tr("Built-in digits and shapes"));
    connect(&link, &EngineLink::dataset_ready, this, &DatasetSection::show_dataset);
    connect(&link, &EngineLink::job_progress, this, &DatasetSection::show_progress);
    connect(&link, &EngineLink::job_ended, this, &DatasetSection::end);
}

QLayout* DatasetSection::make_buttons() {
    auto* files = new QPushButton(theme_.icon("document-open"), tr("Data file…"), this);
    files->setToolTip(
        tr("A file with many images: %1, with or without gzip. A .zip or .tar archive of pictures is "
           "read without unpacking it.")
            .arg(text_of(list_of_formats(&DatasetFormat::description))));
    auto* folder = new QPushButton(theme_.icon("folder-open"), tr("Picture folder…"), this);
    folder->setToolTip(tr(
        "A folder of pictures, in which subfolders are classes. Folders can also be dropped on the window."));
    for (QPushButton* button : {files, folder}) button->setAccessibleName(button->text());
    connect(files, &QPushButton::clicked, this, &DatasetSection::choose_file);
    connect(folder, &QPushButton::clicked, this, &DatasetSection::choose_picture_folder);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::control);
    buttons->addWidget(files, 1);
    buttons->addWidget(folder, 1);
    return buttons;
}

QWidget* DatasetSection::make_progress() {
    loading_ = new QWidget(this);
    auto* row = new QHBoxLayout(loading_);
    row->setContentsMargins(0, 0, 0, 0);
    auto* column = new QVBoxLayout;
    loading_text_ = new QLabel(loading_);
    loading_text_->setProperty("role", "caption");
    progress_ = new QProgressBar(loading_);
    progress_->setTextVisible(false);
    progress_->setAccessibleName(tr("Progress of loading the dataset"));
    column->addWidget(loading_text_);
    column->addWidget(progress_);
    row->addLayout(column, 1);
    auto* cancel = new QPushButton(tr("Cancel"), loading_);
    cancel->setObjectName("cancel_loading");
    cancel->setAccessibleName(tr("Cancel loading"));
    connect(cancel, &QPushButton::clicked, this, &DatasetSection::stop);
    row->addWidget(cancel);
    loading_->hide();
    return loading_;
}

void DatasetSection::make_skipped_list() {
    skipped_button_ = new QToolButton(this);
    skipped_button_->setObjectName("skipped_files");
    skipped_button_->setCheckable(true);
    skipped_button_->setIcon(theme_.icon("denoise-warning", Colour::warn));
    skipped_button_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    skipped_ = new QListWidget(this);
    skipped_->setAccessibleName(tr("Skipped files"));
    skipped_->setFont(theme_.caption());
    skipped_->setMaximumHeight(140);
    skipped_->setTextElideMode(Qt::ElideMiddle);
    connect(skipped_button_, &QToolButton::toggled, skipped_, &QWidget::setVisible);
    skipped_button_->hide();
    skipped_->hide();
}

DatasetCard* DatasetSection::card_for(const QString& path) {
    if (const auto found = by_path_.find(path); found != by_path_.end()) return found->second;
    auto* card = new DatasetCard(theme_, path, dataset_title(path), this);
    if (path != glyphs) {
        card->set_caption(path);
        card->setToolTip(path);
        card->set_removable();
        connect(card, &DatasetCard::remove_pressed, this, [this, path] { Q_EMIT remove_pressed(path); });
    }
    group_->addButton(card);
    cards_->addWidget(card);
    by_path_.emplace(path, card);
    connect(card, &QAbstractButton::clicked, this, [this, path] { Q_EMIT chosen(path); });
    auto* prepare = new QAction(tr("Prepare…"), card);
    connect(prepare, &QAction::triggered, this, [this, path, card] {
        if (!card->isChecked()) Q_EMIT chosen(path);
        if (card->isChecked()) Q_EMIT prepare_wanted();  // otherwise the choice was refused
    });
    card->addAction(prepare);
    card->setContextMenuPolicy(Qt::ActionsContextMenu);
    cards_changed();
    return card;
}

void DatasetSection::add_card(const QString& path) {
    card_for(path);
}

void DatasetSection::cards_changed() {
    QStringList paths;
    for (const auto& [path, card] : by_path_) paths << path;
    known_->set_cards(paths);
}

void DatasetSection::set_recent(const QStringList& paths) {
    for (const QString& path : paths)
        if (path == glyphs || QFileInfo::exists(path)) card_for(path);
}

void DatasetSection::set_chosen(const QString& path) {
    card_for(path)->setChecked(true);
}

void DatasetSection::remove(const QString& path) {
    const auto found = by_path_.find(path);
    if (found == by_path_.end() || path == glyphs) return;
    if (text_of(loading_config_.dataset) == path) stop();
    if (const auto problem = problems_.find(path); problem != problems_.end()) {
        Q_EMIT problem_over(problem->second);
        problems_.erase(problem);
    }
    DatasetCard* card = found->second;
    by_path_.erase(found);
    group_->removeButton(card);
    card->hide();
    card->deleteLater();  // it may be the sender
    cards_changed();
}

void DatasetSection::forget_problems() {
    for (const auto& [path, error] : problems_) Q_EMIT problem_over(error);
    problems_.clear();
}

void DatasetSection::choose_file() {
    auto* dialog = new QFileDialog(this, tr("Choose a file of images"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("%1 files (%2)")
                                .arg(text_of(list_of_formats(&DatasetFormat::title)),
                                     text_of(list_of_formats(&DatasetFormat::patterns, " ", " "))),
                            tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &DatasetSection::chosen);
    dialog->open();
}

void DatasetSection::choose_picture_folder() {
    auto* dialog = new QFileDialog(this, dataset_folder_prompt());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, &DatasetSection::chosen);
    dialog->open();
}

void DatasetSection::load(const DatasetConfig& config, bool is_chosen) {
    if (is_loading() && config == loading_config_) return;
    stop();
    loading_->hide();
    loading_config_ = config;
    loading_is_chosen_ = is_chosen;
    job_ = link_.post(LoadDataset{config});
}

void DatasetSection::stop() {
    if (is_loading()) link_.post(Cancel{job_});
}

void DatasetSection::end(const JobEnded& end) {
    if (end.job != job_) return;
    job_ = 0;
    loading_->hide();
    if (end.outcome != Outcome::failed) return;
    const QString path = text_of(loading_config_.dataset);
    // The images that are loaded stay, also if other settings for the same files have failed.
    if (!link_.dataset() || link_.dataset()->config.dataset != loading_config_.dataset) {
        DatasetCard* card = card_for(path);
        card->set_problem(text_of(one_line(end.error)));
        card->setToolTip(tr("%1\nClick to try again.").arg(text_of(one_line(end.error))));
    }
    problems_[path] = end.error;
    Q_EMIT load_failed(loading_config_);
}

void DatasetSection::show_dataset(const DatasetReady& dataset) {
    const QString path = text_of(dataset.config.dataset);
    DatasetCard* card = card_for(path);
    card->setText(text_of(dataset.name));
    card->setAccessibleName(tr("Dataset: %1").arg(text_of(dataset.name)));
    card->set_problem({});
    card->set_caption(images_text(dataset.count, dataset.width, dataset.height, dataset.channels,
                                  dataset.class_names.size()));
    card->set_thumbnails(dataset.thumbnails);
    card->setToolTip(path == glyphs ? QString() : path);
    show_skipped(dataset.skipped);
    if (loading_is_chosen_ || dataset.config != loading_config_) forget_problems();
}

void DatasetSection::show_skipped(const std::vector<SkippedFile>& files) {
    skipped_->clear();
    for (const SkippedFile& file : files) {
        auto* item = new QListWidgetItem(text_of(file.path.filename().string() + ": " + file.why), skipped_);
        item->setToolTip(text_of(file.path.string() + "\n" + file.why));
    }
    skipped_button_->setText(tr("%n file(s) skipped", nullptr, static_cast<int>(files.size())));
    skipped_button_->setAccessibleName(skipped_button_->text());
    skipped_button_->setVisible(!files.empty());
    skipped_button_->setChecked(false);
}

void DatasetSection::show_progress(const JobProgress& progress) {
    if (progress.job != job_) return;
    const std::int64_t done = progress.done, total = progress.total;
    loading_->show();
    set_progress(*progress_, done, total);
    loading_text_->setText(total > 0 ? tr("Loading, %1 of %2").arg(count_text(done), count_text(total))
                                     : tr("Loading, %1 so far").arg(count_text(done)));
}

}  // namespace denoise::ui
