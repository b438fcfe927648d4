#include "ui/panels/setup/time_choice.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPushButton>

#include "ui/panels/setup/config_editor.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

struct Choice {
    int minutes;
    const char* preset;
};
/// After two minutes, samples of "quick" on MNIST have a Frechet distance of 1.22, after ten 1.04
/// (tests/bench/LOG.md). An hour is the budget for which "balanced" was made.
constexpr Choice choices[] = {{2, "quick"}, {10, "quick"}, {60, "balanced"}};

}  // namespace

TimeChoice::TimeChoice(ConfigEditor& editor, QWidget* parent)
    : QWidget(parent), editor_(editor), buttons_(new QButtonGroup(this)) {
    setObjectName("time_choice");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::control);
    for (const Choice& choice : choices) {
        const Preset& preset = find_preset(choice.preset);
        auto* button = new QPushButton(tr("%1 min").arg(choice.minutes), this);
        button->setCheckable(true);
        button->setAccessibleName(tr("I have %n minute(s)", nullptr, choice.minutes));
        button->setToolTip(tr("Trains for %n minute(s) with the preset “%1”.", nullptr, choice.minutes)
                               .arg(text_of(preset.title)));
        buttons_->addButton(button, choice.minutes);
        row->addWidget(button, 1);
        connect(button, &QPushButton::clicked, this, [this, &preset, minutes = choice.minutes] {
            editor_.use_preset(preset, minutes);
            show_config();  // a click on the chosen button does not release it
        });
    }
    // With exclusive buttons one would always have to be chosen.
    buttons_->setExclusive(false);
    connect(&editor_, &ConfigEditor::changed, this, &TimeChoice::show_config);
    show_config();
}

void TimeChoice::show_config() {
    const TrainingConfig& training = editor_.config().training;
    for (const Choice& choice : choices)
        buttons_->button(choice.minutes)
            ->setChecked(training.steps == 0 && training.minutes == choice.minutes &&
                         editor_.preset() == QLatin1String(choice.preset));
}

}  // namespace denoise::ui
