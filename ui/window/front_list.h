#pragma once

#include <QObject>
#include <filesystem>

class QWidget;

namespace denoise::ui {

class PageTabs;
class RunsDock;

/// Whether the list of runs is what a person works with: it has had the focus last. Menus and buttons that do
/// not take the focus change nothing.
class FrontList : public QObject {
    Q_OBJECT
  public:
    FrontList(RunsDock& dock, PageTabs& pages, QObject* parent);

    /// The run or checkpoint that is selected alone in the list while the list is in front, if it has a
    /// model; otherwise empty.
    std::filesystem::path model() const;

  Q_SIGNALS:
    void changed();  ///< model() may return something else

  private:
    void follow_focus(const QWidget* now);
    void set_in_front(bool in_front);

    RunsDock& dock_;
    bool in_front_ = false;
};

}  // namespace denoise::ui
