#include <QCheckBox>
#include <QComboBox>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QStandardItemModel>
#include <QToolButton>
#include <QTreeView>

#include "engine/session/devices.h"
#include "tests/ui/support/window_fixture.h"
#include "ui/panels/setup/dataset_card.h"
#include "ui/panels/setup/forecast_note.h"
#include "ui/panels/setup/settings_form.h"
#include "ui/panels/setup/setup_panel.h"
#include "ui/widgets/number_edit.h"

namespace denoise::testing {
namespace {

/// Another value that the setting takes.
SettingValue other_value(const SettingInfo& info, const SettingValue& now) {
    switch (info.kind) {
        case SettingKind::boolean:
            return !std::get<bool>(now);
        case SettingKind::integer: {
            const auto value = std::get<std::int64_t>(now);
            return value + 1 <= static_cast<std::int64_t>(info.maximum) ? value + 1 : value - 1;
        }
        case SettingKind::real:
            return std::get<double>(now) == info.minimum ? (info.minimum + info.maximum) / 2 : info.minimum;
        case SettingKind::choice:
            return info.choices.back().value == std::get<std::string>(now) ? info.choices.front().value
                                                                           : info.choices.back().value;
        case SettingKind::integers:
            return std::vector<std::int64_t>{static_cast<std::int64_t>(info.minimum),
                                             static_cast<std::int64_t>(info.minimum) + 1};
        case SettingKind::text:
            return std::string("/somewhere/else");
    }
    return now;
}

class SettingsFormTest : public ::testing::Test {
  protected:
    ui::Theme theme_;
    ui::ConfigEditor editor_;
    ui::SettingsForm form_{theme_, editor_};

    void type(const std::string& key, const QString& text) {
        auto* line = qobject_cast<QLineEdit*>(form_.field(key)->editor());
        ASSERT_TRUE(line);
        line->clear();
        QTest::keyClicks(line, text);
    }
    /// Sets the value of a field as a user does.
    void enter(const ui::SettingField& field, const SettingValue& value) {
        if (auto* box = qobject_cast<QCheckBox*>(field.editor())) {
            box->click();
        } else if (auto* combo = qobject_cast<QComboBox*>(field.editor())) {
            combo->setCurrentIndex(combo->findData(QString::fromStdString(std::get<std::string>(value))));
            Q_EMIT combo->activated(combo->currentIndex());
        } else {
            type(field.info().key, QString::fromStdString(format_setting(value)));
        }
    }
    static SettingValue shown_value(const ui::SettingField& field) {
        if (const auto* box = qobject_cast<QCheckBox*>(field.editor())) return box->isChecked();
        if (const auto* combo = qobject_cast<QComboBox*>(field.editor()))
            return combo->currentData().toString().toStdString();
        const auto* line = qobject_cast<QLineEdit*>(field.editor());
        return line ? parse_setting(field.info(), line->text().toStdString()) : SettingValue();
    }
    /// What the visible labels of a field say.
    static QString words_at(const ui::SettingField& field) {
        QString words;
        for (const auto* label : field.findChildren<QLabel*>())
            if (label->isVisible()) words += label->text();
        return words;
    }
};

TEST_F(SettingsFormTest, EverySettingOfTheTableGoesIntoTheFormAndBack) {
    for (const Setting<RunConfig>& setting : run_settings()) {
        ui::SettingField* field = form_.field(setting.info.key);
        ASSERT_TRUE(field) << setting.info.key;
        // Only devices that are there are offered.
        const SettingValue wanted = setting.info.key == "device"
                                        ? SettingValue(std::string("cpu"))
                                        : other_value(setting.info, setting.get(editor_.config()));
        enter(*field, wanted);
        EXPECT_EQ(setting.get(editor_.config()), wanted) << setting.info.key;
        editor_.undo_stack().undo();
        EXPECT_EQ(shown_value(*field), setting.get(editor_.config())) << setting.info.key;
        while (editor_.undo_stack().canUndo()) editor_.undo_stack().undo();
    }
}

TEST_F(SettingsFormTest, OffersTheDevicesOfThisComputerAndShowsThatOfARunOfAnother) {
    const auto* box = qobject_cast<QComboBox*>(form_.field("device")->editor());
    ASSERT_TRUE(box);
    const int count = box->count();
    EXPECT_EQ(count, 1 + static_cast<int>(available_devices().size()));
    EXPECT_EQ(box->currentData().toString(), "automatic");
    EXPECT_GE(box->findData("cpu"), 0);
    if (is_available(ComputeDevice::cuda_7)) GTEST_SKIP() << "this computer has all of them";
    editor_.set_value("device", std::string("cuda:7"));
    EXPECT_EQ(box->currentData().toString(), "cuda:7");
    EXPECT_EQ(box->count(), count + 1);
    editor_.undo_stack().undo();
    EXPECT_EQ(box->currentData().toString(), "automatic");
    EXPECT_EQ(box->count(), count);
}

TEST_F(SettingsFormTest, AZeroThatIsNoAmountSaysWhatItMeans) {
    const auto unit = [this](const char* key) {
        return form_.field(key)->editor()->findChild<QLabel*>("unit")->text();
    };
    EXPECT_EQ(unit("image_size"), "automatic");
    type("image_size", "28");
    EXPECT_EQ(unit("image_size"), "px");
    type("image_size", "many");
    EXPECT_EQ(unit("image_size"), "px");
    editor_.undo_stack().undo();
    EXPECT_EQ(unit("image_size"), "automatic");
    EXPECT_EQ(unit("image_limit"), "all images");
}

TEST_F(SettingsFormTest, TypingIsOneStepToUndo) {
    const int before = editor_.config().training.batch_size;
    type("batch_size", "128");
    EXPECT_EQ(editor_.config().training.batch_size, 128);
    editor_.undo_stack().undo();
    EXPECT_EQ(editor_.config().training.batch_size, before);
    EXPECT_FALSE(editor_.undo_stack().canUndo());
    editor_.undo_stack().redo();
    EXPECT_EQ(editor_.config().training.batch_size, 128);
}

TEST_F(SettingsFormTest, ABadTextIsExplainedUnderItsFieldAndUndoPutsItBack) {
    form_.show();
    const RunConfig before = editor_.config();
    type("batch_size", "many");
    EXPECT_EQ(editor_.config(), before);
    ASSERT_TRUE(form_.problem());
    EXPECT_TRUE(form_.has_bad_text());
    EXPECT_TRUE(words_at(*form_.field("batch_size")).contains(QString::fromStdString(form_.problem()->why)));
    form_.restore_bad_text();
    EXPECT_FALSE(form_.problem());
    EXPECT_EQ(qobject_cast<QLineEdit*>(form_.field("batch_size")->editor())->text().toInt(),
              before.training.batch_size);
}

TEST_F(SettingsFormTest, SettingsThatDoNotFitEachOtherAreAProblem) {
    editor_.set_value("groups", std::int64_t{7});
    ASSERT_TRUE(form_.problem());
    editor_.undo_stack().undo();
    EXPECT_FALSE(form_.problem());
}

TEST_F(SettingsFormTest, AProblemIsExplainedAtTheSettingThatItIsAbout) {
    form_.show();
    form_.set_image_shape({10, 1, 28, 28});
    ASSERT_TRUE(form_.problem());
    EXPECT_EQ(form_.problem()->setting, "batch_size");
    const QString why = QString::fromStdString(form_.problem()->why);
    EXPECT_TRUE(words_at(*form_.field("batch_size")).contains(why));
    form_.set_image_shape({});
    EXPECT_FALSE(form_.problem());
    EXPECT_FALSE(words_at(*form_.field("batch_size")).contains(why));
}

TEST_F(SettingsFormTest, TheLinearScheduleSaysThatItsEndsAreScaled) {
    editor_.set_value("schedule", std::string("linear"));
    editor_.set_value("timesteps", std::int64_t{400});
    QString note;
    for (auto* label : form_.field("schedule")->findChildren<QLabel*>()) note += label->text();
    EXPECT_TRUE(note.contains("1000/400")) << note.toStdString();
    EXPECT_TRUE(note.contains("0.05")) << note.toStdString();
}

TEST_F(SettingsFormTest, SearchFindsByTitleKeyAndHelp) {
    form_.show();
    form_.findChild<QToolButton*>("more_settings")->setChecked(true);
    form_.findChild<QLineEdit*>("settings_search")->setText("weight_decay");
    EXPECT_TRUE(form_.field("weight_decay")->isVisible());
    EXPECT_FALSE(form_.field("dropout")->isVisible());
}

TEST(NumberEdit, StepsByADigitOfItsOwnSize) {
    SettingInfo real;
    real.kind = SettingKind::real;
    real.maximum = 1;
    EXPECT_DOUBLE_EQ(ui::stepped(real, 0.002, 1), 0.003);
    EXPECT_DOUBLE_EQ(ui::stepped(real, 0.01, -1), 0.009);
    EXPECT_DOUBLE_EQ(ui::stepped(real, 0.2, 1), 0.3);
    EXPECT_DOUBLE_EQ(ui::stepped(real, 1, 1), 1);
    EXPECT_GT(ui::stepped(real, 0, 1), 0);
    SettingInfo integer;
    integer.kind = SettingKind::integer;
    integer.maximum = 1e6;
    EXPECT_EQ(ui::stepped(integer, 32, 1), 33);
    EXPECT_EQ(ui::stepped(integer, 500, 1), 510);
    EXPECT_EQ(ui::stepped(integer, 0, -1), 0);
}

TEST_F(WindowTest, BadSettingsForbidTrainingAndSayWhy) {
    open();
    window_->editor().set_value("groups", std::int64_t{7});
    EXPECT_FALSE(actions()["train"]->isEnabled());
    EXPECT_TRUE(actions()["train"]->toolTip().contains("groups"))
        << actions()["train"]->toolTip().toStdString();
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(actions()["train"]->isEnabled());
}

TEST_F(WindowTest, UndoInAFieldTakesBackTheSettingNotTheLetter) {
    open();
    auto* line = find<QLineEdit>("batch_size");
    const QString before = line->text();
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, "64");
    EXPECT_EQ(window_->editor().config().training.batch_size, 64);
    QTest::keyClick(line, Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(line->text(), before);
}

TEST_F(WindowTest, SetupTellsWhatToExpectOfTheTraining) {
    open();
    auto* forecast = find<QLabel>("forecast");
    ASSERT_TRUE(forecast);
    EXPECT_TRUE(QTest::qWaitFor([&] { return forecast->isVisible(); }, 5000));
    EXPECT_TRUE(forecast->text().contains("6,000 steps")) << forecast->text().toStdString();
    EXPECT_TRUE(forecast->text().contains("320 images/s")) << forecast->text().toStdString();
    EXPECT_TRUE(forecast->text().contains("you can expect good samples.")) << forecast->text().toStdString();
    EXPECT_FALSE(forecast->text().contains("Samples are usually clear.")) << "a detail";
    auto* details = find<QToolButton>("forecast_details");
    const int brief_height = forecast->heightForWidth(forecast->width());
    QTest::mouseClick(details, Qt::LeftButton);
    EXPECT_TRUE(forecast->text().contains("Samples are usually clear.")) << forecast->text().toStdString();
    EXPECT_TRUE(forecast->text().contains("300 MB of memory")) << forecast->text().toStdString();
    EXPECT_GT(forecast->heightForWidth(forecast->width()), brief_height);
    window_.reset();
    open();
    forecast = find<QLabel>("forecast");
    EXPECT_TRUE(QTest::qWaitFor([&] { return forecast->isVisible(); }, 5000));
    EXPECT_TRUE(forecast->text().contains("Samples are usually clear.")) << "details stay open";
    find<QToolButton>("forecast_details")->click();
    EXPECT_FALSE(forecast->text().contains("Samples are usually clear."));
    window_->editor().set_value("minutes", 2.0);
    EXPECT_TRUE(QTest::qWaitFor([&] { return forecast->text().contains("1,200 steps"); }, 5000));
    record_->manner = Manner::slow;
    window_->findChild<ui::SetupPanel*>()->use_dataset(folder_.path());
    EXPECT_TRUE(QTest::qWaitFor([&] { return !forecast->isVisible(); }, 5000)) << "not of this dataset";
}

TEST(Forecast, RoundsToTwoDigits) {
    TrainingForecast forecast;
    forecast.images_per_second = 278.4;
    forecast.steps = 5008;
    forecast.minutes = 10;
    forecast.memory_bytes = 318'000'000;
    forecast.measured = true;
    EXPECT_EQ(ui::describe_forecast(forecast),
              "About 5,000 steps in 10 min, at 280 images/s, with 318 MB of memory.");
    EXPECT_EQ(ui::brief_forecast(forecast), "About 5,000 steps in 10 min, at 280 images/s.");
    EXPECT_TRUE(ui::describe_forecast(forecast, true).startsWith("About 5,008 steps"));
    forecast.measured = false;
    EXPECT_TRUE(ui::describe_forecast(forecast).startsWith("Very roughly 5,000 steps"));
    forecast.measured = true;
    forecast.steps = 7;
    EXPECT_TRUE(ui::describe_forecast(forecast).startsWith("About 7 steps"));
}

TEST(Forecast, SaysOfATrainingOfManyDaysThatItIsLong) {
    TrainingForecast forecast;
    forecast.images_per_second = 2.9;
    forecast.steps = 800'000;
    forecast.minutes = 2.9 * 24 * 60;
    EXPECT_TRUE(ui::describe_forecast(forecast, true).contains("800,000 steps in 3 days"));
    EXPECT_FALSE(ui::describe_forecast(forecast, true).contains("graphics card"));
    forecast.minutes = 412.4 * 24 * 60;
    const QString text = ui::describe_forecast(forecast, true);
    EXPECT_TRUE(text.startsWith("Very roughly 800,000 steps in 410 days")) << text.toStdString();
    EXPECT_TRUE(text.contains("That is a long time: on a graphics card or a cluster")) << text.toStdString();
}

TEST(Forecast, SaysThatTheSpeedIsNotKnownYet) {
    TrainingForecast forecast;
    forecast.memory_bytes = 300'000'000;
    EXPECT_TRUE(ui::describe_forecast(forecast).contains("measured when the training starts"));
    forecast.expectation = "Not measured.\nOn MNIST, it was.";
    EXPECT_EQ(ui::brief_forecast(forecast), "Not measured.\nThe speed is measured when the training starts.");
    EXPECT_EQ(ui::describe_forecast(forecast),
              "Not measured.\nNeeds about 300 MB of memory. The speed is measured when the training starts.\n"
              "On MNIST, it was.");
}

TEST_F(WindowTest, LoadingShowsProgressAndCanBeCancelled) {
    open(Manner::slow);
    auto* cancel = find<QPushButton>("cancel_loading");
    ASSERT_TRUE(cancel && cancel->isVisible());
    EXPECT_TRUE(shows_text("600 of 1,000"));
    QTest::mouseClick(cancel, Qt::LeftButton);
    settle();
    ASSERT_EQ(record_->all<Cancel>().size(), 1u);
    EXPECT_EQ(record_->all<Cancel>()[0].job, record_->last_job);
    EXPECT_FALSE(cancel->isVisible());
}

TEST_F(WindowTest, ChoosingAnotherDatasetCancelsTheLoadOfThePreviousOne) {
    open(Manner::slow);
    const JobId glyphs = record_->last_job;
    record_->manner = Manner::instant;
    auto* setup = window_->findChild<ui::SetupPanel*>();
    ASSERT_TRUE(setup);
    setup->use_dataset(folder_.path());
    settle();
    ASSERT_EQ(record_->all<Cancel>().size(), 1u);
    EXPECT_EQ(record_->all<Cancel>()[0].job, glyphs);
    EXPECT_EQ(record_->all<LoadDataset>().back().config.dataset, folder_.path().toStdString());
    EXPECT_FALSE(find<QPushButton>("cancel_loading")->isVisible());
    ASSERT_TRUE(window_->link().dataset());
    EXPECT_EQ(window_->link().dataset()->config.dataset, folder_.path().toStdString());
}

/// The window with its cards of datasets.
class DatasetCardTest : public WindowTest {
  protected:
    QString mine() { return folder_.path(); }
    ui::DatasetCard* card(const QString& path) {
        for (auto* each : window_->findChildren<ui::DatasetCard*>())
            if (each->path() == path && each->isVisible()) return each;
        return nullptr;
    }
    void choose(const QString& path, Manner manner = Manner::instant) {
        record_->manner = manner;
        window_->findChild<ui::SetupPanel*>()->use_dataset(path);
        settle();
    }
    QStringList recent() { return ui::load_preferences().recent_datasets; }
    static QAbstractButton* remove_button(const ui::DatasetCard* of) {
        return of->findChild<QAbstractButton*>("remove_dataset");
    }
};

TEST_F(DatasetCardTest, AFailedLoadIsExplainedOnItsOwnCardAndIsNotChosen) {
    open();
    record_->send(JobEnded{77, Outcome::failed, fake_error});  // another job
    settle();
    EXPECT_FALSE(card("glyphs")->has_problem());
    choose(mine(), Manner::throwing);
    EXPECT_TRUE(card(mine())->has_problem());
    EXPECT_TRUE(card(mine())->toolTip().contains("the gzip stream ends early"));
    EXPECT_TRUE(card(mine())->accessibleDescription().contains("Could not be loaded"));
    EXPECT_FALSE(card(mine())->isChecked());
    EXPECT_TRUE(card("glyphs")->isChecked()) << "which is loaded";
    EXPECT_FALSE(card("glyphs")->has_problem());
    record_->manner = Manner::instant;
    actions()["train"]->trigger();
    ASSERT_EQ(record_->all<StartTraining>().size(), 1u);
    EXPECT_EQ(record_->all<StartTraining>()[0].config.dataset.dataset, "glyphs");
}

TEST_F(DatasetCardTest, ChoosingItAgainTriesAgainAndSuccessWithdrawsTheError) {
    open();
    choose(mine(), Manner::throwing);
    EXPECT_TRUE(shows_text("the gzip stream ends early"));
    QTest::mouseClick(card(mine()), Qt::LeftButton, {}, QPoint(20, 12));
    settle();
    EXPECT_TRUE(shows_text("the gzip stream ends early")) << "it failed again";
    record_->manner = Manner::instant;
    QTest::mouseClick(card(mine()), Qt::LeftButton, {}, QPoint(20, 12));
    settle();
    EXPECT_EQ(record_->all<LoadDataset>().size(), 4u);
    EXPECT_FALSE(card(mine())->has_problem());
    EXPECT_TRUE(card(mine())->isChecked());
    EXPECT_FALSE(shows_text("the gzip stream ends early"));
}

TEST_F(DatasetCardTest, TheBuiltInSetReplacesALastDatasetThatFailsAndTheErrorStays) {
    ui::Preferences preferences;
    ui::remember_dataset(preferences, mine());
    ui::save_preferences(preferences);
    record_->manner = Manner::slow;
    open(Manner::slow);
    record_->end_job(record_->last_job, Outcome::failed, fake_error);
    record_->manner = Manner::instant;
    settle();
    settle();
    ASSERT_TRUE(window_->link().dataset());
    EXPECT_EQ(window_->link().dataset()->config.dataset, "glyphs");
    EXPECT_TRUE(card("glyphs")->isChecked());
    EXPECT_TRUE(shows_text("the gzip stream ends early")) << "nobody has chosen the built-in set";
}

TEST_F(DatasetCardTest, CardsOfOwnDatasetsCanBeRemovedAndTheFilesStay) {
    open();
    EXPECT_FALSE(remove_button(card("glyphs")));
    choose(mine());
    EXPECT_TRUE(recent().contains(mine()));
    ASSERT_TRUE(remove_button(card(mine())));
    QTest::mouseClick(remove_button(card(mine())), Qt::LeftButton);
    settle();
    EXPECT_FALSE(card(mine()));
    EXPECT_FALSE(recent().contains(mine()));
    EXPECT_TRUE(QFileInfo::exists(mine()));
    EXPECT_TRUE(card("glyphs")->isChecked());
    EXPECT_EQ(window_->editor().config().dataset.dataset, "glyphs");

    choose(mine(), Manner::throwing);
    EXPECT_TRUE(shows_text("the gzip stream ends early"));
    record_->manner = Manner::instant;
    QTest::keyClick(card(mine()), Qt::Key_Delete);
    settle();
    EXPECT_FALSE(card(mine()));
    EXPECT_FALSE(shows_text("the gzip stream ends early")) << "nor is its error of interest any more";
}

TEST_F(DatasetCardTest, TheCardOfTheOpenRunStays) {
    open();
    choose(mine());
    actions()["train"]->trigger();
    settle();
    QTest::mouseClick(remove_button(card(mine())), Qt::LeftButton);
    settle();
    EXPECT_TRUE(card(mine()));
    EXPECT_TRUE(shows_text("The open run is trained on this dataset"));
}

TEST_F(WindowTest, SkippedFilesAreListedOnDemand) {
    open();
    DatasetReady ready;
    ready.config.dataset = "/pictures";
    ready.name = "pictures";
    ready.count = 97;
    ready.channels = 3;
    ready.height = ready.width = 32;
    for (int i = 0; i < 3; ++i)
        ready.skipped.push_back({"/pictures/" + std::to_string(i) + ".png", "cut short"});
    record_->send(ready);
    settle();
    auto* button = find<QToolButton>("skipped_files");
    ASSERT_TRUE(button->isVisible());
    EXPECT_EQ(button->text(), "3 files skipped");
    auto* list = window_->findChild<QListWidget*>();
    EXPECT_FALSE(list->isVisible());
    button->click();
    EXPECT_TRUE(list->isVisible());
    EXPECT_EQ(list->count(), 3);
    EXPECT_TRUE(list->item(0)->text().contains("cut short"));
}

TEST_F(WindowTest, TheModelListsThePartsOfTheUNetByName) {
    open();
    const auto* model = find<QTreeView>("model_tree")->model();
    QStringList names;
    for (int i = 0; i < model->rowCount(); ++i) {
        names << model->index(i, 0).data().toString();
        for (int j = 0; j < model->rowCount(model->index(i, 0)); ++j)
            names << model->index(j, 0, model->index(i, 0)).data().toString();
    }
    const QString all = names.join(' ').toLower();
    for (const char* part : {"resnet block", "attention", "downsample", "bottleneck", "embedding"})
        EXPECT_TRUE(all.contains(part)) << part << " in " << all.toStdString();
}

TEST_F(WindowTest, AChangedImageSizeLoadsTheSetAgainOnce) {
    open();
    window_->editor().set_value("image_size", std::int64_t{32});
    window_->editor().set_value("image_size", std::int64_t{48});
    ASSERT_TRUE(QTest::qWaitFor([this] { return record_->all<LoadDataset>().size() == 2; }, 2000));
    EXPECT_EQ(record_->all<LoadDataset>()[1].config.image_size, 48);
}

}  // namespace
}  // namespace denoise::testing
