#include "ui/evaluation/evaluation_controls.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSettings>
#include <QToolButton>
#include <algorithm>
#include <array>

#include "ui/evaluation/evaluation_record.h"
#include "ui/format.h"
#include "ui/icon_button.h"
#include "ui/labelled_field.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int dataset_most = 240;
constexpr int most_images = 1'000'000;
constexpr std::array metrics = {Metric::bits_per_dim, Metric::frechet, Metric::precision_recall,
                                Metric::nearest};
const QString weights_key = QStringLiteral("evaluation/inception_weights");

QWidget* holding(QLayout* layout) {
    auto* widget = new QWidget;
    layout->setContentsMargins(0, 0, 0, 0);
    widget->setLayout(layout);
    return widget;
}

QSpinBox* number_box(int low, int high, int width) {
    auto* box = new QSpinBox;
    box->setRange(low, high);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setGroupSeparatorShown(true);
    box->setFixedWidth(width);
    return box;
}

}  // namespace

EvaluationControls::EvaluationControls(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    for (const Metric metric : metrics) counts_.push_back(usual_count(metric));
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
    for (const Metric metric : metrics) {
        metric_->addItem(title_of(metric));
        metric_->setItemData(metric_->count() - 1, help_of(metric), Qt::ToolTipRole);
    }
    dataset_ = new QComboBox;
    dataset_->setObjectName("evaluation_dataset");
    dataset_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    dataset_->setMinimumContentsLength(10);
    dataset_->setMaximumWidth(dataset_most);
    QToolButton* browse =
        icon_button(theme.icon("folder-open"), tr("Choose a folder of pictures, IDX or CIFAR files"));
    browse->setObjectName("browse_dataset");
    count_ = number_box(1, most_images, 5 * space::group);
    count_->setObjectName("evaluation_count");
    button_ = new QPushButton;
    button_->setObjectName("evaluate");
    button_->setProperty("primary", true);
    button_->setMinimumWidth(7 * space::group);

    auto* first = new QHBoxLayout;
    first->setSpacing(space::control);
    first->addLayout(labelled_field(theme, tr("Metric"), metric_));
    first->addLayout(
        labelled_field(theme, tr("Dataset"), dataset_,
                       tr("The images that the model is held against; a test set says more than the "
                          "set it was trained on")),
        2);
    first->addWidget(browse, 0, Qt::AlignBottom);
    first->addLayout(labelled_field(theme, tr("Images"), count_));
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
    features_->addItem(tr("Classifier of the set"));
    features_->setItemData(
        0,
        tr("A small network that is trained on the set itself, which needs classes; it is kept "
           "for the next time"),
        Qt::ToolTipRole);
    features_->addItem(tr("InceptionV3"));
    features_->setItemData(1, tr("The network of the standard FID code; its weights file has to be there"),
                           Qt::ToolTipRole);
    weights_ = new QPushButton(theme.icon("document-open"), QString());
    weights_->setObjectName("weights");
    sampler_ = new QComboBox;
    sampler_->setObjectName("evaluation_sampler");
    const SampleRequest defaults;
    for (const SamplerInfo& info : sampler_infos()) {
        sampler_->addItem(text_of(info.title));
        sampler_->setItemData(sampler_->count() - 1, text_of(info.help), Qt::ToolTipRole);
    }
    sampler_->setCurrentIndex(static_cast<int>(defaults.sampler));
    steps_ = number_box(0, 1000, 2 * space::target);
    steps_->setObjectName("evaluation_steps");
    steps_->setSpecialValueText(tr("All"));
    steps_->setValue(defaults.steps);
    guidance_ = new QDoubleSpinBox;
    guidance_->setObjectName("evaluation_guidance");
    guidance_->setRange(0, 20);
    guidance_->setSingleStep(0.5);
    guidance_->setDecimals(1);
    guidance_->setValue(defaults.guidance_scale);
    guidance_->setButtonSymbols(QAbstractSpinBox::NoButtons);
    guidance_->setFixedWidth(2 * space::target);

    auto* row = new QHBoxLayout;
    row->setSpacing(space::control);
    row->addLayout(
        labelled_field(theme, tr("Features"), features_,
                       tr("The space in which images are compared; figures of two spaces do not compare")));
    weights_field_ = holding(labelled_field(theme, tr("Weights"), weights_));
    row->addWidget(weights_field_);
    row->addLayout(labelled_field(theme, tr("Sampler"), sampler_,
                                  tr("How the samples are drawn; where there are classes, each in turn")));
    row->addLayout(labelled_field(theme, tr("Steps"), steps_,
                                  tr("How many of the model's timesteps the sampler visits; 0: all")));
    guidance_field_ =
        holding(labelled_field(theme, tr("Guidance"), guidance_,
                               tr("Classifier-free guidance: 1 as learned, 2 to 4 clearer but less varied")));
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
    connect(sampler_, &QComboBox::currentIndexChanged, this, [this](int index) {
        steps_->setValue(sampler_infos()[static_cast<std::size_t>(index)].default_steps);
    });
    connect(features_, &QComboBox::currentIndexChanged, this, &EvaluationControls::show_weights);
    connect(dataset_, &QComboBox::currentIndexChanged, this, &EvaluationControls::update_button);
    connect(dataset_, &QComboBox::activated, this, [this](int index) {
        wished_.reset();  // the first goes with the model
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
    for (const DatasetOffer& offer : looked_for_) add_dataset(offer);
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

void EvaluationControls::set_model(int timesteps, bool guidance) {
    steps_->setMaximum(timesteps);
    guidance_field_->setVisible(guidance);
    if (!guidance) guidance_->setValue(1);
}

void EvaluationControls::choose_folder() {
    auto* dialog = new QFileDialog(this, tr("Choose a folder of pictures, IDX or CIFAR files"));
    dialog->setObjectName("dataset_dialog");
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        DatasetConfig config;
        if (!offers_.empty()) config = offers_.front().config;  // image size and colour as the model has them
        config.dataset = path.toStdString();
        config.image_limit = 0;
        looked_for_.push_back({QFileInfo(path).fileName(), config});
        add_dataset(looked_for_.back());
        wished_ = config;
        dataset_->setCurrentIndex(index_of(config));
    });
    dialog->open();
}

void EvaluationControls::choose_weights() {
    auto* dialog = new QFileDialog(this, tr("Choose InceptionV3's weights"), weights_path_);
    dialog->setObjectName("weights_dialog");
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Weights (*.safetensors *.pth *.pt)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        weights_path_ = path;
        QSettings().setValue(weights_key, path);
        show_weights();
    });
    dialog->open();
}

Metric EvaluationControls::metric() const {
    return metrics.at(static_cast<std::size_t>(std::max(0, metric_->currentIndex())));
}

QString EvaluationControls::dataset_title() const {
    return dataset_->currentText();
}

QString EvaluationControls::missing() const {
    if (dataset_->currentIndex() < 0) return tr("Choose a dataset first.");
    const bool inception = draws() && features_->currentIndex() == static_cast<int>(FeatureSpace::inception);
    return inception && weights_path_.isEmpty() ? tr("Choose InceptionV3's weights file first.") : QString();
}

Evaluate EvaluationControls::command() const {
    Evaluate command;
    command.dataset = offers_.at(static_cast<std::size_t>(dataset_->currentIndex())).config;
    command.count = count_->value();
    command.metric = metric();
    if (!draws()) return command;
    command.features = static_cast<FeatureSpace>(features_->currentIndex());
    if (command.features == FeatureSpace::inception) command.weights = weights_path_.toStdString();
    command.samples.sampler = static_cast<SamplerKind>(sampler_->currentIndex());
    command.samples.steps = steps_->value();
    command.samples.guidance_scale = guidance_->value();
    command.samples.frames = false;
    return command;
}

void EvaluationControls::show_metric() {
    count_->setValue(counts_[static_cast<std::size_t>(shown_metric_)]);
    count_->setToolTip(draws() ? tr("How many samples are drawn and compared with the set")
                               : tr("How many images of the set are measured, spread over its classes"));
    metric_->setToolTip(help_of(metric()));
    sample_row_->setVisible(draws());
    update_button();
}

void EvaluationControls::show_weights() {
    weights_field_->setVisible(features_->currentIndex() == static_cast<int>(FeatureSpace::inception));
    const QString name = QFileInfo(weights_path_).fileName();
    weights_->setText(name.isEmpty() ? tr("Choose…")
                                     : fontMetrics().elidedText(name, Qt::ElideMiddle, 9 * space::group));
    weights_->setAccessibleName(name.isEmpty() ? tr("Choose the weights of InceptionV3")
                                               : tr("Weights of InceptionV3: %1").arg(name));
    weights_->setToolTip(
        weights_path_.isEmpty()
            ? tr("The file of the standard FID code, pt_inception-2015-12-05, .safetensors or .pth")
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
    button_->setToolTip(work_ == Work::stopping ? tr("The step in progress is being finished.")
                        : works                 ? tr("Ends the evaluation without a result")
                        : against.isEmpty()     ? tr("Measures the open model, also while it trains")
                                                : against);
}

}  // namespace denoise::ui
