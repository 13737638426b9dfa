#include <algorithm>

#include "core/io/container.h"
#include "core/log.h"
#include "core/text.h"
#include "models/ngram/arpa.h"
#include "models/ngram/arpa_file.h"

namespace wordbridge {
namespace {

/// The marks of sentences among the 1-grams, -1: none.
struct Marks {
  std::int32_t start, end;
};

/// Whether the model has a probability for the end of a sentence.
bool has_sentences(const ArpaFile& file, Marks marks) {
  if (marks.end < 0) return false;
  if (file.sections[0].log10_prob[static_cast<std::size_t>(marks.end)] > ArpaFile::kZero)
    return true;
  for (std::size_t k = 1; k < file.sections.size(); ++k) {
    const auto& section = file.sections[k];
    for (std::size_t i = 0; i < section.log10_prob.size(); ++i)
      if (section.words[i * (k + 1) + k] == marks.end && section.log10_prob[i] > ArpaFile::kZero)
        return true;
  }
  return false;
}

/// Removes the n-grams of an order that contain the end of a sentence before their last word or its
/// start after their first: no history of a line of text is like that. Returns their number and the
/// index of the first.
std::pair<std::int64_t, std::size_t> remove_across_sentences(ArpaSection& section,
                                                             std::size_t order, Marks marks) {
  std::size_t kept = 0, first = 0;
  std::int64_t removed = 0;
  for (std::size_t i = 0; i < section.log10_prob.size(); ++i) {
    const auto words = section.words.begin() + static_cast<std::ptrdiff_t>(i * order);
    const auto last = words + static_cast<std::ptrdiff_t>(order) - 1;
    if (std::find(words, last, marks.end) != last ||
        std::find(words + 1, last + 1, marks.start) != last + 1) {
      if (removed++ == 0) first = i;
      continue;
    }
    if (kept < i) {
      std::copy(words, last + 1, section.words.begin() + static_cast<std::ptrdiff_t>(kept * order));
      section.log10_prob[kept] = section.log10_prob[i];
      section.log10_backoff[kept] = section.log10_backoff[i];
      section.line[kept] = section.line[i];
    }
    ++kept;
  }
  section.words.resize(kept * order);
  section.log10_prob.resize(kept);
  section.log10_backoff.resize(kept);
  section.line.resize(kept);
  return {removed, first};
}

void remove_across_sentences(ArpaFile& file, Marks marks) {
  std::int64_t all = 0, first_line = 0;
  for (std::size_t k = 1; k < file.sections.size(); ++k) {
    const auto lines = file.sections[k].line;
    const auto [removed, first] = remove_across_sentences(file.sections[k], k + 1, marks);
    if (all == 0 && removed > 0) first_line = file.sections[k].first_line + lines[first];
    all += removed;
  }
  if (all > 0) {
    log("ngram", "{}: {} across the ends of sentences, which no text uses, left out (line {})",
        file.path.string(), all == 1 ? "one n-gram" : fmt::format("{} n-grams", all), first_line);
  }
}

/// Removes a word from the unigrams and the vocabulary. In longer n-grams it is replaced by
/// `becomes`; with -1 it must not occur there.
void remove_word(ArpaFile& file, std::int32_t word, std::int32_t becomes) {
  const auto renumbered = [&](std::int32_t id) {
    if (id == word) id = becomes;
    return id > word ? id - 1 : id;
  };
  for (std::size_t k = 1; k < file.sections.size(); ++k) {
    auto& section = file.sections[k];
    for (std::size_t i = 0; i < section.words.size(); ++i) {
      if (section.words[i] == word && becomes < 0) {
        throw file
            .error_at("a sentence marker in a model without sentences",
                      file.line(k, static_cast<std::int64_t>(i / (k + 1))))
            .expected("a probability for the 1-gram </s>")
            .got("{}", file.words[static_cast<std::size_t>(word)]);
      }
      section.words[i] = renumbered(section.words[i]);
    }
  }
  auto& unigrams = file.sections[0];
  const auto at = static_cast<std::ptrdiff_t>(word);
  unigrams.words.pop_back();  // the ids are consecutive
  unigrams.log10_prob.erase(unigrams.log10_prob.begin() + at);
  unigrams.log10_backoff.erase(unigrams.log10_backoff.begin() + at);
  unigrams.line.erase(unigrams.line.begin() + at);
  file.words.erase(file.words.begin() + at);
}

/// Merges </s> and <s> into one word and returns it as the boundary. Removes markers of probability
/// zero. -1: no boundary.
std::int32_t merge_marks(ArpaFile& file) {
  const Marks marks{file.find("<s>"), file.find("</s>")};
  const bool sentences = has_sentences(file, marks);
  if (sentences && marks.start >= 0) {
    auto& unigrams = file.sections[0];
    unigrams.log10_backoff[static_cast<std::size_t>(marks.end)] =
        unigrams.log10_backoff[static_cast<std::size_t>(marks.start)];
    file.start_line = file.line(0, marks.start);
    remove_across_sentences(file, marks);
  }
  if (marks.start >= 0) remove_word(file, marks.start, sentences ? marks.end : -1);
  const auto mark = file.find("</s>");
  if (sentences || mark < 0) return mark;
  remove_word(file, mark, -1);
  return -1;
}

/// IRSTLM takes the back-off weights of histories that end in an unknown word as 0 in qARPA files,
/// since their codes are too coarse.
void drop_backoffs_after(ArpaFile& file, std::int32_t unknown) {
  for (std::size_t k = 0; unknown >= 0 && k < file.sections.size(); ++k) {
    auto& section = file.sections[k];
    for (std::size_t i = 0; i < section.log10_backoff.size(); ++i)
      if (section.words[i * (k + 1) + k] == unknown) section.log10_backoff[i] = 0;
  }
}

}  // namespace

bool is_arpa(const std::filesystem::path& path) { return !is_container(path); }

std::shared_ptr<BackoffModel> read_arpa(const std::filesystem::path& path) {
  ArpaFile file = parse_arpa(path);
  if (file.sections.empty() || file.words.empty()) {
    throw Error("the model has no words").at("{}", path.string());
  }
  const auto boundary = merge_marks(file);
  if (file.words.empty()) throw Error("the model has no words").at("{}", path.string());
  const char* unknown = file.find("<unk>") >= 0 ? "<unk>" : file.find("<UNK>") >= 0 ? "<UNK>" : "";
  if (file.form == ArpaFile::Form::qarpa) drop_backoffs_after(file, file.find(unknown));
  BackoffTable table = arpa_trie(file, boundary);
  std::vector<std::int64_t> counts(file.words.size());
  return std::make_shared<BackoffModel>(
      Vocabulary(std::move(file.words), std::move(counts), unknown), std::move(table));
}

}  // namespace wordbridge
