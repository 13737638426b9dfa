// A library that loaded_library_test takes for an OpenBLAS: what it says of itself and no more.
extern "C" {
const char* openblas_get_config() { return "OpenBLAS 9.8.7 SAMPLE "; }
int openblas_get_parallel() { return SAMPLE_PARALLEL; }
}
