#include "ui/pages/noise/picture_loader.h"

#include <QFuture>
#include <QPromise>
#include <QThreadPool>
#include <exception>
#include <filesystem>
#include <memory>
#include <variant>

namespace denoise::ui {
namespace {

using Loaded = std::variant<Picture, Error>;

Loaded try_to_read(const std::filesystem::path& path, int max_side) {
    try {
        return read_picture(path, max_side);
    } catch (const Error& error) {
        return error;
    } catch (const std::exception& exception) {
        return Error{"Cannot open the picture", path.string() + ": " + exception.what(),
                     "Try a smaller picture or another file"};
    }
}

}  // namespace

void load_picture(const QString& path, int max_side, QObject* context,
                  std::function<void(const Picture&)> done, std::function<void(const Error&)> failed) {
    auto promise = std::make_shared<QPromise<Loaded>>();
    promise->future().then(context,
                           [done = std::move(done), failed = std::move(failed)](const Loaded& loaded) {
                               if (const auto* picture = std::get_if<Picture>(&loaded))
                                   done(*picture);
                               else
                                   failed(std::get<Error>(loaded));
                           });
    promise->start();
    QThreadPool::globalInstance()->start(
        [promise, file = std::filesystem::path(path.toStdU16String()), max_side] {
            promise->addResult(try_to_read(file, max_side));
            promise->finish();
        });
}

}  // namespace denoise::ui
