#pragma once

#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QLabel>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <memory>

#include "tests/ui/support/fake_engine.h"
#include "ui/theme/theme.h"
#include "ui/window/main_window.h"

namespace denoise::testing {

/// The real window on a FakeEngine, with a runs folder and settings of its own.
class WindowTest : public ::testing::Test {
  protected:
    void SetUp() override {
        QSettings().clear();
        qputenv("DENOISE_LAB_RUNS", folder_.path().toUtf8());
        qputenv("DENOISE_LAB_DATASETS", folder_.filePath("datasets").toUtf8());
    }
    void TearDown() override { window_.reset(); }

    ui::MainWindow& open(Manner manner = Manner::instant) {
        record_->manner = manner;
        window_ = std::make_unique<ui::MainWindow>(std::make_unique<FakeEngine>(record_), theme_,
                                                   ui::load_preferences());
        window_->show();
        window_->activateWindow();  // keys go to the active window alone
        EXPECT_TRUE(QTest::qWaitForWindowActive(window_.get(), 2000));
        settle();
        return *window_;
    }

    /// Waits until the window has received all events of the engine.
    void settle() {
        QTest::qWait(1);
        EXPECT_TRUE(QTest::qWaitFor([this] { return record_->events.empty(); }, 2000));
        QTest::qWait(1);
    }

    const ui::WindowActions& actions() { return window_->actions(); }

    template <class W>
    W* find(const char* name) {
        return window_->findChild<W*>(name);
    }

    QAbstractButton* button(const QString& text, QWidget* within = nullptr) {
        for (auto* each : (within ? within : window_.get())->findChildren<QAbstractButton*>())
            if (each->text().remove('&') == text && each->isVisible()) return each;
        return nullptr;
    }

    bool shows_text(const QString& text) {
        for (auto* label : window_->findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(text)) return true;
        return false;
    }

    QTemporaryDir folder_;
    ui::Theme theme_;
    std::shared_ptr<FakeEngine::Record> record_ = std::make_shared<FakeEngine::Record>();
    std::unique_ptr<ui::MainWindow> window_;
};

}  // namespace denoise::testing
