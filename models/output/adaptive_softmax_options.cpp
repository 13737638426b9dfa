#include "models/output/adaptive_softmax_options.h"

#include <algorithm>
#include <functional>

namespace wordbridge {

FieldGroup AdaptiveSoftmaxOptions::describe() {
  FieldGroup group{"adaptive", "a softmax over frequent words and clusters of rarer ones, exact"};
  group
      .add(Field{"cutoffs", &cutoffs,
                 "ranks by frequency at which clusters begin, ascending; []: a tenth and four "
                 "tenths of the vocabulary",
                 at_least(1)})
      .add(Field{"factor", &factor,
                 "by which the rows of each cluster are narrower than those before", at_least(1)});
  return group;
}

void AdaptiveSoftmaxOptions::validate(Problems& problems, const std::string& prefix) const {
  if (std::adjacent_find(cutoffs.begin(), cutoffs.end(), std::greater_equal<>()) != cutoffs.end())
    problems.add(prefix + ".cutoffs", "each must be larger than the one before");
}

}  // namespace wordbridge
