#include "engine/base/processors.h"

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>

namespace denoise {
namespace {

cpu_set_t usable_processors() {
    cpu_set_t usable;
    CPU_ZERO(&usable);
    if (::sched_getaffinity(0, sizeof usable, &usable) != 0 || CPU_COUNT(&usable) == 0) CPU_SET(0, &usable);
    return usable;
}

int count_physical_cores() {
    const cpu_set_t usable = usable_processors();
    std::set<std::string> cores;  // the processors of a core have the same list of siblings
    for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
        if (!CPU_ISSET(processor, &usable)) continue;
        std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(processor) +
                           "/topology/thread_siblings_list");
        std::string siblings;
        if (!std::getline(file, siblings)) return CPU_COUNT(&usable);
        cores.insert(siblings);
    }
    return std::max(1, static_cast<int>(cores.size()));
}

}  // namespace

int processor_count() {
    const cpu_set_t usable = usable_processors();
    return CPU_COUNT(&usable);
}

int physical_core_count() {
    static const int count = count_physical_cores();  // the window asks after each change of a setting
    return count;
}

int most_threads() {
    return std::max(64, 4 * processor_count());
}

int demanded_threads() {
    const char* text = std::getenv("OMP_NUM_THREADS");
    return text == nullptr ? 0 : std::clamp(std::atoi(text), 0, 1024);
}

int default_threads() {
    const int demanded = demanded_threads();
    return demanded > 0 ? demanded : physical_core_count();
}

std::string machine_name() {
    std::ifstream file("/proc/cpuinfo");
    std::string model = "Unknown processor", sets;
    for (std::string line; std::getline(file, line) && !line.empty();) {  // up to the second processor
        const auto colon = line.find(": ");
        if (colon == std::string::npos) continue;
        if (line.starts_with("model name")) model = line.substr(colon + 2);
        if (line.starts_with("flags"))
            for (const char* set : {"avx2", "avx512f", "avx512_bf16", "amx_bf16"})
                if ((line + " ").find(" " + std::string(set) + " ") != std::string::npos)
                    sets += (sets.empty() ? " with " : " ") + std::string(set);
    }
    return model + sets + ", " + std::to_string(processor_count()) + " processors";
}

}  // namespace denoise
