#include "data/corpus/id_stream.h"

namespace wordbridge {

IdStream training_stream(const Corpus& corpus) {
  const Span train = corpus.train();
  IdStream stream;
  stream.ids = corpus.ids() + train.begin;
  stream.tokens = train.size();
  stream.types = corpus.vocabulary().size();
  stream.file = corpus.cache_file();
  for (const std::int64_t start : corpus.documents()) {
    if (start > train.begin && start < train.end) stream.documents.push_back(start - train.begin);
  }
  return stream;
}

}  // namespace wordbridge
