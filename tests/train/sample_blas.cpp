// A library that imitates OpenBLAS for blas_check_test: only the functions that describe it.
extern "C" {
const char* openblas_get_config() { return "OpenBLAS 9.8.7 SAMPLE "; }
int openblas_get_parallel() { return SAMPLE_PARALLEL; }
}
