#include "engine/runs/metrics_cache.h"

#include <cmath>

#include "engine/runs/metrics.h"
#include "engine/runs/metrics_writer.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_list.h"
#include "tests/support/files.h"
#include "tests/support/run_header.h"

namespace denoise {
namespace {

using test::TemporaryFolder;

void append_step(const std::filesystem::path& file, std::int64_t step, double loss) {
    MetricsWriter writer(file);
    writer.append({step, loss, 1, 1e-3, 2.0 * static_cast<double>(step), 100});
    writer.flush();
}

TEST(MetricsCache, ReadsAFileAgainOnlyWhenItHasChanged) {
    const TemporaryFolder folder;
    const std::filesystem::path file = folder / "metrics.jsonl";
    MetricsCache cache;
    EXPECT_TRUE(std::isnan(cache.summary_of(file).loss)) << "there is none yet";
    append_step(file, 1, 0.5);
    EXPECT_EQ(cache.summary_of(file).loss, 0.5);
    EXPECT_EQ(cache.summary_of(file).seconds, 2);
    EXPECT_EQ(cache.files_read(), 1);
    append_step(file, 2, 0.3);
    EXPECT_DOUBLE_EQ(cache.summary_of(file).loss, 0.4);
    EXPECT_DOUBLE_EQ(cache.summary_of(file).loss, 0.4);
    EXPECT_EQ(cache.files_read(), 2);
}

TEST(MetricsCache, AListOfRunsThatIsReadAgainParsesNothingTwice) {
    const TemporaryFolder folder;
    for (const char* name : {"a", "b", "c"}) {
        RunFolder run = RunFolder::create(folder / name, test::run_header());
        run.append({1, 0.25, 1, 1e-3, 1, 100});
        run.flush_metrics();
    }
    MetricsCache cache;
    EXPECT_EQ(list_runs(folder.path(), &cache).size(), 3u);
    EXPECT_EQ(cache.files_read(), 3);
    const std::vector<RunSummary> again = list_runs(folder.path(), &cache);
    EXPECT_EQ(cache.files_read(), 3);
    for (const RunSummary& run : again) EXPECT_EQ(run.loss, 0.25);
}

}  // namespace
}  // namespace denoise
