# cmake --install: the programs, their manual page, completions for shells, the Python package, the libraries. cpack: all but
# the libraries as a Debian package.
include(GNUInstallDirs)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # the tests are not installed
set(shells ${CMAKE_CURRENT_BINARY_DIR}/shells)
set(page ${shells}/wordbridge.1)
add_custom_command(OUTPUT ${page} ${page}.gz ${shells}/wordbridge ${shells}/_wordbridge ${shells}/wordbridge.fish
  DEPENDS wordbridge
  COMMAND ${CMAKE_COMMAND} -E make_directory ${shells}
  COMMAND wordbridge manual > ${page}
  COMMAND gzip -9nkf ${page} ${shells}/changelog
  COMMAND printf ".so man1/wordbridge.1\\n" > ${shells}/wordbridge-tensor.1
  COMMAND gzip -9nf ${shells}/wordbridge-tensor.1
  COMMAND wordbridge completions bash > ${shells}/wordbridge
  COMMAND wordbridge completions zsh > ${shells}/_wordbridge
  COMMAND wordbridge completions fish > ${shells}/wordbridge.fish
  VERBATIM)
add_custom_target(wordbridge_shells ALL DEPENDS ${page}.gz)

install(TARGETS wordbridge)
if(WB_BUILD_TORCH)
  install(TARGETS wordbridge-tensor)
endif()
install(FILES ${page}.gz ${shells}/wordbridge-tensor.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${shells}/wordbridge DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${shells}/_wordbridge DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${shells}/wordbridge.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES README.md CHANGELOG.md NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${shells}/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY experiments/quickstart DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(FILES examples/embeddings.py DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
if(WB_PYTHON)
  set(WB_PYTHON_FOLDER lib/python3/dist-packages CACHE STRING "Where the Python package is installed, below the prefix")
  install(DIRECTORY python/wordbridge DESTINATION ${WB_PYTHON_FOLDER} FILES_MATCHING PATTERN "*.py" PATTERN "*.pyi" PATTERN py.typed)
  install(TARGETS wordbridge_python_core LIBRARY DESTINATION ${WB_PYTHON_FOLDER}/wordbridge)
  if(WB_BUILD_TORCH)
    install(TARGETS wordbridge_python_tensor LIBRARY DESTINATION ${WB_PYTHON_FOLDER}/wordbridge)
  endif()
endif()


include(InstallLibraries)

# A Debian package, for the release on which it is built.
execute_process(COMMAND git log -1 "--format=%an <%ae>" WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                OUTPUT_VARIABLE committer OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
execute_process(COMMAND git log -1 --format=%aD WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
set(WB_MAINTAINER "${committer}" CACHE STRING "Who is named as maintainer of the Debian package")
file(CONFIGURE OUTPUT ${shells}/changelog CONTENT "wordbridge (${PROJECT_VERSION}) unstable; urgency=medium

  * See /usr/share/doc/wordbridge/CHANGELOG.md.

 -- ${WB_MAINTAINER}  ${date}
")
file(CONFIGURE OUTPUT ${shells}/copyright CONTENT "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: wordbridge

Files: *
Copyright: 2026 The wordbridge authors
License: Apache-2.0
 On Debian systems, the full text of this license is in /usr/share/common-licenses/Apache-2.0.
 The file NOTICE names the software and data that are part of the program.
")
file(CONFIGURE OUTPUT ${shells}/overrides CONTENT "# The OpenMP variant of OpenBLAS shares LibTorch's threads; the system's choice may compete with them for the cores.
wordbridge: custom-library-search-path RPATH /usr/lib/*/openblas-openmp *
# That of the last commit, or -DWB_MAINTAINER.
wordbridge: bogus-mail-host Maintainer *
")
install(FILES ${shells}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${shells}/overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME wordbridge)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${WB_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libopenblas0-openmp, wordnet-base")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "word embeddings and language models
 The program trains word embeddings and language models (neural networks,
 n-grams, counts), evaluates them and writes reports. The Python package of
 the same name uses them as NumPy arrays.")
if(WB_PYTHON)
  math(EXPR next "${Python3_VERSION_MINOR} + 1")
  set(CPACK_DEBIAN_PACKAGE_DEPENDS
    "python3 (>= ${Python3_VERSION_MAJOR}.${Python3_VERSION_MINOR}), python3 (<< ${Python3_VERSION_MAJOR}.${next}), python3-numpy")
endif()
# Without the libraries.
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR};${PROJECT_NAME};Unspecified;/")
include(CPack)
