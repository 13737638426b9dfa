#include "data/text/text_reader.h"

namespace wordbridge {

const EnumNames<TextReader>& text_reader_names() {
  static const EnumNames<TextReader> names = {
      {"text", TextReader::text},       {"brown", TextReader::brown},
      {"ptb", TextReader::ptb},         {"wordnet", TextReader::wordnet},
      {"gcide", TextReader::gcide},     {"log-linear", TextReader::log_linear},
      {"xor", TextReader::exclusive_or}};
  return names;
}

std::string name_of(TextReader reader) { return name_of(text_reader_names(), reader); }

}  // namespace wordbridge
