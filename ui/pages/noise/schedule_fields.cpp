#include "ui/pages/noise/schedule_fields.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QSignalBlocker>
#include <QSpinBox>

#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/enum_box.h"
#include "ui/widgets/labelled_field.h"

namespace denoise::ui {
namespace {

constexpr auto kind_count = static_cast<int>(names_of<ScheduleKind>.size());

}  // namespace

ScheduleFields::ScheduleFields(const Theme& theme, QObject* parent)
    : QObject(parent),
      theme_(theme),
      kind_(new QComboBox),
      timesteps_(new QSpinBox),
      scale_ends_(new QCheckBox) {
    add_values<ScheduleKind>(*kind_);
    kind_->setObjectName("schedule");
    const SettingInfo& T = find_setting(schedule_settings(), "timesteps").info;
    timesteps_->setRange(static_cast<int>(T.minimum), static_cast<int>(T.maximum));
    timesteps_->setKeyboardTracking(false);
    timesteps_->setObjectName("timesteps");
    timesteps_->setButtonSymbols(QSpinBox::NoButtons);
    timesteps_->setMinimumWidth(3 * space::target);
    const SettingInfo& ends = find_setting(schedule_settings(), "scale_ends").info;
    scale_ends_->setText(text_of(ends.title));
    scale_ends_->setToolTip(text_of(ends.help));
    scale_ends_->setObjectName("scale_ends");
    set_config({});
    connect(kind_, &QComboBox::currentIndexChanged, this, &ScheduleFields::kind_chosen);
    connect(timesteps_, &QSpinBox::valueChanged, this, &ScheduleFields::changed);
    connect(scale_ends_, &QCheckBox::toggled, this, &ScheduleFields::changed);
}

void ScheduleFields::kind_chosen(int index) {
    if (index >= kind_count && run_) set_config(*run_);
    Q_EMIT changed();
}

ScheduleConfig ScheduleFields::config() const {
    ScheduleConfig config = base_;
    config.schedule = chosen_value<ScheduleKind>(*kind_);
    config.timesteps = timesteps_->value();
    config.scale_ends = scale_ends_->isChecked();
    return config;
}

void ScheduleFields::set_config(const ScheduleConfig& config) {
    const QSignalBlocker quiet_kind(kind_), quiet_timesteps(timesteps_), quiet_ends(scale_ends_);
    base_ = config;
    kind_->setCurrentIndex(static_cast<int>(config.schedule));
    timesteps_->setValue(config.timesteps);
    scale_ends_->setChecked(config.scale_ends);
}

void ScheduleFields::set_run(const std::optional<ScheduleConfig>& run) {
    run_ = run;
    const QSignalBlocker quiet(kind_);
    while (kind_->count() > kind_count) kind_->removeItem(kind_->count() - 1);
    if (!run) return;
    kind_->insertSeparator(kind_count);
    kind_->addItem(tr("As in the run (%1)").arg(QString::fromUtf8(entry_of(run->schedule).title)));
}

void ScheduleFields::add_to(QBoxLayout& row) {
    const SettingInfo& schedule = find_setting(schedule_settings(), "schedule").info;
    const SettingInfo& T = find_setting(schedule_settings(), "timesteps").info;
    row.addLayout(labelled_field(theme_, text_of(schedule.title), kind_, text_of(schedule.help)));
    row.addLayout(labelled_field(theme_, text_of(T.title), timesteps_, text_of(T.help)));
}

}  // namespace denoise::ui
