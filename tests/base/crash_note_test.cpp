// Child processes that crash on purpose, and what the next start knows about them.

#include "engine/base/crash_note.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <stdexcept>

#include "engine/base/log.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

using test::TemporaryFolder;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class CrashNoteTest : public testing::Test {
  protected:
    void SetUp() override {
        struct sigaction now {};
        ::sigaction(SIGSEGV, nullptr, &now);
        if (now.sa_handler != SIG_DFL) GTEST_SKIP() << "a sanitizer has handlers of its own";
    }
    /// The signal that ended a child process with a note which does `action`; 0: none.
    int child(const std::function<void()>& action) const {
        const pid_t process = ::fork();
        if (process == 0) {
            const rlimit none{0, 0};
            ::setrlimit(RLIMIT_CORE, &none);
            ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
            begin_crash_note("program", "version 1, machine 2", folder_.path());
            action();
            end_crash_note();
            ::_exit(0);
        }
        int status = 0;
        ::waitpid(process, &status, 0);
        return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }
    CrashNote only_note() const {
        const std::vector<CrashNote> notes = take_crash_notes(folder_.path());
        EXPECT_THAT(notes, SizeIs(1));
        return notes.empty() ? CrashNote() : notes.front();
    }
    TemporaryFolder folder_;
};

TEST_F(CrashNoteTest, AProgramThatEndsAsItShouldLeavesNone) {
    EXPECT_EQ(child([] { note_run("/runs/a"); }), 0);
    EXPECT_THAT(take_crash_notes(folder_.path()), IsEmpty());
    EXPECT_THAT(folder_.names(), IsEmpty());
}

TEST_F(CrashNoteTest, SaysWhatIsKnownAboutACrash) {
    EXPECT_EQ(child([] {
                  log(LogLevel::info, "the first line");
                  note_run("/runs/my run");
                  note_step(1234);
                  log(LogLevel::info, "the last line");
                  std::raise(SIGSEGV);
              }),
              SIGSEGV)
        << "the system sees the crash, too";
    const CrashNote note = only_note();
    EXPECT_EQ(note.program, "program");
    EXPECT_EQ(note.reason, "segmentation fault");
    EXPECT_EQ(note.run, "/runs/my run");
    EXPECT_EQ(note.step, 1234);
    EXPECT_THAT(note.started, testing::MatchesRegex("....-..-.. ..:..:.."));
    for (const char* part : {"version 1, machine 2", "the first line", "the last line", "calls\n"})
        EXPECT_THAT(note.text, HasSubstr(part));
    EXPECT_THAT(note.text.substr(note.text.find("calls\n")), HasSubstr("tests")) << "names the program";
}

TEST_F(CrashNoteTest, KnowsEverySignalOfACrash) {
    const std::pair<int, const char*> all[] = {{SIGSEGV, "segmentation fault"},
                                               {SIGBUS, "bus error"},
                                               {SIGFPE, "arithmetic error"},
                                               {SIGILL, "illegal instruction"},
                                               {SIGABRT, "the program gave up (abort)"}};
    for (const auto& [number, name] : all) {
        EXPECT_EQ(child([n = number] { std::raise(n); }), number);
        EXPECT_EQ(only_note().reason, name);
    }
}

template <class Exception>
[[noreturn]] void raise_exception(const Exception& exception) {
    throw exception;
}

TEST_F(CrashNoteTest, HasTheTextOfAnExceptionThatNobodyCaught) {
    EXPECT_EQ(child([]() noexcept { raise_exception(std::runtime_error("nobody\nexpects this")); }), SIGABRT);
    EXPECT_THAT(only_note().text, HasSubstr("exception nobody expects this\n"));
    EXPECT_EQ(child([]() noexcept { raise_exception(Error{"Cannot read", "/a", "Try again"}); }), SIGABRT);
    EXPECT_THAT(only_note().text, HasSubstr("exception Cannot read: /a. Try again.\n"));
}

int deep(int n) {
    volatile char memory[4096];
    memory[0] = static_cast<char>(n);
    return n < 0 ? memory[0] : deep(n + 1) + memory[0];
}

TEST_F(CrashNoteTest, SurvivesAStackOverflow) {
    EXPECT_EQ(child([] { ::_exit(deep(0)); }), SIGSEGV);
    EXPECT_EQ(only_note().reason, "segmentation fault");
}

TEST_F(CrashNoteTest, ACrashWhileItIsWrittenEndsTheProcess) {
    EXPECT_EQ(child([] {
                  ::alarm(20);  // ends a process that hangs
                  const rlimit full{0, 0};
                  ::setrlimit(RLIMIT_FSIZE, &full);
                  std::signal(SIGXFSZ, [](int) { std::raise(SIGSEGV); });  // the first line cannot be written
                  std::raise(SIGABRT);
              }),
              SIGSEGV);
    EXPECT_THAT(only_note().text, HasSubstr("version 1, machine 2"));
}

TEST_F(CrashNoteTest, AKilledProgramLeavesANoteWithoutAReason) {
    EXPECT_EQ(child([] {
                  note_run("/runs/a");
                  std::raise(SIGKILL);  // as the system does when memory runs out
              }),
              SIGKILL);
    const CrashNote note = only_note();
    EXPECT_EQ(note.reason, "");
    EXPECT_EQ(note.run, "/runs/a");
}

TEST_F(CrashNoteTest, OfARunThatWasClosedDoesNotNameIt) {
    child([] {
        note_run("/runs/a");
        note_run({});
        std::raise(SIGKILL);
    });
    EXPECT_EQ(only_note().run, "");
}

TEST_F(CrashNoteTest, IsTakenOnceAndKept) {
    child([] { std::raise(SIGKILL); });
    const CrashNote note = only_note();
    EXPECT_THAT(take_crash_notes(folder_.path()), IsEmpty());
    EXPECT_EQ(test::read_bytes(note.file), note.text);
    for (int i = 0; i < 15; ++i) child([] { std::raise(SIGKILL); });
    EXPECT_THAT(take_crash_notes(folder_.path()), SizeIs(15));
    EXPECT_THAT(folder_.names(), SizeIs(10)) << "only the newest are kept";
}

TEST_F(CrashNoteTest, OfAProgramThatStillRunsIsLeftAlone) {
    begin_crash_note("other", "", folder_.path());
    EXPECT_THAT(take_crash_notes(folder_.path()), IsEmpty());
    EXPECT_THAT(folder_.names(), ElementsAre(EndsWith(".running")));
    end_crash_note();
    EXPECT_THAT(folder_.names(), IsEmpty());
}

TEST_F(CrashNoteTest, CanBeLeftOnPurpose) {
    EXPECT_EQ(child([] { keep_crash_note("The last steps could not be saved"); }), 0);
    EXPECT_EQ(only_note().reason, "The last steps could not be saved");
}

TEST_F(CrashNoteTest, ThatCannotBeWrittenIsNoError) {
    test::write_bytes(folder_ / "file", "");
    begin_crash_note("program", "", folder_.path() / "file" / "notes");
    note_run("/runs/a");
    end_crash_note();
    EXPECT_THAT(take_crash_notes(folder_.path() / "missing"), IsEmpty());
    EXPECT_THAT(take_crash_notes({}), IsEmpty());
}

TEST_F(CrashNoteTest, DamagedAndForeignFilesAreNoError) {
    test::write_bytes(folder_ / "1.running", std::string("step x\nrun\n\0\xff program\n\n", 22));
    test::write_bytes(folder_ / "2.running", "");
    std::filesystem::create_symlink("/etc/passwd", folder_ / "3.running");
    ASSERT_EQ(::mkfifo((folder_ / "4.running").c_str(), 0600), 0);
    EXPECT_LE(take_crash_notes(folder_.path()).size(), 4u);
    EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "3.running")) << "links are not followed";
}

}  // namespace
}  // namespace denoise
