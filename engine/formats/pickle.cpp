#include "engine/formats/pickle.h"

#include <bit>
#include <cstring>
#include <unordered_map>

namespace denoise {
namespace {

using Kind = PickleValue::Kind;

[[noreturn]] void fail(const std::string& cause) {
    throw PickleError{cause};
}

}  // namespace

const PickleValue* PickleValue::find(std::string_view key) const {
    if (kind != Kind::dict) return nullptr;
    for (std::size_t i = 0; i + 1 < parts->size(); i += 2)
        if ((*parts)[i].is(Kind::text) && (*parts)[i].text == key) return &(*parts)[i + 1];
    return nullptr;
}

/// The stack machine that a pickle is a program for.
class PickleMachine {
  public:
    PickleMachine(Pickle& pickle, std::string_view bytes) : pickle_(pickle), bytes_(bytes) {}

    void run() {
        constexpr int most = 4'000'000;  // a network of thousands of tensors needs some hundred thousand
        for (int steps = 0; step(take<std::uint8_t>()); ++steps)
            if (steps == most) fail("its description is longer than a network's can be");
        pickle_.value_ = pop();
        pickle_.size_ = position_;
    }

  private:
    // ---------------------------------------------------------------- bytes
    std::string_view take_bytes(std::uint64_t count) {
        if (count > bytes_.size() - position_) fail("it ends in the middle of its description");
        const std::string_view part = bytes_.substr(position_, static_cast<std::size_t>(count));
        position_ += static_cast<std::size_t>(count);
        return part;
    }

    template <class T>
    T take() {
        T value;
        std::memcpy(&value, take_bytes(sizeof value).data(), sizeof value);
        return value;
    }

    std::string_view take_line() {
        const std::size_t end = bytes_.find('\n', position_);
        if (end == std::string_view::npos) fail("it ends in the middle of its description");
        const std::string_view line = take_bytes(end - position_);
        ++position_;
        return line;
    }

    // ---------------------------------------------------------------- stack
    void push(PickleValue value) { stack_.push_back(value); }
    void push_text(std::string_view text) { push({Kind::text, 0, 0, text, nullptr}); }
    void push_integer(std::int64_t value) { push({Kind::integer, value, 0, {}, nullptr}); }
    void push_boolean(bool value) { push({Kind::boolean, value ? 1 : 0, 0, {}, nullptr}); }

    PickleValue pop() {
        if (stack_.empty() || (!marks_.empty() && stack_.size() <= marks_.back()))
            fail("its description takes more values than it has");
        const PickleValue value = stack_.back();
        stack_.pop_back();
        return value;
    }

    PickleValue& top() {
        if (stack_.empty() || (!marks_.empty() && stack_.size() <= marks_.back()))
            fail("its description takes more values than it has");
        return stack_.back();
    }

    std::vector<PickleValue> pop_to_mark() {
        if (marks_.empty()) fail("its description lacks a mark");
        const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
        std::vector<PickleValue> values(first, stack_.end());
        stack_.erase(first, stack_.end());
        marks_.pop_back();
        return values;
    }

    void push_container(Kind kind, std::vector<PickleValue> parts) {
        pickle_.containers_.push_back(std::move(parts));
        push({kind, 0, 0, {}, &pickle_.containers_.back()});
    }

    void push_tuple(std::size_t count) {
        std::vector<PickleValue> parts(count);
        for (std::size_t i = count; i-- > 0;) parts[i] = pop();
        push_container(Kind::tuple, std::move(parts));
    }

    void push_global(std::string_view module, std::string_view name) {
        pickle_.names_.push_back(std::string(module) + " " + std::string(name));
        push({Kind::global, 0, 0, pickle_.names_.back(), nullptr});
    }

    void extend(Kind kind, const std::vector<PickleValue>& values) {
        const PickleValue& target = top();
        if (!target.is(kind)) fail("its description adds to something that is no list or dictionary");
        if (kind == Kind::dict && values.size() % 2 != 0) fail("its description has a key without a value");
        target.parts->insert(target.parts->end(), values.begin(), values.end());
    }

    void call() {
        const PickleValue arguments = pop(), function = pop();
        if (!arguments.is(Kind::tuple)) fail("its description calls something without arguments");
        if (function.is(Kind::global) && function.text == "collections OrderedDict" &&
            arguments.parts->empty())
            return push_container(Kind::dict, {});
        push_container(Kind::call, {function, arguments});
    }

    // ---------------------------------------------------------------- memory
    void remember(std::uint64_t place) { memory_[place] = top(); }

    void recall(std::uint64_t place) {
        const auto found = memory_.find(place);
        if (found == memory_.end()) fail("its description recalls what it never remembered");
        push(found->second);
    }

    void push_long(std::uint64_t size) {
        const std::string_view digits = take_bytes(size);
        std::uint64_t value = 0;
        if (digits.size() > sizeof value) return push({Kind::integer, 0, 0, digits, nullptr});
        if (!digits.empty() && (static_cast<unsigned char>(digits.back()) & 0x80) != 0) value = ~value;
        std::memcpy(&value, digits.data(), digits.size());
        push_integer(static_cast<std::int64_t>(value));
    }

    void push_real() {
        std::uint64_t bits = 0;
        for (const char byte : take_bytes(8)) bits = bits << 8 | static_cast<unsigned char>(byte);
        push({Kind::real, 0, std::bit_cast<double>(bits), {}, nullptr});
    }

    /// One instruction; false after the last.
    bool step(std::uint8_t code) {
        switch (code) {
            case '.':
                return false;  // STOP
            case 0x80:
                check_protocol(take<std::uint8_t>());
                break;  // PROTO
            case 0x95:
                take<std::uint64_t>();
                break;  // FRAME
            case '(':
                marks_.push_back(stack_.size());
                break;  // MARK
            case '0':
                pop();
                break;  // POP
            case '1':
                pop_to_mark();
                break;  // POP_MARK
            case 'N':
                push({});
                break;  // NONE
            case 0x88:
                push_boolean(true);
                break;  // NEWTRUE
            case 0x89:
                push_boolean(false);
                break;  // NEWFALSE
            case 'J':
                push_integer(take<std::int32_t>());
                break;  // BININT
            case 'K':
                push_integer(take<std::uint8_t>());
                break;  // BININT1
            case 'M':
                push_integer(take<std::uint16_t>());
                break;  // BININT2
            case 0x8a:
                push_long(take<std::uint8_t>());
                break;  // LONG1
            case 'G':
                push_real();
                break;  // BINFLOAT
            case 'X':
                push_text(take_bytes(take<std::uint32_t>()));
                break;  // BINUNICODE
            case 0x8c:
                push_text(take_bytes(take<std::uint8_t>()));
                break;  // SHORT_BINUNICODE
            case 0x8d:
                push_text(take_bytes(take<std::uint64_t>()));
                break;  // BINUNICODE8
            case 'U':
                push_text(take_bytes(take<std::uint8_t>()));
                break;  // SHORT_BINSTRING (Python 2)
            case ')':
                push_container(Kind::tuple, {});
                break;  // EMPTY_TUPLE
            case 0x85:
                push_tuple(1);
                break;  // TUPLE1
            case 0x86:
                push_tuple(2);
                break;  // TUPLE2
            case 0x87:
                push_tuple(3);
                break;  // TUPLE3
            case 't':
                push_container(Kind::tuple, pop_to_mark());
                break;  // TUPLE
            case ']':
                push_container(Kind::list, {});
                break;  // EMPTY_LIST
            case 'a':
                extend(Kind::list, {pop()});
                break;  // APPEND
            case 'e':
                extend(Kind::list, pop_to_mark());
                break;  // APPENDS
            case '}':
                push_container(Kind::dict, {});
                break;  // EMPTY_DICT
            case 's':
                set_item();
                break;  // SETITEM
            case 'u':
                extend(Kind::dict, pop_to_mark());
                break;   // SETITEMS
            case 'c': {  // GLOBAL
                const std::string_view module = take_line();
                push_global(module, take_line());
                break;
            }
            case 0x93: {  // STACK_GLOBAL
                const PickleValue name = pop(), module = pop();
                push_global(module.text, name.text);
                break;
            }
            case 'R':
                call();
                break;  // REDUCE
            case 'b':
                pop();
                break;  // BUILD: attributes of an object, such as a state dict's _metadata
            case 'Q':
                push_container(Kind::stored, {pop()});
                break;  // BINPERSID
            case 'q':
                remember(take<std::uint8_t>());
                break;  // BINPUT
            case 'r':
                remember(take<std::uint32_t>());
                break;  // LONG_BINPUT
            case 0x94:
                remember(memory_.size());
                break;  // MEMOIZE
            case 'h':
                recall(take<std::uint8_t>());
                break;  // BINGET
            case 'j':
                recall(take<std::uint32_t>());
                break;  // LONG_BINGET
            default:
                fail("its description has an instruction that saved tensors do not need (code " +
                     std::to_string(code) + ")");
        }
        return true;
    }

    void check_protocol(int protocol) {
        if (protocol < 2 || protocol > 5)
            fail("it is written in version " + std::to_string(protocol) + " of Python's pickle format");
    }

    void set_item() {
        const PickleValue value = pop(), key = pop();
        extend(Kind::dict, {key, value});
    }

    Pickle& pickle_;
    std::string_view bytes_;
    std::size_t position_ = 0;
    std::vector<PickleValue> stack_;
    std::vector<std::size_t> marks_;
    std::unordered_map<std::uint64_t, PickleValue> memory_;
};

Pickle::Pickle(std::string_view bytes) {
    PickleMachine(*this, bytes).run();
}

}  // namespace denoise
