# Checks that clang-format does not change any .h or .cpp file.
if(NOT CLANG_FORMAT)
  message("SKIPPED: clang-format is not installed")
  return()
endif()
# Versions break lines differently. The repository uses the format of this version.
execute_process(COMMAND ${CLANG_FORMAT} --version OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT version MATCHES "version 14\\.")
  message("SKIPPED: clang-format 14 is required, but this is ${version}")
  return()
endif()

file(GLOB_RECURSE files ${SOURCE_DIR}/app/*.h ${SOURCE_DIR}/app/*.cpp ${SOURCE_DIR}/engine/*.h
     ${SOURCE_DIR}/engine/*.cpp ${SOURCE_DIR}/net/*.h ${SOURCE_DIR}/net/*.cpp ${SOURCE_DIR}/ui/*.h ${SOURCE_DIR}/ui/*.cpp ${SOURCE_DIR}/tests/*.h
     ${SOURCE_DIR}/tests/*.cpp)
execute_process(COMMAND ${CLANG_FORMAT} --dry-run -Werror --style=file ${files}
                WORKING_DIRECTORY ${SOURCE_DIR} RESULT_VARIABLE result ERROR_VARIABLE errors)
if(NOT result EQUAL 0)
  string(REGEX MATCHALL "[^\n]+:[0-9]+:[0-9]+: error: [^\n]*" places "${errors}")
  list(TRANSFORM places REPLACE ":[0-9]+: error: .*" "")
  list(REMOVE_DUPLICATES places)
  list(JOIN places "\n  " places)
  message("These lines are not formatted:\n  ${places}")
  message(FATAL_ERROR "Run: clang-format -i FILE")
endif()
list(LENGTH files count)
message("${count} files are formatted")
