#pragma once

#include <QListWidget>

#include "engine/session/preparation.h"

namespace denoise::ui {

class Theme;

/// What is left out of a dataset, with the reason: duplicates beside the image that stays, images and classes
/// that a person left out, and files that cannot be read. Delete and the context menu use an image again.
class LeftOutList : public QListWidget {
    Q_OBJECT
  public:
    explicit LeftOutList(const Theme& theme, QWidget* parent = nullptr);

    void set_preview(const PreparationPreview& preview);
    void set_locked(bool locked);
    QAction* use_again_action() const { return use_again_; }

  Q_SIGNALS:
    void use_again_wanted(const std::string& name);  ///< an image in exclude_images

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void add(const QString& name, const QString& reason, const QIcon& icon = {});
    void draw();
    void use_again();
    void update_action();

    const Theme& theme_;
    PreparationPreview preview_;
    QAction* use_again_;
    bool locked_ = false;
};

/// The number of images and files that are left out.
int count_left_out(const PreparationPreview& preview);

}  // namespace denoise::ui
