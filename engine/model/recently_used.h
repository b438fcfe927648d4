#pragma once

#include <cstddef>
#include <list>
#include <utility>

namespace denoise {

/// Keeps the values that were used last, as long as they do not take more than a number of bytes together.
/// Key is compared with ==.
template <class Key, class Value>
class RecentlyUsed {
  public:
    explicit RecentlyUsed(std::size_t byte_limit) : byte_limit_(byte_limit) {}

    /// The value of `key`, which is then the one used last; null: it is not kept.
    const Value* find(const Key& key) {
        for (auto entry = entries_.begin(); entry != entries_.end(); ++entry)
            if (entry->key == key) {
                entries_.splice(entries_.begin(), entries_, entry);
                return &entry->value;
            }
        return nullptr;
    }

    /// Keeps a value of `bytes` bytes, and no longer those used first that are too many with it.
    void add(Key key, Value value, std::size_t bytes) {
        entries_.push_front({std::move(key), std::move(value), bytes});
        total_ += bytes;
        while (total_ > byte_limit_) {
            total_ -= entries_.back().bytes;
            entries_.pop_back();
        }
    }

    /// Forgets the values with a key for which superseded(key) is true.
    template <class Superseded>
    void remove_if(const Superseded& superseded) {
        entries_.remove_if([&](const Entry& entry) {
            if (!superseded(entry.key)) return false;
            total_ -= entry.bytes;
            return true;
        });
    }

    std::size_t size() const { return entries_.size(); }

  private:
    struct Entry {
        Key key;
        Value value;
        std::size_t bytes;
    };

    std::size_t byte_limit_, total_ = 0;
    std::list<Entry> entries_;  ///< last used first
};

}  // namespace denoise
