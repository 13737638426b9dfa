# cmake --install --component libraries: the libraries, their headers and the CMake package wordbridge, for other projects
# (docs/installing.md). They are not in the Debian package.
get_property(names GLOBAL PROPERTY WB_LIBRARIES)
set(torch ${names})
list(FILTER names EXCLUDE REGEX "_torch$")
list(FILTER torch INCLUDE REGEX "_torch$")
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/wordbridge)

set_target_properties(wordbridge_flags PROPERTIES EXPORT_NAME flags)
list(TRANSFORM names PREPEND wordbridge_ OUTPUT_VARIABLE targets)
install(TARGETS wordbridge_flags ${targets} EXPORT wordbridge ARCHIVE COMPONENT libraries)
install(EXPORT wordbridge NAMESPACE wordbridge:: FILE wordbridge-libraries.cmake DESTINATION ${package} COMPONENT libraries)
if(WB_BUILD_TORCH)
  # A project that names only libraries without LibTorch does not need it.
  set_target_properties(wordbridge_torch PROPERTIES EXPORT_NAME torch)
  list(TRANSFORM torch PREPEND wordbridge_ OUTPUT_VARIABLE targets)
  install(TARGETS wordbridge_torch ${targets} EXPORT wordbridge_torch ARCHIVE COMPONENT libraries)
  install(EXPORT wordbridge_torch NAMESPACE wordbridge:: FILE wordbridge-torch-libraries.cmake DESTINATION ${package}
          COMPONENT libraries)
endif()

install(DIRECTORY core kernels data models eval train report DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wordbridge COMPONENT libraries
        FILES_MATCHING PATTERN "*.h" PATTERN "*.def")

include(CMakePackageConfigHelpers)
list(JOIN names ", " WB_LIBRARY_NAMES)
list(JOIN torch ", " WB_TORCH_LIBRARY_NAMES)
configure_package_config_file(cmake/wordbridge-config.cmake.in wordbridge-config.cmake INSTALL_DESTINATION ${package}
                              NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(wordbridge-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/wordbridge-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/wordbridge-config-version.cmake
        cmake/LibraryDependencies.cmake DESTINATION ${package} COMPONENT libraries)
