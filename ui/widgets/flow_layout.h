#pragma once

#include <QLayout>
#include <memory>
#include <vector>

namespace denoise::ui {

/// Places its items side by side at their preferred widths, and continues in another row where they do not
/// fit. The items of a row are aligned at the bottom, as fields below their labels are.
class FlowLayout : public QLayout {
    Q_OBJECT
  public:
    FlowLayout(int horizontal_spacing, int vertical_spacing);
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override;
    void add_layout(QLayout* layout);

    int count() const override { return static_cast<int>(items_.size()); }
    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;     ///< all items in one row
    QSize minimumSize() const override;  ///< the widest item; see heightForWidth()
    void setGeometry(const QRect& rect) override;

  private:
    int arrange(const QRect& rect, bool apply) const;  ///< returns the height

    int horizontal_, vertical_;
    std::vector<std::unique_ptr<QLayoutItem>> items_;
};

}  // namespace denoise::ui
