#pragma once

#include <memory>

#include "data/text/source_options.h"
#include "data/text/text_source.h"

namespace wordbridge {

/// Opens the text of `options`, wherever it is. "dataset:NAME" is a fetched dataset
/// (catalogue/dataset.h). Where `paths` is empty, the readers brown, ptb, wordnet and gcide look at
/// their usual place (a Debian package's), then for the fetched dataset of their name, then in the
/// folder $WORDBRIDGE_MIRROR (brown/brown.zip, ptb/ptb.zip, wordnet-3.0/, gcide/). Error if a path
/// does not exist, with what is known to fix it.
std::unique_ptr<TextSource> open_corpus_source(SourceOptions options);

}  // namespace wordbridge
