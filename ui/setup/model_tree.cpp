#include "ui/setup/model_tree.h"

#include <QHeaderView>
#include <QVBoxLayout>
#include <set>

#include "ui/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

QString shape_of(const UNetPart& part) {
    return part.height > 0 ? QStringLiteral("%1×%2×%3").arg(part.channels).arg(part.height).arg(part.width)
                           : QString::number(part.channels);
}

QList<QStandardItem*> row(const QString& name, const QString& shape, std::int64_t parameters,
                          const QString& tip) {
    QList<QStandardItem*> items = {
        new QStandardItem(name), new QStandardItem(shape),
        new QStandardItem(parameters > 0 ? compact_text(static_cast<double>(parameters))
                                         : QStringLiteral("–"))};
    items[1]->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    items[2]->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    for (QStandardItem* item : items) {
        item->setEditable(false);
        item->setToolTip(tip);
    }
    return items;
}

}  // namespace

ModelTree::ModelTree(const Theme& theme, QWidget* parent) : QWidget(parent) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::control);
    summary_ = new QLabel(this);
    summary_->setProperty("role", "caption");
    summary_->setWordWrap(true);
    layout->addWidget(summary_);
    view_ = new QTreeView(this);
    view_->setObjectName("model_tree");
    view_->setAccessibleName(tr("Parts of the U-Net"));
    view_->setModel(&model_);
    view_->setFont(theme.caption());
    view_->setUniformRowHeights(true);
    view_->setIndentation(space::control + space::tight);
    view_->setSelectionBehavior(QAbstractItemView::SelectRows);
    view_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view_->header()->setStretchLastSection(false);
    connect(view_, &QTreeView::expanded, this, &ModelTree::fit_height);
    connect(view_, &QTreeView::collapsed, this, &ModelTree::fit_height);
    layout->addWidget(view_);
}

void ModelTree::set_model(const UNetConfig& config, int channels, int height, int width) {
    if (config == config_ && shape_[0] == channels && shape_[1] == height && shape_[2] == width) return;
    std::vector<UNetPart> parts;
    try {
        parts = describe_unet(config, channels, height, width);
    } catch (const Error& error) {
        summary_->setText(text_of(error.what + ": " + error.why + "."));
        view_->hide();
        config_ = config;
        return;
    }
    config_ = config;
    shape_[0] = channels;
    shape_[1] = height;
    shape_[2] = width;

    std::set<QString> open;
    for (int i = 0; i < model_.rowCount(); ++i)
        if (view_->isExpanded(model_.index(i, 0))) open.insert(model_.item(i)->text());
    model_.clear();
    model_.setHorizontalHeaderLabels({tr("Part"), tr("Output"), tr("Weights")});
    double work = 0;
    for (std::size_t i = 0; i < parts.size();) {
        const std::string stage = parts[i].stage;
        std::int64_t parameters = 0;
        QList<QStandardItem*> heading = row(text_of(stage), {}, 0, {});
        QString shape;
        for (; i < parts.size() && parts[i].stage == stage; ++i) {
            heading[0]->appendRow(
                row(text_of(parts[i].part), shape_of(parts[i]), parts[i].parameters, text_of(parts[i].note)));
            parameters += parts[i].parameters;
            work += static_cast<double>(parts[i].multiply_adds);
            shape = shape_of(parts[i]);
        }
        heading[1]->setText(shape);
        heading[2]->setText(compact_text(static_cast<double>(parameters)));
        model_.appendRow(heading);
        if (open.contains(text_of(stage))) view_->expand(heading[0]->index());
    }
    summary_->setText(tr("U-Net with %1 parameters; an image of %2×%3×%4 takes %5 multiply-adds.")
                          .arg(compact_text(static_cast<double>(parameter_count(parts))))
                          .arg(channels)
                          .arg(height)
                          .arg(width)
                          .arg(compact_text(work)));
    view_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    view_->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    view_->header()->setSectionResizeMode(2, QHeaderView::ResizeToContents);
    view_->show();
    fit_height();
}

void ModelTree::fit_height() {
    int rows = model_.rowCount();
    for (int i = 0; i < model_.rowCount(); ++i)
        if (view_->isExpanded(model_.index(i, 0))) rows += model_.item(i)->rowCount();
    const int row_height = std::max(view_->sizeHintForRow(0), space::target - 2);
    view_->setFixedHeight(rows * row_height + view_->header()->sizeHint().height() + space::tight);
}

}  // namespace denoise::ui
