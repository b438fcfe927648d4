# A few files without LibTorch's headers have none of the faults that .clang-tidy lists. The whole tree would take
# many minutes; CONTRIBUTING.md says how to check one's own files.
if(NOT CLANG_TIDY)
  message("SKIPPED: clang-tidy is not installed")
  return()
endif()
if(NOT EXISTS ${BUILD_DIR}/compile_commands.json)
  message("SKIPPED: ${BUILD_DIR} has no compile_commands.json; configure with a preset")
  return()
endif()

file(GLOB files ${SOURCE_DIR}/engine/base/*.cpp)
list(APPEND files ${SOURCE_DIR}/engine/diffusion/noise_schedule.cpp ${SOURCE_DIR}/engine/network/unet_config.cpp
     ${SOURCE_DIR}/engine/formats/safetensors.cpp)
execute_process(
  COMMAND ${CLANG_TIDY} -p ${BUILD_DIR} --quiet --extra-arg=-Wno-unknown-warning-option
          --extra-arg=-Wno-ignored-optimization-argument ${files}
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE errors)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${output}\n${errors}")
endif()
list(LENGTH files count)
message("${count} files have none of the faults")
