#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/corpus/corpus_options.h"
#include "models/language_model/language_model.h"
#include "train/runs/run_experiment.h"

namespace wordbridge {

/// Loads a trained language model from a run folder, the model.wb of a run, or an ARPA file (plain
/// or compressed). Error if the path does not exist, the run is incomplete, or the model is not a
/// language model.
std::shared_ptr<const LanguageModel> load_language_model(const std::string& path,
                                                         const RunHooks& hooks);
/// Whether loading the model requires LibTorch: it is trained by gradients, or a mixture with such
/// a component.
bool needs_torch(const std::string& path);

/// Whether each word of the vocabulary occurs in the training split [V]; empty if unknown, as for
/// an ARPA file.
std::optional<std::vector<std::uint8_t>> words_of_training(const std::string& path);

/// Options for reading text with a model: those of the data section of its run or, without a run
/// (an ARPA file), white-space tokenisation with the model's sentence symbol after each line. The
/// tokenizer of the Brown corpus, which expects tags, is replaced by whitespace. `overrides`:
/// key.path=value, in the data section.
DataOptions text_options(const std::string& path, const LanguageModel& model,
                         const std::vector<std::string>& files,
                         const std::vector<std::string>& overrides);

/// Tokens of the text as ids of a vocabulary. Error if the text has no tokens, or for an
/// out-of-vocabulary word if the vocabulary has no unknown symbol.
std::vector<std::int32_t> read_ids(const DataOptions& options, const Vocabulary& vocabulary);
/// The same for text in memory. It may have no tokens, and no boundary symbols are added.
std::vector<std::int32_t> ids_of(const std::string& text, const DataOptions& options,
                                 const Vocabulary& vocabulary);

}  // namespace wordbridge
