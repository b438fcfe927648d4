#include "ui/panels/setup/settings_form.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/session/devices.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/saved_schedule_box.h"

namespace denoise::ui {
namespace {

QVBoxLayout* column(QWidget* parent, int spacing) {
    auto* layout = new QVBoxLayout(parent);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing);
    return layout;
}

/// The effective ends of the linear schedule.
QString schedule_note(const ScheduleConfig& schedule) {
    if (schedule.schedule != ScheduleKind::linear) return {};
    const double scale = schedule.scale_ends ? 1000.0 / schedule.timesteps : 1.0;
    const QString range = SettingsForm::tr("β runs from %1 to %2")
                              .arg(schedule.beta_start * scale, 0, 'g', 3)
                              .arg(schedule.beta_end * scale, 0, 'g', 3);
    return schedule.scale_ends ? SettingsForm::tr("%1: the ends are scaled by 1000/T, here 1000/%2.")
                                     .arg(range)
                                     .arg(schedule.timesteps)
                               : SettingsForm::tr("%1, not scaled by 1000/T.").arg(range);
}

/// Of the choices of the setting "device": those of this computer, and the ones that say which of them.
std::vector<std::string> offered_devices() {
    std::vector<std::string> names = {name_of(ComputeDevice::automatic)};
    for (const DeviceInfo& each : available_devices()) names.emplace_back(name_of(each.device));
    return names;
}

}  // namespace

SettingsForm::SettingsForm(const Theme& theme, ConfigEditor& editor, QWidget* parent)
    : QWidget(parent), editor_(editor) {
    add_fields(theme);
    connect(&editor_, &ConfigEditor::changed, this, &SettingsForm::show_config);
    connect(search_, &QLineEdit::textChanged, this, &SettingsForm::filter);
    connect(more_button_, &QToolButton::toggled, this, [this](bool open) {
        more_->setVisible(open);
        more_button_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    });
    more_->hide();
    show_config();
    filter();
}

void SettingsForm::add_fields(const Theme& theme) {
    auto* layout = column(this, space::control + space::tight);
    whole_problem_ = new QLabel(this);
    whole_problem_->setWordWrap(true);
    whole_problem_->setProperty("role", "problem");
    whole_problem_->hide();

    more_button_ = new QToolButton(this);
    more_button_->setObjectName("more_settings");
    more_button_->setText(tr("More settings"));
    more_button_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    more_button_->setArrowType(Qt::RightArrow);
    more_button_->setCheckable(true);
    more_button_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);  // the whole row answers
    more_button_->setAccessibleName(tr("More settings"));
    more_ = new QWidget(this);
    auto* rest = column(more_, space::control + space::tight);
    search_ = new QLineEdit(more_);
    search_->setObjectName("settings_search");
    search_->setPlaceholderText(tr("Search settings"));
    search_->setAccessibleName(tr("Search settings"));
    search_->setClearButtonEnabled(true);
    rest->addWidget(search_);
    nothing_found_ = new QLabel(tr("No setting matches this search."), more_);
    nothing_found_->setProperty("role", "caption");
    nothing_found_->hide();
    rest->addWidget(nothing_found_);

    for (const Setting<RunConfig>& setting : run_settings()) {
        auto* field = new SettingField(theme, setting.info, this);
        fields_.push_back(field);
        if (setting.info.key == "device") field->offer_only(offered_devices());
        connect(field, &SettingField::edited, this,
                [this, key = setting.info.key](const SettingValue& value) { editor_.set_value(key, value); });
        connect(field, &SettingField::editing_finished, &editor_, &ConfigEditor::finish_step);
        connect(field, &SettingField::problem_changed, this, &SettingsForm::check);
        // The cards choose the dataset, so that its path is not among the essential settings.
        if (setting.info.essential && setting.info.key != "dataset") {
            layout->addWidget(field);
            if (setting.info.key == "schedule") layout->addWidget(make_drawn_row());
            continue;
        }
        const QString name = text_of(setting.info.group);
        auto group = std::ranges::find_if(groups_, [&](const Group& g) { return g.title->text() == name; });
        if (group == groups_.end()) {
            auto* title = new QLabel(name, more_);
            title->setFont(theme.group_title());
            groups_.push_back({title, {}});
            group = std::prev(groups_.end());
        }
        group->fields.push_back(field);
    }
    for (const Group& group : groups_) {
        rest->addWidget(group.title);
        for (SettingField* field : group.fields) rest->addWidget(field);
    }
    layout->addWidget(whole_problem_);
    layout->addWidget(more_button_);
    layout->addWidget(more_);
}

QWidget* SettingsForm::make_drawn_row() {
    drawn_row_ = new QWidget(this);
    saved_ = new SavedScheduleBox;
    auto* draw = new QPushButton(tr("Draw…"));
    draw->setObjectName("draw_schedule");
    draw->setToolTip(tr("Opens the curve on the Noise page, where it can be changed and saved"));
    auto* row = new QHBoxLayout(drawn_row_);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::control);
    row->addWidget(saved_, 1);
    row->addWidget(draw);
    connect(saved_, &SavedScheduleBox::chosen, this, [this](const QString& points) {
        editor_.set_value("schedule_points", points.toStdString());
        editor_.finish_step();
    });
    connect(draw, &QPushButton::clicked, this, &SettingsForm::drawing_wanted);
    return drawn_row_;
}

void SettingsForm::set_locked(bool locked) {
    saved_->setEnabled(!locked);
    for (SettingField* field : fields_) field->set_locked(locked && !field->info().live);
}

void SettingsForm::set_image_shape(const ImageShape& shape) {
    shape_ = shape;
    check();
}

bool SettingsForm::has_bad_text() const {
    return std::ranges::any_of(fields_,
                               [](const SettingField* field) { return field->problem().has_value(); });
}

void SettingsForm::restore_bad_text() {
    show_config();
}

SettingField* SettingsForm::field(const std::string& key) const {
    const auto found = std::ranges::find_if(fields_, [&](const auto* f) { return f->info().key == key; });
    return found == fields_.end() ? nullptr : *found;
}

void SettingsForm::show_config() {
    for (std::size_t i = 0; i < fields_.size(); ++i)
        fields_[i]->set_value(run_settings()[i].get(editor_.config()));
    drawn_row_->setVisible(editor_.config().schedule.schedule == ScheduleKind::drawn);
    saved_->set_points(text_of(editor_.config().schedule.points));
    if (SettingField* schedule = field("schedule"))
        schedule->set_note(schedule_note(editor_.config().schedule));
    check();
}

SettingField* SettingsForm::field_with_problem() const {
    const auto found =
        std::ranges::find_if(fields_, [](const auto* each) { return each->problem().has_value(); });
    return found == fields_.end() ? nullptr : *found;
}

void SettingsForm::check() {
    problem_.reset();
    const SettingField* guilty = field_with_problem();
    const bool is_text = guilty != nullptr;  // and its field explains it already
    if (is_text) {
        problem_ = guilty->problem();
    } else {
        try {
            check_run(editor_.config(), shape_.count, shape_.channels, shape_.height, shape_.width);
        } catch (const Error& error) {
            problem_ = error;
            guilty = field(error.setting);
        }
    }
    const QString sentence = problem_ ? text_of(one_line(*problem_)) : QString();
    for (SettingField* each : fields_)
        each->set_outer_problem(each == guilty && !is_text ? sentence : QString());
    // The field may be hidden under "More settings".
    const bool hidden = problem_ && (!guilty || (!guilty->info().essential && !more_button_->isChecked()));
    whole_problem_->setText(hidden ? sentence : QString());
    whole_problem_->setVisible(hidden);
    Q_EMIT problem_changed();
}

void SettingsForm::filter() {
    const QString words = search_->text();
    bool any = false;
    for (const Group& group : groups_) {
        bool shown = false;
        for (SettingField* each : group.fields) {
            const bool match = each->matches(words);
            each->setVisible(match);
            shown = shown || match;
        }
        group.title->setVisible(shown);
        any = any || shown;
    }
    nothing_found_->setVisible(!any);
}

}  // namespace denoise::ui
