#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <type_traits>
#include <variant>

#include "core/config/config.h"
#include "core/error.h"
#include "core/text.h"

namespace wordbridge {
namespace {

constexpr std::size_t kCommentColumn = 32;

/// Whether YAML (1.1 or 1.2) reads the unquoted text as exactly this string.
bool is_plain(const std::string& text) {
  static const std::array<std::string_view, 9> kOthers = {"true", "false", "null", "yes", "no",
                                                          "on",   "off",   "y",    "n"};
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  if (text.empty() || !(letter(text[0]) || text[0] == '/' || text[0] == '<')) return false;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!letter(c) && !digit && std::string_view("./-+<>@() ").find(c) == std::string_view::npos)
      return false;
  }
  if (text.back() == ' ' || parse_double(text)) return false;
  std::string lower = text;
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return std::find(kOthers.begin(), kOthers.end(), lower) == kOthers.end();
}

std::string scalar_text(const std::string& text) {
  if (is_plain(text)) return text;
  if (invalid_utf8(text))
    throw Error("a string that is not UTF-8 can't be written as YAML")
        .got("'{}'", printable(text))
        .hint("rename the file or folder; the files in a folder may have any names");
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted += fmt::format("\\x{:02X}", byte);
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string scalar_text(bool value) { return value ? "true" : "false"; }
std::string scalar_text(std::int64_t value) { return std::to_string(value); }
std::string scalar_text(double value) { return number_text(value); }

template <class T>
std::string scalar_text(const std::vector<T>& values) {
  std::vector<std::string> parts;
  for (const T& value : values) parts.push_back(scalar_text(value));
  return "[" + join(parts, ", ") + "]";
}

template <class T>
std::string scalar_text(const std::optional<T>& value) {
  return value ? scalar_text(*value) : kAutomatic;
}

/// "> 0", "[0, 1)", "one of a, b", or empty.
std::string limits_text(const Field& field) {
  return field.choices.empty() ? field.range.text() : "one of " + join(field.choices, ", ");
}

std::string with_comment(std::string line, std::size_t column, std::string comment) {
  if (comment.empty()) return line + "\n";
  std::replace(comment.begin(), comment.end(), '\n', ' ');
  line.resize(std::max(column, line.size() + 2), ' ');
  return line + "# " + comment + "\n";
}

void dump_group(const FieldGroup& group, std::size_t indent, bool explain, std::string& out) {
  const std::string margin(indent, ' ');
  std::vector<std::string> lines;
  std::size_t column = 0;
  for (const auto& field : group.fields) {
    lines.push_back(fmt::format("{}{}: {}", margin, field.name, value_text(field)));
    column = std::max(column, lines.back().size() + 2);
  }
  column = std::min(column, indent + kCommentColumn);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Field& field = group.fields[i];
    std::string comment = field.help;
    const std::string limits = limits_text(field);
    if (!comment.empty() && !limits.empty()) comment += "; ";
    out += with_comment(lines[i], column, explain ? comment + limits : "");
  }
  for (const auto& inner : group.groups) {
    const bool empty = inner.fields.empty() && inner.groups.empty();
    const std::string line = margin + inner.name + (empty ? ": {}" : ":");
    out += with_comment(line, 0, explain ? inner.help : "");
    dump_group(inner, indent + 2, explain, out);
  }
}

std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c == '\n' ? ' ' : c;
  }
  return escaped;
}

void document_group(const FieldGroup& group, const std::string& prefix, std::string& out) {
  for (const auto& field : group.fields) {
    out += fmt::format("| `{}{}` | {} | `{}` | {} | {} |\n", prefix, field.name, type_name(field),
                       cell(value_text(field)), cell(limits_text(field)), cell(field.help));
  }
  for (const auto& inner : group.groups) {
    out += fmt::format("| `{}{}` | group |  |  | {} |\n", prefix, inner.name, cell(inner.help));
    document_group(inner, prefix + inner.name + ".", out);
  }
}

}  // namespace

std::string type_name(const Field& field) {
  static const std::array<const char*, std::variant_size_v<Field::Value>> kNames = {
      "boolean",
      "integer",
      "number",
      "string",
      "list of integers",
      "list of numbers",
      "list of strings",
      "string",
      "integer or auto",
      "number or auto",
      "list of integers or auto"};
  return kNames[field.value.index()];
}

std::string value_text(const Field& field) {
  return std::visit([](const auto& value) { return scalar_text(*value); }, field.value);
}

bool same_values(const FieldGroup& a, const FieldGroup& b) {
  const auto same_field = [](const Field& x, const Field& y) {
    return x.name == y.name && (x.is_open() || y.is_open() || value_text(x) == value_text(y));
  };
  const auto same_group = [](const FieldGroup& x, const FieldGroup& y) {
    return x.name == y.name && same_values(x, y);
  };
  return std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(),
                    same_field) &&
         std::equal(a.groups.begin(), a.groups.end(), b.groups.begin(), b.groups.end(), same_group);
}

std::string dump_yaml(const FieldGroup& group, bool explain) {
  std::string out;
  dump_group(group, 0, explain, out);
  return out;
}

std::string document_fields(const FieldGroup& group) {
  std::string out =
      "| name | type | default | range or choices | meaning |\n|---|---|---|---|---|\n";
  document_group(group, "", out);
  return out;
}

}  // namespace wordbridge
