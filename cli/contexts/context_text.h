#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/corpus/corpus.h"
#include "models/language_model/language_model.h"
#include "train/runs/model_text.h"

namespace wordbridge {

/// A language model that reads sequences, and the text in which its words are looked at.
struct ContextText {
  std::shared_ptr<const LanguageModel> model;
  Corpus corpus;
  ModelText file;
  const std::int32_t* ids = nullptr;  // of one of the two
  Span span;
  std::string name;                      // "training split", "letter.txt"
  std::string sentences;                 // what the boundary symbols end: "lines"; empty: nothing
  std::vector<std::int32_t> boundaries;  // the boundary symbols
  std::vector<std::int32_t> symbols;     // these and the unknown symbol

  const ContextualModel& contextual() const { return *model->contextual(); }
};

/// Opens a run's model and a file or, if `file` is empty, a split of the run's corpus. Error if the
/// model does not read sequences or if there are no tokens. `overrides`: key.path=value.
ContextText open_context_text(const std::string& run, const std::string& file,
                              const std::string& split, const std::vector<std::string>& overrides);

}  // namespace wordbridge
