#include "models/ngram/arpa.h"

#include "fuzz/fuzz_target.h"
#include "fuzz/memory_file.h"

/// Reads a language model and queries it: the probability of each word after each other one, and
/// that of a word that it does not have.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  return fuzz_reader([&] {
    const MemoryFile file(view_of(data, size));
    const auto model = read_arpa(file.path());
    const auto types = static_cast<std::int32_t>(model->vocabulary().size());
    for (std::int32_t word = -1; word < types && word < 20; ++word) {
      for (std::int32_t before = -1; before < types && before < 20; ++before) {
        const std::int32_t ids[] = {word, before, word, before, word};
        double log_probs[5];
        model->log_probs(ids, {0, 5}, log_probs);
        for (const double log_prob : log_probs) WB_ASSERT(std::isfinite(log_prob));
      }
    }
  });
}
