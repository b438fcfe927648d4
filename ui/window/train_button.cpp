#include "ui/window/train_button.h"

#include <algorithm>

#include "ui/theme/theme.h"
#include "ui/window/window_actions.h"

namespace denoise::ui {

TrainButton::TrainButton(const WindowActions& actions, const Theme& theme, QWidget* parent)
    : QToolButton(parent),
      train_(actions["train"]),
      pause_(actions["pause"]),
      continue_(actions["continue"]),
      continue_text_(continue_->text()),
      train_keys_(train_->shortcuts()),
      pause_keys_(pause_->shortcuts()) {
    setObjectName("train_button");
    setProperty("primary", true);
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    // Their icons have to stand out from the colour of the button.
    for (QAction* action : {train_, pause_, continue_}) {
        action->setIcon(theme.icon(action == pause_ ? "media-playback-pause" : "media-playback-start",
                                   Colour::accent_text));
        action->setIconVisibleInMenu(false);
    }
    int width = 0;
    const auto reserve = [this, &width] {
        ensurePolished();
        width = std::max(width, sizeHint().width());
    };
    for (QAction* action : {train_, pause_, continue_}) {
        show_action(action);
        reserve();
    }
    continue_->setText(tr("Train more"));
    reserve();
    setFixedWidth(width);
    continue_->setText(continue_text_);
}

void TrainButton::show_situation(const Situation& now) {
    const bool continues = has_run_to_continue(now);
    train_->setShortcuts(continues ? QList<QKeySequence>() : train_keys_);
    pause_->setShortcuts(continues ? QList<QKeySequence>() : pause_keys_);
    continue_->setShortcuts(continues ? train_keys_ + pause_keys_ : QList<QKeySequence>());
    continue_->setText(now.extends_run ? tr("Train more") : continue_text_);
    if (defaultAction() == continue_) setAccessibleName(continue_->text());
    show_action(continues ? continue_ : now.state == EngineState::training ? pause_ : train_);
}

void TrainButton::show_action(QAction* action) {
    if (defaultAction() == action) return;
    for (QAction* old : actions()) removeAction(old);
    setDefaultAction(action);
    setAccessibleName(action->text());
}

}  // namespace denoise::ui
