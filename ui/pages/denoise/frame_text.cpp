#include "ui/pages/denoise/frame_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <cmath>

#include "ui/text/format.h"

namespace denoise::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("FrameText", text);
}

/// `number` with figure spaces in front, as wide as `widest`.
QString padded(int number, int widest) {
    const auto digits = static_cast<int>(QString::number(widest).size());
    return QString::number(number).rightJustified(digits, QChar(0x2007));
}

QString rms_text(double number) {
    return std::isfinite(number) ? QLocale().toString(number, 'f', 3) : QStringLiteral("–");
}

int last_timestep(const Trajectory& trajectory) {
    return static_cast<int>(trajectory.start().alpha_bar.size()) - 1;
}

}  // namespace

QString widest_place(const Trajectory& trajectory) {
    return tr("t = %1 of %1 · step %2 of %2").arg(last_timestep(trajectory)).arg(trajectory.steps());
}

QString place_text(const Trajectory& trajectory, const TrajectoryFrame& frame) {
    const int last = last_timestep(trajectory), steps = trajectory.steps();
    if (frame.timestep < 0) return tr("Result · step %1 of %1").arg(steps);
    return tr("t = %1 of %2 · step %3 of %4")
        .arg(padded(frame.timestep, last))
        .arg(last)
        .arg(padded(frame.step + 1, steps))
        .arg(steps);
}

QString widest_numbers() {
    return tr("ᾱ %2 · SNR %1 · RMS: xₜ %2, x₀ %2, ε %2 · x₀ changed by %2").arg("8.88e-88", "8.888");
}

QString numbers_text(const TrajectoryFrame& frame, int only) {
    const double alpha_bar = frame.alpha_bar;
    const QString snr = alpha_bar < 1 ? measure_text(alpha_bar / (1 - alpha_bar)) : QStringLiteral("∞");
    const QString ratios = tr("ᾱ %1 · SNR %2").arg(QLocale().toString(alpha_bar, 'f', 3), snr);
    if (frame.norms.empty()) return ratios;
    const auto rms = [&](float FrameNorms::*part) {
        if (only >= 0)
            return rms_text(static_cast<double>(frame.norms.at(static_cast<std::size_t>(only)).*part));
        double squares = 0;
        for (const FrameNorms& norms : frame.norms) squares += std::pow(static_cast<double>(norms.*part), 2);
        return rms_text(std::sqrt(squares / static_cast<double>(frame.norms.size())));
    };
    return tr("%1 · RMS: xₜ %2, x₀ %3, ε %4 · x₀ changed by %5")
        .arg(ratios, rms(&FrameNorms::x_t), rms(&FrameNorms::x0), rms(&FrameNorms::eps),
             rms(&FrameNorms::change));
}

QString strip_text(const Trajectory& trajectory, int place) {
    const int step = trajectory.first_step() + place;
    const auto& planned = trajectory.start().timesteps;
    const bool is_held = !trajectory.empty() && step <= trajectory.frame(trajectory.size() - 1).step;
    const int timestep = is_held                     ? trajectory.frame(trajectory.nearest(step)).timestep
                         : step < trajectory.steps() ? planned[static_cast<std::size_t>(step)]
                                                     : -1;
    return timestep < 0 ? tr("result") : tr("t = %1").arg(timestep);
}

}  // namespace denoise::ui
