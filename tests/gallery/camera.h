#pragma once

#include <QMainWindow>
#include <QSize>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "ui/theme/theme.h"

class QDialog;

namespace denoise::gallery {

/// What is drawn of each state: a picture for each pair of these.
struct Looks {
    std::vector<QSize> sizes;
    std::vector<ui::Appearance> appearances;
};

/// Takes pictures of the window in its present state, at all sizes and appearances.
class Camera {
  public:
    Camera(QMainWindow& window, ui::Theme& theme, std::filesystem::path folder, Looks looks);

    /// Writes "NUMBER-NAME-SIZE-APPEARANCE-SCALE.png" for each look; `dialog` is drawn in the middle of the
    /// window. `before` is called before each picture, for states that do not last. Throws std::runtime_error
    /// if a file cannot be written.
    void take(const std::string& name, QDialog* dialog = nullptr, const std::function<void()>& before = {});
    int pictures() const { return pictures_; }

  private:
    QImage draw(QDialog* dialog) const;
    QString file_name(const std::string& name, const QSize& size, ui::Appearance appearance) const;

    QMainWindow& window_;
    ui::Theme& theme_;
    std::filesystem::path folder_;
    Looks looks_;
    int states_ = 0, pictures_ = 0;
};

}  // namespace denoise::gallery
