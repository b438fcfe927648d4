#pragma once

#include <QImage>
#include <QWidget>
#include <vector>

#include "engine/session/events.h"

namespace denoise::ui {

class Theme;

/// Pairs of a sample and its nearest image of the dataset with their distance, the closest pair first. The
/// images are enlarged by a whole multiple.
class PairsView : public QWidget {
    Q_OBJECT
  public:
    explicit PairsView(const Theme& theme, QWidget* parent = nullptr);

    void show_pairs(const NearestImages& score);

    QSize sizeHint() const override;

  protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    struct Pair {
        QImage sample, neighbour;
        int number = 0;          ///< of the sample, from 1
        std::int64_t index = 0;  ///< of the neighbour in the dataset
        double distance = 0;
    };
    struct Layout {
        int scale = 1, columns = 1;
        QSize cell;  ///< of a pair with its caption and a gap, in device pixels
        int rows(std::size_t count) const { return (static_cast<int>(count) + columns - 1) / columns; }
    };
    Layout layout_now() const;
    Layout layout_at(int scale, int width) const;
    int least_scale(int width) const;
    void fit_height();
    QString describe(const Pair& pair) const;

    const Theme& theme_;
    std::vector<Pair> pairs_;
};

}  // namespace denoise::ui
