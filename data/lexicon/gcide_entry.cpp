#include <algorithm>

#include "core/io/text_file.h"
#include "core/text.h"
#include "data/lexicon/entry_reader.h"
#include "data/lexicon/entry_text.h"
#include "data/lexicon/gcide_sense.h"
#include "data/text/gcide_text.h"

namespace wordbridge {
namespace {

constexpr std::size_t kSenseIndent = 3;      // of the first line of a sense
constexpr std::size_t kQuotationIndent = 9;  // of quotations, and of further paragraphs of a note

struct GcideTitle {
  std::vector<std::string> words;
  std::size_t end = 0;  // after the syllables of the last word
};

/// The word before syllables that follow another word: "n. Also Scarabee", ", or Lythontriptic".
/// Empty if the text is not such a one.
std::string_view next_head_word(std::string_view text) {
  constexpr std::size_t kLongest = 100;
  if (text.size() > kLongest || text.find_first_of("{}[]") != text.npos) return {};
  text = text.substr(text.rfind(',') + 1);
  if (const auto stop = text.rfind(". "); stop != text.npos) text = text.substr(stop + 2);
  text = trimmed(text);
  for (std::string_view join : {"n. ", "Also ", "also ", "or ", "and ", "& "}) {
    if (starts_with(text, join)) text = trimmed(text.substr(join.size()));
  }
  return text.find_first_of(".()") == text.npos ? text : std::string_view();
}

/// The head words before their syllables: "Scarab \Scar"ab\, Scarabee \Scar"a*bee\, n."
GcideTitle title_of_gcide(std::string_view entry) {
  constexpr std::size_t kLongest = 200;
  GcideTitle title;
  auto begin = entry.find('\\');
  if (begin > kLongest) return title;
  auto word = trimmed(entry.substr(0, begin));
  if (word.find('{') != word.npos) return title;
  word = word.substr(word.rfind('\n') + 1);
  while (!word.empty()) {
    const auto close = entry.find('\\', begin + 1);
    if (close == entry.npos || close - begin > kLongest) return title;
    title.words.push_back(in_one_line_of_words(word));
    title.end = close + 1;
    auto next = std::min(entry.find_first_not_of(" \n", title.end), entry.size());
    if (next < entry.size() && entry[next] == '(') {  // the pronunciation
      next = std::min(entry.find(')', next), entry.size() - 1) + 1;
    }
    begin = entry.find('\\', next);
    if (begin == entry.npos) return title;
    word = next_head_word(entry.substr(next, begin - next));
  }
  return title;
}

struct GcideParagraph {
  std::size_t indent;
  std::string text;
};

/// Number of bytes of the mark of a sense at the start of a line: "12. ", "(a) ".
std::size_t sense_mark(std::string_view line) {
  if (line.size() > 4 && line[0] == '(' && line[2] == ')' && line[3] == ' ') return 4;
  const auto digits = std::min(line.find_first_not_of("0123456789"), line.size());
  return digits > 0 && starts_with(line.substr(digits), ". ") ? digits + 2 : 0;
}

/// Whether the line begins with the name of a source in brackets. What follows it there is the
/// title of the next entry.
bool is_source_line(std::string_view line) {
  const auto close = line.find(']');
  return line.front() == '[' && close != line.npos && is_gcide_source(line.substr(1, close - 1));
}

/// The paragraphs of the text after the header. Senses start one even without a blank line.
std::vector<GcideParagraph> gcide_paragraphs(std::string_view body) {
  std::vector<GcideParagraph> found;
  bool open = false, first = true;
  std::size_t indent = kSenseIndent;
  std::string text;
  const auto close = [&] {
    if (!trimmed(text).empty()) found.push_back({indent, in_one_line_of_words(text)});
    text.clear();
    open = false;
  };
  for (const auto& line : text_lines(body)) {
    const auto words = trimmed(line.text);
    if (words.empty() || is_source_line(words)) {
      close();
      continue;
    }
    const bool sense = sense_mark(words) > 0 && (words[0] == '(' || !open);
    const bool heading =
        starts_with(words, "Syn:") || starts_with(words, "Note:") || starts_with(words, "Usage:");
    if (sense || heading) close();
    if (!open) {
      indent = first ? kSenseIndent : static_cast<std::size_t>(words.data() - line.text.data());
    }
    open = true;
    first = false;
    text.append(line.text).append("\n");
  }
  close();
  return found;
}

/// Reads the paragraphs of an entry in sequence.
class GcideSenses {
 public:
  GcideSenses(std::vector<std::string> words, EntryContent& content)
      : met_(words), content_(content) {
    for (auto& word : words) title_.push_back(gcide_word(word));
    words_ = title_;
  }

  /// The words that have been defined or skipped, with GCIDE's codes.
  const std::vector<std::string>& met() const { return met_; }

  void add(const GcideParagraph& paragraph) {
    std::string_view text = paragraph.text;
    if (starts_with(text, "Syn:")) return add_synonyms(text.substr(4));
    if (starts_with(text, "Note:") || starts_with(text, "Usage:")) return;
    const auto mark = sense_mark(text);
    if (mark == 0 && paragraph.indent >= kQuotationIndent && !first_) return;
    if (mark > 0 && text[0] != '(') start_number(starts_with(text, "1."));
    text.remove_prefix(mark);
    if (const auto second = sense_mark(text)) text.remove_prefix(second);  // "2. (a) ..."
    if (mark == 0 && !first_ && starts_with(text, "{")) text = take_phrases(text);
    first_ = false;
    define(std::string(text));
    if (mark == 0) bare_phrase_ = words_ != title_ && tidy_definition(text).empty();
  }

 private:
  /// Numbered senses are those of the entry, or of a phrase without text: "{Adam's apple}.", "1.
  /// ..."
  void start_number(bool one) {
    if (one) phrase_numbers_ = bare_phrase_;
    if (!phrase_numbers_) words_ = title_;
    bare_phrase_ = false;
  }

  /// The phrases that the paragraph defines: "{Wolf eel} (Zool.), or {Wolf fish}, a ...". Returns
  /// the text after them.
  std::string_view take_phrases(std::string_view text) {
    words_.clear();
    phrase_numbers_ = false;
    while (starts_with(text, "{")) {
      const auto close = std::min(text.find('}'), text.size() - 1);
      std::string word;
      for (const char c : text.substr(1, close - 1)) {
        if (c != '*' && c != '"' && c != '`') word += c;
      }
      met_.push_back(in_one_line_of_words(word));
      words_.push_back(gcide_word(met_.back()));
      text = trimmed(text.substr(close + 1));
      for (const auto& [open, end] : {std::pair('(', ')'), std::pair('[', ']')}) {
        if (text.empty() || text.front() != open) continue;
        text = trimmed(text.substr(std::min(text.find(end), text.size() - 1) + 1));
      }
      for (const char* join : {", or ", ", and ", "or ", "and ", ", "}) {
        if (starts_with(text, join) &&
            starts_with(text.substr(std::string_view(join).size()), "{")) {
          text.remove_prefix(std::string_view(join).size());
        }
      }
    }
    text.remove_prefix(std::min(text.find_first_not_of(" ,.;:"), text.size()));
    return text;
  }

  void define(std::string text) {
    const auto sense = read_gcide_sense(std::move(text));
    content_.define(words_, sense.text, sense.synonyms, sense.reference);
  }

  void add_synonyms(std::string_view list) {
    const auto synonyms = gcide_synonyms(list);
    for (const auto& word : words_) {
      auto& known = content_.definitions;
      const auto last = std::find_if(known.rbegin(), known.rend(),
                                     [&](const auto& item) { return item.word == word; });
      if (last == known.rend()) {
        content_.define({word}, "", synonyms);
      } else {
        for (const auto& synonym : synonyms) {
          auto& all = last->synonyms;
          if (synonym != word && std::find(all.begin(), all.end(), synonym) == all.end()) {
            all.push_back(synonym);
          }
        }
      }
    }
  }

  std::vector<std::string> met_, title_, words_;
  EntryContent& content_;
  bool first_ = true;
  bool bare_phrase_ = false, phrase_numbers_ = false;
};

/// Adds the definitions of an entry. Returns the words that it defines, as the entry spells them.
std::vector<std::string> read_gcide_article(std::string_view entry, const std::string& word,
                                            EntryContent& content) {
  auto title = title_of_gcide(entry);
  if (title.words.empty()) title.words = {word};
  const auto header = gcide_header_size(entry.substr(title.end));
  GcideSenses senses(title.words, content);
  for (const auto& paragraph : gcide_paragraphs(entry.substr(title.end + header))) {
    senses.add(paragraph);
  }
  return senses.met();
}

/// The begin of a second entry in the same range: a title that follows the source of the first.
std::size_t second_article(std::string_view entry) {
  bool after_source = false;
  for (const auto& line : text_lines(entry)) {
    const auto words = trimmed(line.text);
    if (after_source && line.text.data() == words.data() && words.find('\\') != words.npos) {
      return static_cast<std::size_t>(words.data() - entry.data());
    }
    after_source = !words.empty() && is_source_line(words);
  }
  return entry.size();
}

}  // namespace

void read_gcide_entry(const DictdEntry& entry, EntryContent& content) {
  std::vector<std::string> met;
  for (auto text = trimmed(entry.text); !text.empty();) {
    const auto size = second_article(text);
    for (const auto& word : read_gcide_article(text.substr(0, size), entry.words[0], content)) {
      met.push_back(bare_word(word));
    }
    text.remove_prefix(size);
  }
  std::sort(met.begin(), met.end());
  // The index also lists inflected forms and words that the entry mentions.
  const std::string first = content.definitions.empty() ? "" : content.definitions.front().word;
  for (const auto& word : entry.words) {
    if (std::binary_search(met.begin(), met.end(), bare_word(word))) continue;
    content.skipped.push_back({word, SkipReason::other_word, first});
  }
}

}  // namespace wordbridge
