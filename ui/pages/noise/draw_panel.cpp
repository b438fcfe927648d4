#include "ui/pages/noise/draw_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/runs/saved_schedules.h"
#include "ui/pages/noise/curve_editor.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/caption_label.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/saved_schedule_box.h"
#include "ui/widgets/steady_label.h"
#include "ui/widgets/user_message.h"

namespace denoise::ui {
namespace {

constexpr int longest_name = 40;

}  // namespace

DrawPanel::DrawPanel(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      editor_(new CurveEditor(theme)),
      quantity_(new QComboBox),
      add_(icon_button(theme.icon("list-add"), tr("Add a point after the selected one (Insert)"))),
      remove_(icon_button(theme.icon("list-remove"), tr("Remove the selected point (Delete)"))),
      saved_(new SavedScheduleBox),
      name_(new QLineEdit),
      save_(new QPushButton(theme.icon("document-save"), tr("Save"))),
      delete_(icon_button(theme.icon("edit-delete"), tr("Delete the saved schedule"))),
      point_(caption_label(theme)) {
    auto* train = new QPushButton(theme.icon("denoise-unet"), tr("Use for training"));
    train->setObjectName("train_with_schedule");
    train->setToolTip(tr("Copies the schedule to the settings of the next run"));
    connect(train, &QPushButton::clicked, this, &DrawPanel::training_wanted);
    auto* hint = caption_label<ElidedLabel>(theme, Qt::PlainText);
    hint->setText(tr("Drag the points; a double click adds one"));
    auto* below = new QHBoxLayout;
    below->setSpacing(space::group);
    below->addWidget(point_, 1);
    below->addWidget(hint);
    below->addWidget(train);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::control);
    column->addLayout(make_controls());
    column->addWidget(editor_, 1);
    column->addLayout(below);

    connect(editor_, &CurveEditor::edited, this, [this] {
        const QString points = text_of(format_points(editor_->points()));
        saved_->set_points(points);
        show_name();
        Q_EMIT drawn(points);
    });
    connect(editor_, &CurveEditor::selection_changed, this, &DrawPanel::show_selection);
    connect(add_, &QToolButton::clicked, editor_, &CurveEditor::add_point);
    connect(remove_, &QToolButton::clicked, editor_, &CurveEditor::remove_point);
    connect(saved_, &SavedScheduleBox::chosen, this, &DrawPanel::drawn);
    connect(save_, &QPushButton::clicked, this, &DrawPanel::save);
    connect(name_, &QLineEdit::returnPressed, this, &DrawPanel::save);
    connect(name_, &QLineEdit::textChanged, this, &DrawPanel::show_name);
    connect(delete_, &QToolButton::clicked, this, &DrawPanel::remove);
    show_selection();
    show_name();
}

QLayout* DrawPanel::make_controls() {
    quantity_->addItem(tr("Signal, ᾱ"));
    quantity_->addItem(tr("log SNR"));
    quantity_->setAccessibleName(tr("Quantity of the vertical axis"));
    quantity_->setObjectName("drawn_quantity");
    connect(quantity_, &QComboBox::currentIndexChanged, this,
            [this](int index) { editor_->set_quantity(static_cast<CurveEditor::Quantity>(index)); });
    name_->setPlaceholderText(tr("Name"));
    name_->setAccessibleName(tr("Name of the schedule"));
    name_->setObjectName("schedule_name");
    name_->setMaxLength(longest_name);
    name_->setFixedWidth(3 * space::target);
    save_->setObjectName("save_schedule");
    delete_->setObjectName("delete_schedule");
    add_->setObjectName("add_point");
    remove_->setObjectName("remove_point");
    // So that the row fits into a window of 1024 pixels.
    for (QToolButton* button : {add_, remove_, delete_}) button->setProperty("narrow", true);
    auto* row = new FlowLayout(space::control, space::control);
    for (QWidget* widget :
         {static_cast<QWidget*>(quantity_), static_cast<QWidget*>(make_start_menu()),
          static_cast<QWidget*>(add_), static_cast<QWidget*>(remove_), static_cast<QWidget*>(saved_),
          static_cast<QWidget*>(name_), static_cast<QWidget*>(save_), static_cast<QWidget*>(delete_)})
        row->addWidget(widget);
    return row;
}

QToolButton* DrawPanel::make_start_menu() {
    auto* menu = new QMenu(this);
    for (const auto& kind : names_of<ScheduleKind>) {
        if (kind.value == ScheduleKind::drawn) continue;
        QAction* action = menu->addAction(QString::fromUtf8(kind.title));
        connect(action, &QAction::triggered, this,
                [this, value = kind.value] { Q_EMIT start_wanted(value); });
    }
    auto* button = new QToolButton;
    button->setText(tr("Start from…"));
    button->setToolTip(tr("Begins again with points on another schedule"));
    button->setMenu(menu);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setMinimumHeight(space::target);
    button->setObjectName("start_from");
    return button;
}

void DrawPanel::set_config(const ScheduleConfig& config) {
    editor_->set_timesteps(config.timesteps);
    try {
        editor_->set_points(parse_points(config.points));
    } catch (const Error&) {
        return;  // the page shows it
    }
    saved_->set_points(text_of(config.points));
    if (const QString name = saved_->chosen_name(); !name.isEmpty()) name_->setText(name);
    show_name();
}

void DrawPanel::show_selection() {
    point_->setText(editor_->selected_text());
    add_->setEnabled(editor_->can_add());
    remove_->setEnabled(editor_->can_remove());
}

void DrawPanel::show_name() {
    const QString name = name_->text().trimmed();
    const bool is_saved = saved_->chosen_name() == name;
    const bool replaces = !is_saved && saved_->findText(name) > 0;
    save_->setText(replaces ? tr("Replace") : tr("Save"));
    save_->setEnabled(!name.isEmpty() && !is_saved);
    save_->setToolTip(name.isEmpty() ? tr("Give the schedule a name first.")
                      : is_saved     ? tr("The schedule is saved by this name.")
                      : replaces     ? tr("Replaces the saved schedule with this name")
                                     : tr("Saves the schedule; Setup lists it, too"));
    delete_->setEnabled(!saved_->chosen_name().isEmpty());
}

void DrawPanel::save() {
    if (!save_->isEnabled()) return;
    const QString name = name_->text().trimmed();
    try {
        save_schedule(saved_schedules_file(), {name.toStdString(), format_points(editor_->points())});
    } catch (const Error& error) {
        return send_error(*this, error);
    }
    saved_->refresh();
    show_name();
    Q_EMIT message(tr("The schedule was saved as “%1”. Setup lists it, too.").arg(name));
}

void DrawPanel::remove() {
    const QString name = saved_->chosen_name();
    try {
        delete_saved_schedule(saved_schedules_file(), name.toStdString());
    } catch (const Error& error) {
        return send_error(*this, error);
    }
    saved_->refresh();
    show_name();
    Q_EMIT message(tr("“%1” was deleted. Its curve is still drawn here; Save keeps it.").arg(name));
}

}  // namespace denoise::ui
