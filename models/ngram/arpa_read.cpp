#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/file.h"
#include "core/text.h"
#include "data/text/archive_reader.h"
#include "models/ngram/arpa.h"

namespace wordbridge {
namespace {

constexpr const char* kData = "\\data\\";
constexpr float kZero = -98;     // log probabilities below this mean probability zero
constexpr float kNoBackoff = 2;  // marks a missing back-off weight

/// The n-grams of one order, in the order of the file.
struct Section {
  std::int64_t expected = 0, first_line = 0;
  std::vector<std::int32_t> words;  // [n-grams, order]
  std::vector<float> log10_prob, log10_backoff;
  std::vector<std::int32_t> line;  // after first_line; -1: an n-gram that is not in the file
  std::int64_t size() const { return static_cast<std::int64_t>(log10_prob.size()); }
};

/// Parses the lines of the file one after the other.
class ArpaParser {
 public:
  explicit ArpaParser(const std::filesystem::path& path) : path_(path) {}

  void line(std::string_view text) {
    ++line_;
    if ((line_ & 0xffff) == 0 && interrupted()) throw Interrupted("stopped while reading n-grams");
    text = trimmed(text);
    if (state_ == State::before) {
      if (text == kData) state_ = State::counts;
    } else if (state_ == State::end || text.empty()) {
      return;
    } else if (text[0] == '\\' && is_heading(text)) {
      start_section(text);
    } else if (state_ == State::counts) {
      read_count(text);
    } else {
      read_ngram(text);
    }
  }

  /// Must be called after the last line.
  void finish() {
    if (state_ == State::before) throw error("not an ARPA file").expected("a line \\data\\");
    if (state_ != State::end)
      throw error("the ARPA file is truncated").expected("\\end\\").got("end of file");
  }

  Error error(const std::string& what) const { return error_at(what, line_); }
  Error error_at(const std::string& what, std::int64_t line) const {
    return Error(what).at("{}:{}", path_.string(), line);
  }

  std::vector<Section> sections;
  std::vector<std::string> words;

 private:
  enum class State { before, counts, ngrams, end };

  static bool is_heading(std::string_view text) {
    return text == "\\end\\" || (text.size() > 8 && text.substr(text.size() - 7) == "-grams:");
  }

  void read_count(std::string_view text) {
    // "ngram 2=1234"
    const auto equals = text.find('=');
    const auto order = text.substr(0, 6) == "ngram " && equals != text.npos
                           ? parse_integer(trimmed(text.substr(6, equals - 6)))
                           : std::nullopt;
    const auto count = order ? parse_integer(trimmed(text.substr(equals + 1))) : std::nullopt;
    const auto next = static_cast<long long>(sections.size()) + 1;
    if (!count || *count < 0 || *order != next || next > kMaxNgramOrder) {
      throw error("invalid n-gram count")
          .expected("ngram {}=NUMBER, at most {} orders", next, kMaxNgramOrder)
          .got("{}", printable(text));
    }
    sections.emplace_back();
    sections.back().expected = *count;
  }

  void start_section(std::string_view text) {
    check_size();
    const bool all = current_ == sections.size();
    const std::string next = all ? "\\end\\" : fmt::format("\\{}-grams:", current_ + 1);
    if (text != next || sections.empty())
      throw error("the sections are out of order").expected("{}", next).got("{}", printable(text));
    if (all) {
      state_ = State::end;
      return;
    }
    state_ = State::ngrams;
    sections[current_].first_line = line_;
    ++current_;
  }

  void check_size() const {
    if (current_ == 0) return;
    const auto& section = sections[current_ - 1];
    if (section.size() == section.expected) return;
    throw error("the number of n-grams does not match the header")
        .expected("{} of order {}", section.expected, current_)
        .got("{}", section.size());
  }

  void read_ngram(std::string_view text) {
    auto& section = sections[current_ - 1];
    const auto order = static_cast<std::size_t>(current_);
    fields_.clear();
    for (std::size_t i = 0; i < text.size();) {
      const auto end = std::min(text.find_first_of(" \t", i), text.size());
      if (end > i) fields_.push_back(text.substr(i, end - i));
      i = end + 1;
    }
    const bool last = current_ == sections.size();
    const bool has_backoff = fields_.size() == order + 2;
    if (fields_.size() != order + 1 && (!has_backoff || last)) {
      throw error("malformed n-gram")
          .expected("a logarithm, {} word{}{}", order, order > 1 ? "s" : "",
                    last ? "" : ", a back-off weight")
          .got("{}", printable(text, 100));
    }
    if (section.size() == section.expected) {
      throw error("more n-grams than the header states")
          .expected("{} of order {}", section.expected, order)
          .got("{}", printable(text));
    }
    section.log10_prob.push_back(number(fields_[0], 0, "probability"));
    section.log10_backoff.push_back(
        has_backoff ? number(fields_.back(), kNoBackoff, "back-off weight") : kNoBackoff);
    section.line.push_back(static_cast<std::int32_t>(line_ - section.first_line));
    for (std::size_t i = 1; i <= order; ++i) section.words.push_back(id(fields_[i]));
  }

  float number(std::string_view text, float most, const char* what) const {
    const auto value = parse_double(text);
    // A weight may be above 1.
    if (value && std::isfinite(*value) && (*value <= most || most > 0)) {
      return std::max(-99.0f, static_cast<float>(*value));
    }
    throw error(fmt::format("invalid {}", what))
        .expected("a base-10 logarithm{}", most > 0 ? "" : ", not above 0")
        .got("{}", printable(text));
  }

  std::int32_t id(std::string_view word) {
    const auto next = static_cast<std::int32_t>(ids_.size());
    if (current_ == 1) {
      if (!ids_.emplace(word, next).second)
        throw error("duplicate word").got("{}", printable(word));
      words.emplace_back(word);
      return next;
    }
    const auto found = ids_.find(std::string(word));
    if (found == ids_.end())
      throw error("a word is not in the unigrams").got("{}", printable(word));
    return found->second;
  }

  const std::filesystem::path& path_;
  State state_ = State::before;
  std::int64_t line_ = 0;
  std::size_t current_ = 0;  // the order whose n-grams are being read
  std::vector<std::string_view> fields_;
  std::unordered_map<std::string, std::int32_t> ids_;
};

void parse(const std::filesystem::path& path, ArpaParser& parser) {
  std::string rest;
  const auto take = [&](std::string_view piece) {
    for (std::size_t newline = piece.find('\n'); newline != piece.npos;
         newline = piece.find('\n')) {
      if (rest.empty()) {
        parser.line(piece.substr(0, newline));
      } else {
        parser.line(rest.append(piece.substr(0, newline)));
        rest.clear();
      }
      piece.remove_prefix(newline + 1);
    }
    rest.append(piece);
  };
  if (is_packed(path)) {
    ArchiveReader archive(path);
    std::string member;
    if (archive.next(member)) archive.read(take);
  } else {
    take(MappedFile::open(path)->view());
  }
  if (!rest.empty()) parser.line(rest);
  parser.finish();
}

/// Builds the trie from the sections.
class TrieBuilder {
 public:
  TrieBuilder(ArpaParser& parser, std::int32_t boundary)
      : parser_(parser), sections_(parser.sections), boundary_(boundary) {}

  BackoffTable build() {
    // The suffixes of each listed n-gram must be in the trie. Highest order first.
    for (std::size_t k = sections_.size(); k-- > 1;) {
      sort(k);
      if (k > 1) sort(k - 1), add_missing(k);
    }
    std::vector<BackoffTable::Level> levels;
    for (std::size_t k = 0; k < sections_.size(); ++k) levels.push_back(level(k));
    BackoffTable table(std::move(levels), boundary_);
    check_histories();
    return table;
  }

 private:
  const std::int32_t* ngram(std::size_t k, std::int64_t i) const {
    return sections_[k].words.data() + i * static_cast<std::int64_t>(k + 1);
  }
  /// Compares the last `words` words of two n-grams, in reverse order.
  static int compare(const std::int32_t* a_end, const std::int32_t* b_end, std::size_t words) {
    for (std::size_t j = 1; j <= words; ++j) {
      const auto back = -static_cast<std::ptrdiff_t>(j);
      if (a_end[back] != b_end[back]) return a_end[back] < b_end[back] ? -1 : 1;
    }
    return 0;
  }
  int compare(std::size_t k, std::int64_t a, std::int64_t b) const {
    return compare(ngram(k, a) + k + 1, ngram(k, b) + k + 1, k + 1);
  }

  void sort(std::size_t k) {
    auto& section = sections_[k];
    std::vector<std::int64_t> order(static_cast<std::size_t>(section.size()));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    std::sort(order.begin(), order.end(), [&](auto a, auto b) {
      const int c = compare(k, a, b);
      return c != 0 ? c < 0 : a < b;
    });
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (compare(k, order[i - 1], order[i]) == 0) throw at(k, order[i], "duplicate n-gram");
    }
    Section sorted;
    sorted.expected = section.expected, sorted.first_line = section.first_line;
    for (const auto i : order) {
      sorted.words.insert(sorted.words.end(), ngram(k, i), ngram(k, i) + k + 1);
      sorted.log10_prob.push_back(section.log10_prob[static_cast<std::size_t>(i)]);
      sorted.log10_backoff.push_back(section.log10_backoff[static_cast<std::size_t>(i)]);
      sorted.line.push_back(section.line[static_cast<std::size_t>(i)]);
    }
    section = std::move(sorted);
  }

  /// Adds the suffix w_2 .. w_k of each n-gram to the next lower order where it is missing, as an
  /// n-gram that is not listed.
  void add_missing(std::size_t k) {
    auto& below = sections_[k - 1];
    const auto listed = below.size();
    std::int64_t j = 0;
    const std::int32_t* last = nullptr;
    for (std::int64_t i = 0; i < sections_[k].size(); ++i) {
      const auto* end = ngram(k, i) + k + 1;
      while (j < listed && compare(ngram(k - 1, j) + k, end, k) < 0) ++j;
      if (j < listed && compare(ngram(k - 1, j) + k, end, k) == 0) continue;
      if (last != nullptr && compare(last, end, k) == 0) continue;
      last = end;
      below.log10_prob.push_back(BackoffTable::kNotListed);
      below.log10_backoff.push_back(0);
      below.line.push_back(-1);
      missing_.insert(missing_.end(), end - k, end);
    }
    below.words.insert(below.words.end(), missing_.begin(), missing_.end());
    missing_.clear();
  }

  BackoffTable::Level level(std::size_t k) {
    const auto& section = sections_[k];
    BackoffTable::Level level;
    std::vector<std::int32_t> words, begin;
    for (std::int64_t i = 0; i < section.size(); ++i) words.push_back(ngram(k, i)[0]);
    level.word = SharedArray<std::int32_t>(std::move(words));
    level.log10_prob = SharedArray<float>(section.log10_prob);
    if (k + 1 == sections_.size()) return level;
    std::vector<float> backoffs = section.log10_backoff;
    for (auto& backoff : backoffs)
      if (backoff == kNoBackoff) backoff = 0;
    level.log10_backoff = SharedArray<float>(std::move(backoffs));
    const auto longer = sections_[k + 1].size();
    std::int64_t j = 0;
    for (std::int64_t i = 0; i < section.size(); ++i) {
      begin.push_back(static_cast<std::int32_t>(j));
      const auto* end = ngram(k, i) + k + 1;
      while (j < longer && compare(ngram(k + 1, j) + k + 2, end, k + 1) == 0) ++j;
    }
    begin.push_back(static_cast<std::int32_t>(j));
    WB_ASSERT(j == longer);
    level.begin = SharedArray<std::int32_t>(std::move(begin));
    return level;
  }

  /// Checks that the history of each listed n-gram is listed and has a back-off weight.
  void check_histories() const {
    for (std::size_t k = 1; k < sections_.size(); ++k) {
      for (std::int64_t i = 0; i < sections_[k].size(); ++i) {
        if (sections_[k].line[static_cast<std::size_t>(i)] < 0) continue;
        const auto history = find(k - 1, ngram(k, i) + k);
        const auto h = static_cast<std::size_t>(history);
        if (history < 0 || sections_[k - 1].line[h] < 0)
          throw at(k, i, "the history of an n-gram is not listed")
              .expected("its first {} words as an n-gram", k);
        if (sections_[k - 1].log10_backoff[h] == kNoBackoff) {
          throw at(k - 1, history, "the history of a longer n-gram has no back-off weight")
              .expected("a back-off weight after the words");
        }
      }
    }
  }

  /// Index of the n-gram of order k + 1 whose words end at `end`, -1: none.
  std::int64_t find(std::size_t k, const std::int32_t* end) const {
    if (k == 0) return end[-1];
    std::int64_t low = 0, high = sections_[k].size();
    while (low < high) {
      const auto middle = (low + high) / 2;
      (compare(ngram(k, middle) + k + 1, end, k + 1) < 0 ? low : high) =
          compare(ngram(k, middle) + k + 1, end, k + 1) < 0 ? middle + 1 : middle;
    }
    return low < sections_[k].size() && compare(ngram(k, low) + k + 1, end, k + 1) == 0 ? low : -1;
  }

  Error at(std::size_t k, std::int64_t i, const std::string& what) const {
    std::vector<std::string> words;
    for (std::size_t j = 0; j <= k; ++j) {
      const auto word = ngram(k, i)[j];
      const bool starts = j == 0 && k > 0 && word == boundary_;
      words.push_back(starts ? "<s>" : parser_.words[static_cast<std::size_t>(word)]);
    }
    return parser_
        .error_at(what, sections_[k].first_line + sections_[k].line[static_cast<std::size_t>(i)])
        .got("{}", printable(join(words, " ")));
  }

  ArpaParser& parser_;
  std::vector<Section>& sections_;
  std::int32_t boundary_;
  std::vector<std::int32_t> missing_;
};

std::int32_t find_word(const std::vector<std::string>& words, const char* word) {
  const auto found = std::find(words.begin(), words.end(), word);
  return found == words.end() ? -1 : static_cast<std::int32_t>(found - words.begin());
}

/// Removes a word from the unigrams and the vocabulary. In longer n-grams it is replaced by
/// `becomes`; with -1 it must not occur there.
void remove_word(ArpaParser& parser, std::int32_t word, std::int32_t becomes) {
  const auto renumbered = [&](std::int32_t id) {
    if (id == word) id = becomes;
    return id > word ? id - 1 : id;
  };
  for (std::size_t k = 1; k < parser.sections.size(); ++k) {
    auto& section = parser.sections[k];
    for (std::size_t i = 0; i < section.words.size(); ++i) {
      if (section.words[i] == word && becomes < 0) {
        throw parser
            .error_at("a sentence marker in a model without sentences",
                      section.first_line + section.line[i / (k + 1)])
            .got("{}", parser.words[static_cast<std::size_t>(word)]);
      }
      section.words[i] = renumbered(section.words[i]);
    }
  }
  auto& unigrams = parser.sections[0];
  const auto at = static_cast<std::ptrdiff_t>(word);
  unigrams.words.pop_back();  // the ids are consecutive
  unigrams.log10_prob.erase(unigrams.log10_prob.begin() + at);
  unigrams.log10_backoff.erase(unigrams.log10_backoff.begin() + at);
  unigrams.line.erase(unigrams.line.begin() + at);
  parser.words.erase(parser.words.begin() + at);
}

/// Merges </s> and <s> into one word and returns it as the boundary. Removes markers of probability
/// zero. -1: no boundary.
std::int32_t merge_marks(ArpaParser& parser) {
  const auto end = find_word(parser.words, "</s>");
  const auto start = find_word(parser.words, "<s>");
  if (end < 0 && start < 0) return -1;
  auto& unigrams = parser.sections[0];
  const bool sentences = end >= 0 && unigrams.log10_prob[static_cast<std::size_t>(end)] > kZero;
  if (sentences && start >= 0)
    unigrams.log10_backoff[static_cast<std::size_t>(end)] =
        unigrams.log10_backoff[static_cast<std::size_t>(start)];
  if (start >= 0) remove_word(parser, start, sentences ? end : -1);
  const auto mark = find_word(parser.words, "</s>");
  if (sentences || mark < 0) return mark;
  remove_word(parser, mark, -1);
  return -1;
}

}  // namespace

bool is_arpa(const std::filesystem::path& path) {
  const auto starts = [](std::string_view text) {
    return text.substr(0, 4096).find(kData) != std::string_view::npos;
  };
  if (!is_packed(path)) {
    std::ifstream file(path, std::ios::binary);
    std::string head(4096, '\0');
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    return starts(std::string_view(head).substr(0, static_cast<std::size_t>(file.gcount())));
  }
  struct Enough {};
  bool found = false;
  ArchiveReader archive(path);
  std::string member;
  try {
    if (archive.next(member)) {
      archive.read([&](std::string_view piece) {
        found = starts(piece);
        throw Enough();
      });
    }
  } catch (const Enough&) {
  }
  return found;
}

std::shared_ptr<BackoffModel> read_arpa(const std::filesystem::path& path) {
  ArpaParser parser(path);
  parse(path, parser);
  const auto boundary = merge_marks(parser);
  if (parser.words.empty()) throw parser.error("the model has no words");
  BackoffTable table = TrieBuilder(parser, boundary).build();
  const bool has_unknown = find_word(parser.words, "<unk>") >= 0;
  std::vector<std::int64_t> counts(parser.words.size());
  return std::make_shared<BackoffModel>(
      Vocabulary(std::move(parser.words), std::move(counts), has_unknown ? "<unk>" : ""),
      std::move(table));
}

}  // namespace wordbridge
