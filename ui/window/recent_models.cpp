#include "ui/window/recent_models.h"

#include <QFileInfo>
#include <QSettings>

#include "ui/link/engine_link.h"
#include "ui/paths/dropped_path.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

const QString key = QStringLiteral("recent_models");
constexpr qsizetype most = 8;

QStringList existing() {
    QStringList paths;
    for (const QString& path : QSettings().value(key).toStringList())
        if (QFileInfo::exists(path)) paths << path;
    return paths;
}

}  // namespace

RecentModels::RecentModels(EngineLink& link, const Theme& theme, QWidget* parent)
    : QMenu(tr("Open recent"), parent), link_(link) {
    setObjectName("recent_models");
    setIcon(theme.icon("document-open-recent"));
    setToolTipsVisible(true);
    connect(&link, &EngineLink::run_opened, this, &RecentModels::remember);
    connect(&link, &EngineLink::model_renamed, this, &RecentModels::remember);
    connect(this, &QMenu::aboutToShow, this, &RecentModels::fill);
}

void RecentModels::remember() {
    if (link_.model_path().empty()) return;
    const QString path = text_of(link_.model_path().string());
    QStringList paths = existing();
    paths.removeAll(path);
    paths.prepend(path);
    QSettings().setValue(key, paths.mid(0, most));
}

void RecentModels::fill() {
    clear();
    const QStringList paths = existing();
    for (const QString& path : paths) {
        QAction* action = addAction(model_name(path.toStdString()));
        action->setToolTip(path);
        connect(action, &QAction::triggered, this, [this, path] { Q_EMIT chosen(path); });
    }
    if (paths.isEmpty()) addAction(tr("No run has been opened yet"))->setEnabled(false);
}

}  // namespace denoise::ui
