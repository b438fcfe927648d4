#include "ui/panels/setup/run_note.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/link/engine_link.h"
#include "ui/panels/setup/run_settings.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {

RunNote::RunNote(EngineLink& link, RunSettings& settings, const Theme& theme, QWidget* parent)
    : QWidget(parent),
      link_(link),
      settings_(settings),
      text_(new QLabel(this)),
      button_(new QPushButton(this)),
      next_(new QPushButton(tr("Set up the next run"), this)) {
    setObjectName("run_note");
    text_->setObjectName("run_note_text");
    text_->setWordWrap(true);
    text_->setFont(theme.caption());
    text_->setProperty("role", "caption");
    button_->setObjectName("run_note_button");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::tight);
    column->addWidget(text_);
    column->addWidget(next_, 0, Qt::AlignLeft);
    column->addWidget(button_, 0, Qt::AlignLeft);
    next_->setObjectName("set_up_next");
    next_->setAccessibleName(next_->text());
    next_->setToolTip(
        tr("Frees the settings for a run that you add to the queue. The open run goes on with its own."));
    connect(next_, &QPushButton::clicked, &settings_, &RunSettings::set_up_next);
    connect(button_, &QPushButton::clicked, this, &RunNote::press);
    connect(&settings_, &RunSettings::changed, this, &RunNote::show_situation);
    connect(&link_, &EngineLink::run_opened, this, &RunNote::show_situation);
    connect(&link_, &EngineLink::training_ended, this, &RunNote::show_situation);
    connect(&link_, &EngineLink::trained_elsewhere_changed, this, &RunNote::show_situation);
    connect(&link_, &EngineLink::model_refreshed, this, &RunNote::show_situation);
    show_situation();
}

void RunNote::show_situation() {
    setVisible(link_.run().has_value());
    if (!link_.run()) return;
    if (settings_.are_locked()) {
        text_->setText(
            tr("Settings of the open run. Those that are grey are fixed; changes of the others apply "
               "from the next step on."));
        button_->setText(tr("New run with these settings"));
        button_->setToolTip(tr("Saves and closes the open run, so that all settings can be changed."));
    } else if (settings_.are_for_next_run()) {
        text_->setText(tr("Settings of the next run. The open run is trained with its own."));
        button_->setText(tr("Show the open run"));
        button_->setToolTip(tr("Shows the settings of the open run again. This replaces those below."));
    } else if (settings_.are_of_run() && settings_.is_run_finished()) {
        text_->setText(
            settings_.can_resume()
                ? tr("Settings of the open run, which is finished. With the larger budget, it can be "
                     "resumed from step %1.")
                      .arg(count_text(link_.run()->step))
                : tr("Settings of the open run, which is finished after %1. With more minutes or steps it "
                     "can "
                     "be trained further.")
                      .arg(settings_.run_budget()));
        button_->setText(tr("Train for %1 more").arg(settings_.run_budget()));
        button_->setToolTip(tr("Doubles the budget of the open run and resumes it."));
    } else if (settings_.are_of_run()) {
        text_->setText(
            link_.is_trained_elsewhere() ? tr("Settings of the open run, which another program trains.")
            : link_.can_resume()         ? tr("Settings of the open run, which can be resumed from step %1.")
                                       .arg(count_text(link_.run()->step))
                                 : tr("Settings of the open run."));
    } else {
        text_->setText(tr("Settings of the next run. The open model was trained with others."));
        button_->setText(tr("Use its settings"));
        button_->setToolTip(tr("Copies the settings of the open model. This can be undone."));
    }
    button_->setVisible(settings_.are_locked() || !settings_.are_of_run() ||
                        (settings_.is_run_finished() && !settings_.can_resume()));
    next_->setVisible(settings_.are_locked());
}

void RunNote::press() {
    if (settings_.are_locked())
        Q_EMIT new_run_wanted();
    else if (settings_.are_for_next_run())
        settings_.return_to_run();
    else if (settings_.are_of_run())
        settings_.extend();
    else
        settings_.use_run();
}

}  // namespace denoise::ui
