#include "ui/pages/denoise/schedule_track_accessible.h"

#include <QAccessibleWidget>

#include "ui/pages/denoise/schedule_track.h"

namespace denoise::ui {
namespace {

class TrackAccessible : public QAccessibleWidget, public QAccessibleValueInterface {
  public:
    explicit TrackAccessible(ScheduleTrack* track)
        : QAccessibleWidget(track, QAccessible::Slider), track_(track) {}

    void* interface_cast(QAccessible::InterfaceType type) override {
        if (type == QAccessible::ValueInterface) return static_cast<QAccessibleValueInterface*>(this);
        return QAccessibleWidget::interface_cast(type);
    }
    QString text(QAccessible::Text kind) const override {
        return kind == QAccessible::Value ? track_->value_text() : QAccessibleWidget::text(kind);
    }

    QVariant currentValue() const override { return track_->position(); }
    void setCurrentValue(const QVariant& value) override {
        track_->set_position(value.toInt());
        Q_EMIT track_->scrubbed(track_->position());
    }
    QVariant minimumValue() const override { return 0; }
    QVariant maximumValue() const override { return track_->reached() > 0 ? track_->reached() - 1 : 0; }
    QVariant minimumStepSize() const override { return 1; }

  private:
    ScheduleTrack* track_;
};

QAccessibleInterface* make_interface(const QString&, QObject* object) {
    auto* track = qobject_cast<ScheduleTrack*>(object);
    return track != nullptr ? new TrackAccessible(track) : nullptr;
}

}  // namespace

void install_track_accessibility() {
    static const bool installed = [] {
        QAccessible::installFactory(make_interface);
        return true;
    }();
    static_cast<void>(installed);
}

}  // namespace denoise::ui
