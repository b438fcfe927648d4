#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace denoise {

/// Bytes that several objects read, such as those of a file mapped into memory.
class SharedBytes {
  public:
    SharedBytes() = default;
    virtual ~SharedBytes() = default;
    SharedBytes(const SharedBytes&) = delete;
    SharedBytes& operator=(const SharedBytes&) = delete;

    const std::uint8_t* data() const { return data_; }
    std::size_t size() const { return size_; }
    /// Whether all bytes could be read so far, and still can. False if somebody has shortened the file or the
    /// disk fails: then bytes are 0 where the file has none. Ask after reading.
    virtual bool intact() const = 0;

  protected:
    const std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
};

/// The bytes of images, with the functions of a vector. They are owned, or shared with other objects: then
/// copies are cheap, and the first access that could change them makes an own copy of all of them.
class PixelBuffer {
  public:
    using value_type = std::uint8_t;
    using size_type = std::size_t;
    using difference_type = std::ptrdiff_t;
    using reference = std::uint8_t&;
    using const_reference = const std::uint8_t&;
    using iterator = std::uint8_t*;
    using const_iterator = const std::uint8_t*;

    PixelBuffer() = default;
    PixelBuffer(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {}
    PixelBuffer(std::initializer_list<std::uint8_t> bytes) : bytes_(bytes) {}
    PixelBuffer(std::shared_ptr<const SharedBytes> bytes) : shared_(std::move(bytes)) {}

    const std::uint8_t* data() const { return shared_ ? shared_->data() : bytes_.data(); }
    std::size_t size() const { return shared_ ? shared_->size() : bytes_.size(); }
    bool empty() const { return size() == 0; }
    const_iterator begin() const { return data(); }
    const_iterator end() const { return data() + size(); }
    const std::uint8_t& operator[](std::size_t index) const { return data()[index]; }
    const std::uint8_t& at(std::size_t index) const {
        if (index >= size()) throw std::out_of_range("PixelBuffer::at");
        return data()[index];
    }

    bool is_shared() const { return shared_ != nullptr; }
    /// SharedBytes::intact(). Owned bytes always are.
    bool intact() const { return !shared_ || shared_->intact(); }

    std::uint8_t* data() { return own().data(); }
    iterator begin() { return data(); }
    iterator end() { return data() + size(); }
    std::uint8_t& operator[](std::size_t index) { return data()[index]; }
    std::uint8_t& at(std::size_t index) { return own().at(index); }
    void push_back(std::uint8_t byte) { own().push_back(byte); }
    void reserve(std::size_t size) { own().reserve(size); }
    void resize(std::size_t size) { own().resize(size); }
    void shrink_to_fit() { own().shrink_to_fit(); }
    template <class... Arguments>
    void assign(Arguments&&... arguments) {
        own().assign(std::forward<Arguments>(arguments)...);
    }
    template <class... Arguments>
    void insert(const_iterator position, Arguments&&... arguments) {
        const std::ptrdiff_t offset = position - std::as_const(*this).data();
        std::vector<std::uint8_t>& bytes = own();
        bytes.insert(bytes.begin() + offset, std::forward<Arguments>(arguments)...);
    }

    friend bool operator==(const PixelBuffer& a, const PixelBuffer& b) {
        return a.size() == b.size() && (a.data() == b.data() || std::equal(a.begin(), a.end(), b.begin()));
    }

  private:
    std::vector<std::uint8_t>& own() {
        if (shared_) {
            bytes_.assign(shared_->data(), shared_->data() + shared_->size());
            shared_.reset();
        }
        return bytes_;
    }

    std::vector<std::uint8_t> bytes_;
    std::shared_ptr<const SharedBytes> shared_;  ///< null: the bytes are in bytes_
};

}  // namespace denoise
