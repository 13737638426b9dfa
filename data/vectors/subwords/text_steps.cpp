#include "data/vectors/subwords/text_steps.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/text.h"
#include "data/vectors/subwords/characters.h"
#include "data/vectors/subwords/precompiled_map.h"

namespace wordbridge {
namespace {

using nlohmann::json;
using TextParts = std::vector<TextPart>;

/// What happens to a character at which a text is divided.
enum class Divide { nowhere, removed, isolated, before, contiguous };

/// Divides the part at the characters for which `how` says so.
template <class How>
TextParts divided(const TextPart& part, How how) {
  TextParts parts;
  bool is_open = false;    // the last part continues
  bool was_class = false;  // the last character was `contiguous`
  for (std::size_t i = 0; i < part.text.size(); ++i) {
    const char32_t c = part.text[i];
    const Divide divide = how(c);
    if (divide == Divide::removed) {
      is_open = false;
      continue;
    }
    const bool is_class = divide == Divide::contiguous;
    if (!is_open || divide == Divide::isolated || divide == Divide::before || is_class != was_class)
      parts.push_back({{}, part.is_first && i == 0});
    parts.back().text += c;
    is_open = divide != Divide::isolated;
    was_class = is_class;
  }
  return parts;
}

/// The alphabet of byte-level tokenizers: a byte that is a visible character of Latin-1 is that
/// character, the others are those from U+0100 on.
const std::array<char32_t, 256>& byte_alphabet() {
  static const auto alphabet = [] {
    std::array<char32_t, 256> letters{};
    char32_t next = 0x100;
    for (char32_t byte = 0; byte < 256; ++byte) {
      const bool is_visible = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte != 0xad);
      letters[byte] = is_visible ? byte : next++;
    }
    return letters;
  }();
  return alphabet;
}

std::u32string in_byte_alphabet(const std::u32string& text) {
  std::u32string letters;
  for (const char byte : utf8(text)) letters += byte_alphabet()[static_cast<unsigned char>(byte)];
  return letters;
}

/// End of the token of GPT-2's regular expression that starts at `begin`:
/// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
std::size_t gpt2_token_end(const std::u32string& text, std::size_t begin) {
  for (const std::u32string_view suffix : {U"'s", U"'t", U"'re", U"'ve", U"'m", U"'ll", U"'d"})
    if (text.compare(begin, suffix.size(), suffix) == 0) return begin + suffix.size();
  const auto end_of = [&](std::size_t from, auto belongs) {
    while (from < text.size() && belongs(text[from])) ++from;
    return from;
  };
  const std::size_t start = text[begin] == U' ' ? begin + 1 : begin;
  const auto is_other = [](char32_t c) {
    return !is_blank_character(c) && !is_letter_character(c) && !is_number_character(c);
  };
  for (const std::size_t end : {end_of(start, is_letter_character),
                                end_of(start, is_number_character), end_of(start, is_other)})
    if (end > start) return end;
  const std::size_t end = end_of(begin, is_blank_character);
  return end < text.size() && end > begin + 1 ? end - 1 : end;
}

TextParts gpt2_parts(const TextPart& part) {
  TextParts parts;
  for (std::size_t begin = 0; begin < part.text.size();) {
    const std::size_t end = gpt2_token_end(part.text, begin);
    parts.push_back({part.text.substr(begin, end - begin), part.is_first && begin == 0});
    begin = end;
  }
  return parts;
}

std::u32string with_replaced(const std::u32string& text, const std::u32string& from,
                             const std::u32string& to) {
  std::u32string result;
  for (std::size_t i = 0; i < text.size();) {
    if (text.compare(i, from.size(), from) == 0) {
      result += to;
      i += from.size();
    } else {
      result += text[i++];
    }
  }
  return result;
}

/// Replaces each run of at least two spaces.
std::u32string with_replaced_spaces(const std::u32string& text, const std::u32string& to) {
  std::u32string result;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = std::min(text.find_first_not_of(U' ', i), text.size());
    if (end >= i + 2)
      result += to;
    else
      result += text.substr(i, std::max(end, i + 1) - i);
    i = std::max(end, i + 1);
  }
  return result;
}

std::u32string stripped(const std::u32string& text, bool left, bool right) {
  const auto is_visible = [](char32_t c) { return !is_blank_character(c); };
  const auto begin = left ? std::find_if(text.begin(), text.end(), is_visible) : text.begin();
  const auto end =
      right ? std::find_if(text.rbegin(), std::make_reverse_iterator(begin), is_visible).base()
            : text.end();
  return {begin, end};
}

/// Puts `marker` in place of spaces and, by `scheme`, before the text; divides before each marker.
TextParts with_markers(TextPart part, const std::u32string& marker, const std::string& scheme,
                       bool splits) {
  part.text = with_replaced(part.text, U" ", marker);
  const bool prepends = scheme == "always" || (scheme == "first" && part.is_first);
  if (prepends && part.text.compare(0, marker.size(), marker) != 0) part.text.insert(0, marker);
  if (!splits) return {part};
  return divided(part,
                 [&](char32_t c) { return c == marker[0] ? Divide::before : Divide::nowhere; });
}

/// The name of a step's type.
std::string step_name(const json& step) { return step.at("type").get<std::string>(); }

std::u32string text_field(const json& step, const char* field) {
  return code_points(step.at(field).get_ref<const std::string&>());
}

/// A field that may be missing or null.
template <class T>
T field_or(const json& step, const char* field, T otherwise) {
  const auto found = step.find(field);
  return found == step.end() || found->is_null() ? otherwise : found->get<T>();
}

}  // namespace

std::string bytes_of_alphabet(std::u32string_view text) {
  const auto& alphabet = byte_alphabet();
  std::string bytes;
  for (const char32_t c : text) {
    const auto* const found = std::find(alphabet.begin(), alphabet.end(), c);
    if (found == alphabet.end()) return {};
    bytes += static_cast<char>(found - alphabet.begin());
  }
  return bytes;
}

TextSteps::TextSteps(const json& tokenizer) {
  if (const auto step = tokenizer.find("normalizer"); step != tokenizer.end() && !step->is_null())
    add_normalizer(*step);
  if (const auto step = tokenizer.find("pre_tokenizer");
      step != tokenizer.end() && !step->is_null())
    add_pre_tokenizer(*step);
}

void TextSteps::add_normalizer(const json& step) {
  const std::string name = step_name(step);
  const auto add = [&](auto function) { normalizers_.emplace_back(std::move(function)); };
  if (name == "Sequence") {
    for (const json& part : step.at("normalizers")) add_normalizer(part);
  } else if (name == "BertNormalizer") {
    const bool lowercases = field_or(step, "lowercase", true);
    const BertRules rules{field_or(step, "clean_text", true),
                          field_or(step, "handle_chinese_chars", true),
                          field_or(step, "strip_accents", lowercases), lowercases};
    add([rules](std::u32string text) { return bert_normalized(text, rules); });
  } else if (name == "Lowercase") {
    add([](std::u32string text) { return lower_case_of_each(text); });
  } else if (name == "NFC" || name == "NFD" || name == "NFKC" || name == "NFKD") {
    const auto form = name == "NFC"    ? UnicodeForm::nfc
                      : name == "NFD"  ? UnicodeForm::nfd
                      : name == "NFKC" ? UnicodeForm::nfkc
                                       : UnicodeForm::nfkd;
    add([form](std::u32string text) { return in_unicode_form(text, form); });
  } else if (name == "StripAccents") {
    add([](std::u32string text) {
      text.erase(std::remove_if(text.begin(), text.end(), is_mark_character), text.end());
      return text;
    });
  } else if (name == "Strip") {
    const bool left = field_or(step, "strip_left", true),
               right = field_or(step, "strip_right", true);
    add([left, right](std::u32string text) { return stripped(text, left, right); });
  } else if (name == "Prepend") {
    add([prefix = text_field(step, "prepend")](std::u32string text) {
      return text.empty() ? text : prefix + text;
    });
  } else if (name == "ByteLevel") {
    add([](std::u32string text) { return in_byte_alphabet(text); });
  } else if (name == "Precompiled" && step.at("precompiled_charsmap").is_string()) {
    if (auto map =
            PrecompiledMap::parse(step["precompiled_charsmap"].get_ref<const std::string&>()))
      add([map = *std::move(map)](std::u32string text) { return map.normalized(text); });
    else
      unsupported_.push_back("the normalizer Precompiled: its table is damaged");
  } else if (name == "Replace" && step.at("pattern").contains("String") &&
             step["pattern"]["String"] != "") {
    add([from = text_field(step["pattern"], "String"), to = text_field(step, "content")](
            std::u32string text) { return with_replaced(text, from, to); });
  } else if (name == "Replace" && step["pattern"].contains("Regex") &&
             step["pattern"]["Regex"] == " {2,}") {
    add([to = text_field(step, "content")](std::u32string text) {
      return with_replaced_spaces(text, to);
    });
  } else {
    unsupported_.push_back("the normalizer " + printable(name));
  }
}

void TextSteps::add_pre_tokenizer(const json& step) {
  const std::string name = step_name(step);
  const auto add = [&](auto function) { pre_tokenizers_.emplace_back(std::move(function)); };
  const auto add_division = [&](auto how) {
    add([how](const TextPart& part) { return divided(part, how); });
  };
  if (name == "Sequence") {
    for (const json& part : step.at("pretokenizers")) add_pre_tokenizer(part);
  } else if (name == "WhitespaceSplit") {
    add_division(
        [](char32_t c) { return is_blank_character(c) ? Divide::removed : Divide::nowhere; });
  } else if (name == "Whitespace") {
    add_division([](char32_t c) {
      return is_blank_character(c)  ? Divide::removed
             : is_word_character(c) ? Divide::nowhere
                                    : Divide::contiguous;
    });
  } else if (name == "BertPreTokenizer") {
    add_division([](char32_t c) {
      return is_blank_character(c)         ? Divide::removed
             : is_punctuation_character(c) ? Divide::isolated
                                           : Divide::nowhere;
    });
  } else if (name == "Punctuation" &&
             field_or<std::string>(step, "behavior", "Isolated") == "Isolated") {
    add_division([](char32_t c) {
      return is_punctuation_character(c) ? Divide::isolated : Divide::nowhere;
    });
  } else if (name == "Digits") {
    const auto how =
        field_or(step, "individual_digits", false) ? Divide::isolated : Divide::contiguous;
    add_division([how](char32_t c) { return is_number_character(c) ? how : Divide::nowhere; });
  } else if (name == "Metaspace") {
    const std::u32string marker = text_field(step, "replacement");
    std::string scheme = field_or<std::string>(step, "prepend_scheme", "always");
    if (!field_or(step, "add_prefix_space", true)) scheme = "never";
    add([marker, scheme, splits = field_or(step, "split", true)](TextPart part) {
      return with_markers(std::move(part), marker, scheme, splits);
    });
  } else if (name == "ByteLevel") {
    add([prepends = field_or(step, "add_prefix_space", true),
         divides = field_or(step, "use_regex", true)](TextPart part) {
      if (prepends && part.text.compare(0, 1, U" ") != 0) part.text.insert(0, U" ");
      TextParts parts = divides ? gpt2_parts(part) : TextParts{part};
      for (TextPart& one : parts) one.text = in_byte_alphabet(one.text);
      return parts;
    });
  } else {
    unsupported_.push_back("the pre-tokenizer " + printable(name));
  }
}

std::u32string TextSteps::normalized(std::u32string text) const {
  for (const auto& normalizer : normalizers_) text = normalizer(std::move(text));
  return text;
}

TextParts TextSteps::parts(std::u32string text) const {
  TextParts parts;
  if (!text.empty()) parts.push_back({std::move(text), true});
  for (const auto& pre_tokenizer : pre_tokenizers_) {
    TextParts next;
    for (TextPart& part : parts)
      for (TextPart& smaller : pre_tokenizer(std::move(part))) next.push_back(std::move(smaller));
    parts = std::move(next);
  }
  return parts;
}

}  // namespace wordbridge
