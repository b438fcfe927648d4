#pragma once

#include <QImage>
#include <QWidget>
#include <vector>

#include "engine/session/events.h"

namespace denoise::ui {

class Theme;

/// Samples, each beside the image of the set that is nearest to it and above their distance, the closest pair
/// first. The pixels are drawn true, at a whole multiple; as tall as its width makes it.
class PairsView : public QWidget {
    Q_OBJECT
  public:
    explicit PairsView(const Theme& theme, QWidget* parent = nullptr);

    void show_pairs(const EvaluationEnded& result);

    QSize sizeHint() const override;

  protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    struct Pair {
        QImage sample, neighbour;
        int number = 0;          ///< of the sample, from 1
        std::int64_t index = 0;  ///< of the neighbour in the set
        double distance = 0;
    };
    struct Layout {
        int scale = 1, columns = 1;
        QSize cell;  ///< device pixels, with its caption and the gap to the next
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
