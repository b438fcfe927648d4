#pragma once

#include <QListWidget>
#include <vector>

#include "engine/session/preparation.h"

namespace denoise::ui {

class Theme;

/// Images before and after their preparation, side by side. Delete and the context menu leave one out.
class ExampleList : public QListWidget {
    Q_OBJECT
  public:
    explicit ExampleList(const Theme& theme, QWidget* parent = nullptr);

    void set_examples(const std::vector<PreparedExample>& examples);
    void set_locked(bool locked);
    QAction* leave_out_action() const { return leave_out_; }

  Q_SIGNALS:
    void leave_out_wanted(const std::string& name);

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void draw();
    void leave_out();
    void update_action();

    const Theme& theme_;
    std::vector<PreparedExample> examples_;
    QAction* leave_out_;
    bool locked_ = false;
};

/// Also in a selected row, it shows the picture as it is.
QIcon untinted_icon(const QPixmap& pixmap);
/// `picture` in a square of `side` pixels on the backdrop of pictures. A small one is enlarged by a whole
/// multiple, without smoothing.
QPixmap framed(const Theme& theme, const Picture& picture, int side);
/// Two pictures side by side, with an arrow between them or without one.
QPixmap side_by_side(const Theme& theme, const Picture& left, const Picture& right, int side, bool arrow);

}  // namespace denoise::ui
