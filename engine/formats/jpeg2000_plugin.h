#pragma once

#include <QImageIOPlugin>

namespace denoise {

/// Lets Qt read JPEG 2000 pictures with OpenJPEG: files (JP2) and codestreams (J2K), grey or RGB or YCbCr,
/// with or without transparency, reduced to 8 bits per channel.
class Jpeg2000Plugin : public QImageIOPlugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QImageIOHandlerFactoryInterface_iid FILE "jpeg2000_plugin.json")

  public:
    Capabilities capabilities(QIODevice* device, const QByteArray& format) const override;
    QImageIOHandler* create(QIODevice* device, const QByteArray& format) const override;
};

}  // namespace denoise
