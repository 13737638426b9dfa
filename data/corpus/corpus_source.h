#pragma once

#include <memory>

#include "data/text/source_options.h"
#include "data/text/text_source.h"

namespace wordbridge {

/// Opens the text described by `options`. "dataset:NAME" is a fetched dataset
/// (catalogue/dataset.h). If `paths` is empty, the readers brown, ptb, wordnet and gcide search
/// their usual place (where a Debian package installs it), then the fetched dataset of that name,
/// then the folder $WORDBRIDGE_MIRROR (brown/brown.zip, ptb/ptb.zip, wordnet-3.0/, gcide/). Error,
/// with a hint where possible, if a path does not exist.
std::unique_ptr<TextSource> open_corpus_source(SourceOptions options);

}  // namespace wordbridge
