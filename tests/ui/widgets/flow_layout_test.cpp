#include "ui/widgets/flow_layout.h"

#include <gtest/gtest.h>

#include <QHBoxLayout>
#include <QSpacerItem>
#include <QWidget>

#include "tests/ui/support/application.h"

namespace denoise::ui {
namespace {

struct CountedItem : QSpacerItem {
    explicit CountedItem(int& alive) : QSpacerItem(1, 1), alive_(alive) { ++alive_; }
    ~CountedItem() override { --alive_; }

  private:
    int& alive_;
};

TEST(FlowLayout, DeletesItsItemsAndLayouts) {
    int alive = 0;
    {
        QWidget widget;
        auto* layout = new FlowLayout(2, 2);
        const auto add_row = [&] {
            auto* row = new QHBoxLayout;
            row->addItem(new CountedItem(alive));
            layout->add_layout(row);
        };
        for (int i = 0; i < 3; ++i) add_row();
        layout->addItem(new CountedItem(alive));
        for (int i = 0; i < 2; ++i) add_row();
        layout->addItem(new CountedItem(alive));
        widget.setLayout(layout);
        EXPECT_EQ(alive, 7);
    }
    EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace denoise::ui
