#include <faiss/IndexHNSW.h>
#include <omp.h>

#include <vector>

#include "eval/neighbors/neighbor_index.h"

// Neighbour index for builds with WB_FAISS.

namespace wordbridge {
namespace {

/// Restricts OpenMP to one thread. On several threads FAISS links rows in the order in which the
/// threads finish; on one thread the graph and the search results are always the same.
class OneOpenMpThread {
 public:
  OneOpenMpThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OneOpenMpThread() { omp_set_num_threads(before_); }
  OneOpenMpThread(const OneOpenMpThread&) = delete;
  OneOpenMpThread& operator=(const OneOpenMpThread&) = delete;

 private:
  int before_;
};

class FaissIndex : public NeighborIndex {
 public:
  explicit FaissIndex(std::int64_t dim)
      : index_(static_cast<int>(dim), kIndexLinks, faiss::METRIC_INNER_PRODUCT) {
    index_.hnsw.efConstruction = kIndexBuildCandidates;
    index_.hnsw.efSearch = kIndexQueryCandidates;
  }

  void add(const float* rows, std::int64_t count) override {
    const OneOpenMpThread one;
    index_.add(count, rows);
  }

  void search(const float* query, std::int64_t count, std::int64_t* rows) const override {
    const OneOpenMpThread one;
    std::vector<float> products(static_cast<std::size_t>(count));
    index_.search(1, query, count, products.data(), rows);
  }

 private:
  faiss::IndexHNSWFlat index_;
};

}  // namespace

std::unique_ptr<NeighborIndex> make_neighbor_index(std::int64_t dim) {
  return std::make_unique<FaissIndex>(dim);
}

}  // namespace wordbridge
