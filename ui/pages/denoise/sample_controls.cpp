#include "ui/pages/denoise/sample_controls.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QPushButton>
#include <QRandomGenerator>
#include <QSignalBlocker>
#include <QToolButton>
#include <algorithm>
#include <limits>
#include <ranges>

#include "engine/session/samplers.h"
#include "ui/theme/theme.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/labelled_field.h"
#include "ui/widgets/sampling_fields.h"

namespace denoise::ui {
namespace {

constexpr int most_images = 256;
constexpr int random_seeds = 1'000'000;  // short enough to be read and typed
constexpr const char* sampler_with_eta = "ddim";

}  // namespace

SampleControls::SampleControls(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      theme_(theme),
      sampler_(make_sampler_box()),
      steps_(make_steps_box()),
      eta_(new QDoubleSpinBox),
      ema_length_(make_ema_length_box()),
      count_(new QSpinBox),
      seed_(new QSpinBox),
      classes_(new QWidget),
      class_(new QComboBox),
      guidance_(make_guidance_box()),
      button_(new QPushButton),
      shown_sampler_(chosen_sampler(*sampler_)) {
    for (const Solver& solver : solvers()) steps_of_[solver.name] = solver.default_steps;
    set_up_fields();
    make_row(theme);
    connect(sampler_, &QComboBox::currentIndexChanged, this, &SampleControls::sampler_changed);
    report_changes();
    connect(button_, &QPushButton::clicked, this, [this] {
        if (running_)
            Q_EMIT cancel_pressed();
        else
            Q_EMIT sample_pressed();
    });
    update_eta();
    // Wide enough for both of the button's texts, so that it keeps its size.
    for (const bool running : {true, false}) {
        set_running(running);
        button_->setMinimumWidth(std::max(button_->minimumWidth(), button_->sizeHint().width()));
    }
}

void SampleControls::set_up_fields() {
    const SampleRequest defaults;
    eta_->setRange(0, 1);
    eta_->setSingleStep(0.1);
    eta_->setDecimals(2);
    eta_->setValue(defaults.eta);
    count_->setRange(1, most_images);
    count_->setValue(defaults.count);
    seed_->setRange(0, std::numeric_limits<int>::max());
    seed_->setValue(static_cast<int>(defaults.seed));
    eta_->setButtonSymbols(QAbstractSpinBox::NoButtons);
    for (QSpinBox* box : {count_, seed_}) box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    eta_->setFixedWidth(2 * space::target);
    count_->setFixedWidth(2 * space::target);
    seed_->setFixedWidth(3 * space::target);
    class_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    class_->setMinimumContentsLength(9);
    class_->setObjectName("class");
    guidance_->setObjectName("guidance");
    button_->setObjectName("sample");
    button_->setProperty("primary", true);
}

QWidget* SampleControls::make_class_fields(const Theme& theme) {
    auto* row = new QHBoxLayout(classes_);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::control);
    row->addLayout(labelled_field(theme, tr("Class"), class_, tr("The class of the images")));
    row->addLayout(
        labelled_field(theme, tr("Guidance"), guidance_,
                       tr("Scale of the classifier-free guidance. 1: none; 2 to 4: clearer but less "
                          "varied images (Ho & Salimans 2022)")));
    classes_->hide();
    return classes_;
}

void SampleControls::make_row(const Theme& theme) {
    QToolButton* dice = icon_button(theme.icon("roll"), tr("Random seed"));
    connect(dice, &QToolButton::clicked, this,
            [this] { seed_->setValue(static_cast<int>(QRandomGenerator::global()->bounded(random_seeds))); });
    auto* fields = new FlowLayout(space::control, space::control);
    fields->add_layout(
        labelled_field(theme, tr("Sampler"), sampler_, tr("The method that removes the noise step by step")));
    fields->add_layout(
        labelled_field(theme, tr("Steps"), steps_,
                       tr("The number of denoising steps; All: one for each timestep of the model")));
    fields->add_layout(labelled_field(theme, tr("Eta"), eta_));
    fields->addWidget(make_class_fields(theme));
    fields->add_layout(labelled_field(theme, tr("EMA length"), ema_length_));
    fields->add_layout(labelled_field(theme, tr("Images"), count_, tr("The number of images")));
    auto* seed = new QHBoxLayout;
    seed->setSpacing(space::control);
    seed->addLayout(
        labelled_field(theme, tr("Seed"), seed_, tr("The same seed gives the same initial noise")));
    seed->addWidget(dice, 0, Qt::AlignBottom);
    fields->add_layout(seed);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::control);
    row->addLayout(fields, 1);
    row->addWidget(button_, 0, Qt::AlignBottom);
}

void SampleControls::report_changes() {
    for (const QComboBox* box : {sampler_, class_})
        connect(box, &QComboBox::currentIndexChanged, this, &SampleControls::changed);
    for (const QSpinBox* box : {steps_, count_, seed_})
        connect(box, &QSpinBox::valueChanged, this, &SampleControls::changed);
    for (const QDoubleSpinBox* box : {eta_, ema_length_, guidance_})
        connect(box, &QDoubleSpinBox::valueChanged, this, &SampleControls::changed);
}

bool SampleControls::event(QEvent* event) {
    const bool done = QWidget::event(event);
    // In a narrow page the fields take several rows, which the smallest height of the page has to include.
    if (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest)
        setMinimumHeight(heightForWidth(width()));
    return done;
}

void SampleControls::sampler_changed() {
    steps_of_[shown_sampler_] = steps_->value();
    shown_sampler_ = chosen_sampler(*sampler_);
    steps_->setValue(steps_of_[shown_sampler_]);
    update_eta();
}

void SampleControls::update_eta() {
    const bool has_eta = chosen_sampler(*sampler_) == sampler_with_eta;
    eta_->setEnabled(has_eta);
    eta_->setToolTip(has_eta ? tr("The amount of noise added at each step. 0: none; 1: as much as DDPM")
                             : tr("Only DDIM has this setting"));
}

void SampleControls::set_guidance(double scale) {
    guidance_->setValue(scale);
}

void SampleControls::set_request(const SampleRequest& request) {
    const QSignalBlocker block(this);
    sampler_->setCurrentIndex(sampler_->findData(QString::fromStdString(request.sampler)));
    steps_->setValue(request.steps);
    eta_->setValue(request.eta);
    count_->setValue(request.count);
    seed_->setValue(static_cast<int>(std::min<std::int64_t>(request.seed, seed_->maximum())));
    class_->setCurrentIndex(std::min(request.label + 1, class_->count() - 1));
    guidance_->setValue(request.guidance_scale);
    show_ema_length(*ema_length_, request.ema_length);
}

SampleRequest SampleControls::request() const {
    SampleRequest request;
    request.sampler = chosen_sampler(*sampler_);
    request.count = count_->value();
    request.steps = steps_->value();
    if (request.sampler == sampler_with_eta) request.eta = eta_->value();
    request.seed = seed_->value();
    if (class_->count() > 0) request.label = class_->currentIndex() - 1;
    if (guidance_->isEnabled()) request.guidance_scale = guidance_->value();
    request.ema_length = chosen_ema_length(*ema_length_);
    return request;
}

void SampleControls::set_ema_length_obstacle(const QString& reason) {
    const QSignalBlocker block(this);
    ui::set_ema_length_obstacle(*ema_length_, reason);
}

void SampleControls::set_classes(const std::vector<std::string>& names, bool guidance) {
    const bool known = class_->count() == static_cast<int>(names.size()) + 1 &&
                       std::ranges::equal(names, std::views::iota(1, class_->count()), {}, {},
                                          [this](int i) { return class_->itemText(i).toStdString(); });
    if (!known) {
        const QSignalBlocker block(this);
        class_->clear();
        if (!names.empty()) class_->addItem(tr("All in turn"));
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
    const QSignalBlocker block(this);
    steps_->setMaximum(timesteps);
}

void SampleControls::update_button() {
    button_->setText(running_ ? tr("Stop") : tr("Sample"));
    button_->setIcon(
        theme_.icon(running_ ? "media-playback-stop" : "media-playback-start", Colour::accent_text));
    button_->setEnabled(running_ || obstacle_.isEmpty());
    button_->setToolTip(running_              ? tr("Stops sampling; the frames so far are kept")
                        : obstacle_.isEmpty() ? tr("Samples new images from noise, also during training. "
                                                   "Where this is quick, they follow a changed setting by "
                                                   "themselves")
                                              : obstacle_);
}

}  // namespace denoise::ui
