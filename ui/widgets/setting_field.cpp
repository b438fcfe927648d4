#include "ui/widgets/setting_field.h"

#include <QCheckBox>
#include <QComboBox>
#include <QMouseEvent>
#include <QVBoxLayout>
#include <QWheelEvent>
#include <algorithm>

#include "ui/text/format.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"
#include "ui/widgets/number_edit.h"

namespace denoise::ui {
namespace {

/// The wheel scrolls the form instead of changing the value.
class CalmComboBox : public QComboBox {
  public:
    using QComboBox::QComboBox;

  protected:
    void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

/// The whole row answers the pointer, not the box and its words alone.
class RowCheckBox : public QCheckBox {
  public:
    using QCheckBox::QCheckBox;

  protected:
    bool hitButton(const QPoint& place) const override { return rect().contains(place); }
};

/// A click anywhere in its row gives the focus to its editor.
class RowLabel : public QLabel {
  public:
    using QLabel::QLabel;

  protected:
    void mousePressEvent(QMouseEvent* event) override {
        if (buddy() && buddy()->isEnabled()) buddy()->setFocus(Qt::MouseFocusReason);
        QLabel::mousePressEvent(event);
    }
};

}  // namespace

SettingField::SettingField(const Theme& theme, const SettingInfo& info, QWidget* parent)
    : QWidget(parent), theme_(theme), info_(info) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::tight);
    make_editor();
    editor_->setObjectName(text_of(info.key));
    editor_->setAccessibleName(text_of(info.title));
    editor_->setAccessibleDescription(text_of(info.help));
    set_locked(false);
    if (info.kind != SettingKind::boolean) {
        auto* label = new RowLabel(text_of(info.title), this);
        label->setBuddy(editor_);
        layout->addWidget(label);
    }
    layout->addWidget(editor_);
    under_ = new QLabel(this);
    under_->setWordWrap(true);
    under_->setFont(theme.caption());
    under_->hide();
    layout->addWidget(under_);
}

void SettingField::make_editor() {
    if (info_.kind == SettingKind::boolean) {
        auto* box = new RowCheckBox(text_of(info_.title), this);
        connect(box, &QCheckBox::clicked, this, [this](bool on) { Q_EMIT edited(on); });
        editor_ = box;
    } else if (info_.kind == SettingKind::choice) {
        auto* box = new CalmComboBox(this);
        fill(*box, {});
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(8);
        connect(box, &QComboBox::activated, this,
                [this, box] { Q_EMIT edited(box->currentData().toString().toStdString()); });
        editor_ = box;
    } else {
        auto* line = new NumberEdit(info_, this);
        connect(line, &QLineEdit::textEdited, this, &SettingField::text_edited);
        connect(line, &QLineEdit::editingFinished, this, &SettingField::editing_finished);
        editor_ = line;
    }
}

void SettingField::fill(QComboBox& box, const std::string& current) {
    box.clear();
    for (const Choice& choice : info_.choices) {
        const bool offered = !offered_ || std::ranges::find(*offered_, choice.value) != offered_->end();
        if (!offered && choice.value != current) continue;
        box.addItem(text_of(choice.title), text_of(choice.value));
        box.setItemData(box.count() - 1, text_of(choice.help), Qt::ToolTipRole);
    }
}

void SettingField::offer_only(const std::vector<std::string>& values) {
    auto* box = qobject_cast<QComboBox*>(editor_);
    if (!box) return;
    const QString current = box->currentData().toString();
    offered_ = values;
    fill(*box, current.toStdString());
    box->setCurrentIndex(box->findData(current));
}

void SettingField::text_edited(const QString& text) {
    const bool had_problem = problem_.has_value();
    try {
        const SettingValue value = parse_setting(info_, text.toStdString());
        problem_.reset();
        show_state();
        Q_EMIT edited(value);
    } catch (const Error& error) {
        problem_ = error;
        show_state();
    }
    if (had_problem || problem_) Q_EMIT problem_changed();
}

void SettingField::set_value(const SettingValue& value) {
    const bool had_problem = problem_.has_value();
    problem_.reset();
    if (auto* box = qobject_cast<QCheckBox*>(editor_)) {
        box->setChecked(std::get<bool>(value));
    } else if (auto* combo = qobject_cast<QComboBox*>(editor_)) {
        const std::string& choice = std::get<std::string>(value);
        if (offered_) fill(*combo, choice);
        combo->setCurrentIndex(combo->findData(text_of(choice)));
    } else if (auto* line = qobject_cast<QLineEdit*>(editor_)) {
        bool same = false;
        try {
            same = parse_setting(info_, line->text().toStdString()) == value;
        } catch (const Error&) {  // the text is replaced
        }
        if (!same || had_problem) line->setText(text_of(format_setting(value)));
    }
    show_state();
    if (had_problem) Q_EMIT problem_changed();
}

void SettingField::set_outer_problem(const QString& text) {
    if (text == outer_problem_) return;
    outer_problem_ = text;
    show_state();
}

void SettingField::set_note(const QString& text) {
    if (text == note_) return;
    note_ = text;
    show_state();
}

void SettingField::set_locked(bool locked) {
    editor_->setEnabled(!locked);
    const QString tip = text_of(info_.help) + QStringLiteral("\n") +
                        tr("Value: %1. Key: %2").arg(text_of(describe_range(info_)), text_of(info_.key));
    setToolTip(locked ? tip + QStringLiteral("\n") +
                            tr("This setting is fixed while a run is open for training.")
                      : tip);
}

bool SettingField::matches(const QString& words) const {
    const QString all = text_of(info_.title + " " + info_.key + " " + info_.help + " " + info_.group);
    const QStringList parts = words.split(' ', Qt::SkipEmptyParts);
    return std::ranges::all_of(parts,
                               [&](const QString& part) { return all.contains(part, Qt::CaseInsensitive); });
}

void SettingField::show_state() {
    const QString fault = problem_ ? text_of(problem_->why) + QStringLiteral(".") : outer_problem_;
    under_->setText(fault.isEmpty() ? note_ : fault);
    set_look(*under_, "role", fault.isEmpty() ? "caption" : "problem");
    under_->setVisible(!under_->text().isEmpty());
    set_look(*editor_, "invalid", !fault.isEmpty());
    editor_->setAccessibleDescription(fault.isEmpty() ? text_of(info_.help) : fault);
}

}  // namespace denoise::ui
