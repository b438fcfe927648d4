#include "engine/formats/jpeg2000_plugin.h"

#include <openjpeg.h>

#include <QColor>
#include <QIODevice>
#include <QImage>
#include <QVariant>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <span>

#include "engine/base/released_by.h"

namespace denoise {
namespace {

using Codec = std::unique_ptr<opj_codec_t, ReleasedBy<opj_destroy_codec>>;
using Stream = std::unique_ptr<opj_stream_t, ReleasedBy<opj_stream_destroy>>;
using Image = std::unique_ptr<opj_image_t, ReleasedBy<opj_image_destroy>>;
using Component = opj_image_comp_t;

/// Only these begin like this: the signature box of a file, and the first markers of a codestream.
std::optional<OPJ_CODEC_FORMAT> codec_of(QIODevice& device) {
    const QByteArray head = device.peek(12);
    if (head == QByteArray("\0\0\0\x0cjP  \r\n\x87\n", 12)) return OPJ_CODEC_JP2;
    if (head.startsWith("\xff\x4f\xff\x51")) return OPJ_CODEC_J2K;
    return std::nullopt;
}

/// The bytes of a file as a stream of OpenJPEG.
struct Source {
    QByteArray bytes;
    qsizetype position = 0;

    qsizetype left() const { return bytes.size() - position; }
};

Stream stream_of(Source& source) {
    Stream stream(opj_stream_default_create(OPJ_TRUE));
    opj_stream_set_user_data(stream.get(), &source, nullptr);
    opj_stream_set_user_data_length(stream.get(), static_cast<OPJ_UINT64>(source.bytes.size()));
    opj_stream_set_read_function(stream.get(), [](void* target, OPJ_SIZE_T size, void* user) -> OPJ_SIZE_T {
        auto& from = *static_cast<Source*>(user);
        const auto count = std::min(size, static_cast<OPJ_SIZE_T>(from.left()));
        if (count == 0) return static_cast<OPJ_SIZE_T>(-1);
        std::memcpy(target, from.bytes.constData() + from.position, count);
        from.position += static_cast<qsizetype>(count);
        return count;
    });
    opj_stream_set_skip_function(stream.get(), [](OPJ_OFF_T size, void* user) -> OPJ_OFF_T {
        auto& from = *static_cast<Source*>(user);
        const auto count = std::clamp<OPJ_OFF_T>(size, -from.position, from.left());
        from.position += count;
        return count != 0 ? count : -1;
    });
    opj_stream_set_seek_function(stream.get(), [](OPJ_OFF_T position, void* user) -> OPJ_BOOL {
        auto& from = *static_cast<Source*>(user);
        if (position < 0 || position > from.bytes.size()) return OPJ_FALSE;
        from.position = position;
        return OPJ_TRUE;
    });
    return stream;
}

/// The value of a component at a pixel of the picture, from 0 to 255. Components may be coarser than the
/// picture.
int value_at(const Component& component, std::uint32_t x, std::uint32_t y, int width, int height) {
    const std::uint32_t column =
        std::min(x * component.w / static_cast<std::uint32_t>(width), component.w - 1);
    const std::uint32_t row = std::min(y * component.h / static_cast<std::uint32_t>(height), component.h - 1);
    std::int64_t value = component.data[static_cast<std::size_t>(row) * component.w + column];
    if (component.sgnd != 0) value += std::int64_t{1} << (component.prec - 1);
    const std::int64_t most = (std::int64_t{1} << component.prec) - 1;
    return static_cast<int>((std::clamp<std::int64_t>(value, 0, most) * 255 + most / 2) / most);
}

QRgb from_ycc(int y, int cb, int cr, int alpha) {  // ITU-R BT.601, as in JPEG
    const auto clamp = [](double value) {
        return static_cast<int>(std::lround(std::clamp(value, 0.0, 255.0)));
    };
    return qRgba(clamp(y + 1.402 * (cr - 128)), clamp(y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128)),
                 clamp(y + 1.772 * (cb - 128)), alpha);
}

QSize size_of(const opj_image_t& image) {
    constexpr std::uint32_t most = 1u << 24;
    if (image.x1 <= image.x0 || image.y1 <= image.y0 || image.x1 - image.x0 > most ||
        image.y1 - image.y0 > most)
        return {};
    return {static_cast<int>(image.x1 - image.x0), static_cast<int>(image.y1 - image.y0)};
}

/// Whether the values can be read: one to four components with data and a usual number of bits.
bool is_readable(std::span<const Component> components) {
    return !components.empty() && components.size() <= 4 &&
           std::ranges::all_of(components, [](const Component& each) {
               return each.data != nullptr && each.w > 0 && each.h > 0 && each.prec >= 1 && each.prec <= 31;
           });
}

QImage to_image(const opj_image_t& image) {
    const QSize size = size_of(image);
    const std::span<const Component> components(image.comps, image.numcomps);
    if (size.isEmpty() || !is_readable(components)) return {};
    const bool colour = components.size() >= 3, alpha = components.size() % 2 == 0;
    const bool ycc = image.color_space == OPJ_CLRSPC_SYCC || image.color_space == OPJ_CLRSPC_EYCC;
    QImage result(size, alpha    ? QImage::Format_ARGB32
                        : colour ? QImage::Format_RGB32
                                 : QImage::Format_Grayscale8);
    if (result.isNull()) return {};  // not enough memory
    for (int y = 0; y < size.height(); ++y) {
        std::uint8_t* row = result.scanLine(y);
        for (int x = 0; x < size.width(); ++x) {
            const auto at = [&](std::size_t c) {
                return value_at(components[c], static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y),
                                size.width(), size.height());
            };
            const int first = at(0), opacity = alpha ? at(components.size() - 1) : 255;
            if (result.format() == QImage::Format_Grayscale8)
                row[x] = static_cast<std::uint8_t>(first);
            else
                reinterpret_cast<QRgb*>(row)[x] = !colour ? qRgba(first, first, first, opacity)
                                                  : ycc   ? from_ycc(first, at(1), at(2), opacity)
                                                          : qRgba(first, at(1), at(2), opacity);
        }
    }
    return result;
}

class Jpeg2000Handler : public QImageIOHandler {
  public:
    bool canRead() const override { return device() != nullptr && (image_ || codec_of(*device())); }

    bool supportsOption(ImageOption option) const override { return option == Size; }

    QVariant option(ImageOption option) const override {
        return option == Size && read_header() ? size_of(*image_) : QVariant();
    }

    bool read(QImage* image) override {
        if (!read_header() || opj_decode(codec_.get(), stream_.get(), image_.get()) == OPJ_FALSE ||
            opj_end_decompress(codec_.get(), stream_.get()) == OPJ_FALSE)
            return false;
        *image = to_image(*image_);
        return !image->isNull();
    }

  private:
    /// Reads the file and its header, once.
    bool read_header() const {
        if (tried_) return image_ != nullptr;
        tried_ = true;
        const auto format = device() != nullptr ? codec_of(*device()) : std::nullopt;
        if (!format) return false;
        source_.bytes = device()->readAll();
        stream_ = stream_of(source_);
        codec_.reset(opj_create_decompress(*format));
        opj_dparameters_t parameters;
        opj_set_default_decoder_parameters(&parameters);
        opj_image_t* image = nullptr;
        const bool read = opj_setup_decoder(codec_.get(), &parameters) != OPJ_FALSE &&
                          opj_decoder_set_strict_mode(codec_.get(), OPJ_TRUE) != OPJ_FALSE &&
                          opj_read_header(stream_.get(), codec_.get(), &image) != OPJ_FALSE;
        image_.reset(image);
        if (!read) image_.reset();
        return image_ != nullptr;
    }

    mutable bool tried_ = false;
    mutable Source source_;
    mutable Stream stream_;
    mutable Codec codec_;
    mutable Image image_;
};

}  // namespace

QImageIOPlugin::Capabilities Jpeg2000Plugin::capabilities(QIODevice* device, const QByteArray& format) const {
    if (!format.isEmpty()) return format == "jp2" ? CanRead : Capabilities();
    return device != nullptr && device->isReadable() && codec_of(*device) ? CanRead : Capabilities();
}

QImageIOHandler* Jpeg2000Plugin::create(QIODevice* device, const QByteArray& format) const {
    auto handler = std::make_unique<Jpeg2000Handler>();
    handler->setDevice(device);
    handler->setFormat(format);
    return handler.release();
}

}  // namespace denoise
