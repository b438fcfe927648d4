#include "net/part_file.h"

#include <unistd.h>

#include <QFileInfo>
#include <cerrno>
#include <cstring>

namespace denoise::net {

PartFile::PartFile(const std::filesystem::path& file) : path_(file.string() + ".part") {
    file_.setFileName(QString::fromStdString(path_.string()));
    tag_.setFileName(file_.fileName() + QStringLiteral(".tag"));
    const QFileInfo info(file_.fileName());
    if (info.isFile() && !info.isSymLink()) size_ = info.size();
}

QByteArray PartFile::version_from(const QString& address) const {
    QFile tag(tag_.fileName());
    if (!QFileInfo(tag).isFile() || !tag.open(QIODevice::ReadOnly)) return {};
    const QList<QByteArray> lines = tag.read(8192).split('\n');
    return lines.size() >= 2 && lines[0] == address.toUtf8() ? lines[1] : QByteArray();
}

bool PartFile::begin(const QString& address, const QByteArray& version) {
    close();
    remove();
    if (!file_.open(QIODevice::WriteOnly | QIODevice::NewOnly | QIODevice::Unbuffered))
        return fail(file_.errorString());
    if (version.isEmpty() || version.contains('\n')) return true;
    // Without the mark, the hash at the end still shows whether the parts belong together.
    if (tag_.open(QIODevice::WriteOnly | QIODevice::NewOnly))
        tag_.write(address.toUtf8() + '\n' + version + '\n');
    tag_.close();
    return true;
}

bool PartFile::resume() {
    close();
    if (!file_.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::ExistingOnly |
                    QIODevice::Unbuffered))
        return fail(file_.errorString());
    size_ = file_.size();
    return true;
}

bool PartFile::append(const QByteArray& bytes) {
    if (file_.write(bytes) != bytes.size()) return fail(file_.errorString());
    size_ += bytes.size();
    return true;
}

bool PartFile::sync() {
    if (::fsync(file_.handle()) != 0) return fail(QString::fromLocal8Bit(std::strerror(errno)));
    return true;
}

void PartFile::close() {
    file_.close();
}

void PartFile::remove() {
    close();
    file_.remove();
    tag_.remove();
    size_ = 0;
}

bool PartFile::fail(const QString& problem) {
    problem_ = problem;
    return false;
}

}  // namespace denoise::net
