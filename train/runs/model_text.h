#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/corpus/corpus.h"
#include "data/corpus/corpus_options.h"
#include "data/text/text_source.h"
#include "data/text/unmarked_text.h"
#include "models/language_model/language_model.h"

namespace wordbridge {

/// Options for reading text with a model: those of the data section of its run or, without a run
/// (an ARPA file), tokens between ASCII white space with the model's sentence symbol after each
/// line. The tokenizer of the Brown corpus, which expects tags, is replaced by whitespace.
/// `overrides`: key.path=value, in the data section.
DataOptions text_options(const std::string& path, const LanguageModel& model,
                         const std::vector<std::string>& files,
                         const std::vector<std::string>& overrides);

/// The marks of sentences that a text for the model may already have: the boundary symbols of the
/// options, and <s> and </s> unless they are words of the model.
SentenceMarks sentence_marks(const LanguageModel& model, const DataOptions& options);

/// A text as ids of a model's vocabulary. Marks of sentences at the ends of its lines are not part
/// of it, apart from the boundary symbols that the options add.
struct ModelText {
  std::vector<std::int32_t> ids;
  /// Words outside of the vocabulary of a model without unknown symbol, in their order.
  std::vector<std::string> unknown;
  /// Whether each of these has the id -1. Otherwise the ids leave them out, as the training of a
  /// run without unknown symbol does.
  bool unknown_in_ids = false;
  MarkCounts marks;
};

/// Reads the corpus of the model's run again. Error if its vocabulary is not that of the model.
Corpus open_model_corpus(const std::string& path, const LanguageModel& model,
                         const std::vector<std::string>& overrides);

/// Reads a text for the model at `path`. Error if the text has no tokens or none that the model
/// knows, and those of UnmarkedText.
ModelText read_model_text(const std::string& path, const LanguageModel& model,
                          const DataOptions& options);
/// The same for another source than the files of the options.
ModelText read_model_text(const std::string& path, const LanguageModel& model,
                          const DataOptions& options, std::unique_ptr<TextSource> source);
/// Ids of text in memory. It may have no tokens, and no boundary symbols are added; a mark of a
/// sentence's end is the boundary symbol, and one of its start is dropped. Error for an
/// out-of-vocabulary word if the vocabulary has no unknown symbol.
std::vector<std::int32_t> ids_of(std::string_view text, const LanguageModel& model,
                                 const DataOptions& options);

}  // namespace wordbridge
