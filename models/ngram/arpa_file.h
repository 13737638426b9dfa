#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/error.h"
#include "models/ngram/backoff_table.h"

namespace wordbridge {

/// The n-grams of one order in an ARPA file, at first in the order of the file.
struct ArpaSection {
  static constexpr float kNoBackoff = 2;  // marks a missing back-off weight

  std::int64_t expected = 0, first_line = 0;
  std::vector<std::int32_t> words;  // [n-grams, order]
  std::vector<float> log10_prob, log10_backoff;
  std::vector<std::int32_t> line;  // after first_line; -1: an n-gram that is not in the file
  std::int64_t size() const { return static_cast<std::int64_t>(log10_prob.size()); }
};

/// The content of an ARPA file, with quantised numbers (qARPA) decoded.
struct ArpaFile {
  /// Log probabilities below this mean probability zero.
  static constexpr float kZero = -98;

  std::filesystem::path path;
  /// plain: also the decoded qarpa. iarpa: IRSTLM's intermediate form, whose probabilities have
  /// those of the lower orders still to be added.
  enum class Form { plain, iarpa, qarpa } form = Form::plain;
  std::vector<ArpaSection> sections;
  std::vector<std::string> words;  // the 1-grams
  std::int64_t start_line = 0;     // of the 1-gram <s> after merge_marks()

  Error error_at(const std::string& what, std::int64_t line) const {
    return Error(what).at("{}:{}", path.string(), line);
  }
  /// Line of an n-gram of order k + 1.
  std::int64_t line(std::size_t k, std::int64_t i) const {
    return sections[k].first_line + sections[k].line[static_cast<std::size_t>(i)];
  }
  /// Id of a word, -1: none.
  std::int32_t find(const char* word) const;
};

/// Reads the lines of the file. Errors: those of read_arpa() that concern a single line, sections
/// and counts.
ArpaFile parse_arpa(const std::filesystem::path& path);

/// Builds the trie; sorts the sections. Back-off weights that are missing become 0, with a warning.
/// Adds the probabilities of the lower orders if the form is iarpa. Error for a duplicate n-gram,
/// and for an n-gram whose history is not listed.
BackoffTable arpa_trie(ArpaFile& file, std::int32_t boundary);

}  // namespace wordbridge
