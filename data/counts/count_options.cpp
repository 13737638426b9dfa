#include "data/counts/count_options.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <type_traits>
#include <variant>

#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/process_memory.h"
#include "core/text.h"

namespace wordbridge {

const EnumNames<CountContext>& count_contexts() {
  static const EnumNames<CountContext> names = {{"window", CountContext::window},
                                                {"document", CountContext::document}};
  return names;
}

FieldGroup CountOptions::describe() {
  FieldGroup group{"counts", "co-occurrence counts of the training split (docs/counts.md)"};
  group
      .add(choice("context", &context,
                  "window: words around each occurrence; document: documents that contain the word",
                  count_contexts()))
      .add(Field{"window", &window, "context window: words on each side", between(1, 1000)})
      .add(choice("weighting", &weighting,
                  "weight of a word at distance d in a window of W words; flat: 1; harmonic: 1/d "
                  "(GloVe); dynamic: (W - d + 1)/W, the mean of windows of random size (word2vec)",
                  EnumNames<CountWeighting>{{"flat", CountWeighting::flat},
                                            {"harmonic", CountWeighting::harmonic},
                                            {"dynamic", CountWeighting::dynamic}}))
      .add(choice("sides", &sides,
                  "words that are contexts: on both sides, only on the left, only on the right; "
                  "apart: the same word on the left and on the right is two contexts",
                  EnumNames<CountSides>{{"both", CountSides::both},
                                        {"left", CountSides::left},
                                        {"right", CountSides::right},
                                        {"apart", CountSides::apart}}))
      .add(Field{"cross_documents", &cross_documents, "let windows cross document boundaries"})
      .add(Field{"sample", &sample,
                 "subsampling of frequent words: each occurrence of a word of relative frequency f "
                 "is kept with probability min(1, sqrt(sample / f) + sample / f), and windows are "
                 "of the words kept; 0: no subsampling",
                 between(0, 1)})
      .add(Field{"max_contexts", &max_contexts,
                 "with context: window, use only the first N words of the vocabulary as contexts; "
                 "0: all",
                 at_least(0)})
      .add(Field{"memory", &memory,
                 "memory of the process while it counts, such as 512MB or 2GB; with less, it uses "
                 "temporary files and takes longer; the counts are the same"})
      .add(Field{"cache", &cache,
                 "keep the counts in data.cache, for other models of the same text (12 bytes per "
                 "non-zero)"})
      .add(
          Field{"file", &file,
                "read the counts from this Matrix Market file (.mtx, .mtx.gz) instead of counting"})
      .add(
          Field{"vocabulary", &vocabulary,
                "file: the words of its rows, in order: a run, a saved vocabulary or word vectors; "
                "not needed for a file that `wordbridge counts` wrote for the same vocabulary"});
  return group;
}

nlohmann::ordered_json CountOptions::settings() const {
  CountOptions copy = *this;
  nlohmann::ordered_json settings;
  for (const Field& field : copy.describe().fields) {
    if (field.name == "memory" || field.name == "cache" || field.name == "file" ||
        field.name == "vocabulary")
      continue;
    std::visit(
        [&](const auto& value) {
          if constexpr (is_optional<std::decay_t<decltype(*value)>>)
            WB_ASSERT(false, "{}", field.name);
          else
            settings[field.name] = *value;
        },
        field.value);
  }
  return settings;
}

void CountOptions::validate(Problems& problems, const std::string& prefix,
                            const CountOptions& defaults) const {
  check_memory(problems, prefix + ".memory", memory);
  if (!file.empty()) {
    const auto refuse = [&](const std::string& name) {
      problems.add(fmt::format("{}.{}", prefix, name),
                   "has no effect with file, whose counts are "
                   "used as they are");
    };
    const auto given = settings(), usual = defaults.settings();
    for (const auto& [name, value] : given.items())
      if (value != usual.at(name)) refuse(name);
    if (memory != defaults.memory) refuse("memory");
    if (cache != defaults.cache) refuse("cache");
    return;
  }
  if (!vocabulary.empty()) problems.add(prefix + ".vocabulary", "only has an effect with file");
  if (context != CountContext::document) return;
  const auto unused = [&](const char* name) {
    problems.add(fmt::format("{}.{}", prefix, name), "only has an effect with context: window");
  };
  if (max_contexts > 0) unused("max_contexts");
  if (weighting != defaults.weighting) unused("weighting");
  if (sides != defaults.sides) unused("sides");
}

void CountOptions::validate_files(Problems& problems, const std::string& prefix) const {
  if (file.empty()) return;
  if (const auto problem = file_problem(file); !problem.empty())
    problems.add(prefix + ".file", problem);
  if (!vocabulary.empty() && !fs::exists(vocabulary))
    problems.add(prefix + ".vocabulary", fmt::format("no such file: '{}'", vocabulary));
}

}  // namespace wordbridge
