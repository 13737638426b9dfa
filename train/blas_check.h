#pragma once

#include <string>

namespace wordbridge {

/// The BLAS loaded by this process, in one line: the library's own description and its file, as in
/// "OpenBLAS 0.3.21 ... USE_OPENMP Haswell MAX_THREADS=64 (/usr/lib/.../libopenblasp-r0.3.21.so)".
/// Returns "none loaded" if there is none, or if a BLAS is built into LibTorch (MKL in the zip and
/// the wheel).
std::string loaded_blas();

/// Explains why LibTorch is slow with the loaded BLAS, and how to fix it; empty if there is no
/// known problem.
std::string loaded_blas_warning();

}  // namespace wordbridge
