# Defines the target denoise_torch: LibTorch with its headers as system headers, on LLVM's OpenMP runtime. LibTorch was
# built for GNU's, whose functions LLVM's also has. The program loads LLVM's first, so that LibTorch uses it: only there
# can the time that threads wait actively be set while the program runs (engine/scheduler/openmp_waiting.h).
find_package(Torch 2.4 REQUIRED)
file(GLOB llvm_folders /usr/lib/llvm-*/lib)
find_library(OPENMP_RUNTIME NAMES libomp.so.5 omp PATHS ${llvm_folders} REQUIRED)
add_library(denoise_torch INTERFACE)
target_link_libraries(denoise_torch INTERFACE ${OPENMP_RUNTIME} ${TORCH_LIBRARIES})
# glibc's allocator splits and merges the memory of tensors all the time. tcmalloc keeps freed memory by size, which
# makes training up to a fourth faster. The sanitizers have an allocator of their own.
if(NOT DENOISE_LAB_SANITIZE)
  find_library(TCMALLOC_LIBRARY NAMES libtcmalloc_minimal.so.4 tcmalloc_minimal REQUIRED)
  target_link_libraries(denoise_torch INTERFACE -Wl,--push-state,--no-as-needed ${TCMALLOC_LIBRARY} -Wl,--pop-state)
endif()
target_include_directories(denoise_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
separate_arguments(denoise_torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
target_compile_options(denoise_torch INTERFACE ${denoise_torch_flags})
