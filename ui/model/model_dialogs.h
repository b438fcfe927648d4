#pragma once

#include <QString>
#include <functional>

#include "engine/session/commands.h"

class QWidget;

namespace denoise::ui {

/// Asks for a model to open; `then` gets its file or folder. Nothing waits.
void choose_model(QWidget* parent, const std::function<void(const QString& path)>& then);

/// Asks where a model called `name` is written to and in which format, in `folder` at first.
void choose_export(QWidget* parent, const QString& folder, const QString& name,
                   const std::function<void(const ConvertModel& command)>& then);

}  // namespace denoise::ui
