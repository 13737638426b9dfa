#include "data/lexicon/gcide_sense.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/text.h"
#include "data/lexicon/entry_text.h"
#include "data/text/gcide_text.h"

namespace wordbridge {
namespace {

/// Cuts off derived words without a definition: ` -- {Un*char"i*ta*bly}, adv.`
void cut_derived_words(std::string& text) {
  // Without braces: " -- A*larm"ing*ly, adv."
  for (auto at = text.find("-- "); at != text.npos; at = text.find("-- ", at + 1)) {
    const auto word = text.substr(at + 3, text.find(' ', at + 3) - at - 3);
    if (word.find('*') == text.npos || word.front() == '{') continue;
    text.resize(at);
    return;
  }
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

/// Replaces the codes that contain a quotation mark, '["e]', by their characters.
void decode_diaereses(std::string& text) {
  constexpr std::size_t kSize = 4;
  for (auto at = text.find("[\""); at != text.npos; at = text.find("[\"", at + 1)) {
    if (at + kSize > text.size() || text[at + kSize - 1] != ']') continue;
    text.replace(at, kSize, gcide_sense_text(text.substr(at, kSize)));
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
      const bool joins =
          part > 0 && (word == "&" || word == "of");  // "R. of Brunne", "Beau. & Fl."
      if (!is_name_part(word) && !joins) break;
      i = std::min(i + word.size() + 1, text.size());
      const bool continues =
          starts_with(text.substr(i), "& ") || starts_with(text.substr(i), "of ");
      if (word.back() == '.' && word.size() > kAbbreviation && !continues) break;
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
  if (text.find("alled") == text.npos) return;
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
      const auto kept = text.find_last_not_of(" -,;", at == 0 ? 0 : at - 1);
      const auto begin = at == 0 || kept == text.npos ? 0 : kept + 1;
      text.erase(begin, last - begin);
      at = begin;
    }
  }
}

/// Removes the parts of speech of senses that share a paragraph: "... -- n. A native of Haiti."
std::string without_parts_of_speech(std::string_view text) {
  std::string kept;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t size = 0;
    for (std::string_view mark : {"-- n. ", "-- a. ", "-- adv. ", "-- v. t. ", "-- v. i. "}) {
      if (text[i] == '-' && starts_with(text.substr(i), mark)) size = mark.size();
    }
    if (size == 0) {
      kept += text[i++];
    } else {
      i += size;
    }
  }
  return kept;
}

}  // namespace

std::vector<std::string> gcide_synonyms(std::string_view list) {
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

std::string gcide_word(const std::string& word) {
  return word.find('[') == word.npos ? word : tidy_definition(gcide_sense_text(word));
}

GcideSense read_gcide_sense(std::string text) {
  GcideSense sense;
  decode_diaereses(text);
  cut_derived_words(text);
  text = without_authors(without_quotations(text));
  sense.reference = remove_remarks(text);
  take_other_names(text, sense.synonyms);
  text = without_parts_of_speech(without_examples(text));
  sense.reference += remove_cross_references(text, sense.synonyms);
  if (starts_with(text, "of {") && text.find('}') + 2 >= text.size()) {  // "imp. of {Forbid}."
    sense.reference += text;
    text.clear();
  }
  for (auto& synonym : sense.synonyms) synonym = gcide_word(synonym);
  sense.text = tidy_definition(gcide_sense_text(text));
  return sense;
}

}  // namespace wordbridge
