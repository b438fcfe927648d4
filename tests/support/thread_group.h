#pragma once

#include <algorithm>
#include <barrier>
#include <functional>
#include <thread>
#include <vector>

#include "engine/distributed/communicator.h"

namespace denoise::test {

/// Threads that take the place of the processes of a group.
class ThreadGroup {
  public:
    explicit ThreadGroup(int size)
        : meeting_(size), words_(static_cast<std::size_t>(size)), parts_(static_cast<std::size_t>(size)) {}

    int size() const { return static_cast<int>(words_.size()); }

    /// Calls `work` in each thread, with its communicator.
    void run(const std::function<void(Communicator&)>& work) {
        std::vector<std::jthread> threads;
        for (int rank = 0; rank < size(); ++rank)
            threads.emplace_back([this, rank, &work] {
                Member member(*this, rank);
                work(member);
            });
    }

  private:
    class Member : public Communicator {
      public:
        Member(ThreadGroup& group, int rank) : group_(group), rank_(rank) {}
        int rank() const override { return rank_; }
        int size() const override { return group_.size(); }
        std::string name_of(int rank) const override { return "thread " + std::to_string(rank); }
        int sharing_processors() const override { return size(); }
        Place place() const override { return {rank_, size()}; }
        bool is_broken() const override { return false; }

        std::vector<Word> exchange(const Word& mine, const std::function<bool()>&) override {
            group_.words_[static_cast<std::size_t>(rank_)] = mine;
            barrier();
            const std::vector<Word> all = group_.words_;
            barrier();
            return all;
        }
        void sum_in_place(std::span<float> values) override {
            const auto parts = all_parts(std::as_bytes(values));
            std::ranges::fill(values, 0.f);
            for (const auto& part : parts) {
                const auto* others = reinterpret_cast<const float*>(part.data());
                for (std::size_t i = 0; i < values.size(); ++i) values[i] += others[i];
            }
        }
        double sum(double value) override {
            double sum = 0;
            for (const Word& word : exchange({0, 0, value, 0}, {})) sum += word.number;
            return sum;
        }
        void broadcast(std::span<std::byte> bytes, int root) override {
            std::ranges::copy(all_parts(bytes)[static_cast<std::size_t>(root)], bytes.begin());
        }
        std::vector<std::vector<std::byte>> gather(std::span<const std::byte> mine) override {
            auto all = all_parts(mine);
            return rank_ == 0 ? all : std::vector<std::vector<std::byte>>{};
        }

      private:
        void barrier() { group_.meeting_.arrive_and_wait(); }
        std::vector<std::vector<std::byte>> all_parts(std::span<const std::byte> mine) {
            group_.parts_[static_cast<std::size_t>(rank_)].assign(mine.begin(), mine.end());
            barrier();
            auto all = group_.parts_;
            barrier();
            return all;
        }
        ThreadGroup& group_;
        int rank_;
    };

    std::barrier<> meeting_;
    std::vector<Word> words_;
    std::vector<std::vector<std::byte>> parts_;
};

}  // namespace denoise::test
