// Measures the error of every sampler for several numbers of steps on a Gaussian distribution, for which the
// exact solution is known. Prints a table with the fitted orders and can plot it as a PNG.

#include <CLI/CLI.hpp>
#include <QGuiApplication>
#include <QImage>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "tests/support/gaussian_toy.h"

namespace denoise {
namespace {

const std::vector<int> kSteps = {8, 16, 32, 64, 128, 256};
constexpr std::size_t kFitFrom = 2;  // with fewer steps the errors do not follow a power law yet

struct Curve {
    QString title;
    std::string name, quantity;
    QColor colour;
    Qt::PenStyle style = Qt::SolidLine;
    std::vector<double> errors = {};
    double order = 0;
};

std::vector<Curve> measure() {
    const test::GaussianToy toy = test::fine_toy();
    std::vector<Curve> curves;
    const auto add = [&](const std::string& name, const char* colour, Qt::PenStyle style, bool stochastic,
                         double eta) {
        const Solver& solver = solver_named(name);
        Curve curve{solver.title, name, stochastic ? "variance" : "x", QColor(colour), style};
        if (eta > 0) curve.title += QString(", eta = %1").arg(eta), curve.name += "-eta";
        for (const int steps : kSteps)
            curve.errors.push_back(stochastic ? test::variance_error(toy, name, steps, eta)
                                              : test::flow_error(toy, name, steps));
        curve.order = test::fitted_order({kSteps.begin() + kFitFrom, kSteps.end()},
                                         {curve.errors.begin() + kFitFrom, curve.errors.end()});
        curves.push_back(std::move(curve));
    };
    add("ddim", "#0072B2", Qt::SolidLine, false, 0);
    add("euler", "#56B4E9", Qt::DotLine, false, 0);
    add("heun", "#D55E00", Qt::SolidLine, false, 0);
    add("pndm", "#E69F00", Qt::SolidLine, false, 0);
    add("dpmpp-2m", "#009E73", Qt::SolidLine, false, 0);
    add("unipc", "#CC79A7", Qt::SolidLine, false, 0);
    add("ddpm", "#000000", Qt::SolidLine, true, 0);
    add("ddim", "#9A9A9A", Qt::DotLine, true, 1);
    add("dpmpp-2m-sde", "#009E73", Qt::DashLine, true, 0);
    return curves;
}

void print(const std::vector<Curve>& curves) {
    std::printf("sampler,error_of");
    for (const int steps : kSteps) std::printf(",steps_%d", steps);
    std::printf(",fitted_order\n");
    for (const Curve& curve : curves) {
        std::printf("%s,%s", curve.name.c_str(), curve.quantity.c_str());
        for (const double error : curve.errors) std::printf(",%.3e", error);
        std::printf(",%.2f\n", curve.order);
    }
}

/// Log-log axes in a rectangle of the picture.
class Axes {
  public:
    Axes(QRectF area, double left, double right, double bottom, double top)
        : area_(area), x0_(std::log(left)), x1_(std::log(right)), y0_(std::log(bottom)), y1_(std::log(top)) {}

    QPointF at(double x, double y) const {
        return {area_.left() + area_.width() * (std::log(x) - x0_) / (x1_ - x0_),
                area_.bottom() - area_.height() * (std::log(y) - y0_) / (y1_ - y0_)};
    }
    const QRectF& area() const { return area_; }

  private:
    QRectF area_;
    double x0_, x1_, y0_, y1_;
};

void draw_grid(QPainter& painter, const Axes& axes, int lowest, int highest) {
    const QRectF& area = axes.area();
    const QColor grid("#e3e3e3"), text("#404040");
    for (int power = lowest; power <= highest; ++power) {
        const double y = axes.at(1, std::pow(10, power)).y();
        painter.setPen(grid);
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(text);
        painter.drawText(QRectF(area.left() - 90, y - 14, 78, 28), Qt::AlignRight | Qt::AlignVCenter,
                         QString("1e%1").arg(power));
    }
    for (const int steps : kSteps) {
        const double x = axes.at(steps, 1).x();
        painter.setPen(grid);
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        painter.setPen(text);
        painter.drawText(QRectF(x - 50, area.bottom() + 8, 100, 28), Qt::AlignCenter, QString::number(steps));
    }
    painter.setPen(QPen(text, 1.5));
    painter.drawRect(area);
    painter.drawText(QRectF(area.left(), area.bottom() + 40, area.width(), 30), Qt::AlignCenter, "steps");
    painter.save();
    painter.translate(area.left() - 110, area.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-area.height() / 2, -15, area.height(), 30), Qt::AlignCenter, "error");
    painter.restore();
}

QImage plot(const std::vector<Curve>& curves) {
    double smallest = 1, largest = 0;
    for (const Curve& curve : curves) {
        smallest = std::min(smallest, *std::min_element(curve.errors.begin(), curve.errors.end()));
        largest = std::max(largest, *std::max_element(curve.errors.begin(), curve.errors.end()));
    }
    const int lowest = static_cast<int>(std::floor(std::log10(smallest))),
              highest = static_cast<int>(std::ceil(std::log10(largest)));
    const Axes axes(QRectF(140, 90, 860, 720), kSteps.front() / 1.2, kSteps.back() * 1.2,
                    std::pow(10, lowest), std::pow(10, highest));

    QImage image(1480, 900, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    QFont font;
    font.setPixelSize(26);
    painter.setFont(font);
    painter.setPen(Qt::black);
    painter.drawText(QRectF(140, 20, 1300, 50), Qt::AlignLeft | Qt::AlignVCenter,
                     "Error by number of steps on a Gaussian with the exact denoiser");
    font.setPixelSize(20);
    painter.setFont(font);
    draw_grid(painter, axes, lowest, highest);

    double row = axes.area().top() + 10;
    const auto heading = [&](const QString& text) {
        painter.setPen(QColor("#404040"));
        painter.drawText(QRectF(1030, row, 440, 34), Qt::AlignLeft | Qt::AlignVCenter, text);
        row += 40;
    };
    std::string quantity;
    for (const Curve& curve : curves) {
        if (curve.quantity != quantity) {
            if (!quantity.empty()) row += 24;
            quantity = curve.quantity;
            heading(quantity == "x" ? "error of x, and order" : "error of the variance, and order");
        }
        const QPen pen(curve.colour, 3, curve.style, Qt::RoundCap, Qt::RoundJoin);
        QPolygonF line;
        for (std::size_t i = 0; i < kSteps.size(); ++i) line << axes.at(kSteps[i], curve.errors[i]);
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(line);
        painter.drawLine(QPointF(1030, row + 17), QPointF(1080, row + 17));
        painter.setPen(Qt::NoPen);
        painter.setBrush(curve.colour);
        for (const QPointF& point : line) painter.drawEllipse(point, 5, 5);
        painter.setPen(Qt::black);
        painter.drawText(QRectF(1095, row, 290, 34), Qt::AlignLeft | Qt::AlignVCenter, curve.title);
        painter.drawText(QRectF(1380, row, 70, 34), Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(curve.order, 'f', 2));
        row += 40;
    }
    return image;
}

}  // namespace
}  // namespace denoise

int main(int argc, char** argv) {
    CLI::App options("Measures the error of every sampler by number of steps, and its order.");
    std::string path;
    options.add_option("--plot", path, "PNG file to write the plot to");
    CLI11_PARSE(options, argc, argv);
    const std::vector<denoise::Curve> curves = denoise::measure();
    denoise::print(curves);
    if (path.empty()) return 0;
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    const QGuiApplication application(argc, argv);  // needed for fonts
    if (denoise::plot(curves).save(QString::fromStdString(path), "PNG")) return 0;
    std::fprintf(stderr, "Cannot write %s\n", path.c_str());
    return 1;
}
