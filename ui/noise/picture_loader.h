#pragma once

#include <QObject>
#include <QString>
#include <functional>

#include "engine/base/error.h"
#include "engine/session/pictures.h"

namespace denoise::ui {

/// Reads a picture off the window's thread, scaled down to `max_side`. One of `done` and `failed` is called
/// later on the thread of `context`, neither when `context` is gone by then.
void load_picture(const QString& path, int max_side, QObject* context,
                  std::function<void(const Picture&)> done, std::function<void(const Error&)> failed);

}  // namespace denoise::ui
