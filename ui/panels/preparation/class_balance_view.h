#pragma once

#include <QListWidget>
#include <string>
#include <vector>

namespace denoise::ui {

class Theme;

/// The classes of a dataset, each with a bar and its number of images. Bars of classes with very few images
/// have another colour and a tooltip.
class ClassBalanceView : public QListWidget {
    Q_OBJECT
  public:
    explicit ClassBalanceView(const Theme& theme, QWidget* parent = nullptr);

    /// With check boxes, those of the `excluded` classes are not checked.
    void set_checkable(bool checkable) { checkable_ = checkable; }
    void set_classes(const std::vector<std::string>& names, const std::vector<std::int64_t>& counts,
                     const std::vector<std::string>& excluded = {});
    std::vector<std::string> excluded() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void excluded_changed();  ///< by the user

  private:
    const Theme& theme_;
    bool checkable_ = false;
    bool filling_ = false;
};

}  // namespace denoise::ui
