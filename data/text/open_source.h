#pragma once

#include <memory>

#include "data/text/source_options.h"
#include "data/text/text_source.h"

namespace wordbridge {

/// Opens the text at `options.paths`, which are paths of files and folders; corpus_source.h also
/// finds fetched datasets and the readers' usual places. Error if there is no path, or if a path
/// does not exist, with what is known to fix it.
std::unique_ptr<TextSource> open_source(const SourceOptions& options);

}  // namespace wordbridge
