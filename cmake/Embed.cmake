# wordbridge_embed(LIBRARY NAME=FILE ...)
# Embeds the bytes of each file in a library. The generated header LIBRARY_embedded.h, which the sources of the library
# include, declares std::string_view wordbridge::embedded::NAME() for each file.
function(wordbridge_embed library)
  set(header "#pragma once\n\n#include <string_view>\n\nnamespace wordbridge::embedded {\n")
  set(source "#include \"${library}_embedded.h\"\n")
  set(files)
  foreach(item IN LISTS ARGN)
    string(REGEX MATCH "^([a-z0-9_]+)=(.+)$" matched "${item}")
    if(NOT matched)
      message(FATAL_ERROR "wordbridge_embed: expected NAME=FILE, got '${item}'")
    endif()
    set(name ${CMAKE_MATCH_1})
    get_filename_component(file "${CMAKE_MATCH_2}" ABSOLUTE)
    list(APPEND files ${file})
    string(APPEND header "std::string_view ${name}();\n")
    set(symbol wordbridge_${library}_${name})
    string(APPEND source "
asm(R\"(
  .pushsection .rodata
${symbol}_begin:
  .incbin \"${file}\"
${symbol}_end:
  .byte 0
  .popsection
)\");
extern \"C\" const char ${symbol}_begin[], ${symbol}_end[];
std::string_view wordbridge::embedded::${name}() {
  return {${symbol}_begin, static_cast<std::size_t>(${symbol}_end - ${symbol}_begin)};
}
")
  endforeach()
  string(APPEND header "}  // namespace wordbridge::embedded\n")
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  file(CONFIGURE OUTPUT ${folder}/${library}_embedded.h CONTENT "${header}" @ONLY)
  file(CONFIGURE OUTPUT ${folder}/${library}_embedded.cpp CONTENT "${source}" @ONLY)
  set_source_files_properties(${folder}/${library}_embedded.cpp PROPERTIES OBJECT_DEPENDS "${files}"
                              SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(wordbridge_${library} PRIVATE ${folder}/${library}_embedded.cpp)
  target_include_directories(wordbridge_${library} PRIVATE ${folder})
endfunction()
