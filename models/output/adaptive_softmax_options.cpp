#include "models/output/adaptive_softmax_options.h"

#include <algorithm>
#include <functional>

namespace wordbridge {

FieldGroup AdaptiveSoftmaxOptions::describe() {
  FieldGroup group{"adaptive",
                   "adaptive softmax over frequent words and clusters of rarer words (exact)"};
  group
      .add(Field{"cutoffs", &cutoffs,
                 "frequency ranks at which the clusters begin, ascending; []: 0.1 V and 0.4 V",
                 at_least(1)})
      .add(
          Field{"factor", &factor,
                "factor by which the dimension decreases from one cluster to the next (default: 4; "
                "with weight tying 1)",
                at_least(1)});
  return group;
}

void AdaptiveSoftmaxOptions::validate(Problems& problems, const std::string& prefix) const {
  if (std::adjacent_find(cutoffs.begin(), cutoffs.end(), std::greater_equal<>()) != cutoffs.end())
    problems.add(prefix + ".cutoffs", "must be strictly ascending");
}

}  // namespace wordbridge
