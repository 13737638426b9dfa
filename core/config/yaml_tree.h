#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/fields.h"

namespace wordbridge {

/// Position of a value: the number of the source and the line, counted from 1 (0: a source that has
/// only one line).
struct YamlPlace {
  int source = -1;
  int line = 0;
};

/// A YAML document as plain values with their positions. Keys of a mapping are unique.
struct YamlNode {
  enum class Kind { nothing, scalar, list, mapping };
  Kind kind = Kind::nothing;
  YamlPlace place = {};  // in a mapping, the position of the key
  bool quoted = false;   // a scalar that is always a string
  std::string text = {};
  std::vector<YamlNode> items = {};
  std::map<std::string, YamlNode> entries = {};
};

/// Invalid YAML, or YAML that is not a configuration. Lines count from 1; 0: unknown.
struct YamlError : std::runtime_error {
  YamlError(const std::string& what, int at_line) : std::runtime_error(what), line(at_line) {}
  int line;
};

/// Parses the document in `text`; returns "nothing" if it is empty. YamlError for invalid UTF-8,
/// control characters, tabs as indentation, invalid syntax, duplicate keys, keys that are not
/// strings, tags, aliases inside their own value, several documents, more than 64 levels or 100000
/// values.
YamlNode parse_yaml(const std::string& text, int source);

/// Merges `from` into `into`. Mappings are merged entry by entry; any other value replaces the old
/// one. A mapping without a value (`key:`) removes nothing.
void merge_yaml(YamlNode& into, YamlNode from);

/// Config::read() for a tree.
void read_fields(const YamlNode& root, const FieldGroup& fields, Problems& problems);

}  // namespace wordbridge
