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

/// A trained language model by its path: a run's folder, a run's model.wb, or an ARPA file (plain
/// or packed). Error if there is none, if the run is not complete, or if it is no language model.
std::shared_ptr<const LanguageModel> load_language_model(const std::string& path,
                                                         const RunHooks& hooks);
/// Whether loading it takes LibTorch: it is trained by gradients, or a mixture with such a
/// component.
bool needs_torch(const std::string& path);

/// Which words of the vocabulary occur in the training split [V]; nothing where that is not
/// known, as of an ARPA file.
std::optional<std::vector<std::uint8_t>> words_of_training(const std::string& path);

/// How a text is read for a model: as its run's data section says, or, where it has none (an ARPA
/// file), words between white space and the model's sentence mark after each line. The Brown
/// corpus's tokenizer, which wants tags, becomes white space. `overrides`: key.path=value, of the
/// data section.
DataOptions text_options(const std::string& path, const LanguageModel& model,
                         const std::vector<std::string>& files,
                         const std::vector<std::string>& overrides);

/// The text's tokens as ids of a vocabulary. Error if there are none, or for an unknown word where
/// the vocabulary has no symbol for such.
std::vector<std::int32_t> read_ids(const DataOptions& options, const Vocabulary& vocabulary);
/// Likewise, of a text that is no file; it may have no tokens, and gets no boundary symbols.
std::vector<std::int32_t> ids_of(const std::string& text, const DataOptions& options,
                                 const Vocabulary& vocabulary);

}  // namespace wordbridge
