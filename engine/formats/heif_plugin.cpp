#include "engine/formats/heif_plugin.h"

#include <libheif/heif.h>

#include <QIODevice>
#include <QImage>
#include <QVariant>
#include <cstring>
#include <memory>

#include "engine/base/released_by.h"

namespace denoise {
namespace {

using Context = std::unique_ptr<heif_context, ReleasedBy<heif_context_free>>;
using Handle = std::unique_ptr<heif_image_handle, ReleasedBy<heif_image_handle_release>>;
using Decoded = std::unique_ptr<heif_image, ReleasedBy<heif_image_release>>;
using Options = std::unique_ptr<heif_decoding_options, ReleasedBy<heif_decoding_options_free>>;

bool worked(const heif_error& error) {
    return error.code == heif_error_Ok;
}

bool has_decoder(const QByteArray& format) {
    const bool hevc = heif_have_decoder_for_format(heif_compression_HEVC) != 0;
    const bool av1 = heif_have_decoder_for_format(heif_compression_AV1) != 0;
    if (format == "heic") return hevc;
    if (format == "avif") return av1;
    return format == "heif" && (hevc || av1);
}

bool is_heif(QIODevice& device) {
    const QByteArray head = device.peek(64);
    const heif_filetype_result type = heif_check_filetype(
        reinterpret_cast<const std::uint8_t*>(head.constData()), static_cast<int>(head.size()));
    return type == heif_filetype_yes_supported || type == heif_filetype_maybe;
}

class HeifHandler : public QImageIOHandler {
  public:
    bool canRead() const override { return device() != nullptr && (primary_ || is_heif(*device())); }

    bool supportsOption(ImageOption option) const override { return option == Size; }

    QVariant option(ImageOption option) const override {
        if (option != Size || !open()) return {};
        return QSize(heif_image_handle_get_width(primary_.get()),
                     heif_image_handle_get_height(primary_.get()));
    }

    bool read(QImage* image) override {
        if (!open()) return false;
        const bool alpha = heif_image_handle_has_alpha_channel(primary_.get()) != 0;
        const Options options(heif_decoding_options_alloc());
        options->convert_hdr_to_8bit = 1;
        heif_image* result = nullptr;
        const heif_error error = heif_decode_image(
            primary_.get(), &result, heif_colorspace_RGB,
            alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options.get());
        const Decoded decoded(result);
        if (!worked(error) || !decoded) return false;

        int stride = 0;
        const std::uint8_t* rows =
            heif_image_get_plane_readonly(decoded.get(), heif_channel_interleaved, &stride);
        const int width = heif_image_get_width(decoded.get(), heif_channel_interleaved);
        const int height = heif_image_get_height(decoded.get(), heif_channel_interleaved);
        if (rows == nullptr || width <= 0 || height <= 0) return false;
        QImage copy(width, height, alpha ? QImage::Format_RGBA8888 : QImage::Format_RGB888);
        if (copy.isNull()) return false;  // not enough memory
        const auto bytes = static_cast<std::size_t>(width) * (alpha ? 4 : 3);
        for (int y = 0; y < height; ++y)
            std::memcpy(copy.scanLine(y), rows + static_cast<std::ptrdiff_t>(y) * stride, bytes);
        *image = std::move(copy);
        return true;
    }

  private:
    /// Reads the file and its header, once.
    bool open() const {
        if (tried_) return primary_ != nullptr;
        tried_ = true;
        if (device() == nullptr) return false;
        bytes_ = device()->readAll();
        context_.reset(heif_context_alloc());
        // Against files that need far more memory than their header says.
        heif_context_set_maximum_image_size_limit(context_.get(), 16384);
        heif_image_handle* primary = nullptr;
        const bool opened =
            worked(heif_context_read_from_memory_without_copy(
                context_.get(), bytes_.constData(), static_cast<std::size_t>(bytes_.size()), nullptr)) &&
            worked(heif_context_get_primary_image_handle(context_.get(), &primary));
        primary_.reset(primary);
        return opened && primary_ != nullptr;
    }

    mutable bool tried_ = false;
    mutable QByteArray bytes_;  // used by the context
    mutable Context context_;
    mutable Handle primary_;
};

}  // namespace

QImageIOPlugin::Capabilities HeifPlugin::capabilities(QIODevice* device, const QByteArray& format) const {
    if (!format.isEmpty()) return has_decoder(format) ? CanRead : Capabilities();
    return device != nullptr && device->isReadable() && is_heif(*device) ? CanRead : Capabilities();
}

QImageIOHandler* HeifPlugin::create(QIODevice* device, const QByteArray& format) const {
    auto handler = std::make_unique<HeifHandler>();
    handler->setDevice(device);
    handler->setFormat(format);
    return handler.release();
}

}  // namespace denoise
