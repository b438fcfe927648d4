#include "ui/panels/setup/setup_panel.h"

#include <QComboBox>
#include <QScrollBar>
#include <QVBoxLayout>

#include "ui/link/engine_link.h"
#include "ui/panels/model/model_tree.h"
#include "ui/panels/preparation/preparation_section.h"
#include "ui/panels/preparation/prepare_dialog.h"
#include "ui/panels/setup/dataset_section.h"
#include "ui/panels/setup/forecast_note.h"
#include "ui/panels/setup/run_note.h"
#include "ui/panels/setup/settings_form.h"
#include "ui/panels/setup/time_choice.h"
#include "ui/text/dataset_text.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int load_delay_ms = 400;

}  // namespace

SetupPanel::SetupPanel(EngineLink& link, ConfigEditor& editor, const Theme& theme, QWidget* parent)
    : QWidget(parent), link_(link), editor_(editor), theme_(theme), run_settings_(link, editor) {
    build(theme);
    load_timer_.setSingleShot(true);
    load_timer_.setInterval(load_delay_ms);
    connect(&load_timer_, &QTimer::timeout, this, &SetupPanel::load_if_changed);
    connect(datasets_, &DatasetSection::chosen, this, &SetupPanel::use_dataset);
    connect(datasets_, &DatasetSection::downloaded, this, &SetupPanel::use_downloaded);
    connect(datasets_, &DatasetSection::remove_pressed, this, &SetupPanel::remove_dataset);
    connect(datasets_, &DatasetSection::load_failed, this, &SetupPanel::return_from);
    connect(datasets_, &DatasetSection::problem_over, this, &SetupPanel::problem_over);
    connect(preset_, &QComboBox::activated, this,
            [this](int index) { editor_.use_preset(presets().at(static_cast<std::size_t>(index))); });
    connect(form_, &SettingsForm::problem_changed, this, &SetupPanel::problem_changed);
    connect(&editor_, &ConfigEditor::changed, this, &SetupPanel::show_config);
    connect(&link_, &EngineLink::dataset_ready, this, &SetupPanel::dataset_arrived);
    connect(&run_settings_, &RunSettings::changed, this, &SetupPanel::lock);
    show_config();
}

void SetupPanel::build(const Theme& theme) {
    setProperty("role", "panel");
    setAttribute(Qt::WA_StyledBackground);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    scroll_ = new QScrollArea(this);
    scroll_->setWidgetResizable(true);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setFocusPolicy(Qt::NoFocus);
    outer->addWidget(scroll_);
    auto* page = new QWidget(scroll_);
    page->setProperty("role", "page");
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(space::group, space::group, space::group, space::page);
    layout->setSpacing(space::control);
    const auto add_title = [&](const QString& text) {
        auto* title = new QLabel(text, page);
        title->setFont(theme.group_title());
        layout->addWidget(title);
    };

    auto* note = new RunNote(link_, run_settings_, theme, page);
    connect(note, &RunNote::new_run_wanted, this, &SetupPanel::new_run_wanted);
    layout->addWidget(note);
    add_title(tr("Dataset"));
    datasets_ = new DatasetSection(link_, theme, page);
    layout->addWidget(datasets_);
    auto* preparation = new PreparationSection(link_, theme, page);
    connect(preparation, &PreparationSection::prepare_wanted, this, &SetupPanel::prepare_dataset);
    connect(datasets_, &DatasetSection::prepare_wanted, this, &SetupPanel::prepare_dataset);
    layout->addWidget(preparation);
    layout->addSpacing(space::control);

    add_title(tr("I have"));
    time_ = new TimeChoice(editor_, page);
    layout->addWidget(time_);
    layout->addSpacing(space::control);

    add_title(tr("Preset"));
    preset_ = new QComboBox(page);
    preset_->setObjectName("preset");
    preset_->setAccessibleName(tr("Preset"));
    for (const Preset& preset : presets()) {
        preset_->addItem(text_of(preset.title));
        preset_->setItemData(preset_->count() - 1, text_of(preset.help), Qt::ToolTipRole);
    }
    layout->addWidget(preset_);
    preset_help_ = new QLabel(page);
    preset_help_->setWordWrap(true);
    preset_help_->setProperty("role", "caption");
    preset_help_->setFont(theme.caption());
    layout->addWidget(preset_help_);
    layout->addWidget(new ForecastNote(link_, editor_, theme, page));
    layout->addSpacing(space::control);

    add_title(tr("Settings"));
    form_ = new SettingsForm(theme, editor_, page);
    layout->addWidget(form_);
    layout->addSpacing(space::control);

    add_title(tr("Model"));
    model_ = new ModelTree(theme, ModelTree::Form::brief, page);
    layout->addWidget(model_);
    layout->addStretch();
    scroll_->setWidget(page);
}

QSize SetupPanel::minimumSizeHint() const {
    // The panel does not scroll sideways, so that a narrower one would cut the fields.
    const int width =
        scroll_->widget()->minimumSizeHint().width() + scroll_->verticalScrollBar()->sizeHint().width();
    return {width, QWidget::minimumSizeHint().height()};
}

void SetupPanel::use_dataset(const QString& path) {
    if (run_settings_.are_locked()) {
        datasets_->set_chosen(text_of(editor_.config().dataset.dataset));
        Q_EMIT refused(tr("The dataset of an open run is fixed. Stop the run to choose another one."));
        return;
    }
    DatasetConfig config = editor_.config().dataset;
    if (config.dataset != path.toStdString()) {  // the names are those of another dataset
        config.exclude_classes.clear();
        config.exclude_images.clear();
    }
    config.dataset = path.toStdString();
    editor_.use_dataset(config);
    datasets_->set_chosen(path);
    // Choosing a dataset again that is not loaded tries again, such as after its files were repaired.
    if (!link_.dataset() || link_.dataset()->config != config)
        asked_.reset();
    else
        datasets_->forget_problems();
    load_if_changed();
}

void SetupPanel::use_downloaded(const QString& path) {
    if (!run_settings_.are_locked()) return use_dataset(path);
    datasets_->add_card(path);
    Q_EMIT refused(tr("%1 is among the cards for the next run. The dataset of an open run is fixed.")
                       .arg(dataset_title(path)));
}

void SetupPanel::remove_dataset(const QString& path) {
    const bool chosen = editor_.config().dataset.dataset == path.toStdString();
    if (chosen && run_settings_.are_locked()) {
        Q_EMIT refused(tr("The open run is trained on this dataset. Stop the run to remove the card."));
        return;
    }
    const auto& loaded = link_.dataset();
    if (chosen)
        use_instead(loaded && loaded->config.dataset != path.toStdString() ? loaded->config
                                                                           : DatasetConfig());
    datasets_->remove(path);
    Q_EMIT dataset_removed(path);
}

/// A dataset that cannot be loaded is never the one to train on. Goes back to the one that is loaded.
void SetupPanel::return_from(const DatasetConfig& failed) {
    if (editor_.config().dataset != failed || run_settings_.are_locked()) return;
    const auto& loaded = link_.dataset();
    use_instead(loaded && loaded->config != failed ? loaded->config : DatasetConfig());
}

void SetupPanel::use_instead(const DatasetConfig& config) {
    if (config == editor_.config().dataset) return;  // there is no other
    asked_ = config;
    editor_.use_dataset(config);
    if (!link_.dataset() || link_.dataset()->config != config) datasets_->load(config, false);
}

void SetupPanel::show_config() {
    int index = -1;
    for (std::size_t i = 0; i < presets().size(); ++i)
        if (text_of(presets()[i].name) == editor_.preset()) index = static_cast<int>(i);
    preset_->setCurrentIndex(index);
    if (index < 0) preset_help_->setText(tr("These settings are not those of a preset."));
    if (index >= 0) {
        const Preset& preset = presets()[static_cast<std::size_t>(index)];
        RunConfig same = preset.config;
        same.dataset = editor_.config().dataset;
        QString help = text_of(preset.help);
        if (!help.endsWith('.')) help += '.';
        preset_help_->setText(same == editor_.config() ? help
                                                       : tr("%1 Some settings have been changed.").arg(help));
    }
    datasets_->set_chosen(text_of(editor_.config().dataset.dataset));
    if (asked_ && *asked_ != editor_.config().dataset) load_timer_.start();
    const ImageShape standard;
    const auto& dataset = link_.dataset();
    model_->set_model(editor_.config().unet, dataset ? dataset->channels : standard.channels,
                      dataset ? dataset->height : standard.height, dataset ? dataset->width : standard.width);
    Q_EMIT problem_changed();
}

void SetupPanel::dataset_arrived(const DatasetReady& dataset) {
    form_->set_image_shape({dataset.count, dataset.channels, dataset.height, dataset.width});
    show_config();
}

void SetupPanel::lock() {
    const bool locked = run_settings_.are_locked();
    preset_->setEnabled(!locked);
    time_->setEnabled(!locked);
    preset_->setToolTip(locked ? tr("Most settings of an open run are fixed.") : QString());
    form_->set_locked(locked);
}

void SetupPanel::load_if_changed() {
    if (asked_ && *asked_ == editor_.config().dataset) return;
    asked_ = editor_.config().dataset;
    datasets_->load(*asked_);
}

void SetupPanel::prepare_dataset() {
    const QString locked =
        run_settings_.are_locked()
            ? tr("A run is open for training on this dataset, and its preparation is part of the run. Stop "
                 "the run to change it.")
            : QString();
    auto* dialog =
        new PrepareDialog(theme_, editor_.config().dataset, editor_.config().training.flip, locked, window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &PrepareDialog::applied, this, &SetupPanel::apply_preparation);
    dialog->open();
}

void SetupPanel::apply_preparation(const DatasetConfig& config, bool flip) {
    if (run_settings_.are_locked()) {  // a run has been started meanwhile, such as from the queue
        Q_EMIT refused(tr("A run has been opened for training. The preparation was not changed."));
        return;
    }
    if (config != editor_.config().dataset) editor_.use_dataset(config);
    if (flip != editor_.config().training.flip) editor_.set_value("flip", flip);
    editor_.finish_step();
    load_if_changed();
}

bool SetupPanel::can_undo() const {
    return form_->has_bad_text() || editor_.can_undo();
}

void SetupPanel::undo() {
    if (form_->has_bad_text())
        form_->restore_bad_text();
    else if (editor_.can_undo())
        editor_.undo_stack().undo();
}

void SetupPanel::redo() {
    if (!form_->has_bad_text() && editor_.can_redo()) editor_.undo_stack().redo();
}

}  // namespace denoise::ui
