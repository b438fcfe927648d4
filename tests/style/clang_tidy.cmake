# Runs the checks of .clang-tidy on a few files without LibTorch's headers. The whole tree would take many minutes;
# CONTRIBUTING.md explains how to check a single file.
if(NOT CLANG_TIDY)
  message("SKIPPED: clang-tidy is not installed")
  return()
endif()
if(NOT EXISTS ${BUILD_DIR}/compile_commands.json)
  message("SKIPPED: ${BUILD_DIR} has no compile_commands.json; configure with a preset")
  return()
endif()

file(GLOB files ${SOURCE_DIR}/engine/base/*.cpp)
list(APPEND files ${SOURCE_DIR}/engine/schedule/noise_schedule.cpp ${SOURCE_DIR}/engine/network/description/unet_config.cpp
     ${SOURCE_DIR}/engine/formats/safetensors.cpp)
execute_process(
  COMMAND ${CLANG_TIDY} -p ${BUILD_DIR} --quiet --extra-arg=-Wno-unknown-warning-option
          --extra-arg=-Wno-ignored-optimization-argument ${files}
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE errors)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${output}\n${errors}")
endif()
list(LENGTH files count)
message("no findings in ${count} files")
