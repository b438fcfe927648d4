#include "ui/text/plurals.h"

#include <QRegularExpression>
#include <QTranslator>

namespace denoise::ui {
namespace {

class EnglishPlurals : public QTranslator {
  public:
    using QTranslator::QTranslator;

    bool isEmpty() const override { return false; }

    QString translate(const char*, const char* source, const char*, int n) const override {
        if (n < 0) return {};  // a text without a number stays unchanged
        static const QRegularExpression ending("\\((s|es)\\)");
        return QString::fromUtf8(source).replace(ending, n == 1 ? "" : "\\1");
    }
};

}  // namespace

void install_plurals(QCoreApplication& application) {
    application.installTranslator(new EnglishPlurals(&application));
}

}  // namespace denoise::ui
