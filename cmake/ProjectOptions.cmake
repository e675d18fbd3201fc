# SPDX-License-Identifier: AGPL-3.0-or-later
# What every target of ours is compiled with. Sanitizers come from the presets (ANKISYNC_SANITIZE).
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(ANKISYNC_SANITIZE "" CACHE STRING "address,undefined or thread")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE cxx_std_20)
target_include_directories(project_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Werror=switch
  -Wno-missing-field-initializers)  # what a designated initializer leaves out has its default
option(ANKISYNC_FUZZ "build tests/fuzz with libFuzzer (clang)" OFF)
if(ANKISYNC_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(ANKISYNC_SANITIZE)
  add_compile_options(-fsanitize=${ANKISYNC_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ANKISYNC_SANITIZE})
endif()
