#pragma once

#include <string>

namespace wordbridge {

/// The BLAS that this process has loaded, in one line: its own words about itself and its file,
/// "OpenBLAS 0.3.21 ... USE_OPENMP Haswell MAX_THREADS=64 (/usr/lib/.../libopenblasp-r0.3.21.so)".
/// "none loaded" also where a BLAS is built into LibTorch (MKL in the zip and the wheel).
std::string loaded_blas();

/// Why LibTorch is slow with the BLAS that is loaded, and what helps; empty if nothing speaks
/// against it.
std::string loaded_blas_warning();

}  // namespace wordbridge
