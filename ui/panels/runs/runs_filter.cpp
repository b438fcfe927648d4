#include "ui/panels/runs/runs_filter.h"

#include <algorithm>

#include "ui/text/format.h"

namespace denoise::ui {

RunsFilter::RunsFilter(RunsModel& model, QObject* parent) : QSortFilterProxyModel(parent), model_(model) {
    setSourceModel(&model);
    setDynamicSortFilter(true);
    sort(RunsModel::created, Qt::DescendingOrder);
}

void RunsFilter::set_words(const QString& words) {
    words_ = words.split(' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

bool RunsFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    if (parent.isValid() || words_.isEmpty()) return true;
    const RunSummary& run = model_.runs()[static_cast<std::size_t>(row)];
    QStringList texts = {text_of(run.name), text_of(run.dataset), text_of(run.notes.text),
                         model_.index(row, RunsModel::state).data().toString()};
    for (const std::string& tag : run.notes.tags) texts << text_of(tag);
    if (run.notes.starred) texts << tr("starred");
    const QString all = texts.join('\n');
    return std::ranges::all_of(words_,
                               [&](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
}

bool RunsFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    if (left.parent().isValid())
        return sortOrder() == Qt::AscendingOrder ? left.row() < right.row() : left.row() > right.row();
    const QVariant a = left.data(RunsModel::sort_role), b = right.data(RunsModel::sort_role);
    if (!a.isValid() || !b.isValid()) return !a.isValid() && b.isValid();
    if (a.typeId() == QMetaType::QString) return QString::localeAwareCompare(a.toString(), b.toString()) < 0;
    return QVariant::compare(a, b) == QPartialOrdering::Less;
}

}  // namespace denoise::ui
