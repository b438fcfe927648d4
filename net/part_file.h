#pragma once

#include <QByteArray>
#include <QFile>
#include <QString>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace denoise::net {

/// The part of a file that has arrived so far: "NAME.part" beside the file, and "NAME.part.tag" with the
/// address it came from and the server's mark of its version. It stays after a cancelled download, which it
/// resumes.
class PartFile {
  public:
    explicit PartFile(const std::filesystem::path& file);

    std::int64_t size() const { return size_; }
    const std::filesystem::path& path() const { return path_; }
    /// The mark for If-Range of the version that came from this address; empty: unknown.
    QByteArray version_from(const QString& address) const;

    // All return false if the disk reports an error, which is then problem().

    /// Forgets what has arrived, and remembers where the next bytes come from.
    bool begin(const QString& address, const QByteArray& version);
    /// Continues behind what has arrived.
    bool resume();
    bool append(const QByteArray& bytes);
    bool sync();
    QString problem() const { return problem_; }

    void close();
    void remove();

  private:
    bool fail(const QString& problem);

    std::filesystem::path path_;
    QFile file_, tag_;
    std::int64_t size_ = 0;
    QString problem_;
};

}  // namespace denoise::net
