#include "core/error.h"
#include "eval/neighbors/neighbor_index.h"

// The index where WB_FAISS is off.

namespace wordbridge {

std::unique_ptr<NeighborIndex> make_neighbor_index(std::int64_t) {
  throw Error("this program was built without FAISS, which approximate neighbours need")
      .hint(
          "scripts/setup --faiss, then cmake -DWB_FAISS=ON and build again; the exact search "
          "needs nothing");
}

}  // namespace wordbridge
