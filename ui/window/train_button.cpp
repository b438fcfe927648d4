#include "ui/window/train_button.h"

#include <algorithm>

#include "ui/theme/theme.h"
#include "ui/window/window_actions.h"

namespace denoise::ui {

TrainButton::TrainButton(const WindowActions& actions, const Theme& theme, QWidget* parent)
    : QToolButton(parent),
      train_(actions["train"]),
      pause_(actions["pause"]),
      resume_(actions["resume"]),
      resume_text_(resume_->text()),
      train_keys_(train_->shortcuts()),
      pause_keys_(pause_->shortcuts()) {
    setObjectName("train_button");
    setProperty("primary", true);
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    // Their icons have to stand out from the colour of the button.
    for (QAction* action : {train_, pause_, resume_}) {
        action->setIcon(theme.icon(action == pause_ ? "media-playback-pause" : "media-playback-start",
                                   Colour::accent_text));
        action->setIconVisibleInMenu(false);
    }
    int width = 0;
    const auto reserve = [this, &width] {
        ensurePolished();
        width = std::max(width, sizeHint().width());
    };
    for (QAction* action : {train_, pause_, resume_}) {
        show_action(action);
        reserve();
    }
    resume_->setText(tr("Train more"));
    reserve();
    setFixedWidth(width);
    resume_->setText(resume_text_);
}

void TrainButton::show_situation(const Situation& now) {
    const bool resumes = has_run_to_resume(now);
    train_->setShortcuts(resumes ? QList<QKeySequence>() : train_keys_);
    pause_->setShortcuts(resumes ? QList<QKeySequence>() : pause_keys_);
    resume_->setShortcuts(resumes ? train_keys_ + pause_keys_ : QList<QKeySequence>());
    resume_->setText(now.extends_run ? tr("Train more") : resume_text_);
    if (defaultAction() == resume_) setAccessibleName(resume_->text());
    show_action(resumes ? resume_ : now.state == EngineState::training ? pause_ : train_);
}

void TrainButton::show_action(QAction* action) {
    if (defaultAction() == action) return;
    for (QAction* old : actions()) removeAction(old);
    setDefaultAction(action);
    setAccessibleName(action->text());
}

}  // namespace denoise::ui
