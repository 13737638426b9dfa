#include "cli/vectors/align_pairs.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"
#include "models/alignment/csls.h"

namespace wordbridge {

AlignSide::AlignSide(EmbeddingTable given) : table(std::move(given)), rows(alignable_rows(table)) {
  const auto zeros = std::count(rows.begin(), rows.end(), -1);
  if (zeros > 0)
    warn("{}: {} zero; {} neither aligned nor found", table.origin(),
         counted(zeros, "vector is", "vectors are"), zeros == 1 ? "it is" : "they are");
}

std::int64_t AlignSide::find(const std::string& word) const {
  const std::int64_t row = table.find(word);
  return row < 0 ? -1 : rows[static_cast<std::size_t>(row)];
}

FindRow AlignSide::finder() const {
  return [this](const std::string& word) { return find(word); };
}

DividedDictionary divided_dictionary(const AlignDictionaries& given, const EmbeddingTable& source,
                                     const EmbeddingTable& target) {
  DividedDictionary divided;
  Translations all = given.dictionary.empty()
                         ? identical_words(source, target)
                         : read_translations(given.dictionary, given.lower_case);
  std::set<std::string> tested;
  if (!given.test.empty()) {
    divided.test = read_translations(given.test, given.lower_case);
    for (const auto& pair : divided.test->pairs) tested.insert(pair.source);
  } else if (given.test_share > 0) {
    divided.test = Translations{fmt::format("{:g} of {}", given.test_share, all.name), {}, 0};
  }
  divided.training.name = all.name;
  for (auto& pair : all.pairs) {
    if (given.test_share > 0 && is_held_out(pair.source, given.test_share))
      divided.test->pairs.push_back(std::move(pair));
    else if (tested.count(pair.source) > 0)
      ++divided.left_out;
    else
      divided.training.pairs.push_back(std::move(pair));
  }
  if (divided.left_out > 0)
    log("align", "{} of {} left out of the fit, because {} tests their source words",
        counted(divided.left_out, "pair"), all.name, given.test);
  if (given.test_share > 0 && (divided.training.pairs.empty() || divided.test->pairs.empty()))
    throw Error(divided.test->pairs.empty() ? "the share holds out no word of the dictionary"
                                            : "the share holds out all words of the dictionary")
        .at("{}", divided.test->name)
        .expected("pairs to align by, and others to test with")
        .got("{} to align by, {} to test with", divided.training.pairs.size(),
             divided.test->pairs.size())
        .hint("use another share, or a larger dictionary");
  if (divided.training.pairs.empty() && divided.left_out > 0)
    throw Error("all words of the dictionary are tested, so none is left to align by")
        .at("{}", all.name)
        .expected("pairs with other source words than in {}", given.test)
        .got("{}, all with such source words", counted(divided.left_out, "pair"))
        .hint("--test-share 0.2 instead of --test divides one dictionary");
  return divided;
}

std::vector<RowPair> known_pairs(const Translations& dictionary, const AlignSide& source,
                                 const AlignSide& target) {
  std::vector<RowPair> pairs;
  std::int64_t known_sources = 0, known_targets = 0;
  for (const auto& pair : dictionary.pairs) {
    const std::int64_t from = source.find(pair.source), to = target.find(pair.target);
    known_sources += from >= 0;
    known_targets += to >= 0;
    if (from >= 0 && to >= 0) pairs.emplace_back(from, to);
  }
  if (pairs.empty())
    throw Error("no pair of words has vectors in both tables")
        .at("{}", dictionary.name)
        .expected("words of {} and of {}", source.table.origin(), target.table.origin())
        .got("{}; the source has the first word of {}, the target the second word of {}",
             counted(static_cast<std::int64_t>(dictionary.pairs.size()), "pair"), known_sources,
             known_targets)
        .hint(
            "words are compared as they are written (--lower-case: the dictionary's in lower "
            "case), in the direction from SOURCE to TARGET");
  log("align", "{} of {} in {} known to both",
      human_count(static_cast<std::uint64_t>(pairs.size())),
      counted(static_cast<std::int64_t>(dictionary.pairs.size()), "pair"), dictionary.name);
  return pairs;
}

TestedTranslations test_translations(const Translations& test, const AlignSide& source,
                                     const AlignSide& target, const Aligned& aligned,
                                     std::int64_t resamples) {
  TestedTranslations tested{
      test.name, translation_questions(test.pairs, source.finder(), target.finder()), {}};
  const auto& questions = tested.questions.questions;
  if (questions.empty())
    throw Error("no word of the test dictionary has a vector and a translation with one")
        .at("{}", test.name)
        .got("{}, {} of them with a vector", counted(tested.questions.words, "source word"),
             tested.questions.known)
        .hint("words are compared as they are written; --lower-case changes the dictionary's");
  const std::vector<std::int64_t> ks = {1, 5, 10};
  std::vector<std::int64_t> rows;
  for (const auto& question : questions) rows.push_back(question.source);
  CslsSearch search(aligned.source, aligned.target);
  const auto by_cosine = search.by_cosine(rows, ks.back());
  const auto by_csls = search.by_csls(rows, ks.back());
  BootstrapOptions options;
  options.resamples = resamples;
  tested.scores =
      translation_scores(questions, by_cosine.rows, by_csls.rows, ks.back(), ks, options);
  return tested;
}

}  // namespace wordbridge
