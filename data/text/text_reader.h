#pragma once

#include "core/config/fields.h"

namespace wordbridge {

/// How files become documents of text: see SourceOptions.
enum class TextReader { text, brown, ptb, wordnet, gcide, log_linear, exclusive_or };

const EnumNames<TextReader>& text_reader_names();
std::string name_of(TextReader reader);

}  // namespace wordbridge
