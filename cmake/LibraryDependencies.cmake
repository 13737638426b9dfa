# What the libraries without LibTorch are linked with, also by a project that uses the installed ones.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)             # libfmt-dev
find_package(yaml-cpp REQUIRED)        # libyaml-cpp-dev
find_package(nlohmann_json REQUIRED)   # nlohmann-json3-dev
find_package(OpenSSL REQUIRED)         # libssl-dev
find_package(LibArchive REQUIRED)      # libarchive-dev
find_package(SQLite3 REQUIRED)         # libsqlite3-dev
find_package(ZLIB REQUIRED)            # zlib1g-dev
find_package(CURL 7.85 REQUIRED)       # libcurl4-openssl-dev
find_package(ICU REQUIRED COMPONENTS uc)  # libicu-dev
find_package(Eigen3 REQUIRED)          # libeigen3-dev
find_package(PkgConfig REQUIRED)
pkg_check_modules(hwy REQUIRED IMPORTED_TARGET libhwy)  # libhwy-dev
