#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/log.h"
#include "data/corpus/open_corpus.h"

namespace wordbridge {

/// Options that read the file as tokens between white space, all of them for training.
inline DataOptions options_of(const std::string& path) {
  DataOptions options;
  options.source.paths = {path};
  options.tokenizer.type = TokenizerType::whitespace;
  options.vocabulary.min_count = 1;
  options.split = {SplitBy::fractions, 1, 0, 0};
  options.cache = "none";
  return options;
}

inline std::vector<std::string> words_of(const Corpus& corpus) {
  std::vector<std::string> words;
  for (std::int64_t i = 0; i < corpus.tokens(); ++i) {
    words.push_back(corpus.vocabulary().word(corpus.ids()[i]));
  }
  return words;
}

inline std::vector<std::int64_t> borders(const Corpus& corpus) {
  return {corpus.train().begin, corpus.train().end,  corpus.valid().begin,
          corpus.valid().end,   corpus.test().begin, corpus.test().end};
}

/// Log lines written during the lifetime of the object.
class LogLines {
 public:
  LogLines() {
    set_log_copy([this](const std::string& line) { text_ += line + "\n"; });
  }
  ~LogLines() { set_log_copy({}); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace wordbridge
