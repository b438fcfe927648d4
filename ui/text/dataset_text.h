#pragma once

#include <QString>
#include <cstddef>
#include <cstdint>

namespace denoise::ui {

/// The name of a dataset that has not been loaded: "Glyphs", that of a known set, or that of the file or
/// folder.
QString dataset_title(const QString& path);

/// "60,000 images of 28×28, grey, 10 classes"
QString images_text(std::int64_t count, int width, int height, int channels, std::size_t classes);

}  // namespace denoise::ui
