#include <algorithm>
#include <array>
#include <cctype>

#include "core/io/text_file.h"
#include "core/text.h"
#include "data/lexicon/entry_reader.h"
#include "data/lexicon/entry_text.h"
#include "data/text/gcide_text.h"

namespace wordbridge {
namespace {

constexpr std::size_t kSenseIndent = 3;      // of the first line of a sense
constexpr std::size_t kQuotationIndent = 9;  // of quotations, and of further paragraphs of a note

/// The head words before their syllables: "Scarab \Scar"ab\, Scarabee \Scar"a*bee\, n."
std::vector<std::string> head_words(std::string_view entry) {
  constexpr std::size_t kLongest = 200;
  std::vector<std::string> words;
  while (true) {
    const auto word_end = entry.find('\\');
    const auto word = trimmed(entry.substr(0, word_end));
    if (word_end == entry.npos || word_end > kLongest || word.empty() ||
        word.find_first_of(words.empty() ? "{" : "{}[]().\n") != word.npos) {
      return words;
    }
    words.push_back(in_one_line_of_words(word.substr(word.rfind('\n') + 1)));
    const auto end = entry.find('\\', word_end + 1);
    if (end == entry.npos) return words;
    entry.remove_prefix(end + 1);
    entry = trimmed(entry);
    if (!entry.empty() && entry.front() == '(') {  // the pronunciation
      entry.remove_prefix(std::min(entry.find(')'), entry.size() - 1) + 1);
      entry = trimmed(entry);
    }
    const char* const kJoins[] = {",", "or ", "& "};
    const auto* const join = std::find_if(std::begin(kJoins), std::end(kJoins),
                                          [&](auto text) { return starts_with(entry, text); });
    if (join == std::end(kJoins)) return words;
    entry.remove_prefix(std::string_view(*join).size());
    if (starts_with(trimmed(entry), "or ")) entry = trimmed(entry).substr(3);
  }
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

/// The paragraphs of the text after the header. Senses start one even without a blank line.
std::vector<GcideParagraph> gcide_paragraphs(std::string_view body) {
  std::vector<GcideParagraph> found;
  bool open = true;
  std::size_t indent = kSenseIndent;
  std::string text;
  const auto close = [&] {
    if (!trimmed(text).empty()) found.push_back({indent, in_one_line_of_words(text)});
    text.clear();
    open = false;
  };
  bool after_source = true;
  for (const auto& line : text_lines(body)) {
    const auto words = trimmed(line.text);
    if (words.empty()) {
      close();
      continue;
    }
    const bool number = sense_mark(words) > 0 && (words[0] == '(' || !open || after_source);
    const bool heading =
        starts_with(words, "Syn:") || starts_with(words, "Note:") || starts_with(words, "Usage:");
    if (number || heading) close();
    if (!open) indent = static_cast<std::size_t>(words.data() - line.text.data());
    open = true;
    after_source = words.front() == '[' && words.back() == ']';
    text.append(line.text).append("\n");
  }
  close();
  return found;
}

/// Cuts off derived words without a definition: ` -- {Un*char"i*ta*bly}, adv.`
void cut_derived_words(std::string& text) {
  for (auto at = text.find("-- {"); at != text.npos; at = text.find("-- {", at + 1)) {
    const auto close = text.find('}', at);
    if (close == text.npos) return;
    const auto mark = text.find_first_of("*\"`", at + 4);
    if (mark < close || starts_with(std::string_view(text).substr(close), "}, n.") ||
        starts_with(std::string_view(text).substr(close), "}, a") ||
        starts_with(std::string_view(text).substr(close), "}, v.")) {
      text.resize(at);
      return;
    }
  }
}

bool is_name_part(std::string_view word) {
  const auto is_upper_or_digit = [](char c) {
    return std::isupper(static_cast<unsigned char>(c)) ||
           std::isdigit(static_cast<unsigned char>(c));
  };
  return !word.empty() &&
         (is_upper_or_digit(word[0]) || word.find_first_not_of("ivxlc.,") == word.npos);
}

/// Removes the names of authors: "--Shak.", "--Bp. Burnet.", "--1 Sam. vi. 7."
std::string without_authors(std::string_view text) {
  constexpr std::size_t kAbbreviation =
      4;  // "Jer." is followed by more of the name, "Shak." is not
  constexpr int kMostParts = 5;
  std::string kept;
  for (std::size_t i = 0; i < text.size();) {
    const bool author = starts_with(text.substr(i), "--") && i + 2 < text.size() &&
                        is_name_part(text.substr(i + 2, 1));
    if (!author) {
      kept += text[i++];
      continue;
    }
    i += 2;
    for (int part = 0; part < kMostParts && i < text.size(); ++part) {
      const auto word = text.substr(i, std::min(text.find(' ', i), text.size()) - i);
      if (!is_name_part(word)) break;
      i = std::min(i + word.size() + 1, text.size());
      if (word.back() == '.' && word.size() > kAbbreviation) break;
    }
    kept += ' ';
  }
  return kept;
}

/// Removes the examples of a sense: "...; as, an egregious rascal; an egregious mistake."
std::string without_examples(std::string_view text) {
  std::string kept;
  while (!text.empty()) {
    auto found = text.npos;
    for (const char* mark : {"; as, ", ": as, ", ", as, ", "-- as, ", "; as: "}) {
      found = std::min(found, text.find(mark));
    }
    kept += text.substr(0, found);
    if (found == text.npos) break;
    auto end = found;
    do {
      end = text.find('.', end + 1);
    } while (end != text.npos && end + 2 < text.size() &&
             (text[end + 1] != ' ' || std::islower(static_cast<unsigned char>(text[end + 2]))));
    if (end == text.npos) break;
    text.remove_prefix(end);
  }
  return kept;
}

/// Removes "[Written also {nacker}.]", "[See {X}.]"; returns what it removed of the latter.
std::string remove_remarks(std::string& text) {
  constexpr std::array<const char*, 7> kRemarks = {"Written ", "Formerly ", "Also ", "Spelt ",
                                                   "Often ",   "See ",      "Cf. "};
  std::string kept, references;
  for (std::size_t i = 0; i < text.size();) {
    const auto rest = std::string_view(text).substr(i);
    const auto end = rest.find(']');
    const bool remark = rest.front() == '[' && end != rest.npos &&
                        std::any_of(kRemarks.begin(), kRemarks.end(),
                                    [&](auto start) { return starts_with(rest.substr(1), start); });
    if (!remark) {
      kept += text[i++];
      continue;
    }
    if (rest[1] == 'S' || rest[1] == 'C') references += rest.substr(1, end - 1);
    i += end + 1;
  }
  text = std::move(kept);
  return references;
}

/// Moves the names after "called also" to `synonyms`: "-- called also {A}, {B}, and {C}."
void take_other_names(std::string& text, std::vector<std::string>& synonyms) {
  for (const char* mark : {"called also ", "Called also ", "also called ", "Also called "}) {
    for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at)) {
      auto end = at + std::string_view(mark).size();
      auto last = end;
      while (end < text.size()) {
        const auto rest = std::string_view(text).substr(end);
        const auto join = std::min(rest.find('{'), rest.size());
        const auto between = trimmed(rest.substr(0, join));
        const auto close = rest.find('}');
        const bool joins = between.empty() || between == "," || between == "and" ||
                           between == ", and" || between == "or" || between == ", or" ||
                           between == "the" || between == ", the" || between == "and the";
        if (!joins || close == rest.npos || close < join) break;
        synonyms.push_back(in_one_line_of_words(rest.substr(join + 1, close - join - 1)));
        end += close + 1;
        last = end;
      }
      if (last == at + std::string_view(mark).size()) {
        ++at;
        continue;
      }
      text.erase(at, last - at);
    }
  }
}

/// Removes the parts of speech of senses that share a paragraph: "... -- n. A native of Haiti."
std::string without_parts_of_speech(std::string_view text) {
  std::string kept;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t size = 0;
    for (std::string_view mark : {"-- n. ", "-- a. ", "-- adv. ", "-- v. t. ", "-- v. i. "}) {
      if (starts_with(text.substr(i), mark)) size = mark.size();
    }
    if (size == 0) {
      kept += text[i++];
    } else {
      i += size;
    }
  }
  return kept;
}

/// The words of a list "Syn: wicker; {To weave}, wickerwork."
std::vector<std::string> listed_synonyms(std::string_view list) {
  constexpr std::ptrdiff_t kMostBlanks = 3;
  std::vector<std::string> synonyms;
  std::string text = gcide_sense_text(list);
  std::replace(text.begin(), text.end(), ';', ',');
  for (const auto part : split(text, ',')) {
    std::string word = tidy_definition(part);
    if (starts_with(word, "To ") || starts_with(word, "to ")) word.erase(0, 3);
    const bool sentence = word.find(". ") != word.npos || starts_with(word, "See ") ||
                          std::count(word.begin(), word.end(), ' ') > kMostBlanks;
    if (!word.empty() && !sentence) synonyms.push_back(std::move(word));
  }
  return synonyms;
}

/// Reads the paragraphs of an entry in sequence.
class GcideSenses {
 public:
  GcideSenses(std::vector<std::string> words, EntryContent& content)
      : title_(std::move(words)), words_(title_), content_(content) {}

  void add(const GcideParagraph& paragraph) {
    std::string_view text = paragraph.text;
    if (starts_with(text, "Syn:")) return add_synonyms(text.substr(4));
    if (starts_with(text, "Note:") || starts_with(text, "Usage:")) return;
    const auto mark = sense_mark(text);
    if (mark == 0 && paragraph.indent >= kQuotationIndent && !first_) return;
    if (mark > 0 && text[0] != '(') words_ = title_;
    text.remove_prefix(mark);
    if (const auto second = sense_mark(text)) text.remove_prefix(second);  // "2. (a) ..."
    if (mark == 0 && !first_ && starts_with(text, "{")) text = take_phrases(text);
    first_ = false;
    define(std::string(text));
  }

 private:
  /// The phrases that the paragraph defines: "{Wolf eel} (Zool.), or {Wolf fish}, a ...". Returns
  /// the text after them.
  std::string_view take_phrases(std::string_view text) {
    words_.clear();
    while (starts_with(text, "{")) {
      const auto close = std::min(text.find('}'), text.size() - 1);
      std::string word;
      for (const char c : text.substr(1, close - 1)) {
        if (c != '*' && c != '"' && c != '`') word += c;
      }
      words_.push_back(in_one_line_of_words(word));
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
    std::vector<std::string> synonyms;
    cut_derived_words(text);
    text = without_authors(without_quotations(text));
    std::string references = remove_remarks(text);
    take_other_names(text, synonyms);
    text = without_parts_of_speech(without_examples(text));
    references += remove_cross_references(text, synonyms);
    if (starts_with(text, "of {") && text.find('}') + 2 >= text.size()) {  // "imp. of {Forbid}."
      references += text;
      text.clear();
    }
    for (auto& synonym : synonyms) synonym = tidy_definition(gcide_sense_text(synonym));
    content_.define(words_, tidy_definition(gcide_sense_text(text)), synonyms, references);
  }

  void add_synonyms(std::string_view list) {
    const auto synonyms = listed_synonyms(list);
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

  std::vector<std::string> title_, words_;
  EntryContent& content_;
  bool first_ = true;
};

}  // namespace

void read_gcide_entry(const DictdEntry& entry, EntryContent& content) {
  const auto start = entry.text.find_first_not_of(" \n");
  if (start == entry.text.npos) return content.define(entry.words, "", {});
  auto title = head_words(entry.text.substr(start));
  if (title.empty()) title = {entry.words.front()};
  const auto known = content.definitions.size();
  GcideSenses senses(title, content);
  for (const auto& paragraph : gcide_paragraphs(entry.text.substr(gcide_header_size(entry.text)))) {
    senses.add(paragraph);
  }
  // The index also lists inflected forms and words that the entry mentions.
  std::vector<std::string> met;
  for (auto i = known; i < content.definitions.size(); ++i) {
    met.push_back(bare_word(content.definitions[i].word));
  }
  for (const auto& skipped : content.skipped) met.push_back(bare_word(skipped.word));
  std::sort(met.begin(), met.end());
  for (const auto& word : entry.words) {
    if (std::binary_search(met.begin(), met.end(), bare_word(word))) continue;
    content.skipped.push_back({word, SkipReason::other_word, title.front()});
  }
}

}  // namespace wordbridge
