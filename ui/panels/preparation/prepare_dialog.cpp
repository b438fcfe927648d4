#include "ui/panels/preparation/prepare_dialog.h"

#include <QAction>
#include <QCheckBox>
#include <QColorDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/panels/preparation/class_balance_view.h"
#include "ui/panels/preparation/example_list.h"
#include "ui/panels/preparation/left_out_list.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/setting_field.h"

namespace denoise::ui {
namespace {

constexpr int example_count = 16;
constexpr int try_delay_ms = 300;
constexpr int settings_width = 10 * space::target;
constexpr QSize usual_size(36 * space::target - space::page, 24 * space::target - space::page);
constexpr int progress_steps = 1000;
constexpr int swatch_side = 16;

QLabel* caption(const Theme& theme, const char* name, QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setObjectName(name);
    label->setProperty("role", "caption");
    label->setFont(theme.caption());
    label->setWordWrap(true);
    return label;
}

void add_title(const Theme& theme, const QString& text, QVBoxLayout* layout) {
    auto* title = new QLabel(text);
    title->setFont(theme.group_title());
    layout->addWidget(title);
}

}  // namespace

PrepareDialog::PrepareDialog(const Theme& theme, const DatasetConfig& config, bool flip,
                             const QString& locked, QWidget* parent)
    : QDialog(parent),
      theme_(theme),
      original_(config),
      original_flip_(flip),
      locked_(locked),
      config_(config),
      flip_(flip) {
    setObjectName("prepare_dialog");
    setWindowTitle(tr("Prepare the dataset"));
    auto* columns = new QHBoxLayout;
    columns->setSpacing(space::group);
    columns->addWidget(make_settings());
    columns->addWidget(make_preview(), 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::group, space::group, space::group, space::group);
    layout->setSpacing(space::group);
    layout->addLayout(columns, 1);
    layout->addLayout(make_bottom());
    resize(usual_size);

    timer_.setSingleShot(true);
    timer_.setInterval(try_delay_ms);
    connect(&timer_, &QTimer::timeout, this, &PrepareDialog::refresh);
    connect(&worker_, &PreparationWorker::progress, this, &PrepareDialog::show_progress);
    connect(&worker_, &PreparationWorker::ready, this, &PrepareDialog::show_preview);
    connect(&worker_, &PreparationWorker::failed, this, &PrepareDialog::show_error);
    connect(&worker_, &PreparationWorker::ended, this, &PrepareDialog::show_idle);
    for (const auto& [key, field] : fields_) {
        field->set_value(find_setting(dataset_settings(), key).get(config_));
        field->set_locked(!locked_.isEmpty());
    }
    show_swatch();
    refresh();
}

SettingField* PrepareDialog::add_field(const char* key) {
    const Setting<DatasetConfig>& setting = find_setting(dataset_settings(), key);
    auto* field = new SettingField(theme_, setting.info, this);
    fields_.emplace(key, field);
    connect(field, &SettingField::edited, this, [this, &setting](const SettingValue& value) {
        DatasetConfig changed = config_;
        setting.set(changed, value);
        change(changed);
    });
    connect(field, &SettingField::problem_changed, this, &PrepareDialog::update_apply);
    return field;
}

QWidget* PrepareDialog::make_settings() {
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFixedWidth(settings_width);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* page = new QWidget(scroll);
    page->setProperty("role", "page");
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, space::group, 0);
    layout->setSpacing(space::control);
    if (!locked_.isEmpty()) {
        QLabel* reason = caption(theme_, "locked", page);
        reason->setText(locked_);
        layout->addWidget(reason);
    }
    add_title(theme_, tr("Images"), layout);
    for (const char* key : {"fit", "image_size", "colour"}) layout->addWidget(add_field(key));
    layout->addLayout(make_background_row());
    layout->addWidget(add_field("duplicates"));

    flip_box_ = new QCheckBox(tr("Flip images at random"), page);
    flip_box_->setObjectName("flip");
    flip_box_->setAccessibleName(flip_box_->text());
    flip_box_->setToolTip(tr("Mirrors half of the images, left to right, each time they are used"));
    flip_box_->setChecked(flip_);
    flip_box_->setEnabled(locked_.isEmpty());
    connect(flip_box_, &QCheckBox::clicked, this, [this](bool on) {
        flip_ = on;
        update_apply();
    });
    flip_note_ = caption(theme_, "flip_advice", page);
    layout->addWidget(flip_box_);
    layout->addWidget(flip_note_);

    class_part_ = new QWidget(page);
    auto* part = new QVBoxLayout(class_part_);
    part->setContentsMargins(0, space::control, 0, 0);
    part->setSpacing(space::control);
    add_title(theme_, tr("Classes"), part);
    classes_ = new ClassBalanceView(theme_, class_part_);
    classes_->set_checkable(true);
    classes_->setEnabled(locked_.isEmpty());
    connect(classes_, &ClassBalanceView::excluded_changed, this, &PrepareDialog::exclude_classes);
    class_note_ = caption(theme_, "class_note", class_part_);
    part->addWidget(classes_);
    part->addWidget(class_note_);
    class_part_->hide();
    layout->addWidget(class_part_);
    layout->addStretch();
    scroll->setWidget(page);
    return scroll;
}

/// The field of the background with a button beside its editor.
QLayout* PrepareDialog::make_background_row() {
    SettingField* field = add_field("background");
    swatch_ = new QToolButton(this);
    swatch_->setObjectName("choose_background");
    swatch_->setAccessibleName(tr("Choose the background"));
    swatch_->setToolTip(swatch_->accessibleName());
    swatch_->setIconSize({swatch_side, swatch_side});
    swatch_->setEnabled(locked_.isEmpty());
    connect(swatch_, &QToolButton::clicked, this, [this, field] {
        auto* dialog = new QColorDialog(QColor(text_of(config_.background)), this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QColorDialog::colorSelected, this, [this, field](const QColor& colour) {
            DatasetConfig changed = config_;
            changed.background = colour.name().toStdString();
            field->set_value(changed.background);
            change(changed);
        });
        dialog->open();
    });
    auto* beside = new QVBoxLayout;  // below the height of the label
    beside->setSpacing(0);
    beside->addSpacing(QFontMetrics(theme_.body()).height() + space::tight);
    beside->addWidget(swatch_);
    beside->addStretch();
    auto* row = new QHBoxLayout;
    row->setSpacing(space::control);
    row->addWidget(field, 1, Qt::AlignTop);
    row->addLayout(beside);
    return row;
}

void PrepareDialog::show_swatch() {
    const QColor colour(text_of(config_.background));
    QPixmap pixmap(swatch_side, swatch_side);
    pixmap.fill(colour.isValid() ? colour : theme_.colour(Colour::panel));
    QPainter painter(&pixmap);
    painter.setPen(theme_.colour(Colour::muted));
    painter.drawRect(0, 0, swatch_side - 1, swatch_side - 1);
    painter.end();
    swatch_->setIcon(pixmap);
}

/// A list with the button of its action.
QWidget* PrepareDialog::make_page(QListWidget* list, QAction* action) {
    auto* page = new QWidget(tabs_);
    auto* button = new QPushButton(action->text(), page);
    button->setAccessibleName(action->text());
    button->setAutoDefault(false);
    button->setEnabled(action->isEnabled());
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
    connect(action, &QAction::enabledChanged, button, &QWidget::setEnabled);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::control);
    layout->addWidget(list, 1);
    layout->addWidget(button, 0, Qt::AlignLeft);
    return page;
}

QWidget* PrepareDialog::make_preview() {
    tabs_ = new QTabWidget(this);
    examples_ = new ExampleList(theme_, tabs_);
    left_out_ = new LeftOutList(theme_, tabs_);
    examples_->set_locked(!locked_.isEmpty());
    left_out_->set_locked(!locked_.isEmpty());
    connect(examples_, &ExampleList::leave_out_wanted, this, &PrepareDialog::exclude_image);
    connect(left_out_, &LeftOutList::use_again_wanted, this, &PrepareDialog::use_image);
    tabs_->addTab(make_page(examples_, examples_->leave_out_action()), tr("Before and after"));
    tabs_->addTab(make_page(left_out_, left_out_->use_again_action()), tr("Left out"));
    return tabs_;
}

QLayout* PrepareDialog::make_bottom() {
    busy_ = new QWidget(this);
    auto* row = new QHBoxLayout(busy_);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::control);
    busy_text_ = caption(theme_, "busy", busy_);
    busy_text_->setWordWrap(false);
    progress_ = new QProgressBar(busy_);
    progress_->setTextVisible(false);
    progress_->setAccessibleName(tr("Progress of reading the images"));
    progress_->setFixedWidth(4 * space::target);
    auto* stop = new QPushButton(tr("Stop"), busy_);
    stop->setObjectName("stop_preview");
    stop->setAccessibleName(tr("Stop reading the images"));
    stop->setToolTip(tr("The settings can be applied without reading all images first"));
    stop->setAutoDefault(false);
    connect(stop, &QPushButton::clicked, &worker_, &PreparationWorker::cancel);
    row->addWidget(progress_);
    row->addWidget(busy_text_);
    row->addWidget(stop);

    summary_ = new QLabel(this);
    summary_->setObjectName("summary");
    summary_->setWordWrap(true);
    problem_ = new QLabel(this);
    problem_->setObjectName("problem");
    problem_->setProperty("role", "problem");
    problem_->setWordWrap(true);
    problem_->hide();
    auto* cancel = new QPushButton(locked_.isEmpty() ? tr("Cancel") : tr("Close"), this);
    cancel->setObjectName("cancel");
    cancel->setAutoDefault(false);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    apply_ = new QPushButton(tr("Apply"), this);
    apply_->setObjectName("apply");
    apply_->setProperty("primary", true);
    apply_->setVisible(locked_.isEmpty());
    connect(apply_, &QPushButton::clicked, this, &QDialog::accept);

    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(space::control);
    auto* words = new QVBoxLayout;
    words->setSpacing(space::tight);
    words->addWidget(summary_);
    words->addWidget(problem_);
    bottom->addLayout(words, 1);
    bottom->addWidget(busy_, 0, Qt::AlignVCenter);
    bottom->addSpacing(space::control);
    bottom->addWidget(cancel, 0, Qt::AlignBottom);
    bottom->addWidget(apply_, 0, Qt::AlignBottom);
    update_apply();
    return bottom;
}

void PrepareDialog::change(const DatasetConfig& config) {
    if (config == config_) return;
    config_ = config;
    show_swatch();
    update_apply();
    timer_.start();
}

void PrepareDialog::refresh() {
    problem_->hide();
    for (const auto& [key, field] : fields_) field->set_outer_problem({});
    failed_ = false;
    summary_->clear();
    busy_text_->setText(tr("Reading some images…"));
    progress_->setRange(0, 0);
    busy_->show();
    worker_.start(config_, example_count, true);
    update_apply();
}

void PrepareDialog::show_preview(const PreparationPreview& preview) {
    examples_->set_examples(preview.examples);
    if (!preview.complete) {
        busy_text_->setText(tr("Reading all images…"));
        return;
    }
    left_out_->set_preview(preview);
    const int count = count_left_out(preview);
    tabs_->setTabText(1, count == 0 ? tr("Left out") : tr("Left out (%1)").arg(count_text(count)));
    flip_note_->setText(QStringLiteral("%1 %2.").arg(
        preview.flip.certain ? (preview.flip.flip ? tr("Recommended: on.") : tr("Recommended: off."))
                             : (preview.flip.flip ? tr("Probably better: on.") : tr("Probably better: off.")),
        text_of(preview.flip.why)));
    show_classes(preview);
    show_summary(preview);
}

void PrepareDialog::show_classes(const PreparationPreview& preview) {
    std::vector<std::string> names = preview.class_names;
    std::vector<std::int64_t> counts = preview.class_counts;
    std::vector<std::string> excluded;
    if (preview.left_out)
        for (const LeftOut::Class& each : preview.left_out->classes) {
            names.push_back(each.name);
            counts.push_back(each.images);
            excluded.push_back(each.name);
        }
    // Classes stay where they are when they are left out.
    std::vector<std::string> known = class_names_, found = names;
    std::ranges::sort(known);
    std::ranges::sort(found);
    if (known == found) {
        for (std::size_t i = 0; i < names.size(); ++i)
            class_counts_[static_cast<std::size_t>(std::ranges::find(class_names_, names[i]) -
                                                   class_names_.begin())] = counts[i];
    } else {
        class_names_ = names;
        class_counts_ = counts;
    }
    classes_->set_classes(class_names_, class_counts_, excluded);
    const std::string sentence = describe_small_classes(preview.class_names, preview.class_counts);
    class_note_->setText(sentence.empty() ? QString() : text_of(sentence) + '.');
    class_note_->setVisible(!sentence.empty());
    class_part_->setVisible(class_names_.size() > 1);
}

void PrepareDialog::show_summary(const PreparationPreview& preview) {
    if (preview.examples.empty()) return;
    const Picture& image = preview.examples.front().after;
    QString text = tr("%1 images of %2×%3, %4")
                       .arg(count_text(preview.count))
                       .arg(image.width)
                       .arg(image.height)
                       .arg(image.channels == 1 ? tr("grey") : tr("colour"));
    if (preview.class_names.size() > 1)
        text +=
            QStringLiteral(", ") + tr("%n class(es)", nullptr, static_cast<int>(preview.class_names.size()));
    if (const int count = count_left_out(preview); count > 0)
        text += QStringLiteral(". ") + tr("%n left out", nullptr, count);
    summary_->setText(text);
}

void PrepareDialog::show_error(const Error& error) {
    failed_ = true;
    const QString text = text_of(one_line(error));
    if (const auto field = fields_.find(error.setting); field != fields_.end()) {
        field->second->set_outer_problem(text);
    } else {
        problem_->setText(text);
        problem_->show();
    }
    update_apply();
}

void PrepareDialog::show_progress(qint64 done, qint64 total) {
    progress_->setRange(0, total > 0 ? progress_steps : 0);
    if (total > 0) progress_->setValue(static_cast<int>(progress_steps * done / total));
    busy_text_->setText(total > 0 ? tr("Reading image %1 of %2").arg(count_text(done), count_text(total))
                                  : tr("Reading all images…"));
}

void PrepareDialog::show_idle() {
    busy_->setVisible(worker_.is_running());
}

void PrepareDialog::exclude_classes() {
    const std::vector<std::string> names = classes_->excluded();
    if (names.size() == class_names_.size()) {  // something has to be left
        problem_->setText(tr("At least one class is needed."));
        problem_->show();
        failed_ = true;
        return update_apply();
    }
    problem_->hide();
    failed_ = false;
    DatasetConfig changed = config_;
    changed.exclude_classes = format_name_list(names);
    change(changed);
    update_apply();
}

void PrepareDialog::exclude_image(const std::string& name) {
    std::vector<std::string> names = parse_name_list(config_.exclude_images, "exclude_images");
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    DatasetConfig changed = config_;
    changed.exclude_images = format_name_list(names);
    change(changed);
}

void PrepareDialog::use_image(const std::string& name) {
    std::vector<std::string> names = parse_name_list(config_.exclude_images, "exclude_images");
    std::erase(names, name);
    DatasetConfig changed = config_;
    changed.exclude_images = format_name_list(names);
    change(changed);
}

void PrepareDialog::update_apply() {
    const bool bad_text =
        std::ranges::any_of(fields_, [](const auto& each) { return each.second->problem().has_value(); });
    const bool changed = config_ != original_ || flip_ != original_flip_;
    apply_->setEnabled(locked_.isEmpty() && changed && !failed_ && !bad_text);
    apply_->setToolTip(!changed              ? tr("Nothing has been changed")
                       : failed_ || bad_text ? tr("These settings are not valid")
                                             : QString());
}

void PrepareDialog::done(int result) {
    worker_.cancel();
    timer_.stop();
    if (result == Accepted) Q_EMIT applied(config_, flip_);
    QDialog::done(result);
}

}  // namespace denoise::ui
