#pragma once

#include <QObject>
#include <QString>
#include <functional>

#include "engine/base/error.h"
#include "engine/session/pictures.h"

namespace denoise::ui {

/// Reads a picture in another thread and scales it down to `max_side`. Then `done` or `failed` is called in
/// the thread of `context`, unless `context` has been deleted.
void load_picture(const QString& path, int max_side, QObject* context,
                  std::function<void(const Picture&)> done, std::function<void(const Error&)> failed);

}  // namespace denoise::ui
