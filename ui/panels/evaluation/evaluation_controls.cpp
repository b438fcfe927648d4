#include "ui/panels/evaluation/evaluation_controls.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSettings>
#include <QToolButton>
#include <algorithm>

#include "engine/session/evaluation.h"
#include "engine/session/samplers.h"
#include "ui/panels/evaluation/evaluation_record.h"
#include "ui/panels/setup/dataset_section.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/enum_box.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/labelled_field.h"
#include "ui/widgets/sampling_fields.h"

namespace denoise::ui {
namespace {

constexpr int dataset_most = 240;
constexpr int most_images = 1'000'000;
const QString weights_key = QStringLiteral("evaluation/inception_weights");

QWidget* holding(QLayout* layout) {
    auto* widget = new QWidget;
    layout->setContentsMargins(0, 0, 0, 0);
    widget->setLayout(layout);
    return widget;
}

}  // namespace

EvaluationControls::EvaluationControls(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    for (const auto& metric : names_of<Metric>) counts_.push_back(default_count(metric.value));
    weights_path_ = QSettings().value(weights_key).toString();
    if (!QFileInfo::exists(weights_path_)) weights_path_.clear();
    build(theme);
    connect_fields();
    show_weights();
    show_metric();
}

void EvaluationControls::build(const Theme& theme) {
    metric_ = new QComboBox;
    metric_->setObjectName("metric");
    add_values<Metric>(*metric_);
    dataset_ = new QComboBox;
    dataset_->setObjectName("evaluation_dataset");
    dataset_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    dataset_->setMinimumContentsLength(10);
    dataset_->setMaximumWidth(dataset_most);
    QToolButton* browse = icon_button(theme.icon("folder-open"), dataset_folder_prompt());
    browse->setObjectName("browse_dataset");
    count_ = new QSpinBox;
    count_->setRange(1, most_images);
    count_->setButtonSymbols(QAbstractSpinBox::NoButtons);
    count_->setGroupSeparatorShown(true);
    count_->setFixedWidth(5 * space::group);
    count_->setObjectName("evaluation_count");
    ema_length_ = make_ema_length_box();
    ema_length_->setObjectName("evaluation_ema_length");
    button_ = new QPushButton;
    button_->setObjectName("evaluate");
    button_->setProperty("primary", true);
    button_->setMinimumWidth(7 * space::group);

    auto* first = new QHBoxLayout;
    first->setSpacing(space::control);
    first->addLayout(labelled_field(theme, tr("Metric"), metric_));
    first->addLayout(
        labelled_field(
            theme, tr("Dataset"), dataset_,
            tr("The images that the model is compared with; preferably not those it was trained on")),
        2);
    first->addWidget(browse, 0, Qt::AlignBottom);
    first->addLayout(labelled_field(theme, tr("Images"), count_));
    first->addLayout(labelled_field(theme, tr("EMA length"), ema_length_));
    first->addStretch(1);
    first->addWidget(button_, 0, Qt::AlignBottom);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(space::control);
    rows->addLayout(first);
    sample_row_ = build_sample_row(theme);
    rows->addWidget(sample_row_);
    connect(browse, &QToolButton::clicked, this, &EvaluationControls::choose_folder);
}

QWidget* EvaluationControls::build_sample_row(const Theme& theme) {
    features_ = new QComboBox;
    features_->setObjectName("features");
    add_values<FeatureSpace>(*features_);
    weights_ = new QPushButton(theme.icon("document-open"), QString());
    weights_->setObjectName("weights");
    sampler_ = make_sampler_box();
    sampler_->setObjectName("evaluation_sampler");
    steps_ = make_steps_box();
    steps_->setObjectName("evaluation_steps");
    guidance_ = make_guidance_box();
    guidance_->setObjectName("evaluation_guidance");

    auto* row = new QHBoxLayout;
    row->setSpacing(space::control);
    row->addLayout(labelled_field(
        theme, tr("Features"), features_,
        tr("The space in which images are compared; results for different spaces are not comparable")));
    weights_field_ = holding(labelled_field(theme, tr("Weights"), weights_));
    row->addWidget(weights_field_);
    row->addLayout(labelled_field(theme, tr("Sampler"), sampler_,
                                  tr("The sampler for the samples, which are of all classes in turn")));
    row->addLayout(
        labelled_field(theme, tr("Steps"), steps_,
                       tr("The number of denoising steps; All: one for each timestep of the model")));
    guidance_field_ = holding(labelled_field(
        theme, tr("Guidance"), guidance_,
        tr("Scale of the classifier-free guidance. 1: none; 2 to 4: clearer but less varied images")));
    row->addWidget(guidance_field_);
    row->addStretch(1);
    guidance_field_->hide();
    return holding(row);
}

void EvaluationControls::connect_fields() {
    connect(metric_, &QComboBox::currentIndexChanged, this, [this](int index) {
        counts_[static_cast<std::size_t>(shown_metric_)] = count_->value();
        shown_metric_ = index;
        show_metric();
        Q_EMIT metric_changed();
    });
    connect(sampler_, &QComboBox::currentIndexChanged, this,
            [this] { steps_->setValue(solver_named(chosen_sampler(*sampler_)).default_steps); });
    connect(features_, &QComboBox::currentIndexChanged, this, &EvaluationControls::show_weights);
    connect(dataset_, &QComboBox::currentIndexChanged, this, &EvaluationControls::update_button);
    connect(dataset_, &QComboBox::activated, this, [this](int index) {
        wished_.reset();  // the first one depends on the model
        if (index > 0) wished_ = offers_[static_cast<std::size_t>(index)].config;
    });
    connect(weights_, &QPushButton::clicked, this, &EvaluationControls::choose_weights);
    connect(button_, &QPushButton::clicked, this, [this] {
        if (work_ == Work::none)
            Q_EMIT evaluate_pressed();
        else
            Q_EMIT stop_pressed();
    });
}

void EvaluationControls::set_datasets(const std::vector<DatasetOffer>& offers) {
    const QSignalBlocker quiet(dataset_);
    offers_.clear();
    dataset_->clear();
    for (const DatasetOffer& offer : offers) add_dataset(offer);
    for (const DatasetOffer& offer : added_) add_dataset(offer);
    dataset_->setCurrentIndex(wished_ ? std::max(0, index_of(*wished_)) : 0);
    update_button();
}

int EvaluationControls::index_of(const DatasetConfig& config) const {
    const auto found = std::ranges::find(offers_, config, &DatasetOffer::config);
    return found == offers_.end() ? -1 : static_cast<int>(found - offers_.begin());
}

void EvaluationControls::add_dataset(const DatasetOffer& offer) {
    if (index_of(offer.config) >= 0) return;
    offers_.push_back(offer);
    dataset_->addItem(offer.title);
    dataset_->setItemData(dataset_->count() - 1, text_of(offer.config.dataset), Qt::ToolTipRole);
}

void EvaluationControls::set_model(int timesteps, bool guidance, const QString& no_ema_lengths) {
    steps_->setMaximum(timesteps);
    guidance_field_->setVisible(guidance);
    if (!guidance) guidance_->setValue(1);
    set_ema_length_obstacle(*ema_length_, no_ema_lengths);
}

void EvaluationControls::choose_folder() {
    auto* dialog = new QFileDialog(this, dataset_folder_prompt());
    dialog->setObjectName("dataset_dialog");
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        DatasetConfig config;
        if (!offers_.empty())
            config = offers_.front().config;  // with the image size and the colour of the model
        config.dataset = path.toStdString();
        config.image_limit = 0;
        added_.push_back({QFileInfo(path).fileName(), config});
        add_dataset(added_.back());
        wished_ = config;
        dataset_->setCurrentIndex(index_of(config));
    });
    dialog->open();
}

void EvaluationControls::choose_weights() {
    auto* dialog = new QFileDialog(this, tr("Choose the weights of InceptionV3"), weights_path_);
    dialog->setObjectName("weights_dialog");
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Weights (*.safetensors)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        weights_path_ = path;
        QSettings().setValue(weights_key, path);
        show_weights();
    });
    dialog->open();
}

Metric EvaluationControls::metric() const {
    return chosen_value<Metric>(*metric_);
}

FeatureSpace EvaluationControls::features() const {
    return chosen_value<FeatureSpace>(*features_);
}

QString EvaluationControls::missing() const {
    if (dataset_->currentIndex() < 0) return tr("Choose a dataset first.");
    const bool inception = uses_features(metric()) && features() == FeatureSpace::inception;
    return inception && weights_path_.isEmpty() ? tr("Choose the weights of InceptionV3 first.") : QString();
}

Evaluate EvaluationControls::request() const {
    Evaluate request;
    request.dataset = offers_.at(static_cast<std::size_t>(dataset_->currentIndex())).config;
    request.count = count_->value();
    request.metric = metric();
    request.samples.ema_length = chosen_ema_length(*ema_length_);
    if (!uses_features(request.metric)) return request;
    request.features = features();
    if (request.features == FeatureSpace::inception) request.weights = weights_path_.toStdString();
    request.samples.sampler = chosen_sampler(*sampler_);
    request.samples.steps = steps_->value();
    request.samples.guidance_scale = guidance_->value();
    request.samples.frames = false;
    return request;
}

void EvaluationControls::show_metric() {
    count_->setValue(counts_[static_cast<std::size_t>(shown_metric_)]);
    const bool of_samples = uses_features(metric());
    count_->setToolTip(of_samples ? tr("The number of samples")
                                  : tr("The number of images of the dataset, distributed over its classes"));
    metric_->setToolTip(help_of(metric()));
    sample_row_->setVisible(of_samples);
    update_button();
}

void EvaluationControls::show_weights() {
    weights_field_->setVisible(features() == FeatureSpace::inception);
    const QString name = QFileInfo(weights_path_).fileName();
    weights_->setText(name.isEmpty() ? tr("Choose…")
                                     : fontMetrics().elidedText(name, Qt::ElideMiddle, 9 * space::group));
    weights_->setAccessibleName(name.isEmpty() ? tr("Choose the weights of InceptionV3")
                                               : tr("Weights of InceptionV3: %1").arg(name));
    weights_->setToolTip(
        weights_path_.isEmpty()
            ? tr("The weights of the standard FID code: pt_inception-2015-12-05, as .safetensors")
            : weights_path_);
    update_button();
}

void EvaluationControls::set_obstacle(const QString& reason) {
    obstacle_ = reason;
    update_button();
}

void EvaluationControls::set_work(Work work) {
    work_ = work;
    update_button();
}

void EvaluationControls::update_button() {
    const bool works = work_ != Work::none;
    const QString against = obstacle_.isEmpty() ? missing() : obstacle_;
    button_->setText(work_ == Work::stopping ? tr("Stopping") : works ? tr("Stop") : tr("Evaluate"));
    button_->setAccessibleName(works ? tr("Stop evaluating") : tr("Evaluate"));
    button_->setIcon(theme_.icon(works ? "media-playback-stop" : "view-statistics", Colour::accent_text));
    button_->setEnabled(work_ == Work::running || (!works && against.isEmpty()));
    button_->setToolTip(work_ == Work::stopping ? tr("The evaluation stops after the current step.")
                        : works                 ? tr("Cancels the evaluation")
                        : against.isEmpty()     ? tr("Evaluates the open model, also during training")
                                                : against);
}

}  // namespace denoise::ui
