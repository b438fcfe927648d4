#include "engine/data/spilled_images.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "engine/base/cancelled.h"
#include "engine/base/error.h"
#include "engine/base/mapped_file.h"
#include "engine/data/intact_images.h"

namespace denoise {
namespace {

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

  private:
    int number_;
};

[[noreturn]] void fail(const std::filesystem::path& folder) {
    throw Error{"Cannot prepare the images",
                folder.string() +
                    ": they do not fit into memory, and not on the disk either: " + std::strerror(errno),
                "Free some disk space, or keep duplicates", "duplicates"};
}

}  // namespace

ImageBatch images_on_disk(const ImageBatch& batch, const std::vector<std::int64_t>& indices,
                          const std::filesystem::path& folder, const std::stop_token& stop) {
    const Descriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (file.number() < 0) fail(folder);
    const std::size_t size = batch.image_size();
    for (const std::int64_t index : indices) {
        if (stop.stop_requested()) throw Cancelled{};
        const std::uint8_t* next = batch.image(index);
        for (std::size_t left = size; left > 0;) {
            const ssize_t written = ::write(file.number(), next, left);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0 && errno == EFAULT) require_intact(batch);
            if (written <= 0) fail(folder);
            next += written;
            left -= static_cast<std::size_t>(written);
        }
    }
    require_intact(batch);
    ImageBatch images{
        static_cast<std::int64_t>(indices.size()), batch.channels, batch.height, batch.width, {}};
    if (!indices.empty())
        images.pixels = PixelBuffer(std::make_shared<const MappedFile>(
            "/proc/self/fd/" + std::to_string(file.number()), indices.size() * size));
    return images;
}

}  // namespace denoise
