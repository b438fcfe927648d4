// Runs a fuzz target without libFuzzer.
//
// fuzz_NAME --regression [FOLDER]
//     Tests the files in FOLDER, the seeds and a few hundred fixed mutations of them. Part of the test suite.
//
// fuzz_NAME --count N
//     Tests the seeds and N fixed mutations of them. Without a sanitizer, each may take 2 s, and memory may
//     grow by twice the largest input and 200 MB.
//
// fuzz_NAME --seconds N FOLDER
//     Tests mutations for N seconds. Inputs that reach new code are saved in FOLDER and mutated further. If
//     an input ends the program, it is saved in FOLDER as "finding-...".
//
// fuzz_NAME --write-seeds FOLDER
//     Writes the seeds to FOLDER, as a corpus for libFuzzer.
//
// fuzz_NAME --write-dictionary FILE
//     Writes the tokens to FILE, as a dictionary for libFuzzer.
//
// fuzz_NAME FILES
//     Tests each file once, to reproduce a finding.

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "engine/base/error.h"
#include "tests/fuzz/coverage.h"
#include "tests/fuzz/mutator.h"
#include "tests/fuzz/target.h"

/// Absent in programs without a sanitizer.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
    return "max_allocation_size_mb=512:detect_container_overflow=0";
}

namespace denoise::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr unsigned longest_seconds = 10;  ///< time limit for one input
constexpr double longest_reading = 2;     ///< the same for --count
constexpr long most_kilobytes = 200 * 1024;

fs::path folder;                       ///< for findings; empty: the current folder
const std::string* current = nullptr;  ///< the input that is being tested

void write_input(const fs::path& path, const std::string& input) {
    std::ofstream stream(path, std::ios::binary);
    stream.write(input.data(), static_cast<std::streamsize>(input.size()));
}

/// As a line of libFuzzer's dictionaries.
std::string dictionary_line(const std::string& token) {
    std::string line = "\"";
    for (const char character : token) {
        char escaped[5];
        std::snprintf(escaped, sizeof escaped, "\\x%02x", static_cast<unsigned char>(character));
        line += escaped;
    }
    return line + "\"\n";
}

std::string name_of(const char* kind, const std::string& input) {
    char name[64];
    std::snprintf(name, sizeof name, "%s-%016zx", kind, std::hash<std::string>()(input));
    return name;
}

/// Saves the current input, on which the program is about to end.
void keep_finding() {
    if (current == nullptr) return;
    const fs::path path = (folder.empty() ? fs::current_path() : folder) / name_of("finding", *current);
    write_input(path, *current);
    std::fprintf(stderr, "the input was saved as %s\n", path.c_str());
    current = nullptr;
}

void run(const std::string& input) {
    // A vector has no terminating zero, so reading one byte too many is detected.
    const std::vector<std::uint8_t> bytes(input.begin(), input.end());
    current = &input;
    ::alarm(longest_seconds);
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    ::alarm(0);
    current = nullptr;
}

void watch_for_the_end() {
    if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(keep_finding);
    std::set_terminate([] {
        try {
            if (std::current_exception()) std::rethrow_exception(std::current_exception());
        } catch (const std::exception& error) {
            std::fprintf(stderr, "an exception other than Error: %s\n", error.what());
        } catch (const Error& error) {
            std::fprintf(stderr, "an Error that nobody expected: %s\n", one_line(error).c_str());
        } catch (...) {
            std::fprintf(stderr, "an exception of an unknown kind\n");
        }
        keep_finding();
        std::abort();
    });
    for (const int signal : {SIGALRM, SIGABRT})
        ::signal(signal, [](int number) {
            if (number == SIGALRM) std::fprintf(stderr, "an input took more than %u s\n", longest_seconds);
            keep_finding();
            ::_exit(1);
        });
}

/// Detects transitions between basic blocks, with rough counts, that have not occurred before.
class Novelty {
  public:
    /// Whether the current coverage has new transitions, which are recorded.
    bool is_new() {
        bool found = false;
        const std::span<const std::uint8_t> now = coverage();
        for (std::size_t i = 0; i < now.size(); ++i) {
            if (now[i] == 0) continue;
            const auto rough = static_cast<std::uint8_t>(now[i] < 4     ? 1 << (now[i] - 1)
                                                         : now[i] < 8   ? 8
                                                         : now[i] < 16  ? 16
                                                         : now[i] < 32  ? 32
                                                         : now[i] < 128 ? 64
                                                                        : 128);
            found = found || (seen_[i] & rough) == 0;
            seen_[i] |= rough;
        }
        return found;
    }
    std::size_t places() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(seen_, [](std::uint8_t bits) { return bits != 0; }));
    }

  private:
    std::vector<std::uint8_t> seen_ = std::vector<std::uint8_t>(coverage().size());
};

/// The largest memory of the process so far.
long peak_kilobytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

std::string read_input(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::vector<std::string> inputs_in(const fs::path& corpus) {
    std::vector<std::string> inputs;
    for (const auto& entry : fs::directory_iterator(corpus)) inputs.push_back(read_input(entry.path()));
    return inputs;
}

int regression(const std::vector<std::string>& corpus, int mutations) {
    const std::vector<std::string> inputs = seeds();
    run("");
    for (const std::string& input : corpus) run(input);
    for (const std::string& input : inputs) run(input);
    Mutator mutator(1, tokens());
    for (int i = 0; i < mutations; ++i) run(mutator.mutation(inputs));
    return 0;
}

int measured(int mutations) {
    using Clock = std::chrono::steady_clock;
    const std::vector<std::string> inputs = seeds();
    for (const std::string& input : inputs) run(input);
    const long before = peak_kilobytes();
    Mutator mutator(2, tokens());
    double slowest = 0;
    std::size_t largest = 0;
    for (int i = 0; i < mutations; ++i) {
        const std::string input = mutator.mutation(inputs);
        const Clock::time_point begin = Clock::now();
        run(input);
        const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
        const long grown = peak_kilobytes() - before;
        slowest = std::max(slowest, seconds);
        largest = std::max(largest, input.size());
        const bool too_large = grown > most_kilobytes + static_cast<long>(2 * largest / 1024);
        if (!__sanitizer_set_death_callback && (seconds > longest_reading || too_large)) {
            std::fprintf(stderr, "an input took %.1f s, and memory has grown by %ld MB\n", seconds,
                         grown / 1024);
            current = &input;
            keep_finding();
            return 1;
        }
    }
    std::printf("%d inputs, the slowest took %.3f s, memory grew by %ld MB, no finding\n", mutations, slowest,
                (peak_kilobytes() - before) / 1024);
    return 0;
}

int search(int seconds) {
    fs::create_directories(folder);
    std::vector<std::string> inputs = seeds();
    for (std::string& input : inputs_in(folder)) inputs.push_back(std::move(input));
    Novelty novelty;
    for (const std::string& input : inputs) {
        reset_coverage();
        run(input);
        novelty.is_new();
    }
    const std::uint64_t seed = std::random_device{}();
    Mutator mutator(seed, tokens());
    std::printf("seed %llu, %zu initial inputs\n", static_cast<unsigned long long>(seed), inputs.size());
    using Clock = std::chrono::steady_clock;
    const Clock::time_point end = Clock::now() + std::chrono::seconds(seconds);
    unsigned long long runs = 0;
    for (; runs % 64 != 0 || Clock::now() < end; ++runs) {
        const std::string input = mutator.mutation(inputs);
        reset_coverage();
        run(input);
        if (!novelty.is_new()) continue;
        write_input(folder / name_of("input", input), input);
        inputs.push_back(input);
    }
    std::printf("%llu inputs tested, %zu kept, %zu transitions covered, no finding\n", runs, inputs.size(),
                novelty.places());
    return 0;
}

int usage(const char* program) {
    std::fprintf(stderr,
                 "Usage: %s --regression [FOLDER] | --count N | --seconds N FOLDER | --write-seeds FOLDER | "
                 "--write-dictionary FILE | FILES...\n",
                 program);
    return 2;
}

}  // namespace
}  // namespace denoise::fuzz

int main(int count, char** arguments) {
    using namespace denoise::fuzz;
    const std::vector<std::string> words(arguments + 1, arguments + count);
    watch_for_the_end();
    if (words.empty()) return usage(arguments[0]);
    if (words[0] == "--regression")
        return regression(words.size() > 1 ? inputs_in(words[1]) : std::vector<std::string>(), 400);
    if (words[0] == "--count")
        return words.size() == 2 ? measured(std::atoi(words[1].c_str())) : usage(arguments[0]);
    if (words[0] == "--seconds") {
        if (words.size() != 3) return usage(arguments[0]);
        folder = words[2];
        return search(std::atoi(words[1].c_str()));
    }
    if (words[0] == "--write-seeds") {
        if (words.size() != 2) return usage(arguments[0]);
        fs::create_directories(words[1]);
        for (const std::string& input : seeds())
            write_input(fs::path(words[1]) / name_of("seed", input), input);
        return 0;
    }
    if (words[0] == "--write-dictionary") {
        if (words.size() != 2) return usage(arguments[0]);
        std::string lines;
        for (const std::string& token : tokens()) lines += dictionary_line(token);
        write_input(words[1], lines);
        return 0;
    }
    for (const std::string& path : words) run(read_input(path));
    return 0;
}
