#pragma once

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QWidget>

namespace denoise::ui {

/// Shows how much space decoded datasets take, limits it and frees it. All programs of a user share the
/// limit, so it is stored with the cache and not with the preferences.
class CachePreferences : public QWidget {
    Q_OBJECT
  public:
    explicit CachePreferences(QWidget* parent = nullptr);

  private:
    void fill_limits();
    void choose_limit();
    void clear();
    void show_space();

    QComboBox* limit_;
    QLabel* space_;
    QPushButton* clear_;
};

}  // namespace denoise::ui
