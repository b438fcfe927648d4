#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace denoise {

/// What each process tells all others at once.
struct Word {
    std::int32_t standing = 0;  ///< see together.h
    std::int32_t unused = 0;
    double number = 0;
    std::uint64_t mark = 0;
};

/// The place of a process among those of its group on the same machine.
struct Place {
    int number = 0;  ///< from 0, in the order of their ranks
    int count = 1;   ///< how many there are
    bool operator==(const Place&) const = default;
};

/// The processes that a launcher such as mpirun has started together, with the numbers 0 to size() - 1. All
/// of them must make the same calls in the same order, one at a time, from any thread. After an Error that a
/// call throws because a process does not answer, is_broken() is true, and every other call throws it again.
class Communicator {
  public:
    virtual ~Communicator() = default;

    virtual int rank() const = 0;  ///< the number of this process
    virtual int size() const = 0;
    /// "process 3 on node7"
    virtual std::string name_of(int rank) const = 0;
    /// The number of processes, with this one, that may use the same processors of this machine.
    virtual int sharing_processors() const = 0;
    virtual Place place() const = 0;
    /// Whether a process does not answer or the launcher has ended.
    virtual bool is_broken() const = 0;

    /// The words of all processes. Waits for them without using a processor. While it waits, it calls
    /// `give_up` several times per second, and throws Error if that returns true.
    virtual std::vector<Word> exchange(const Word& mine, const std::function<bool()>& give_up) = 0;
    /// Replaces `values`, of which every process has the same number, by their sums over all processes.
    virtual void sum_in_place(std::span<float> values) = 0;
    virtual double sum(double value) = 0;
    /// Replaces `bytes`, of which every process has the same number, by those of process `root`.
    virtual void broadcast(std::span<std::byte> bytes, int root) = 0;
    /// The bytes of all processes, in the order of their numbers, for process 0; nothing for the others.
    virtual std::vector<std::vector<std::byte>> gather(std::span<const std::byte> mine) = 0;
};

/// A process that works alone.
std::unique_ptr<Communicator> alone();

}  // namespace denoise
