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

/// Tokens that are counted: those of the training split, or all.
enum class CountOver { train, all };

struct VocabularyOptions {
  std::int64_t min_count = 5;         // types with fewer occurrences are rare
  std::int64_t max_size = 0;          // including the special symbols; 0: no limit
  std::string unknown = "<unk>";      // replaces rare words; empty: rare words are dropped
  std::vector<std::string> specials;  // always in the vocabulary, whatever their count
  CountOver count_over = CountOver::train;
  std::string file;  // vocabulary used instead of counting (vocabulary_files.h)
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

/// A type and its number of occurrences.
struct CountedWord {
  std::string_view word;
  std::int64_t count;
};

/// Maps words to ids 0..size-1 and back. Ids are ordered by decreasing count, then by bytes. The
/// count of the unknown symbol is that of all rare words, and it is sorted like any other word.
/// Deterministic. Immutable: copies share their words.
class Vocabulary {
 public:
  Vocabulary();
  /// Words in id order. Error for a repeated word, an empty word, a word with a tab or line end, no
  /// words, or an unknown symbol (empty: none) that is not one of the words.
  Vocabulary(std::vector<std::string> words, std::vector<std::int64_t> counts, std::string unknown);

  /// Selects the vocabulary from counted types, each given once: exactly the top words by (count,
  /// then bytes), plus the unknown symbol and the specials. Error if max_size is too small for
  /// those.
  static Vocabulary build(const std::vector<CountedWord>& types, const VocabularyOptions& options);
  /// Reads tab-separated text: a header line "word<TAB>count", with "<TAB>unknown=SYMBOL" if there
  /// is an unknown symbol, then lines "word<TAB>count" in id order. Error with file:line.
  static Vocabulary load(const std::filesystem::path& path);
  /// Whether the file begins with the header that save() writes.
  static bool is_saved(const std::filesystem::path& path);
  void save(const std::filesystem::path& path) const;

  std::int64_t size() const { return static_cast<std::int64_t>(words().size()); }
  const std::string& word(std::int64_t id) const { return words()[at(id)]; }
  const std::vector<std::string>& words() const { return content_->words; }
  /// Occurrences in the counted tokens.
  std::int64_t count(std::int64_t id) const { return content_->counts[at(id)]; }
  const std::vector<std::int64_t>& counts() const { return content_->counts; }
  /// Id of the word, -1 if it is not in the vocabulary.
  std::int64_t find(std::string_view word) const;
  /// Id of the unknown symbol, -1 if there is none.
  std::int64_t unknown_id() const { return content_->unknown_id; }
  /// The unknown symbol, empty if there is none.
  const std::string& unknown() const { return content_->unknown; }
  /// Writes the vocabulary as arrays "words", "counts" and "unknown" of a binary file, and reads it
  /// back. Errors as above.
  void add_to(ContainerWriter& writer) const;
  static Vocabulary from(const ContainerReader& reader);
  /// SHA-256 of the text that save() writes.
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

/// Ids by descending count; equal counts by id.
std::vector<std::int64_t> words_by_count(const std::vector<std::int64_t>& counts);

}  // namespace wordbridge
