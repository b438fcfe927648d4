#include "ui/denoise/sample_controls.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QRandomGenerator>
#include <QToolButton>
#include <algorithm>
#include <initializer_list>
#include <limits>
#include <ranges>

#include "ui/labelled_field.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int most_images = 256;

}  // namespace

SampleControls::SampleControls(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      theme_(theme),
      sampler_(new QComboBox),
      steps_(new QSpinBox),
      eta_(new QDoubleSpinBox),
      count_(new QSpinBox),
      seed_(new QSpinBox),
      class_(new QComboBox),
      guidance_(new QDoubleSpinBox),
      button_(new QPushButton) {
    const SampleRequest defaults;
    for (const SamplerInfo& info : sampler_infos()) {
        sampler_->addItem(QString::fromStdString(info.title));
        sampler_->setItemData(sampler_->count() - 1, QString::fromStdString(info.help), Qt::ToolTipRole);
        steps_of_.push_back(info.default_steps);
    }
    shown_sampler_ = static_cast<int>(defaults.sampler);
    sampler_->setCurrentIndex(shown_sampler_);
    steps_->setRange(0, 1000);
    steps_->setSpecialValueText(tr("All"));
    steps_->setValue(defaults.steps);
    eta_->setRange(0, 1);
    eta_->setSingleStep(0.1);
    eta_->setDecimals(2);
    eta_->setValue(defaults.eta);
    count_->setRange(1, most_images);
    count_->setValue(defaults.count);
    seed_->setRange(0, std::numeric_limits<int>::max());
    seed_->setValue(static_cast<int>(defaults.seed));

    guidance_->setRange(0, 20);
    guidance_->setSingleStep(0.5);
    guidance_->setDecimals(1);
    guidance_->setValue(defaults.guidance_scale);
    class_->setObjectName("class");
    guidance_->setObjectName("guidance");
    class_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    class_->setMinimumContentsLength(9);

    for (QAbstractSpinBox* box :
         std::initializer_list<QAbstractSpinBox*>{steps_, eta_, count_, seed_, guidance_})
        box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    for (QAbstractSpinBox* box : std::initializer_list<QAbstractSpinBox*>{steps_, eta_, count_, guidance_})
        box->setFixedWidth(2 * space::target);
    seed_->setFixedWidth(3 * space::target);

    auto* dice = new QToolButton;
    dice->setIcon(theme.icon("roll"));
    dice->setToolTip(tr("Another seed at random"));
    dice->setAccessibleName(tr("Another seed at random"));
    button_->setObjectName("sample");
    button_->setProperty("primary", true);

    // Only models that were told of classes have these two.
    classes_ = new QWidget;
    auto* of_classes = new QHBoxLayout(classes_);
    of_classes->setContentsMargins(0, 0, 0, 0);
    of_classes->setSpacing(space::control);
    of_classes->addLayout(labelled_field(theme, tr("Class"), class_, tr("What the pictures should show")));
    of_classes->addLayout(labelled_field(
        theme, tr("Guidance"), guidance_,
        tr("Classifier-free guidance: 1 as learned, 2 to 4 clearer but less varied (Ho & Salimans 2022)")));
    classes_->hide();

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::control);
    row->addLayout(
        labelled_field(theme, tr("Sampler"), sampler_, tr("How the noise is taken away step by step")));
    row->addLayout(
        labelled_field(theme, tr("Steps"), steps_,
                       tr("How many of the model's timesteps the sampler visits; All takes the longest")));
    row->addLayout(labelled_field(theme, tr("Eta"), eta_));
    row->addWidget(classes_);
    row->addLayout(labelled_field(theme, tr("Images"), count_, tr("How many pictures are drawn at once")));
    row->addLayout(labelled_field(theme, tr("Seed"), seed_, tr("The same seed starts from the same noise")));
    row->addWidget(dice, 0, Qt::AlignBottom);
    row->addStretch(1);
    row->addWidget(button_, 0, Qt::AlignBottom);

    connect(sampler_, &QComboBox::currentIndexChanged, this, [this](int index) {
        steps_of_[static_cast<std::size_t>(shown_sampler_)] = steps_->value();
        shown_sampler_ = index;
        steps_->setValue(steps_of_[static_cast<std::size_t>(index)]);
        sampler_changed();
    });
    connect(dice, &QToolButton::clicked, this,
            [this] { seed_->setValue(static_cast<int>(QRandomGenerator::global()->bounded(1'000'000))); });
    connect(button_, &QPushButton::clicked, this, [this] {
        if (running_)
            Q_EMIT cancel_pressed();
        else
            Q_EMIT sample_pressed();
    });
    sampler_changed();
    // Both of the button's words fit, so that it keeps its place.
    for (const bool running : {true, false}) {
        running_ = running;
        update_button();
        button_->setMinimumWidth(std::max(button_->minimumWidth(), button_->sizeHint().width()));
    }
}

SamplerKind SampleControls::sampler() const {
    return static_cast<SamplerKind>(sampler_->currentIndex());
}

void SampleControls::sampler_changed() {
    const bool ddim = sampler() == SamplerKind::ddim;
    eta_->setEnabled(ddim);
    eta_->setToolTip(
        ddim ? tr("0: no fresh noise, the same seed always gives the same picture; 1: as noisy as DDPM")
             : tr("Only DDIM has an eta; each other sampler either adds noise at every step or never"));
}

SampleRequest SampleControls::request() const {
    SampleRequest request;
    request.sampler = sampler();
    request.count = count_->value();
    request.steps = steps_->value();
    request.eta = request.sampler == SamplerKind::ddim ? eta_->value() : 0;
    request.seed = seed_->value();
    if (class_->count() > 0) request.label = class_->currentIndex() - 1;
    if (guidance_->isEnabled()) request.guidance_scale = guidance_->value();
    request.frames = true;
    return request;
}

void SampleControls::set_request(const SampleRequest& request) {
    sampler_->setCurrentIndex(static_cast<int>(request.sampler));
    count_->setValue(request.count);
    steps_->setValue(request.steps);
    eta_->setValue(request.eta);
    seed_->setValue(static_cast<int>(request.seed));
    if (class_->count() > 0) class_->setCurrentIndex(request.label + 1);
    guidance_->setValue(request.guidance_scale);
}

void SampleControls::set_classes(const std::vector<std::string>& names, bool guidance) {
    const bool known = class_->count() == static_cast<int>(names.size()) + 1 &&
                       std::ranges::equal(names, std::views::iota(1, class_->count()), {}, {},
                                          [this](int i) { return class_->itemText(i).toStdString(); });
    if (!known) {
        class_->clear();
        if (!names.empty()) class_->addItem(tr("Each in turn"));
        for (const std::string& name : names) class_->addItem(QString::fromStdString(name));
    }
    classes_->setVisible(!names.empty());
    guidance_->setEnabled(guidance);
}

void SampleControls::set_obstacle(const QString& reason) {
    obstacle_ = reason;
    update_button();
}

void SampleControls::set_running(bool running) {
    running_ = running;
    update_button();
}

void SampleControls::set_timesteps(int timesteps) {
    steps_->setMaximum(timesteps);
}

void SampleControls::update_button() {
    button_->setText(running_ ? tr("Stop") : tr("Sample"));
    button_->setIcon(
        theme_.icon(running_ ? "media-playback-stop" : "media-playback-start", Colour::accent_text));
    button_->setEnabled(running_ || obstacle_.isEmpty());
    button_->setToolTip(running_              ? tr("Stop the sampler; what it has drawn so far stays")
                        : obstacle_.isEmpty() ? tr("Draw new pictures from noise, also while it trains")
                                              : obstacle_);
}

}  // namespace denoise::ui
