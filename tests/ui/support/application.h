#pragma once

// One QApplication for all tests of the window, with settings that touch nobody's own.

#include <gtest/gtest.h>

#include <QAccessible>
#include <QApplication>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QWidget>
#include <memory>

namespace denoise::testing {

class ApplicationEnvironment : public ::testing::Environment {
  public:
    void SetUp() override {
        QStandardPaths::setTestModeEnabled(true);
        qputenv("XDG_DATA_HOME", folder_.filePath("data").toUtf8());
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder_.path());
        if (QCoreApplication::instance() != nullptr) return;
        QCoreApplication::setOrganizationName("denoise-lab-tests");
        QCoreApplication::setApplicationName("denoise-lab-tests");
        application_ = std::make_unique<QApplication>(argc_, argv_);
    }
    void TearDown() override { application_.reset(); }

  private:
    QTemporaryDir folder_;
    int argc_ = 1;
    char name_[6] = "tests";
    char* argv_[2] = {name_, nullptr};
    std::unique_ptr<QApplication> application_;
};

/// Made once, however many files include this one.
inline ::testing::Environment* const application_environment =
    ::testing::AddGlobalTestEnvironment(new ApplicationEnvironment);

/// The widgets under `root` that take the focus and have no name for assistive technology.
inline QStringList nameless_widgets(const QWidget& root) {
    QStringList found;
    for (QWidget* widget : root.findChildren<QWidget*>()) {
        if (widget->focusPolicy() == Qt::NoFocus || widget->focusProxy() != nullptr) continue;
        if (widget->objectName().startsWith("qt_") || !widget->isVisibleTo(&root))
            continue;  // inside Qt's own
        QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(widget);
        if (accessible == nullptr || accessible->text(QAccessible::Name).isEmpty())
            found << QString("%1 %2").arg(widget->metaObject()->className(), widget->objectName());
    }
    return found;
}

}  // namespace denoise::testing
