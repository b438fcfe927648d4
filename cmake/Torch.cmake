# Defines the target denoise_torch: LibTorch with its headers as system headers, on LLVM's OpenMP runtime. LibTorch was
# built for GNU's, whose functions LLVM's also has. The program loads LLVM's first, so that LibTorch uses it: only there
# can the time that threads wait actively be set while the program runs (engine/network/openmp_waiting.h).
#
# The package of LibTorch's CUDA build demands the compiler of CUDA, which this program does not need: everything that is
# computed on graphics cards is in LibTorch's libraries. So the paths of that build are set here.
set(torch_root "")
foreach(candidate ${Torch_DIR}/../../.. ${CMAKE_PREFIX_PATH})
  if(NOT torch_root AND EXISTS ${candidate}/share/cmake/Torch/TorchConfig.cmake)
    get_filename_component(torch_root ${candidate} ABSOLUTE)
  endif()
endforeach()
if(torch_root AND EXISTS ${torch_root}/lib/libtorch_cuda.so)
  set(Torch_DIR ${torch_root}/share/cmake/Torch CACHE PATH "The CMake package of LibTorch")
  set(TORCH_INCLUDE_DIRS ${torch_root}/include ${torch_root}/include/torch/csrc/api/include)
  set(TORCH_CXX_FLAGS -D_GLIBCXX_USE_CXX11_ABI=1)
  # The linker would drop the libraries of which it sees no use. Theirs are found where they are when the program runs.
  set(TORCH_LIBRARIES -Wl,--push-state,--no-as-needed,--allow-shlib-undefined)
  foreach(library torch torch_cuda torch_cpu c10_cuda c10)
    list(APPEND TORCH_LIBRARIES ${torch_root}/lib/lib${library}.so)
  endforeach()
  list(APPEND TORCH_LIBRARIES -Wl,--pop-state)
  set(TORCH_LIBRARY ${torch_root}/lib/libtorch.so)
  message(STATUS "LibTorch with CUDA: ${torch_root}")
else()
  find_package(Torch 2.4 REQUIRED)
endif()
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
