#include "tests/fuzz/input_file.h"

#include <stdlib.h>

#include <cstdio>
#include <fstream>
#include <iterator>

namespace denoise::fuzz {
namespace {

namespace fs = std::filesystem;

class Folder {
  public:
    Folder() {
        std::error_code ignored;
        const fs::path memory = "/dev/shm";
        std::string name = ((fs::is_directory(memory, ignored) ? memory : fs::temp_directory_path()) /
                            "denoise-lab-fuzz-XXXXXX")
                               .string();
        if (::mkdtemp(name.data()) == nullptr) {
            std::perror("cannot create a temporary folder");
            std::exit(2);
        }
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

}  // namespace

fs::path input_file(const std::string& name, std::string_view bytes) {
    static const Folder folder;
    fs::path path = folder.path() / name;
    std::ofstream stream(path, std::ios::binary | std::ios::trunc);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return path;
}

std::string read_all(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void expect(bool holds, const char* promise) {
    if (holds) return;
    std::fprintf(stderr, "check failed: %s\n", promise);
    std::abort();
}

}  // namespace denoise::fuzz
