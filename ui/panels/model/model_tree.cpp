#include "ui/panels/model/model_tree.h"

#include <QHeaderView>
#include <QVBoxLayout>
#include <set>

#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

QString shape_of(const UNetPart& part) {
    return part.height > 0 ? QStringLiteral("%1×%2×%3").arg(part.channels).arg(part.height).arg(part.width)
                           : QString::number(part.channels);
}

struct Sums {
    std::int64_t parameters = 0, multiply_adds = 0;

    void add(const UNetPart& part) {
        parameters += part.parameters;
        multiply_adds += part.multiply_adds;
    }
};

}  // namespace

ModelTree::ModelTree(const Theme& theme, Form form, QWidget* parent) : QWidget(parent), form_(form) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::control);
    summary_ = new QLabel(this);
    summary_->setProperty("role", "caption");
    summary_->setWordWrap(true);
    summary_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(summary_);
    view_ = new QTreeView(this);
    view_->setObjectName(form == Form::brief ? "model_tree" : "open_model_tree");
    view_->setAccessibleName(tr("Parts of the U-Net"));
    view_->setModel(&model_);
    view_->setUniformRowHeights(true);
    view_->setIndentation(form == Form::brief ? space::control + space::tight : space::group);
    view_->setSelectionBehavior(QAbstractItemView::SelectRows);
    view_->header()->setSectionsMovable(false);
    if (form == Form::brief) {
        view_->setFont(theme.caption());
        view_->header()->setFont(theme.caption());
        view_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        view_->header()->setStretchLastSection(false);
        connect(view_, &QTreeView::expanded, this, &ModelTree::fit_height);
        connect(view_, &QTreeView::collapsed, this, &ModelTree::fit_height);
    }
    layout->addWidget(view_, form == Form::full ? 1 : 0);
}

void ModelTree::set_model(const UNetConfig& config, int channels, int height, int width) {
    if (config == config_ && shape_[0] == channels && shape_[1] == height && shape_[2] == width) return;
    config_ = config;
    try {
        set_parts(describe_unet(config, channels, height, width), channels, height, width);
    } catch (const Error& error) {
        summary_->setText(text_of(error.what + ": " + error.why + "."));
        view_->hide();
        shape_[0] = 0;  // the same config may be valid for other images
    }
}

void ModelTree::set_parts(const std::vector<UNetPart>& parts, int channels, int height, int width) {
    shape_[0] = channels;
    shape_[1] = height;
    shape_[2] = width;
    std::set<QString> open;
    for (int i = 0; i < model_.rowCount(); ++i)
        if (view_->isExpanded(model_.index(i, 0))) open.insert(model_.item(i)->text());
    model_.clear();
    QStringList titles = {tr("Part"), tr("Output"), tr("Weights"), tr("MACs")};
    if (form_ == Form::full) titles = {tr("Part"), tr("Output"), tr("Parameters"), tr("Multiply-adds"), {}};
    model_.setHorizontalHeaderLabels(titles);
    model_.horizontalHeaderItem(output)->setToolTip(tr("The output shape: channels × height × width"));
    model_.horizontalHeaderItem(parameters)->setToolTip(tr("The number of parameters"));
    model_.horizontalHeaderItem(multiply_adds)->setToolTip(tr("Multiply-add operations for one image"));
    for (int column = 0; column < model_.columnCount(); ++column) {
        const bool figure = column >= output && column <= multiply_adds;
        model_.horizontalHeaderItem(column)->setTextAlignment((figure ? Qt::AlignRight : Qt::AlignLeft) |
                                                              Qt::AlignVCenter);
    }
    add_stages(parts);
    for (int i = 0; i < model_.rowCount(); ++i)
        if (form_ == Form::full || open.contains(model_.item(i)->text())) view_->expand(model_.index(i, 0));

    Sums whole;
    for (const UNetPart& each : parts) whole.add(each);
    summary_->setText(tr("U-Net with %1 parameters and %5 multiply-adds for an image of %2×%3×%4.")
                          .arg(number(whole.parameters))
                          .arg(channels)
                          .arg(height)
                          .arg(width)
                          .arg(number(whole.multiply_adds)));
    summary_->setToolTip(tr("%1 parameters, %2 multiply-adds")
                             .arg(count_text(whole.parameters), count_text(whole.multiply_adds)));
    fit_columns();
    view_->show();
    if (form_ == Form::brief) fit_height();
}

QString ModelTree::number(std::int64_t value) const {
    return form_ == Form::full ? count_text(value) : compact_text(static_cast<double>(value));
}

QList<QStandardItem*> ModelTree::row(const QString& name, const QString& shape, std::int64_t parameter_sum,
                                     std::int64_t work, const QString& words) const {
    const auto figure = [this](std::int64_t value) {
        return new QStandardItem(value > 0 ? number(value) : QStringLiteral("–"));
    };
    QList<QStandardItem*> items = {new QStandardItem(name), new QStandardItem(shape), figure(parameter_sum),
                                   figure(work)};
    for (int column = output; column <= multiply_adds; ++column)
        items[column]->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    if (form_ == Form::full) items << new QStandardItem(words);
    const QString tip =
        tr("%1 parameters, %2 multiply-adds").arg(count_text(parameter_sum), count_text(work));
    for (QStandardItem* item : items) {
        item->setEditable(false);
        item->setToolTip(words.isEmpty() ? QStringLiteral("%1\n%2").arg(name, tip)
                                         : QStringLiteral("%1\n%2\n%3").arg(name, words, tip));
    }
    return items;
}

void ModelTree::add_stages(const std::vector<UNetPart>& parts) {
    Sums whole;
    const auto strong = [](const QList<QStandardItem*>& items) {
        for (QStandardItem* item : items) {
            QFont font = item->font();
            font.setWeight(QFont::DemiBold);
            item->setFont(font);
        }
    };
    for (std::size_t i = 0; i < parts.size();) {
        const std::string stage = parts[i].stage;
        QList<QList<QStandardItem*>> rows;
        Sums sums;
        QString shape;
        for (; i < parts.size() && parts[i].stage == stage; ++i) {
            const UNetPart& each = parts[i];
            rows << row(text_of(each.part), shape_of(each), each.parameters, each.multiply_adds,
                        text_of(each.note));
            sums.add(each);
            whole.add(each);
            shape = shape_of(each);
        }
        const QList<QStandardItem*> heading =
            row(text_of(stage), shape, sums.parameters, sums.multiply_adds, {});
        for (const QList<QStandardItem*>& each : rows) heading[part]->appendRow(each);
        if (form_ == Form::full) strong(heading);
        model_.appendRow(heading);
    }
    const QList<QStandardItem*> all = row(form_ == Form::full ? tr("Whole network") : tr("Total"), {},
                                          whole.parameters, whole.multiply_adds, {});
    strong(all);
    model_.appendRow(all);
}

void ModelTree::fit_columns() {
    QHeaderView* header = view_->header();
    for (int column = 0; column < model_.columnCount(); ++column) {
        const bool stretches = column == (form_ == Form::brief ? part : note);
        header->setSectionResizeMode(column,
                                     stretches ? QHeaderView::Stretch : QHeaderView::ResizeToContents);
    }
}

void ModelTree::fit_height() {
    int rows = model_.rowCount();
    for (int i = 0; i < model_.rowCount(); ++i)
        if (view_->isExpanded(model_.index(i, 0))) rows += model_.item(i)->rowCount();
    const int row_height = std::max(view_->sizeHintForRow(0), space::target - 2);
    view_->setFixedHeight(rows * row_height + view_->header()->sizeHint().height() + space::tight);
}

}  // namespace denoise::ui
