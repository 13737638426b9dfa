#include "models/cache/cache_options.h"

#include <memory>

#include "models/ngram/backoff_table.h"

namespace wordbridge {

FieldGroup CacheOptions::describe() {
  FieldGroup group{"cache",
                   "Cache language model (Kuhn and De Mori 1990): relative frequencies of the most "
                   "recent words, as a component of mixtures"};
  group
      .add(Field{"order", &order,
                 "n-gram order of the cache; 1: frequencies of the words; 2 and more: frequencies "
                 "of the words that followed the same order-1 words",
                 between(1, kMaxNgramOrder)})
      .add(Field{"window", &window, "number of recent words in the cache", between(1, 1000000)})
      .add(Field{"decay", &decay,
                 "a word i positions back has weight decay^(i-1); 1: equal weights (Clarkson and "
                 "Robinson 1997 use a decaying cache)",
                 Range{0, 1, true, false}})
      .add(Field{"prior", &prior,
                 "weight of the next lower order (for order 1, of the unigrams of the training "
                 "split), in words",
                 more_than(0)});
  return group;
}

std::unique_ptr<ModelOptions> make_cache_options() { return std::make_unique<CacheOptions>(); }

}  // namespace wordbridge
