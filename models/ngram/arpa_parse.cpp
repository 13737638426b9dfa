#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "core/interrupt.h"
#include "core/io/file.h"
#include "core/io/text_file.h"
#include "core/text.h"
#include "data/text/archive_reader.h"
#include "data/text/type_table.h"
#include "models/ngram/arpa_file.h"

namespace wordbridge {
namespace {

constexpr const char* kData = "\\data\\";

/// Language models of other programs that are not text, by their first bytes (after up to 4
/// others).
struct ForeignModel {
  std::string_view start, name, hint;
};
constexpr std::array<ForeignModel, 7> kForeignModels = {{
    {"mmap lm http://kheafield.com/code", "a binary model of KenLM",
     "use the ARPA file that build_binary made it from"},
    {"Qblmt", "a quantised binary model of IRSTLM", "compile-lm FILE --text=yes FILE.qarpa"},
    {"blmt", "a binary model of IRSTLM", "compile-lm FILE --text=yes FILE.arpa"},
    {"SRILM_BINARY_NGRAM", "a binary model of SRILM", "ngram -lm FILE -write-lm FILE.arpa"},
    {"Trie Language Model", "a binary model of Sphinx",
     "sphinx_lm_convert -i FILE -ifmt bin -o FILE.arpa -ofmt arpa"},
    {"Darpa Trigram LM", "a binary model of Sphinx",
     "sphinx_lm_convert -i FILE -ifmt dmp -o FILE.arpa -ofmt arpa"},
    {"<ConstArpaLm>", "a binary model of Kaldi", "use the ARPA file that it was made from"},
}};

/// Error if these are the first bytes of a file that is not text.
void check_is_text(std::string_view start, const std::filesystem::path& path) {
  check_is_utf8(start, path.string());
  constexpr const char* kExpected = "an ARPA file, or a run's folder or its model.wb";
  for (const auto& model : kForeignModels) {
    if (start.substr(0, 4 + model.start.size()).find(model.start) == start.npos) continue;
    throw Error("the language model is in another program's binary form")
        .at("{}", path.string())
        .expected("{}", kExpected)
        .got("{}", model.name)
        .hint("{}", model.hint);
  }
  if (start.find('\0') == start.npos) return;
  throw Error("the language model is a binary file")
      .at("{}", path.string())
      .expected("{}", kExpected);
}

/// Parses the lines of the file one after the other.
class ArpaParser {
 public:
  explicit ArpaParser(ArpaFile& file) : file_(file), sections_(file.sections) {}

  void line(std::string_view text) {
    ++line_;
    if ((line_ & 0xffff) == 0 && interrupted()) throw Interrupted("stopped while reading n-grams");
    text = trimmed(text);
    if (state_ == State::before) {
      read_preamble(text);
    } else if (state_ == State::end || text.empty()) {
      return;
    } else if (text[0] == '\\' && is_heading(text)) {
      start_section(text);
    } else if (state_ == State::counts) {
      read_count(text);
    } else if (codes_left_ > 0 || codes_left_ == kCountFollows) {
      read_code(text);
    } else {
      read_ngram(text);
    }
  }

  /// Must be called after the last line.
  void finish() {
    if (state_ == State::before) {
      throw Error("not an ARPA file")
          .at("{}", file_.path.string())
          .expected("a line \\data\\ (ARPA), or a run's folder or its model.wb")
          .got("{}", line_ == 0 ? "an empty file" : fmt::format("no such line in {} lines", line_));
    }
    if (state_ != State::end)
      throw error("the ARPA file is truncated").expected("\\end\\").got("end of file");
  }

 private:
  enum class State { before, counts, ngrams, end };
  static constexpr std::int64_t kCountFollows = -1;

  Error error(const std::string& what) const { return file_.error_at(what, line_); }

  static bool is_heading(std::string_view text) {
    return text == "\\end\\" || (text.size() > 8 && text.substr(text.size() - 7) == "-grams:");
  }

  /// Text before \data\. The first word of IRSTLM's files is the name of their form.
  void read_preamble(std::string_view text) {
    if (text == kData) {
      state_ = State::counts;
    } else if (!text.empty() && !std::exchange(has_text_, true)) {
      const auto word = text.substr(0, text.find_first_of(" \t"));
      if (word == "iARPA") file_.form = ArpaFile::Form::iarpa;
      if (word == "qARPA") file_.form = ArpaFile::Form::qarpa;
    }
  }

  void read_count(std::string_view text) {
    // "ngram 2=1234"
    const auto equals = text.find('=');
    const auto order = text.substr(0, 6) == "ngram " && equals != text.npos
                           ? parse_integer(trimmed(text.substr(6, equals - 6)))
                           : std::nullopt;
    const auto count = order ? parse_integer(trimmed(text.substr(equals + 1))) : std::nullopt;
    const auto next = static_cast<long long>(sections_.size()) + 1;
    if (!count || *count < 0 || *order != next || next > kMaxNgramOrder) {
      throw error("invalid n-gram count")
          .expected("ngram {}=NUMBER, at most {} orders", next, kMaxNgramOrder)
          .got("{}", printable(text));
    }
    sections_.emplace_back();
    sections_.back().expected = *count;
  }

  void start_section(std::string_view text) {
    check_size();
    const bool all = current_ == sections_.size();
    const std::string next = all ? "\\end\\" : fmt::format("\\{}-grams:", current_ + 1);
    if (text != next || sections_.empty())
      throw error("the sections are out of order").expected("{}", next).got("{}", printable(text));
    if (all) {
      state_ = State::end;
      return;
    }
    state_ = State::ngrams;
    sections_[current_].first_line = line_;
    ++current_;
    if (file_.form == ArpaFile::Form::qarpa) {
      codes_left_ = kCountFollows;
      prob_of_code_.clear(), backoff_of_code_.clear();
    }
  }

  void check_size() const {
    if (current_ == 0) return;
    const auto& section = sections_[current_ - 1];
    if (section.size() == section.expected) return;
    throw error("the number of n-grams does not match the header")
        .expected("{} of order {}", section.expected, current_)
        .got("{}", section.size());
  }

  bool is_last() const { return current_ == sections_.size(); }

  void split_fields(std::string_view text) {
    fields_.clear();
    for (std::size_t i = 0; i < text.size();) {
      const auto end = std::min(text.find_first_of(" \t", i), text.size());
      if (end > i) fields_.push_back(text.substr(i, end - i));
      i = end + 1;
    }
  }

  /// A line of a qARPA section's codebook: the number of its codes, or the logarithms of a code.
  void read_code(std::string_view text) {
    split_fields(text);
    if (codes_left_ == kCountFollows) {
      const auto count = fields_.size() == 1 ? parse_integer(text) : std::nullopt;
      if (!count || *count < 1) {
        throw error("invalid codebook of a qARPA file")
            .expected("its number of codes")
            .got("{}", printable(text));
      }
      codes_left_ = *count;
      return;
    }
    if (fields_.size() != (is_last() ? 1 : 2)) {
      throw error("invalid codebook of a qARPA file")
          .expected("a logarithm{}", is_last() ? "" : " and a back-off weight")
          .got("{}", printable(text));
    }
    --codes_left_;
    prob_of_code_.push_back(number(fields_[0], 0, "probability"));
    if (!is_last())
      backoff_of_code_.push_back(number(fields_[1], ArpaSection::kNoBackoff, "back-off weight"));
  }

  void read_ngram(std::string_view text) {
    auto& section = sections_[current_ - 1];
    const auto order = static_cast<std::size_t>(current_);
    split_fields(text);
    // Some programs write a weight of 0 in the highest order, too.
    if (is_last() && fields_.size() == order + 2 && parse_double(fields_.back()) == 0.0)
      fields_.pop_back();
    const bool has_backoff = fields_.size() == order + 2;
    if (fields_.size() != order + 1 && (!has_backoff || is_last())) {
      throw error("malformed n-gram")
          .expected("a logarithm, {} word{}{}", order, order > 1 ? "s" : "",
                    is_last() ? "" : ", a back-off weight")
          .got("{}", printable(text, 100));
    }
    if (section.size() == section.expected) {
      throw error("more n-grams than the header states")
          .expected("{} of order {}", section.expected, order)
          .got("{}", printable(text));
    }
    const bool coded = file_.form == ArpaFile::Form::qarpa;
    const auto value = [&](std::string_view field, const std::vector<float>& codes, float most,
                           const char* what) {
      return coded ? codes[code(field, codes.size())] : number(field, most, what);
    };
    section.log10_prob.push_back(value(fields_[0], prob_of_code_, 0, "probability"));
    section.log10_backoff.push_back(has_backoff ? value(fields_.back(), backoff_of_code_,
                                                        ArpaSection::kNoBackoff, "back-off weight")
                                                : ArpaSection::kNoBackoff);
    section.line.push_back(static_cast<std::int32_t>(line_ - section.first_line));
    for (std::size_t i = 1; i <= order; ++i) section.words.push_back(id(fields_[i]));
  }

  float number(std::string_view text, float most, const char* what) const {
    const auto value = parse_double(text);
    const auto stored = static_cast<float>(value.value_or(0));
    // A weight may be above 1.
    if (value && std::isfinite(stored) && (stored <= most || most > 0)) return stored;
    throw error(fmt::format("invalid {}", what))
        .expected("a base-10 logarithm{}", most > 0 ? "" : ", not above 0")
        .got("{}", printable(text));
  }

  std::size_t code(std::string_view text, std::size_t codes) const {
    const auto value = parse_integer(text);
    if (value && *value >= 0 && static_cast<std::size_t>(*value) < codes)
      return static_cast<std::size_t>(*value);
    throw error("invalid code of a qARPA file")
        .expected("a whole number below {}, the size of the codebook", codes)
        .got("{}", printable(text));
  }

  std::int32_t id(std::string_view word) {
    if (current_ == 1) {
      const auto next = ids_.size();
      if (ids_.add(hashed(word)) != next) throw error("duplicate word").got("{}", printable(word));
      file_.words.emplace_back(word);
      return next;
    }
    const auto found = ids_.find(hashed(word));
    if (found < 0) throw error("a word is not in the unigrams").got("{}", printable(word));
    return found;
  }

  ArpaFile& file_;
  std::vector<ArpaSection>& sections_;
  State state_ = State::before;
  bool has_text_ = false;  // before \data\ (whether the first line with text has been read)
  std::int64_t line_ = 0;
  std::size_t current_ = 0;  // the order whose n-grams are being read
  std::int64_t codes_left_ = 0;
  std::vector<float> prob_of_code_, backoff_of_code_;
  std::vector<std::string_view> fields_;
  TypeTable ids_;
};

/// Passes the lines of a text, which arrives in pieces, to a parser.
class Lines {
 public:
  Lines(ArpaParser& parser, const std::filesystem::path& path) : parser_(parser), path_(path) {}

  void take(std::string_view piece) {
    if (!std::exchange(started_, true)) {
      check_is_text(piece.substr(0, 4096), path_);
      piece = without_byte_order_mark(piece);
    }
    for (std::size_t newline = piece.find('\n'); newline != piece.npos;
         newline = piece.find('\n')) {
      if (rest_.empty()) {
        parser_.line(piece.substr(0, newline));
      } else {
        parser_.line(rest_.append(piece.substr(0, newline)));
        rest_.clear();
      }
      piece.remove_prefix(newline + 1);
    }
    rest_.append(piece);
  }
  void finish() {
    if (!rest_.empty()) parser_.line(rest_);
    parser_.finish();
  }

 private:
  ArpaParser& parser_;
  const std::filesystem::path& path_;
  std::string rest_;
  bool started_ = false;
};

}  // namespace

std::int32_t ArpaFile::find(const char* word) const {
  const auto found = std::find(words.begin(), words.end(), word);
  return found == words.end() ? -1 : static_cast<std::int32_t>(found - words.begin());
}

ArpaFile parse_arpa(const std::filesystem::path& path) {
  ArpaFile file;
  file.path = path;
  ArpaParser parser(file);
  Lines lines(parser, path);
  if (is_packed(path)) {
    ArchiveReader archive(path);
    std::string member;
    if (archive.next(member)) archive.read([&](std::string_view piece) { lines.take(piece); });
    lines.finish();
    if (archive.next(member)) {
      throw Error("the archive has several files")
          .at("{}", path.string())
          .expected("one ARPA file")
          .got("another file, {}", printable(member));
    }
    return file;
  }
  lines.take(MappedFile::open(path)->view());
  lines.finish();
  return file;
}

}  // namespace wordbridge
