#include "ui/panels/model/model_panel.h"

#include <QHBoxLayout>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/link/engine_link.h"
#include "ui/panels/model/model_tree.h"
#include "ui/paths/dropped_path.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/steady_label.h"

namespace denoise::ui {
namespace {

/// The title of the value that the setting `key` has in `config`.
QString choice_title(const RunConfig& config, const char* key) {
    const Setting<RunConfig>& setting = find_setting(run_settings(), key);
    const std::string value = format_setting(setting.get(config));
    const auto found = std::ranges::find(setting.info.choices, value, &Choice::value);
    return text_of(found == setting.info.choices.end() ? value : found->title);
}

QString facts_of(const RunOpened& run) {
    const RunConfig& config = run.config;
    QStringList facts;
    if (run.step > 0) facts << ModelPanel::tr("%1 training steps").arg(count_text(run.step));
    facts << ModelPanel::tr("predicts: %1").arg(choice_title(config, "prediction"));
    facts << ModelPanel::tr("noise schedule: %1, %2 timesteps")
                 .arg(choice_title(config, "schedule"), count_text(config.schedule.timesteps));
    if (config.unet.classes > 0)
        facts << (config.unet.unlabelled_class
                      ? ModelPanel::tr("%n class(es) with guidance", nullptr, config.unet.classes)
                      : ModelPanel::tr("%n class(es)", nullptr, config.unet.classes));
    if (config.unet.learned_variance) facts << ModelPanel::tr("learned variance");
    return facts.join(QStringLiteral(" · "));
}

}  // namespace

ModelPanel::ModelPanel(EngineLink& link, const Theme& theme, QWidget* parent) : QWidget(parent), link_(link) {
    setProperty("role", "panel");
    setAttribute(Qt::WA_StyledBackground);
    auto* empty = new QLabel(tr("Train a model or open a run to see the parts of its network."));
    empty->setAlignment(Qt::AlignCenter);
    empty->setProperty("role", "caption");

    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(space::group, space::control, 0, 0);
    layout->setSpacing(space::tight);
    name_ = new QLabel(page);
    name_->setFont(theme.group_title());
    facts_ = new ElidedLabel(page);
    facts_->setObjectName("model_facts");
    facts_->setProperty("role", "caption");
    facts_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);  // elided in a narrow window
    name_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* heading = new QHBoxLayout;
    heading->setSpacing(space::group);
    heading->addWidget(name_);
    heading->addWidget(facts_, 1, Qt::AlignBottom);
    layout->addLayout(heading);
    tree_ = new ModelTree(theme, ModelTree::Form::full, page);
    layout->addWidget(tree_, 1);

    stack_ = new QStackedWidget(this);
    stack_->addWidget(empty);
    stack_->addWidget(page);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(stack_);
    connect(&link, &EngineLink::run_opened, this, &ModelPanel::show_run);
    connect(&link, &EngineLink::run_changed, this, &ModelPanel::show_facts);
    connect(&link, &EngineLink::training_progress, this, &ModelPanel::show_facts);
    connect(&link, &EngineLink::training_ended, this, &ModelPanel::show_facts);
}

void ModelPanel::show_facts() {
    if (!link_.run()) return;
    facts_->setText(facts_of(*link_.run()));
}

void ModelPanel::show_run(const RunOpened& run) {
    name_->setText(model_name(link_.model_path()));
    name_->setToolTip(text_of(link_.model_path().string()));
    show_facts();
    tree_->set_parts(run.parts, run.channels, run.height, run.width);
    stack_->setCurrentIndex(1);
}

}  // namespace denoise::ui
