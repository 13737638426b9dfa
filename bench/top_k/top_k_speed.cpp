// Times top_k_products(), row_products() and, if libopenblas.so.0 is found, OpenBLAS's sgemm for
// the same sizes. Prints a Markdown table.
#include <dlfcn.h>
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "core/rng.h"
#include "core/threads.h"
#include "kernels/search/products.h"
#include "kernels/search/top_k.h"

using namespace wordbridge;

namespace {

using Sgemm = void (*)(int order, int transpose_a, int transpose_b, int m, int n, int k,
                       float alpha, const float* a, int lda, const float* b, int ldb, float beta,
                       float* c, int ldc);

constexpr int kRowMajor = 101, kPlain = 111, kTransposed = 112;
constexpr std::int64_t kBlock = 1024;  // rows per sgemm call

std::vector<float> normal_rows(std::int64_t count, std::int64_t dim, const char* stream) {
  Rng rng(1, stream);
  std::vector<float> rows(static_cast<std::size_t>(count * dim));
  for (float& value : rows) value = static_cast<float>(rng.normal());
  return rows;
}

/// Returns "minimum / median" of the GFLOP per CPU second over the repetitions, after one warm-up.
/// CPU time is summed over all threads, so the rate is per core and other programs affect it
/// little.
std::string rates(double flop, int repetitions, const std::function<void()>& work) {
  work();
  std::vector<double> found;
  for (int i = 0; i < repetitions; ++i) {
    const std::clock_t start = std::clock();
    work();
    found.push_back(flop * 1e-9 * CLOCKS_PER_SEC / static_cast<double>(std::clock() - start));
  }
  std::sort(found.begin(), found.end());
  return fmt::format("{:.0f} / {:.0f}", found.front(), found[found.size() / 2]);
}

void compare(std::int64_t query_count, std::int64_t row_count, std::int64_t dim, std::int64_t k,
             int repetitions, Sgemm sgemm) {
  const auto queries = normal_rows(query_count, dim, "queries");
  const auto rows = normal_rows(row_count, dim, "rows");
  const std::vector<float> scales(static_cast<std::size_t>(row_count), 1.0f);
  const auto flop = [&](std::int64_t count) {
    return 2.0 * static_cast<double>(count) * static_cast<double>(row_count * dim);
  };
  std::vector<std::int64_t> indices(static_cast<std::size_t>(query_count * k));
  std::vector<float> scores(indices.size());
  const std::string top_k = rates(flop(query_count), repetitions, [&] {
    top_k_products(queries.data(), query_count, rows.data(), row_count, dim, {scales.data()}, k,
                   indices.data(), scores.data());
  });
  const std::int64_t count = std::min(query_count, kBlock), columns = std::min(row_count, kBlock);
  std::vector<float> out(static_cast<std::size_t>(count * columns));
  const auto in_blocks = [&](const std::function<void(std::int64_t, std::int64_t)>& product) {
    return rates(flop(count), repetitions, [&] {
      for (std::int64_t row = 0; row < row_count; row += columns)
        product(row, std::min(columns, row_count - row));
    });
  };
  const std::string products = in_blocks([&](std::int64_t row, std::int64_t size) {
    row_products(queries.data(), count, rows.data() + row * dim, size, dim, out.data());
  });
  const std::string blas = !sgemm ? "-" : in_blocks([&](std::int64_t row, std::int64_t size) {
    sgemm(kRowMajor, kPlain, kTransposed, static_cast<int>(count), static_cast<int>(size),
          static_cast<int>(dim), 1, queries.data(), static_cast<int>(dim), rows.data() + row * dim,
          static_cast<int>(dim), 0, out.data(), static_cast<int>(size));
  });
  fmt::print("| {} | {} | {} | {} | {} | {} | {} |\n", query_count, row_count, dim, k, top_k,
             products, blas);
}

}  // namespace

int main(int argc, char** argv) {
  int threads = 1, repetitions = 5;
  CLI::App app("Times exact nearest-neighbour search and matrix products.");
  app.add_option("--threads", threads, "threads of top_k_products; the others use one");
  app.add_option("--repetitions", repetitions);
  CLI11_PARSE(app, argc, argv);
  set_threads(threads);
  void* const library = dlopen("libopenblas.so.0", RTLD_NOW);
  const auto sgemm = library ? reinterpret_cast<Sgemm>(dlsym(library, "cblas_sgemm")) : nullptr;
  if (library)
    if (const auto set =
            reinterpret_cast<void (*)(int)>(dlsym(library, "openblas_set_num_threads")))
      set(1);
  fmt::print(
      "| queries | rows | dim | k | top_k_products, {} thread(s) | row_products | sgemm |\n"
      "|---:|---:|---:|---:|---:|---:|---:|\n",
      threads);
  compare(4096, 16384, 300, 10, repetitions, sgemm);
  compare(4096, 16384, 100, 10, repetitions, sgemm);
  compare(1024, 16384, 1024, 10, repetitions, sgemm);
  compare(1, 200000, 300, 10, repetitions, sgemm);
}
