#include "ui/widgets/saved_schedule_box.h"

#include <QWheelEvent>

#include "ui/text/format.h"
#include "ui/widgets/user_message.h"

namespace denoise::ui {

SavedScheduleBox::SavedScheduleBox(QWidget* parent) : ElidedComboBox(Qt::ElideRight, parent) {
    setObjectName("saved_schedules");
    setAccessibleName(tr("Saved schedules"));
    setToolTip(tr("Schedules drawn by hand that were saved on the Noise page"));
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(6);
    connect(this, &QComboBox::activated, this, [this](int index) {
        if (index > 0) Q_EMIT chosen(text_of(schedules_[static_cast<std::size_t>(index - 1)].points));
    });
    refresh();
}

void SavedScheduleBox::refresh() {
    try {
        schedules_ = read_saved_schedules(saved_schedules_file());
    } catch (const Error& error) {
        schedules_.clear();
        if (isVisible()) send_error(*this, error);
    }
    clear();
    addItem(schedules_.empty() ? tr("None saved") : tr("Not saved"));
    for (const SavedSchedule& schedule : schedules_) addItem(text_of(schedule.name));
    show_points();
}

void SavedScheduleBox::set_points(const QString& points) {
    points_ = points;
    show_points();
}

void SavedScheduleBox::show_points() {
    int index = 0;
    for (std::size_t i = 0; i < schedules_.size(); ++i)
        if (text_of(schedules_[i].points) == points_) index = static_cast<int>(i) + 1;
    setCurrentIndex(index);
}

QString SavedScheduleBox::chosen_name() const {
    return currentIndex() > 0 ? currentText() : QString();
}

void SavedScheduleBox::showPopup() {
    refresh();
    QComboBox::showPopup();
}

void SavedScheduleBox::wheelEvent(QWheelEvent* event) {
    event->ignore();  // scrolls the form instead
}

}  // namespace denoise::ui
