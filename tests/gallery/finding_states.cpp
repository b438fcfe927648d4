#include "tests/gallery/finding_states.h"

#include <QAbstractButton>
#include <QDialog>
#include <QTest>
#include <QTimer>
#include <cmath>
#include <stdexcept>

#include "engine/base/crash_note.h"
#include "ui/pages/train/health_label.h"

namespace denoise::gallery {
namespace {

/// A training whose loss rises in the end.
std::vector<StepMetrics> rising_loss() {
    std::vector<StepMetrics> steps;
    for (std::int64_t step = 1; step <= 400; ++step) {
        const auto at = static_cast<double>(step);
        const double falling = 0.08 + 0.9 / (1 + at / 40);
        steps.push_back({.step = step, .loss = step > 340 ? 2.5 : falling, .learning_rate = 2e-3});
    }
    return steps;
}

/// A training whose held-out loss is lowest near step 1,000.
std::vector<StepMetrics> memorizing() {
    std::vector<StepMetrics> steps;
    for (std::int64_t step = 1; step <= 2000; ++step) {
        const auto at = static_cast<double>(step);
        const double falling = 0.08 + 0.9 / (1 + at / 40);
        StepMetrics metrics{
            .step = step, .loss = falling * (1 + 0.07 * std::sin(at * 12.9898)), .learning_rate = 2e-3};
        if (step % 67 == 0)
            metrics.held_out =
                HeldOutLosses{falling + 0.1 * std::pow(std::max(0.0, at - 600) / 1000, 2), 2 * falling};
        steps.push_back(metrics);
    }
    return steps;
}

QDialog* wait_for_dialog(ui::MainWindow& window, const char* name) {
    QDialog* dialog = nullptr;
    if (!QTest::qWaitFor([&] { return (dialog = window.findChild<QDialog*>(name)) != nullptr; }, 5000))
        throw std::runtime_error(std::string("there is no dialog ") + name);
    return dialog;
}

}  // namespace

void take_finding_states(ui::MainWindow& window, Camera& camera) {
    auto* health = window.findChild<ui::HealthLabel*>();
    // Before each picture: the page judges the real steps again when it is drawn anew.
    camera.take("finding-apply", nullptr, [health] { health->judge(rising_loss()); });
    camera.take("findings-new-run", nullptr, [health] { health->judge(memorizing()); });
}

void take_crash_note_states(ui::MainWindow& window, Camera& camera) {
    CrashNote note;
    note.file = "/home/someone/.local/state/denoise-lab/crash-2026-11-26-231502.txt";
    note.program = "denoise-lab";
    note.started = "2026-11-26 23:15:02";
    note.reason = "segmentation fault";
    note.run = "/home/someone/runs/mnist-quick";
    note.step = 1512;
    note.text =
        "denoise-lab 0.1.0\nstarted 2026-11-26 23:15:02\nrun /home/someone/runs/mnist-quick\nstep 1512\n"
        "ended by segmentation fault (11)\n\nThe last lines of the log:\n"
        "23:15:03 info  dataset \"MNIST\", 70,000 images\n23:15:08 info  training with 2 threads\n";
    window.offer_crash_notes({note});
    camera.take("crash-note-offer");
    for (auto* button : window.findChildren<QAbstractButton*>())
        if (button->isVisible() && button->text() == "Show") {
            QTimer::singleShot(0, button, &QAbstractButton::click);
            break;
        }
    QDialog* dialog = wait_for_dialog(window, "crash_note");
    QTest::qWait(50);
    camera.take("crash-note", dialog);
    dialog->close();
    QTest::qWait(50);
}

}  // namespace denoise::gallery
