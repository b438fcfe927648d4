#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace denoise {

/// A value in a pickle. Nothing that a pickle names is ever run: a call stays a note of what would have been
/// called.
struct PickleValue {
    enum class Kind { none, boolean, integer, real, text, tuple, list, dict, global, call, stored };

    Kind kind = Kind::none;
    std::int64_t integer = 0;  ///< also a boolean's
    double real = 0;
    std::string_view
        text;  ///< a text, a large integer's bytes or a global's "module name"; in the pickle's bytes
    /// tuple, list: the parts; dict: key, value, key, value ...; call: the function and its arguments (a
    /// tuple); stored: the identity of an object that is kept outside the pickle. Belongs to the Pickle.
    std::vector<PickleValue>* parts = nullptr;

    bool is(Kind wanted) const { return kind == wanted; }
    /// The value under `key` of a dict; nullptr when there is none.
    const PickleValue* find(std::string_view key) const;
};

/// What a pickle may be wrong with: text for an Error's cause.
struct PickleError {
    std::string cause;
};

/// Reads Python's pickle format, protocols 2 to 5, as far as saved tensors use it: data, names and calls, but
/// no code.
class Pickle {
  public:
    /// Reads one pickle at the start of `bytes`, which must outlive this object. Throws PickleError.
    explicit Pickle(std::string_view bytes);
    Pickle(const Pickle&) = delete;
    Pickle& operator=(const Pickle&) = delete;

    const PickleValue& value() const { return value_; }
    /// How many bytes the pickle took.
    std::size_t size() const { return size_; }

  private:
    friend class PickleMachine;
    std::deque<std::vector<PickleValue>> containers_;  // a pickle may hold itself, so it owns by no pointer
    std::deque<std::string> names_;
    PickleValue value_;
    std::size_t size_ = 0;
};

}  // namespace denoise
