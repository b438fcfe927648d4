#pragma once

#include <QImageIOPlugin>

namespace denoise {

/// Lets Qt read HEIC, HEIF and AVIF pictures, as phones take them, with libheif: their primary image, turned
/// as the file says, with 8 bits per channel. Formats for which libheif has no decoder are not offered.
class HeifPlugin : public QImageIOPlugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QImageIOHandlerFactoryInterface_iid FILE "heif_plugin.json")

  public:
    Capabilities capabilities(QIODevice* device, const QByteArray& format) const override;
    QImageIOHandler* create(QIODevice* device, const QByteArray& format) const override;
};

}  // namespace denoise
