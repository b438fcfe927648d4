#include "ui/export/export_pictures.h"

#include <gmock/gmock.h>

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QMovie>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/session/pictures.h"
#include "tests/ui/support/application.h"
#include "tests/ui/support/fake_engine.h"
#include "ui/export/export_dialog.h"
#include "ui/picture/conversion.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

namespace fs = std::filesystem;
using denoise::testing::make_images;

/// Five steps and the result, three images of 28 by 28.
Trajectory film(double ema_length = 0) {
    SampleStarted start;
    start.job = 1;
    start.timesteps = {999, 749, 499, 249, 0};
    start.model_step = 1200;
    start.request.sampler = "ddim";
    start.request.count = 3;
    start.request.steps = 5;
    start.request.eta = 0.5;
    start.request.seed = 42;
    start.request.ema_length = ema_length;
    for (int t = 0; t < 1000; ++t) start.alpha_bar.push_back(1.0 - t / 1000.0);
    Trajectory trajectory(start);
    for (int i = 0; i < 5; ++i)
        trajectory.add(SampleFrame{1, i, start.timesteps[static_cast<std::size_t>(i)],
                                   make_images(3, 1, 28, i), make_images(3, 1, 28, i + 1)});
    trajectory.add(SampleResult{1, 1, make_images(3, 1, 28, 9)});
    return trajectory;
}

class ExportTest : public ::testing::Test {
  protected:
    fs::path at(const std::string& name) const { return fs::path(folder_.path().toStdU16String()) / name; }
    QString text_at(const std::string& name) const { return folder_.filePath(QString::fromStdString(name)); }

    /// Every file under the folder, relative to it.
    std::set<std::string> files() const {
        std::set<std::string> names;
        for (const auto& entry : fs::recursive_directory_iterator(at("")))
            if (entry.is_regular_file()) names.insert(fs::relative(entry.path(), at("")).generic_string());
        return names;
    }

    QTemporaryDir folder_;
    const Trajectory film_ = film();
};

TEST_F(ExportTest, PictureIsTheFrameWithItsRecipe) {
    ExportChoices choices{.kind = ExportKind::picture, .frame = 2, .image = 1, .path = at("one.png")};
    write_export(film_, choices);
    EXPECT_EQ(read_picture(choices.path), picture_of(film_.frame(2).x0, 1));
    const auto recipe = nlohmann::json::parse(read_recipe(choices.path));
    EXPECT_EQ(recipe["sampler"], "ddim");
    EXPECT_EQ(recipe["seed"], 42);
    EXPECT_EQ(recipe["steps"], 5);
    EXPECT_EQ(recipe["eta"], 0.5);
    EXPECT_EQ(recipe["model_step"], 1200);
    EXPECT_EQ(recipe["timestep"], 499);
    EXPECT_EQ(recipe["image"], 1);
    EXPECT_EQ(files(), std::set<std::string>{"one.png"});
}

TEST_F(ExportTest, EachFileOfASampleWithAnotherEmaLengthNamesIt) {
    const auto recipe_at = [this](const std::string& name) {
        return nlohmann::json::parse(read_recipe(at(name)));
    };
    write_export(film_, {.kind = ExportKind::grid, .path = at("grid.png")});
    EXPECT_FALSE(recipe_at("grid.png").contains("ema_length"));
    const Trajectory longer = film(0.12);
    write_export(longer, {.kind = ExportKind::grid, .path = at("grid.png")});
    EXPECT_EQ(recipe_at("grid.png")["ema_length"], 0.12);
    write_export(longer, {.kind = ExportKind::frames, .content = ExportContent::x0, .path = at("frames")});
    for (const auto& file : fs::directory_iterator(at("frames")))
        EXPECT_EQ(nlohmann::json::parse(read_recipe(file.path()))["ema_length"], 0.12);
    const Theme theme;
    ExportDialog dialog(longer, 0, -1, theme);
    EXPECT_TRUE(dialog.choices().path.filename().string().starts_with("ddim-5-seed-42-ema-0.12"))
        << dialog.choices().path;
}

TEST_F(ExportTest, GridHasAllImagesInTheSizeOfThePlan) {
    ExportChoices choices{.kind = ExportKind::grid,
                          .content = ExportContent::both,
                          .frame = 1,
                          .image = 2,
                          .scale = 3,
                          .path = at("grid.png")};
    const ExportPlan plan = plan_export(film_, choices);
    write_export(film_, choices);
    const QImage written(text_at("grid.png"));
    EXPECT_EQ(written.size(), QSize(plan.width, plan.height));
    EXPECT_EQ(written.width(), 3 * (2 * (2 * 30 + 2) + 2))
        << "two grids of two columns and a gap, three times as large";
}

TEST_F(ExportTest, FramesGiveExactlyTheFilesOfThePlan) {
    for (const ExportContent content : {ExportContent::x_t, ExportContent::x0, ExportContent::both}) {
        const std::string name = "frames" + std::to_string(static_cast<int>(content));
        ExportChoices choices{.kind = ExportKind::frames, .content = content, .image = 0, .path = at(name)};
        const ExportPlan plan = plan_export(film_, choices);
        EXPECT_EQ(plan.files.size(), content == ExportContent::both ? 12u : 6u);
        int last = 0;
        write_export(film_, choices, [&last](int done, int total) {
            EXPECT_EQ(total, 6);
            last = done;
        });
        EXPECT_EQ(last, 6);
        EXPECT_EQ(std::set<fs::path>(plan.files.begin(), plan.files.end()), [&] {
            std::set<fs::path> found;
            for (const auto& entry : fs::directory_iterator(choices.path)) found.insert(entry.path());
            return found;
        }());
        EXPECT_EQ(QImage(QString::fromStdString(plan.files[0].string())).size(),
                  QSize(plan.width, plan.height));
        EXPECT_EQ(files_in_the_way(plan).size(), plan.files.size());
    }
}

TEST_F(ExportTest, AnimationHasItsFramesSpeedAndSize) {
    ExportChoices choices{.kind = ExportKind::animation,
                          .content = ExportContent::both,
                          .image = 0,
                          .scale = 2,
                          .delay_ms = 100,
                          .path = at("film.gif")};
    const ExportPlan plan = plan_export(film_, choices);
    EXPECT_EQ(plan.frames, 6);
    write_export(film_, choices);
    QMovie movie(text_at("film.gif"));
    ASSERT_TRUE(movie.isValid());
    EXPECT_EQ(movie.frameCount(), 6);
    ASSERT_TRUE(movie.jumpToFrame(0));
    EXPECT_EQ(movie.currentImage().size(), QSize(plan.width, plan.height));
    EXPECT_EQ(movie.nextFrameDelay(), 100);

    choices.most_frames = 3;
    write_export(film_, choices);
    QMovie shorter(text_at("film.gif"));
    EXPECT_EQ(shorter.frameCount(), 3);
    EXPECT_THAT(frames_of(film_, 3), ::testing::ElementsAre(0, 3, 5));
}

TEST_F(ExportTest, StoppedAndFailedExportsLeaveNothingBehind) {
    ExportChoices choices{.kind = ExportKind::frames, .image = 0, .path = at("frames")};
    std::stop_source stop;
    EXPECT_THROW(write_export(
                     film_, choices,
                     [&stop](int done, int) {
                         if (done == 2) stop.request_stop();
                     },
                     stop.get_token()),
                 Cancelled);
    EXPECT_FALSE(fs::exists(choices.path));

    std::ofstream(at("file")) << "in the way";
    choices.path = at("file");
    try {
        write_export(film_, choices);
        FAIL() << "a file is no folder";
    } catch (const Error& error) {
        EXPECT_THAT(error.why, ::testing::HasSubstr("file"));
        EXPECT_FALSE(error.remedy.empty());
    }
    EXPECT_EQ(files(), std::set<std::string>{"file"});
    EXPECT_THROW(write_export(film_, {.path = at("nowhere/a.png")}), Error);
    EXPECT_THROW(write_export(Trajectory(), {.path = at("a.png")}), Error);
}

TEST_F(ExportTest, WhatCannotBeWrittenIsRefusedBeforeThePicturesAreMade) {
    std::filesystem::create_directories(at("run/samples"));
    std::ofstream(at("run/run.json")) << "{}";
    const auto refused = [this](const ExportChoices& choices, const std::string& why) {
        int made = 0;
        try {
            write_export(film_, choices, [&made](int, int) { ++made; });
            ADD_FAILURE() << choices.path;
        } catch (const Error& error) {
            EXPECT_THAT(error.why, ::testing::HasSubstr(why));
        }
        EXPECT_EQ(made, 0) << why;
    };
    refused({.kind = ExportKind::animation, .path = at("nowhere/a.gif")}, "nowhere");
    refused({.kind = ExportKind::animation, .scale = 1000, .path = at("a.gif")}, "64 megapixels");
    refused({.kind = ExportKind::frames, .image = 0, .scale = 1000, .path = at("frames")}, "64 megapixels");
    refused({.kind = ExportKind::grid, .path = at("run/samples/00000020.png")}, "files of a run");
    EXPECT_EQ(files(), std::set<std::string>{"run/run.json"});
}

/// The dialog with its fields by name.
struct Dialog {
    Theme theme;
    ExportDialog dialog;

    Dialog(const Trajectory& trajectory, const QString& folder, int image = -1)
        : dialog(trajectory, 2, image, theme) {
        dialog.set_folder(folder);
        dialog.show();
    }
    template <class W>
    W* field(const char* name) const {
        return dialog.findChild<W*>(name);
    }
    void choose(ExportKind kind, ExportContent content) const {
        field<QComboBox>("kind")->setCurrentIndex(static_cast<int>(kind));
        field<QComboBox>("content")->setCurrentIndex(static_cast<int>(content));
    }
    void press_export() const { QTest::mouseClick(field<QPushButton>("export"), Qt::LeftButton); }
};

TEST_F(ExportTest, DialogSavesAndSaysWhere) {
    Dialog shown(film_, folder_.path());
    shown.choose(ExportKind::animation, ExportContent::x_t);
    QSignalSpy exported(&shown.dialog, &ExportDialog::exported);
    const fs::path file = shown.dialog.choices().path;
    shown.press_export();
    ASSERT_TRUE(exported.wait(5000));
    EXPECT_TRUE(exported[0][0].toString().contains(QString::fromStdString(file.filename().string())));
    EXPECT_TRUE(fs::exists(file));
    EXPECT_FALSE(shown.dialog.isVisible());
}

TEST_F(ExportTest, DialogRemembersItsChoices) {
    {
        Dialog shown(film_, folder_.path());
        shown.choose(ExportKind::frames, ExportContent::both);
        shown.field<QSpinBox>("scale")->setValue(3);
        QSignalSpy exported(&shown.dialog, &ExportDialog::exported);
        shown.press_export();
        ASSERT_TRUE(exported.wait(5000));
    }
    Dialog again(film_, folder_.path());
    EXPECT_EQ(again.dialog.choices().kind, ExportKind::frames);
    EXPECT_EQ(again.dialog.choices().content, ExportContent::both);
    EXPECT_EQ(again.dialog.choices().scale, 3);
}

TEST_F(ExportTest, DialogAsksBeforeItReplaces) {
    Dialog shown(film_, folder_.path(), 1);
    shown.choose(ExportKind::picture, ExportContent::x0);
    EXPECT_EQ(shown.field<QPushButton>("export")->text(), "Export");
    EXPECT_FALSE(shown.field<QLabel>("warning")->isVisible());
    std::ofstream(shown.dialog.choices().path) << "an older picture";
    shown.field<QSpinBox>("scale")->setValue(2);
    EXPECT_EQ(shown.field<QPushButton>("export")->text(), "Replace");
    EXPECT_TRUE(shown.field<QLabel>("warning")->isVisible());
}

TEST_F(ExportTest, DialogShowsAnErrorInFullAndStaysOpen) {
    Dialog shown(film_, folder_.path(), 1);
    shown.choose(ExportKind::picture, ExportContent::x0);
    shown.field<QLineEdit>("path")->setText(text_at("no/such/folder/a.png"));
    shown.press_export();
    ASSERT_TRUE(QTest::qWaitFor([&] { return shown.field<QLabel>("error")->isVisible(); }, 5000));
    EXPECT_TRUE(shown.field<QLabel>("error")->text().contains("no/such/folder"));
    EXPECT_TRUE(shown.dialog.isVisible());
    EXPECT_TRUE(shown.field<QPushButton>("export")->isEnabled());
}

TEST_F(ExportTest, DialogCopiesThePicture) {
    Dialog shown(film_, folder_.path(), 1);
    shown.choose(ExportKind::picture, ExportContent::x_t);
    shown.field<QSpinBox>("scale")->setValue(1);
    QTest::mouseClick(shown.field<QPushButton>("copy"), Qt::LeftButton);
    EXPECT_EQ(from_image(QGuiApplication::clipboard()->image()), picture_of(film_.frame(2).x_t, 1));
}

TEST_F(ExportTest, WhatTakesTheFocusInTheDialogHasAName) {
    Dialog shown(film_, folder_.path());
    EXPECT_EQ(denoise::testing::nameless_widgets(shown.dialog).join(", ").toStdString(), "");
}

}  // namespace
}  // namespace denoise::ui
