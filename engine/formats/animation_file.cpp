#include "engine/formats/animation_file.h"

#include <cgif.h>
#include <libimagequant.h>

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <string>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/formats/picture_limits.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& cause, const std::string& remedy) {
    throw Error{"Cannot write the animation " + path.filename().string(), path.string() + ": " + cause,
                remedy};
}

template <auto destroy>
struct Destroyer {
    template <class T>
    void operator()(T* object) const {
        destroy(object);
    }
};
template <class T, auto destroy>
using Owned = std::unique_ptr<T, Destroyer<destroy>>;
using Attributes = Owned<liq_attr, liq_attr_destroy>;
using Histogram = Owned<liq_histogram, liq_histogram_destroy>;
using Quantised = Owned<liq_result, liq_result_destroy>;
using Image = Owned<liq_image, liq_image_destroy>;

/// The palette of an animation. Converts frames to indices into it.
class Palette {
  public:
    explicit Palette(const std::vector<Picture>& frames) {
        if (frames.front().channels == 1) {
            for (int grey = 0; grey < 256; ++grey) append(grey, grey, grey);
        } else {
            quantise(frames);
        }
    }

    const std::vector<std::uint8_t>& bytes() const { return bytes_; }
    std::uint16_t size() const { return static_cast<std::uint16_t>(bytes_.size() / 3); }

    std::vector<std::uint8_t> indices(const Picture& frame) const {
        if (frame.channels == 1) return frame.pixels;
        std::vector<std::uint8_t> result(frame.pixels.size() / 3);
        const Image image = make_image(frame);
        check(liq_write_remapped_image(quantised_.get(), image.get(), result.data(), result.size()));
        return result;
    }

  private:
    static void check(liq_error error) {
        if (error != LIQ_OK)
            throw Error{"Cannot compute the palette of the animation",
                        "libimagequant reported error " + std::to_string(static_cast<int>(error)),
                        "Export fewer or smaller frames"};
    }

    static void rgba_row(liq_color row[], int y, int width, void* frame) {
        const std::uint8_t* source = static_cast<const Picture*>(frame)->pixels.data() +
                                     3 * static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
        for (int x = 0; x < width; ++x, source += 3) row[x] = {source[0], source[1], source[2], 255};
    }

    Image make_image(const Picture& frame) const {
        // The callback takes a pointer to non-const, but rgba_row() only reads.
        Image image(liq_image_create_custom(attributes_.get(), &rgba_row, const_cast<Picture*>(&frame),
                                            frame.width, frame.height, 0));
        if (!image) check(LIQ_OUT_OF_MEMORY);
        return image;
    }

    void quantise(const std::vector<Picture>& frames) {
        attributes_.reset(liq_attr_create());
        if (!attributes_) check(LIQ_UNSUPPORTED);
        check(liq_set_speed(attributes_.get(), 7));  // six times faster and hardly worse for noisy frames
        Histogram histogram(liq_histogram_create(attributes_.get()));
        if (!histogram) check(LIQ_OUT_OF_MEMORY);
        for (const Picture& frame : frames) {
            const Image image = make_image(frame);
            check(liq_histogram_add_image(histogram.get(), attributes_.get(), image.get()));
        }
        liq_result* result = nullptr;
        check(liq_histogram_quantize(histogram.get(), attributes_.get(), &result));
        quantised_.reset(result);
        check(liq_set_dithering_level(result, 0.5f));  // full dithering flickers
        const liq_palette* palette = liq_get_palette(result);
        for (unsigned i = 0; i < palette->count; ++i)
            append(palette->entries[i].r, palette->entries[i].g, palette->entries[i].b);
    }

    void append(int red, int green, int blue) {
        for (const int value : {red, green, blue}) bytes_.push_back(static_cast<std::uint8_t>(value));
    }

    std::vector<std::uint8_t> bytes_;
    Attributes attributes_;
    Quantised quantised_;
};

std::vector<std::uint8_t> enlarged(const std::vector<std::uint8_t>& indices, int width, int scale) {
    std::vector<std::uint8_t> result;
    result.reserve(indices.size() * static_cast<std::size_t>(scale) * static_cast<std::size_t>(scale));
    for (auto row = indices.begin(); row != indices.end(); row += width) {
        const std::size_t start = result.size();
        for (int x = 0; x < width; ++x) result.insert(result.end(), static_cast<std::size_t>(scale), row[x]);
        const std::size_t length = result.size() - start;
        for (int i = 1; i < scale; ++i) {
            result.resize(result.size() + length);
            std::copy_n(result.begin() + static_cast<std::ptrdiff_t>(start), length,
                        result.end() - static_cast<std::ptrdiff_t>(length));
        }
    }
    return result;
}

/// Receives the output of cgif. Stores exceptions, because they must not propagate through C code.
struct Sink {
    AtomicFile file;
    std::exception_ptr problem;

    static int write(void* context, const std::uint8_t* data, const std::size_t size) {
        auto* sink = static_cast<Sink*>(context);
        try {
            sink->file.write(data, size);
            return 0;
        } catch (...) {
            sink->problem = std::current_exception();
            return 1;
        }
    }
};

/// A delay in hundredths of a second, as in GIF. At least 20 ms, because browsers replace shorter delays by
/// 100 ms.
std::uint16_t hundredths(int milliseconds) {
    return static_cast<std::uint16_t>(std::clamp((milliseconds + 5) / 10, 2, 65535));
}

void check_frames(const std::vector<Picture>& frames, const fs::path& path, int scale) {
    if (frames.empty() || frames.front().empty() || scale < 1)
        fail(path, "there are no frames", "Sample images with all frames first");
    const Picture& first = frames.front();
    for (const Picture& frame : frames)
        if (frame.width != first.width || frame.height != first.height || frame.channels != first.channels)
            fail(path, "its frames have different sizes", "Export frames of the same size");
    check_picture_size(path, PictureFormat::gif, std::int64_t{first.width} * scale,
                       std::int64_t{first.height} * scale);
}

}  // namespace

void write_gif(const std::vector<Picture>& frames, const fs::path& path, int delay_ms, int last_ms,
               int scale) {
    check_frames(frames, path, scale);
    const Palette palette(frames);
    std::vector<std::uint8_t> colours = palette.bytes();  // cgif takes it without const
    Sink sink{AtomicFile(path), nullptr};
    CGIF_Config config{};
    config.pGlobalPalette = colours.data();
    config.numGlobalPaletteEntries = palette.size();
    config.width = static_cast<std::uint16_t>(frames.front().width * scale);
    config.height = static_cast<std::uint16_t>(frames.front().height * scale);
    config.attrFlags = CGIF_ATTR_IS_ANIMATED;
    config.numLoops = CGIF_INFINITE_LOOP;
    config.pWriteFn = &Sink::write;
    config.pContext = &sink;

    CGIF* gif = cgif_newgif(&config);
    bool good = gif != nullptr;
    for (std::size_t i = 0; good && i < frames.size(); ++i) {
        std::vector<std::uint8_t> pixels = enlarged(palette.indices(frames[i]), frames[i].width, scale);
        CGIF_FrameConfig frame{};
        frame.pImageData = pixels.data();
        frame.delay = hundredths(i + 1 == frames.size() ? last_ms : delay_ms);
        frame.genFlags = CGIF_FRAME_GEN_USE_DIFF_WINDOW;
        good = cgif_addframe(gif, &frame) == CGIF_OK;
    }
    if (gif) good = cgif_close(gif) == CGIF_OK && good;
    if (sink.problem) std::rethrow_exception(sink.problem);
    if (!good) fail(path, "the GIF encoder failed", "Export fewer or smaller frames");
    sink.file.commit();
}

}  // namespace denoise
