#include "models/cache/cache_options.h"

#include <memory>

#include "models/ngram/backoff_table.h"

namespace wordbridge {

FieldGroup CacheOptions::describe() {
  FieldGroup group{"cache",
                   "words that came lately come again (Kuhn and De Mori 1990): frequencies within "
                   "the last words, a component for mixtures"};
  group
      .add(Field{"order", &order,
                 "1: frequencies of the words; 2 and more: of what followed the same order-1 words",
                 between(1, kMaxNgramOrder)})
      .add(Field{"window", &window, "how many words back", between(1, 1000000)})
      .add(Field{"decay", &decay,
                 "a word i places back weighs decay^(i-1); 1: all weigh the same (Clarkson and "
                 "Robinson 1997 have a decaying one)",
                 Range{0, 1, true, false}})
      .add(Field{"prior", &prior,
                 "weight of the next lower order (of the training split's unigrams in the lowest), "
                 "in words",
                 more_than(0)});
  return group;
}

std::unique_ptr<ModelOptions> make_cache_options() { return std::make_unique<CacheOptions>(); }

}  // namespace wordbridge
