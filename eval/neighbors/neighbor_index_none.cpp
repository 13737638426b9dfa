#include "core/error.h"
#include "eval/neighbors/neighbor_index.h"

// Neighbour index for builds without WB_FAISS.

namespace wordbridge {

std::unique_ptr<NeighborIndex> make_neighbor_index(std::int64_t) {
  throw Error("approximate neighbours need FAISS, but this program was built without FAISS")
      .hint(
          "scripts/setup --faiss, then cmake -DWB_FAISS=ON and rebuild; the exact search does "
          "not need FAISS");
}

}  // namespace wordbridge
