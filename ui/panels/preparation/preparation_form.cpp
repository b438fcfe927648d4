#include "ui/panels/preparation/preparation_form.h"

#include <QCheckBox>
#include <QColorDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/panels/preparation/class_balance_view.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/setting_field.h"

namespace denoise::ui {
namespace {

constexpr int settings_width = 11 * space::target;
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

PreparationForm::PreparationForm(const Theme& theme, const DatasetConfig& config, bool flip,
                                 const QString& locked, QWidget* parent)
    : QScrollArea(parent), theme_(theme), locked_(locked), config_(config), flip_(flip) {
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFixedWidth(settings_width);
    setFocusPolicy(Qt::NoFocus);
    setWidget(make_page());
    for (const auto& [key, field] : fields_) {
        field->set_value(find_setting(dataset_settings(), key).get(config_));
        field->set_locked(!locked_.isEmpty());
    }
    show_swatch();
}

QWidget* PreparationForm::make_page() {
    auto* page = new QWidget;
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
        Q_EMIT state_changed();
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
    connect(classes_, &ClassBalanceView::excluded_changed, this, &PreparationForm::exclude_classes);
    class_note_ = caption(theme_, "class_note", class_part_);
    part->addWidget(classes_);
    part->addWidget(class_note_);
    class_part_->hide();
    layout->addWidget(class_part_);
    layout->addStretch();
    return page;
}

/// The field of the background with a button beside its editor.
QLayout* PreparationForm::make_background_row() {
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

SettingField* PreparationForm::add_field(const char* key) {
    const Setting<DatasetConfig>& setting = find_setting(dataset_settings(), key);
    auto* field = new SettingField(theme_, setting.info, this);
    fields_.emplace(key, field);
    connect(field, &SettingField::edited, this, [this, &setting](const SettingValue& value) {
        DatasetConfig changed = config_;
        setting.set(changed, value);
        change(changed);
    });
    connect(field, &SettingField::problem_changed, this, &PreparationForm::state_changed);
    return field;
}

void PreparationForm::show_swatch() {
    const QColor colour(text_of(config_.background));
    QPixmap pixmap(swatch_side, swatch_side);
    pixmap.fill(colour.isValid() ? colour : theme_.colour(Colour::panel));
    QPainter painter(&pixmap);
    painter.setPen(theme_.colour(Colour::muted));
    painter.drawRect(0, 0, swatch_side - 1, swatch_side - 1);
    painter.end();
    swatch_->setIcon(pixmap);
}

void PreparationForm::change(const DatasetConfig& config) {
    if (config == config_) return;
    config_ = config;
    show_swatch();
    Q_EMIT config_changed();
}

void PreparationForm::show_preview(const PreparationPreview& preview) {
    flip_note_->setText(QStringLiteral("%1 %2.").arg(
        preview.flip.certain ? (preview.flip.flip ? tr("Recommended: on.") : tr("Recommended: off."))
                             : (preview.flip.flip ? tr("Probably better: on.") : tr("Probably better: off.")),
        text_of(preview.flip.why)));
    show_classes(preview);
}

void PreparationForm::show_classes(const PreparationPreview& preview) {
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

bool PreparationForm::show_error(const Error& error) {
    const auto field = fields_.find(error.setting);
    if (field == fields_.end()) return false;
    field->second->set_outer_problem(text_of(one_line(error)));
    return true;
}

void PreparationForm::clear_errors() {
    for (const auto& [key, field] : fields_) field->set_outer_problem({});
}

bool PreparationForm::has_problem() const {
    return std::ranges::any_of(fields_, [](const auto& each) { return each.second->problem().has_value(); });
}

void PreparationForm::exclude_classes() {
    const std::vector<std::string> names = classes_->excluded();
    if (names.size() == class_names_.size())  // something has to be left
        return Q_EMIT classes_chosen(tr("At least one class is needed."));
    DatasetConfig changed = config_;
    changed.exclude_classes = format_name_list(names);
    change(changed);
    Q_EMIT classes_chosen({});
}

}  // namespace denoise::ui
