#include "ui/pages/compare/column_form.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/elided_combo_box.h"
#include "ui/widgets/sampling_fields.h"

namespace denoise::ui {
namespace {

constexpr int number_width = 2 * space::target;
constexpr int steps_width = 3 * space::target;  // "1000 steps"
constexpr int ema_width = 4 * space::target;    // "EMA of the run"
constexpr int least_width = 5 * space::target;
/// From these widths on, four, three and two rows are enough.
constexpr int width_for_four = steps_width + space::tight + ema_width;
constexpr int width_for_three = 10 * space::target, width_for_two = 16 * space::target;

QString path_text(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
}

/// The list of a narrow box is as wide as its longest item.
void fit_narrow(QComboBox& box) {
    box.setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box.setMinimumContentsLength(1);
    box.setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

/// Fixed, or growing with its row.
void fix_width(QWidget& field, int width, bool fixed) {
    field.setMinimumWidth(fixed ? width : number_width);
    field.setMaximumWidth(fixed ? width : QWIDGETSIZE_MAX);
}

}  // namespace

ColumnForm::ColumnForm(const Theme&, QWidget* parent)
    : QWidget(parent),
      model_(new ElidedComboBox(Qt::ElideMiddle)),
      sampler_(make_sampler_box()),
      steps_(make_steps_box()),
      eta_(new QDoubleSpinBox),
      class_(new ElidedComboBox),
      guidance_(make_guidance_box()),
      ema_length_(make_ema_length_box()),
      rows_(new QVBoxLayout(this)) {
    set_up_fields();
    rows_->setContentsMargins(0, 0, 0, 0);
    rows_->setSpacing(space::tight);
    arrange(0);

    for (QComboBox* box : {model_, sampler_, class_})
        connect(box, &QComboBox::currentIndexChanged, this, &ColumnForm::report);
    connect(steps_, &QSpinBox::valueChanged, this, &ColumnForm::report);
    for (QDoubleSpinBox* box : {eta_, guidance_, ema_length_})
        connect(box, &QDoubleSpinBox::valueChanged, this, &ColumnForm::report);
}

void ColumnForm::arrange(int width) {
    const int count = width >= width_for_two     ? 2
                      : width >= width_for_three ? 3
                      : width >= width_for_four  ? 4
                                                 : 5;
    if (std::exchange(row_count_, count) == count) return;
    while (QLayoutItem* row = rows_->takeAt(0)) delete row;
    const auto add_row = [this](std::initializer_list<QWidget*> fields) {
        auto* row = new QHBoxLayout;
        row->setSpacing(space::tight);
        for (QWidget* field : fields) row->addWidget(field, field->maximumWidth() == QWIDGETSIZE_MAX ? 1 : 0);
        rows_->addLayout(row);
    };
    fix_width(*steps_, steps_width, count < 5);
    fix_width(*ema_length_, ema_width, count < 4);
    if (count == 2) {
        add_row({model_, sampler_});
        add_row({steps_, eta_, class_, guidance_, ema_length_});
    } else if (count == 3) {
        add_row({model_});
        add_row({sampler_, steps_, eta_});
        add_row({class_, guidance_, ema_length_});
    } else if (count == 4) {
        add_row({model_});
        add_row({sampler_, eta_});
        add_row({steps_, ema_length_});
        add_row({class_, guidance_});
    } else {
        add_row({model_});
        add_row({sampler_});
        add_row({steps_, eta_});
        add_row({class_, guidance_});
        add_row({ema_length_});
    }
}

/// In few rows, it still can become narrow, since it is arranged in more of them then.
QSize ColumnForm::minimumSizeHint() const {
    const QSize size = QWidget::minimumSizeHint();
    return {std::min(size.width(), least_width), size.height()};
}

void ColumnForm::set_up_fields() {
    model_->setObjectName("model");
    sampler_->setObjectName("sampler");
    steps_->setObjectName("steps");
    eta_->setObjectName("eta");
    class_->setObjectName("class");
    guidance_->setObjectName("guidance");
    model_->setToolTip(tr("The open model, or a run or checkpoint to sample from"));
    connect(sampler_, &QComboBox::currentTextChanged, this, [this](const QString& name) {  // it may be elided
        sampler_->setToolTip(tr("%1: the method that removes the noise step by step").arg(name));
    });
    Q_EMIT sampler_->currentTextChanged(sampler_->currentText());
    steps_->setToolTip(tr("The number of denoising steps"));
    eta_->setToolTip(tr("The amount of noise that DDIM adds at each step. 0: none; 1: as much as DDPM"));
    class_->setToolTip(tr("The class of the images. All: each class in turn"));
    guidance_->setToolTip(
        tr("Scale of the classifier-free guidance. 1: none; 2 to 4: clearer but less varied images"));
    for (QComboBox* box : {model_, sampler_, class_}) fit_narrow(*box);
    model_->setMaxVisibleItems(20);
    steps_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    steps_->setSuffix(tr(" steps"));
    steps_->setSpecialValueText(tr("All steps"));
    eta_->setRange(0, 1);
    eta_->setSingleStep(0.1);
    eta_->setDecimals(1);
    eta_->setPrefix(tr("η "));
    eta_->setButtonSymbols(QAbstractSpinBox::NoButtons);
    eta_->setFixedWidth(number_width);
    guidance_->setPrefix(tr("× "));
    guidance_->setFixedWidth(number_width);
    ema_length_->setPrefix(tr("EMA "));
    ema_length_->setSpecialValueText(tr("EMA of the run"));
    ema_length_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    for (QAbstractSpinBox* box :
         std::initializer_list<QAbstractSpinBox*>{steps_, eta_, guidance_, ema_length_})
        box->setKeyboardTracking(false);
}

void ColumnForm::set_subject(const QString& subject) {
    model_->setAccessibleName(tr("Model of %1").arg(subject));
    sampler_->setAccessibleName(tr("Sampler of %1").arg(subject));
    steps_->setAccessibleName(tr("Steps of %1").arg(subject));
    eta_->setAccessibleName(tr("Eta of %1").arg(subject));
    class_->setAccessibleName(tr("Class of %1").arg(subject));
    guidance_->setAccessibleName(tr("Guidance of %1").arg(subject));
    ema_length_->setAccessibleName(tr("EMA length of %1").arg(subject));
}

void ColumnForm::set_choices(const std::vector<ModelChoice>& choices) {
    showing_ = true;
    model_->clear();
    for (const ModelChoice& choice : choices) {
        model_->addItem(choice.title, path_text(choice.path));
        model_->setItemData(model_->count() - 1, choice.title, Qt::ToolTipRole);
    }
    showing_ = false;
}

void ColumnForm::show_settings(const ColumnSettings& settings, const ModelFacts& facts) {
    showing_ = true;
    shown_ = settings;
    show_model(settings, facts);
    sampler_->setCurrentIndex(sampler_->findData(QString::fromStdString(settings.sampler)));
    if (facts.timesteps > 0) steps_->setMaximum(std::max(facts.timesteps, settings.steps));
    steps_->setValue(settings.steps);
    eta_->setValue(settings.eta);
    eta_->setVisible(settings.sampler == "ddim");
    show_classes(settings, facts);
    guidance_->setValue(settings.guidance);
    guidance_->setEnabled(facts.guidance);
    show_ema_length(*ema_length_, settings.ema_length);
    set_ema_length_obstacle(*ema_length_, facts.no_ema_lengths);
    showing_ = false;
}

void ColumnForm::show_model(const ColumnSettings& settings, const ModelFacts& facts) {
    int index = model_->findData(path_text(settings.model));
    if (index < 0) {  // of another folder, or removed meanwhile
        model_->addItem(facts.name.isEmpty() ? path_text(settings.model.filename()) : facts.name,
                        path_text(settings.model));
        index = model_->count() - 1;
    }
    model_->setCurrentIndex(index);
}

void ColumnForm::show_classes(const ColumnSettings& settings, const ModelFacts& facts) {
    if (class_->count() == 0 || facts.class_names != class_names_) {
        class_names_ = facts.class_names;
        class_->clear();
        if (class_names_.empty())
            class_->addItem(tr("No classes"));
        else if (!one_class_)
            class_->addItem(tr("All"));  // which fits beside three other columns
        for (const std::string& name : class_names_) class_->addItem(text_of(name));
    }
    class_->setEnabled(!class_names_.empty());
    const int index = settings.label + (one_class_ ? 0 : 1);
    class_->setCurrentIndex(index >= 0 && index < class_->count() ? index : 0);
}

ColumnSettings ColumnForm::settings() const {
    ColumnSettings settings = shown_;
    settings.model = model_->currentData().toString().toStdString();
    settings.sampler = chosen_sampler(*sampler_);
    settings.steps = steps_->value();
    settings.eta = eta_->value();
    if (class_->isEnabled()) settings.label = class_->currentIndex() - (one_class_ ? 0 : 1);
    settings.guidance = guidance_->value();
    if (ema_length_->isEnabled()) settings.ema_length = chosen_ema_length(*ema_length_);
    return settings;
}

void ColumnForm::report() {
    if (!showing_) Q_EMIT changed(settings());
}

}  // namespace denoise::ui
