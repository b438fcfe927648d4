#include "engine/jobs/training_errors.h"

#include <gmock/gmock.h>

#include <new>
#include <stdexcept>

namespace denoise {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What torch throws, as a save does.
template <class Throws>
Error error_after(const Throws& throws) {
    try {
        throws();
    } catch (const std::exception& exception) {
        return cannot_save("/runs/a", exception);
    }
    return {};
}

TEST(CannotSave, IsForLackOfMemoryOnlyWhenMemoryRanOut) {
    const auto lacks_memory = HasSubstr("/runs/a: there is not enough memory");
    EXPECT_THAT(error_after([] { throw std::bad_alloc(); }).why, lacks_memory);
    EXPECT_THAT(error_after([] { TORCH_CHECK(false, "DefaultCPUAllocator: can't allocate memory"); }).why,
                lacks_memory);
    EXPECT_THAT(error_after([] { TORCH_CHECK(false, "CUDA out of memory. Tried to allocate 2 GiB"); }).why,
                lacks_memory);

    const Error broken =
        error_after([] { TORCH_CHECK(false, "CUDA error: an illegal memory access was encountered"); });
    EXPECT_THAT(broken.why, HasSubstr("/runs/a: CUDA error: an illegal memory access"));
    EXPECT_THAT(broken.why, Not(HasSubstr("not enough memory")));
    EXPECT_THAT(broken.remedy, HasSubstr("resume the run"));
    EXPECT_THAT(error_after([] { throw std::runtime_error("no thread"); }).why, HasSubstr(": no thread"));
}

}  // namespace
}  // namespace denoise
