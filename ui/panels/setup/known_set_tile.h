#pragma once

#include <QAbstractButton>

#include "engine/data/catalog.h"

class QToolButton;

namespace denoise::ui {

class Theme;

/// A small card of a dataset that can be downloaded. A click on it asks for the set; while it is being
/// downloaded, it shows how much has arrived and has a button to cancel, as which Escape counts, too.
class KnownSetTile : public QAbstractButton {
    Q_OBJECT
  public:
    enum class State { absent, begun, stored, working, failed };

    KnownSetTile(const Theme& theme, const CatalogEntry& set, QWidget* parent = nullptr);

    State state() const { return state_; }
    /// `bytes` have arrived, for `begun`.
    void set_state(State state, std::int64_t bytes = 0);
    /// Of `working`; `doing` replaces the amount if it is not empty.
    void set_progress(std::int64_t bytes, const QString& doing);
    void set_problem(const QString& reason);  ///< `failed`, with its reason in the tooltip
    const QString& caption() const { return caption_; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void wanted();
    void cancel_pressed();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    QString details() const;
    void show_words(const QString& caption, const QString& tip);

    const Theme& theme_;
    CatalogEntry set_;
    std::int64_t total_ = 0;
    State state_ = State::absent;
    QString caption_;
    double share_ = 0;  ///< that has arrived
    QToolButton* cancel_ = nullptr;
};

}  // namespace denoise::ui
