#include <algorithm>

#include "core/io/text_file.h"
#include "core/text.h"
#include "data/lexicon/entry_reader.h"
#include "data/lexicon/entry_text.h"

namespace wordbridge {
namespace {

/// The start of `line` that has the letters and digits of `bare`, up to the next blank or bracket.
std::string spelling_in(std::string_view line, const std::string& bare) {
  if (bare.empty()) return {};
  for (std::size_t end = 1; end <= line.size(); ++end) {
    const bool cut = end == line.size() || line[end] == ' ' || line[end] == ',';
    if (cut && bare_word(line.substr(0, end)) == bare) return std::string(line.substr(0, end));
  }
  return {};
}

/// The first line of `text`, which is removed from it.
std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto line = without_line_end(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// Without the number of a sense: "1. ", "12) ".
std::string_view without_number(std::string_view text) {
  const auto digits = text.find_first_not_of("0123456789");
  const bool number = digits != text.npos && digits > 0 && digits + 1 < text.size() &&
                      (text[digits] == '.' || text[digits] == ')') && text[digits + 1] == ' ';
  return number ? trimmed(text.substr(digits + 2)) : text;
}

/// Without the parts of speech of a sense of the Jargon File: "vi. To post", "n.,vt. A hit".
std::string_view without_grammar(std::string_view text) {
  for (bool found = true; found;) {
    found = false;
    for (std::string_view part : {"n.", "v.", "vi.", "vt.", "adj.", "adv.", "imp.", "interj."}) {
      const auto rest = text.substr(std::min(part.size(), text.size()));
      if (!starts_with(text, part) || rest.empty() || (rest[0] != ' ' && rest[0] != ',')) continue;
      text = trimmed(rest.substr(1));
      found = true;
    }
  }
  return text;
}

/// Without a group in brackets at its start: "<hardware> ...", "[Unix] ...".
std::string_view without_group(std::string_view text, char open, char close) {
  if (text.empty() || text.front() != open) return text;
  const auto end = text.find(close);
  return end == text.npos ? text : trimmed(text.substr(end + 1));
}

/// Without addresses: "(http://...)", "{Storage FAQ (http://...)}", "<name@host>".
std::string without_addresses(std::string_view text) {
  std::string kept;
  for (std::size_t i = 0; i < text.size();) {
    const auto open = std::string_view("({<").find(text[i]);
    const auto end = open == text.npos ? text.npos : text.find(")}>"[open], i);
    const auto inside = end == text.npos ? std::string_view() : text.substr(i + 1, end - i - 1);
    const bool address = inside.find("://") != inside.npos || starts_with(inside, "news:") ||
                         inside.find(".html") != inside.npos ||
                         (text[i] == '<' && inside.find('@') != inside.npos);
    if (address) {
      i = end + 1;
    } else {
      kept += text[i++];
    }
  }
  return kept;
}

/// Defines words by paragraphs, each of which is cleaned.
template <class Clean>
void define_paragraphs(const EntryTitle& title, EntryContent& content, const Clean& clean,
                       std::vector<std::string> synonyms = {}) {
  std::string text, references;
  for (const auto paragraph : paragraphs_of(title.rest)) {
    std::string part = clean(in_one_line_of_words(paragraph));
    part = without_quotations(part);
    const auto removed = remove_cross_references(part, synonyms);
    if (!removed.empty()) references += (references.empty() ? "" : " ") + removed;
    part = tidy_definition(part);
    if (!part.empty()) text += (text.empty() ? "" : ". ") + part;
  }
  content.define(title.words, text, synonyms, references);
}

/// The link of an entry that is nothing else: "{finite state machine}", "See {boot}".
std::string only_link(std::string_view text) {
  const std::string line = in_one_line_of_words(text);
  const bool link = line.size() > 2 && line.front() == '{' && line.find('}') >= line.size() - 2 &&
                    line.find("://") == line.npos;
  return link ? line : std::string();
}

}  // namespace

EntryTitle title_of(const DictdEntry& entry) {
  EntryTitle title;
  std::vector<std::string> bare;
  for (const auto& word : entry.words) bare.push_back(bare_word(word));
  std::vector<bool> found(bare.size(), false);
  // Whether the line is a title. Only the first may be followed by something else in its line.
  const auto take_title = [&](const std::string& line) {
    const bool first = title.words.empty();
    bool taken = false;
    for (std::size_t i = 0; i < bare.size(); ++i) {
      const auto word = spelling_in(line, bare[i]);
      if (word.empty() || found[i] || (!first && word.size() < line.size())) continue;
      found[i] = taken = true;
      title.words.push_back(word);
    }
    return taken;
  };
  std::string_view rest =
      entry.text.substr(std::min(entry.text.find_first_not_of('\n'), entry.text.size()));
  while (!rest.empty()) {
    auto after = rest;
    const std::string line(trimmed(take_line(after)));
    bool taken = take_title(line);
    if (!taken && title.words.empty()) {  // a title that is wrapped
      taken = take_title(line + " " + std::string(trimmed(take_line(after))));
    }
    if (!taken) break;
    rest = after;
  }
  for (std::size_t i = 0; i < bare.size(); ++i) {
    if (!found[i] && !bare[i].empty()) title.words.push_back(entry.words[i]);
  }
  if (title.words.empty()) {  // a head word of punctuation, which the index leaves out: "... /x/"
    const auto line = take_line(rest);
    title.words.emplace_back(trimmed(line.substr(0, line.find(" /"))));
  }
  title.rest = rest;
  return title;
}

void EntryContent::define(const std::vector<std::string>& words, const std::string& text,
                          const std::vector<std::string>& synonyms, const std::string& reference) {
  for (const auto& word : words) {
    DictionaryDefinition definition{word, text, {}};
    for (const auto& synonym : synonyms) {
      const auto& known = definition.synonyms;
      if (!synonym.empty() && synonym != word &&
          std::find(known.begin(), known.end(), synonym) == known.end()) {
        definition.synonyms.push_back(synonym);
      }
    }
    if (!text.empty() || !definition.synonyms.empty()) {
      definitions.push_back(std::move(definition));
    } else {
      skipped.push_back(
          {word, reference.empty() ? SkipReason::empty : SkipReason::cross_reference, reference});
    }
  }
}

namespace {

/// The words of "[syn: {a}, {b}]" at the end of a sense; such groups, also "[ant: {c}]", are
/// removed.
std::vector<std::string> take_synonyms(std::string_view& sense) {
  std::vector<std::string> synonyms;
  for (auto group = sense.rfind('['); group != sense.npos; group = sense.rfind('[')) {
    const auto text = sense.substr(group);
    if (starts_with(text, "[syn:")) {
      synonyms = links_in(text);
    } else if (!starts_with(text, "[ant:") && !starts_with(text, "[also:")) {
      break;
    }
    sense = sense.substr(0, group);
  }
  for (auto& synonym : synonyms) {  // without the place of an adjective: "alleged(a)"
    const auto place = synonym.rfind('(');
    if (place != synonym.npos && synonym.back() == ')') synonym.resize(place);
  }
  return synonyms;
}

}  // namespace

/// "    n 1: the gloss; "an example" [syn: {a}, {b}] [ant: {c}]", "    2: ...": the first line of a
/// sense is indented by four blanks, the others by more.
void read_wordnet_entry(const DictdEntry& entry, EntryContent& content) {
  const auto title = title_of(entry);
  std::string text;
  const auto define = [&] {
    const std::string line = in_one_line_of_words(text);
    std::string_view sense = line;
    const auto synonyms = take_synonyms(sense);
    sense.remove_prefix(std::min(sense.find(": ") + 2, sense.size()));
    if (!line.empty()) content.define(title.words, definition_of_gloss(sense), synonyms);
    text.clear();
  };
  for (const auto& line : text_lines(title.rest)) {
    if (line.text.find_first_not_of(' ') <= 4) define();
    text.append(line.text).append("\n");
  }
  define();
}

namespace {

/// A paragraph without its subject, references and dates: "[{Jargon File}]", "(2000-11-22)".
std::string foldoc_paragraph(std::string_view text) {
  text = without_number(without_group(without_number(text), '<', '>'));
  if (starts_with(text, "/")) {  // the pronunciation
    const auto end = text.find("/ ", 1);
    if (end < text.find(' ')) text = without_number(trimmed(text.substr(end + 1)));
  }
  const bool bracketed = starts_with(text, "[") && without_group(text, '[', ']').size() <= 1;
  const bool dated = text.size() == 12 && text.front() == '(' && text[5] == '-';
  if (text.empty() || bracketed || dated) return {};
  for (const char* address :
       {"E-mail:", "Address:", "Telephone:", "Usenet newsgroup", "{Usenet} newsgroup"}) {
    if (starts_with(text, address)) return {};
  }
  // Another name of the entry: "(MO) A plastic disk", "(Or kgbvax) Originally".
  constexpr std::size_t kLongestName = 24;
  const auto after = without_group(text, '(', ')');
  const auto group = trimmed(text.substr(0, text.size() - after.size()));
  const bool name = group.size() < kLongestName && group.find(' ') == group.npos;
  const bool other_name = name || starts_with(group, "(Or ") || starts_with(group, "(or ");
  if (other_name && !after.empty()) text = after;
  return without_addresses(text);
}

}  // namespace

void read_foldoc_entry(const DictdEntry& entry, EntryContent& content) {
  const auto title = title_of(entry);
  const auto link = only_link(title.rest);
  if (!link.empty()) return content.define(title.words, "", {}, link);
  define_paragraphs(title, content, foldoc_paragraph, title.words);
}

/// " /pronunciation/, n.", a blank line, the text, which may begin with "[its origin]".
void read_jargon_entry(const DictdEntry& entry, EntryContent& content) {
  auto title = title_of(entry);
  if (starts_with(title.rest, " ") && !starts_with(title.rest, "  ")) take_line(title.rest);
  define_paragraphs(title, content, [](std::string_view text) {
    return without_addresses(without_group(without_grammar(without_number(text)), '[', ']'));
  });
}

/// "Advanced Audio Coding [profile] (IIS, MPEG), "A/C"": expansion, fields, spelling.
void read_vera_entry(const DictdEntry& entry, EntryContent& content) {
  const auto title = title_of(entry);
  std::string text = in_one_line_of_words(title.rest);
  const auto spelling = text.rfind(", \"");
  if (spelling != text.npos && text.back() == '"') text.resize(spelling);
  if (!text.empty() && text.back() == ')') {
    std::size_t depth = 0, i = text.size();
    do {
      --i;
      if (text[i] == ')') ++depth;
      if (text[i] == '(') --depth;
    } while (i > 0 && depth > 0);
    if (depth == 0) text.resize(i);
  }
  const auto same = text.find("[=");  // "[= Triple A]"
  if (same != text.npos)
    text.erase(same, std::min(text.find(']', same), text.size() - 1) + 1 - same);
  for (const char bracket : {'[', ']'}) {
    text.erase(std::remove(text.begin(), text.end(), bracket), text.end());
  }
  content.define(title.words, tidy_definition(text), {});
}

/// Lines "Symbol: H", "Atomic number: 1", "Atomic weight: 1.0079", then the text.
void read_elements_entry(const DictdEntry& entry, EntryContent& content) {
  auto title = title_of(entry);
  std::string text;
  for (const auto& line : text_lines(title.rest)) {
    if (starts_with(line.text, "Symbol:") || starts_with(line.text, "Atomic ") ||
        starts_with(line.text, "Atmic ")) {
      continue;
    }
    text += std::string(line.text) + "\n";
  }
  title.rest = text;
  define_paragraphs(title, content, [](std::string_view part) { return std::string(part); });
}

/// The translations without grammar "<masc>", labels "[cook.]", examples and notes; synonyms.
void read_freedict_entry(const DictdEntry& entry, EntryContent& content) {
  const auto title = title_of(entry);
  std::string text, reference;
  std::vector<std::string> synonyms;
  for (const auto& line : text_lines(title.rest)) {
    const auto part = trimmed(line.text);
    if (starts_with(part, "Synonym:") || starts_with(part, "Synonyms:")) {
      for (auto& link : links_in(part)) synonyms.push_back(std::move(link));
    } else if (starts_with(part, "see:")) {
      reference = part;
    } else if (!starts_with(part, "Note:") && !starts_with(part, "\"")) {
      std::string kept;
      for (std::size_t i = 0; i < part.size();) {
        const char close = part[i] == '<' ? '>' : part[i] == '[' ? ']' : '\0';
        const auto end = close == '\0' ? part.npos : part.find(close, i);
        if (end != part.npos) {
          i = end + 1;
        } else {
          kept += part[i++];
        }
      }
      text += kept + "\n";
    }
  }
  content.define(title.words, tidy_definition(text), synonyms, reference);
}

void read_any_entry(const DictdEntry& entry, EntryContent& content) {
  const auto title = title_of(entry);
  const auto link = only_link(title.rest);
  if (!link.empty()) return content.define(title.words, "", {}, link);
  define_paragraphs(title, content,
                    [](std::string_view text) { return without_addresses(without_number(text)); });
}

}  // namespace wordbridge
