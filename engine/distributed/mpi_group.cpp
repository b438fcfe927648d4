// The only file that calls MPI. Compiled if MPI is found.

#include <mpi.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <limits>
#include <thread>

#include "engine/base/error.h"
#include "engine/distributed/launch.h"
#include "engine/distributed/launcher.h"

namespace denoise {
namespace {

using Clock = std::chrono::steady_clock;

/// A process waits actively for this long, then asks from time to time, so that others can use its processor.
constexpr std::chrono::microseconds active_wait{200}, pause_between{100};
constexpr std::chrono::milliseconds between_checks{20};

/// The largest number of elements of one call.
constexpr std::size_t at_once = std::size_t{1} << 30;

Error no_answer(const std::string& why) {
    return {"The processes cannot continue together", why,
            "Start them again with --resume and the folder of the run"};
}

std::string error_text(int code) {
    std::array<char, MPI_MAX_ERROR_STRING> text{};
    int length = 0;
    MPI_Error_string(code, text.data(), &length);
    return {text.data(), static_cast<std::size_t>(length)};
}

using HostName = std::array<char, MPI_MAX_PROCESSOR_NAME>;

HostName host_of_this() {
    HostName name{};
    int length = 0;
    MPI_Get_processor_name(name.data(), &length);
    return name;
}

class MpiGroup : public Communicator {
  public:
    MpiGroup() : launcher_(::getppid()) {
        int provided = 0;
        MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided);
        MPI_Comm_dup(MPI_COMM_WORLD, &group_);
        MPI_Comm_set_errhandler(group_, MPI_ERRORS_RETURN);
        MPI_Comm_rank(group_, &rank_);
        MPI_Comm_size(group_, &size_);
        if (size_ > 1 && provided < MPI_THREAD_SERIALIZED)
            throw Error{"Cannot work with several processes",
                        "this MPI library can only be called by one thread of a program",
                        "Install an MPI library with threads, such as Open MPI"};
        hosts_.resize(static_cast<std::size_t>(size_));
        const HostName own = host_of_this();
        MPI_Allgather(own.data(), static_cast<int>(own.size()), MPI_CHAR, hosts_.data(),
                      static_cast<int>(own.size()), MPI_CHAR, group_);
        count_sharing();
        find_place();
    }

    ~MpiGroup() override {
        if (!broken_.empty()) {
            // Others may wait for this process in vain. Without a launcher they find out by themselves.
            if (!launcher_ended()) MPI_Abort(group_, 1);
            return;
        }
        MPI_Comm_free(&group_);
        MPI_Finalize();
    }

    int rank() const override { return rank_; }
    int size() const override { return size_; }
    std::string name_of(int rank) const override {
        return "process " + std::to_string(rank) + " on " + hosts_[static_cast<std::size_t>(rank)].data();
    }
    int sharing_processors() const override { return sharing_; }
    Place place() const override { return place_; }
    bool is_broken() const override { return !broken_.empty(); }

    std::vector<Word> exchange(const Word& mine, const std::function<bool()>& give_up) override {
        require_whole();
        // The buffers must outlive a call that never ends.
        sent_ = mine;
        received_.assign(static_cast<std::size_t>(size_), {});
        MPI_Request request = MPI_REQUEST_NULL;
        check(MPI_Iallgather(&sent_, sizeof sent_, MPI_BYTE, received_.data(), sizeof sent_, MPI_BYTE, group_,
                             &request));
        wait(request, give_up);
        return received_;
    }

    void sum_in_place(std::span<float> values) override {
        in_parts(values, [this](float* data, int count) {
            return MPI_Allreduce(MPI_IN_PLACE, data, count, MPI_FLOAT, MPI_SUM, group_);
        });
    }

    double sum(double value) override {
        require_whole();
        check(MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_SUM, group_));
        return value;
    }

    void broadcast(std::span<std::byte> bytes, int root) override {
        in_parts(bytes, [this, root](std::byte* data, int count) {
            return MPI_Bcast(data, count, MPI_BYTE, root, group_);
        });
    }

    std::vector<std::vector<std::byte>> gather(std::span<const std::byte> mine) override {
        require_whole();
        if (rank_ != 0) {
            std::uint64_t size = mine.size();
            check(MPI_Send(&size, sizeof size, MPI_BYTE, 0, 0, group_));
            for_parts(mine, [this](const std::byte* data, int count) {
                return MPI_Send(data, count, MPI_BYTE, 0, 0, group_);
            });
            return {};
        }
        std::vector<std::vector<std::byte>> all(static_cast<std::size_t>(size_));
        all[0] = {mine.begin(), mine.end()};
        for (int from = 1; from < size_; ++from) {
            std::uint64_t size = 0;
            check(MPI_Recv(&size, sizeof size, MPI_BYTE, from, 0, group_, MPI_STATUS_IGNORE));
            std::vector<std::byte>& bytes = all[static_cast<std::size_t>(from)];
            bytes.resize(size);
            for_parts(std::span(bytes), [this, from](std::byte* data, int count) {
                return MPI_Recv(data, count, MPI_BYTE, from, 0, group_, MPI_STATUS_IGNORE);
            });
        }
        return all;
    }

  private:
    bool launcher_ended() const { return ::getppid() != launcher_; }

    [[noreturn]] void give_up(const std::string& why) {
        broken_ = why;
        throw no_answer(broken_);
    }
    void require_whole() const {
        if (!broken_.empty()) throw no_answer(broken_);
    }
    void check(int code) {
        if (code != MPI_SUCCESS) give_up("MPI reports: " + error_text(code));
    }

    void wait(MPI_Request& request, const std::function<bool()>& asks_to_give_up) {
        const Clock::time_point begin = Clock::now();
        Clock::time_point next_check = begin + between_checks;
        for (;;) {
            int done = 0;
            check(MPI_Test(&request, &done, MPI_STATUS_IGNORE));
            if (done != 0) return;
            const Clock::time_point now = Clock::now();
            if (now < begin + active_wait) {
                std::this_thread::yield();
                continue;
            }
            std::this_thread::sleep_for(pause_between);
            if (now < next_check) continue;
            next_check = now + between_checks;
            if (launcher_ended()) give_up("the launcher, such as mpirun, has ended");
            if (asks_to_give_up && asks_to_give_up())
                give_up("another process does not answer; the launcher says why if it has ended");
        }
    }

    template <class Value, class Call>
    void for_parts(std::span<Value> values, const Call& call) {
        for (std::size_t begin = 0; begin < values.size(); begin += at_once) {
            const std::size_t count = std::min(at_once, values.size() - begin);
            check(call(values.data() + begin, static_cast<int>(count)));
        }
    }
    template <class Value, class Call>
    void in_parts(std::span<Value> values, const Call& call) {
        require_whole();
        for_parts(values, call);
    }

    /// Processes that are bound to different processors do not share them.
    void count_sharing() {
        cpu_set_t own;
        CPU_ZERO(&own);
        ::sched_getaffinity(0, sizeof own, &own);
        std::vector<cpu_set_t> all(static_cast<std::size_t>(size_));
        MPI_Allgather(&own, sizeof own, MPI_BYTE, all.data(), sizeof own, MPI_BYTE, group_);
        sharing_ = 0;
        for (int other = 0; other < size_; ++other) {
            const auto i = static_cast<std::size_t>(other), me = static_cast<std::size_t>(rank_);
            if (hosts_[i] == hosts_[me] && CPU_EQUAL(&all[i], &own)) ++sharing_;
        }
    }

    void find_place() {
        MPI_Comm machine = MPI_COMM_NULL;
        MPI_Comm_split_type(group_, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &machine);
        MPI_Comm_rank(machine, &place_.number);
        MPI_Comm_size(machine, &place_.count);
        MPI_Comm_free(&machine);
    }

    MPI_Comm group_ = MPI_COMM_NULL;
    int rank_ = 0, size_ = 1, sharing_ = 1;
    Place place_;
    pid_t launcher_;
    std::vector<HostName> hosts_;
    std::string broken_;  ///< why no call is possible any more; empty: they are
    Word sent_;
    std::vector<Word> received_;
};

}  // namespace

std::unique_ptr<Communicator> join_group() {
    if (!was_launched()) return alone();
    return std::make_unique<MpiGroup>();
}

}  // namespace denoise
