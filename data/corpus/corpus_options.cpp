#include "data/corpus/corpus_options.h"

#include <cmath>

#include "core/error.h"

namespace wordbridge {

const EnumNames<SplitBy>& split_by_names() {
  static const EnumNames<SplitBy> names = {
      {"tokens", SplitBy::tokens}, {"fractions", SplitBy::fractions}, {"files", SplitBy::files}};
  return names;
}

FieldGroup SplitOptions::describe() {
  FieldGroup group{"split", "training, validation and test splits, consecutive in corpus order"};
  group
      .add(choice("by", &by,
                  "unit of the split sizes: tokens, fractions of the corpus, or files (reader ptb, "
                  "or reader text with valid_path and test_path; the sizes are ignored)",
                  split_by_names()))
      .add({"train", &train,
            "size of the training split; -1: the remaining tokens; default with pca and word2vec: "
            "-1, the whole text",
            at_least(-1)})
      .add({"valid", &valid,
            "size of the validation split; -1: the remaining tokens; default with pca and "
            "word2vec: 0",
            at_least(-1)})
      .add({"test", &test,
            "size of the test split; -1: the remaining tokens; default with pca and word2vec: 0",
            at_least(-1)});
  return group;
}

void SplitOptions::validate(Problems& problems, const std::string& prefix) const {
  if (by == SplitBy::files) return;
  double sum = 0;
  int rests = 0;
  for (const auto& [name, size] :
       {std::pair("train", train), std::pair("valid", valid), std::pair("test", test)}) {
    const std::string key = fmt::format("{}.{}", prefix, name);
    if (size == -1) {
      ++rests;
    } else if (by == SplitBy::tokens && (size < 0 || size != std::floor(size))) {
      problems.add(key, fmt::format("expected a whole number of tokens or -1, got {}", size));
    } else if (by == SplitBy::fractions && (size < 0 || size > 1)) {
      problems.add(key, fmt::format("expected a fraction from 0 to 1 or -1, got {}", size));
    } else {
      sum += size;
    }
  }
  if (rests > 1) problems.add(prefix, "only one split can be -1 (the remaining tokens)");
  if (by == SplitBy::fractions && sum > 1 + 1e-9) {
    problems.add(prefix, fmt::format("the fractions sum to {:g}, which is more than 1", sum));
  }
}

void DataOptions::use_whole_text() {
  split.train = -1;
  split.valid = split.test = 0;
  vocabulary.unknown.clear();
}

FieldGroup DataOptions::describe() {
  FieldGroup group = source.describe();
  group.name = "data";
  group.help = "training corpus and its encoding";
  group
      .add({"start", &start,
            "padding word for contexts before the first token; default: the document, paragraph or "
            "line boundary symbol, else the unknown symbol"})
      .add({"cache", &cache,
            "folder of cached encoded corpora; default: $WORDBRIDGE_CACHE, "
            "$XDG_CACHE_HOME/wordbridge or ~/.cache/wordbridge; none: no cache"})
      .add(tokenizer.describe())
      .add(boundaries.describe())
      .add(split.describe())
      .add(vocabulary.describe())
      .rename("markers", "data.boundaries");
  return group;
}

void DataOptions::validate(Problems& problems, const std::string& prefix) const {
  source.validate(problems, prefix);
  boundaries.validate(problems, prefix + ".boundaries");
  split.validate(problems, prefix + ".split");
  vocabulary.validate(problems, prefix + ".vocabulary");
  const bool has_parts = !source.valid_paths.empty() || !source.test_paths.empty();
  if (split.by == SplitBy::files && source.reader != TextReader::ptb &&
      !(source.reader == TextReader::text && has_parts)) {
    problems.add(prefix + ".split.by",
                 "files needs the reader ptb, or the reader text with valid_path or test_path");
  }
  if (split.by != SplitBy::files && source.reader == TextReader::text && has_parts) {
    problems.add(prefix + ".split.by",
                 fmt::format("valid_path and test_path need split.by: files, got {}",
                             name_of(split_by_names(), split.by)));
  }
}

}  // namespace wordbridge
