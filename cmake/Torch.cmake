# Defines the target denoise_torch: LibTorch with its headers as system headers, and with no OpenMP runtime except its
# own.
find_package(Torch 2.4 REQUIRED)
add_library(denoise_torch INTERFACE)
target_link_libraries(denoise_torch INTERFACE ${TORCH_LIBRARIES})
target_include_directories(denoise_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
separate_arguments(denoise_torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
target_compile_options(denoise_torch INTERFACE ${denoise_torch_flags})
