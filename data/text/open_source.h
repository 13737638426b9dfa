#pragma once

#include <memory>

#include "data/text/source_options.h"
#include "data/text/text_source.h"

namespace wordbridge {

/// Opens the text at `options.paths`, which are paths of files and folders. open_corpus_source()
/// (corpus_source.h) also finds fetched datasets and the default locations of readers. Error, with
/// a hint where possible, if there is no path or a path does not exist.
std::unique_ptr<TextSource> open_source(const SourceOptions& options);

}  // namespace wordbridge
