#pragma once

#include "core/config/fields.h"

namespace wordbridge {

/// Readers, which turn files into documents: see SourceOptions.
enum class TextReader { text, brown, ptb, wordnet, gcide, log_linear, exclusive_or };

const EnumNames<TextReader>& text_reader_names();
std::string name_of(TextReader reader);

}  // namespace wordbridge
