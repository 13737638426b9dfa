#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/fields.h"
#include "core/index.h"
#include "core/io/container.h"
#include "data/text/type_table.h"

namespace wordbridge {

/// The tokens that the counts come from: those of the training split, or all.
enum class CountOver { train, all };

struct VocabularyOptions {
  std::int64_t min_count = 5;     // types with fewer occurrences are rare
  std::int64_t max_size = 0;      // of the whole vocabulary with its special symbols, 0: no limit
  std::string unknown = "<unk>";  // the one symbol of rare words; empty: rare words are dropped
  std::vector<std::string> specials;  // always in the vocabulary, whatever their count
  CountOver count_over = CountOver::train;
  std::string file;  // a vocabulary instead of counting (vocabulary_files.h)
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

/// A type and how often it occurs.
struct CountedWord {
  std::string_view word;
  std::int64_t count;
};

/// Words <-> ids 0..size-1. Order: decreasing count, then bytes; the unknown symbol's count is that
/// of all rare words and it is sorted in like any other word. Deterministic. Immutable: copies
/// share their words.
class Vocabulary {
 public:
  Vocabulary();
  /// Words in order of id. Error for a word twice, an empty word, one with a tab or line end, no
  /// word at all, or an unknown symbol (empty: none) that is no word.
  Vocabulary(std::vector<std::string> words, std::vector<std::int64_t> counts, std::string unknown);

  /// Picks the words from counted types, each there once: exactly the top by (count, then bytes),
  /// besides the unknown symbol and the specials. Error if max_size has no room for those.
  static Vocabulary build(const std::vector<CountedWord>& types, const VocabularyOptions& options);
  /// Text, tab separated: a header line "word<TAB>count" with the unknown symbol, if there is one,
  /// as "<TAB>unknown=SYMBOL"; then "word<TAB>count" by id. Error with file:line.
  static Vocabulary load(const std::filesystem::path& path);
  /// Whether the file begins as save() begins it.
  static bool is_saved(const std::filesystem::path& path);
  void save(const std::filesystem::path& path) const;

  std::int64_t size() const { return static_cast<std::int64_t>(words().size()); }
  const std::string& word(std::int64_t id) const { return words()[at(id)]; }
  const std::vector<std::string>& words() const { return content_->words; }
  /// Occurrences over the counted split.
  std::int64_t count(std::int64_t id) const { return content_->counts[at(id)]; }
  const std::vector<std::int64_t>& counts() const { return content_->counts; }
  /// -1 if the word is not there.
  std::int64_t find(std::string_view word) const;
  /// Id of the unknown symbol, -1 if there is none.
  std::int64_t unknown_id() const { return content_->unknown_id; }
  /// The unknown symbol, empty if there is none.
  const std::string& unknown() const { return content_->unknown; }
  /// Arrays "words", "counts" and "unknown" of a binary file, and back. Error as above.
  void add_to(ContainerWriter& writer) const;
  static Vocabulary from(const ContainerReader& reader);
  /// SHA-256 of what save() writes.
  std::string sha256() const;

 private:
  struct Content {
    std::vector<std::string> words;
    std::vector<std::int64_t> counts;
    TypeTable ids;
    std::string unknown;
    std::int64_t unknown_id = -1;
  };
  std::string text() const;

  std::shared_ptr<const Content> content_;
};

/// Ids by descending count, equal ones by id.
std::vector<std::int64_t> words_by_count(const std::vector<std::int64_t>& counts);

}  // namespace wordbridge
