#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/fields.h"

namespace wordbridge {

/// Where a value was written: the source's number, and the line from 1 (0: a source of one line).
struct YamlPlace {
  int source = -1;
  int line = 0;
};

/// A YAML document as plain values that know their places. Keys of a mapping are unique.
struct YamlNode {
  enum class Kind { nothing, scalar, list, mapping };
  Kind kind = Kind::nothing;
  YamlPlace place = {};  // in a mapping, that of the key
  bool quoted = false;   // a scalar that is text whatever it looks like
  std::string text = {};
  std::vector<YamlNode> items = {};
  std::map<std::string, YamlNode> entries = {};
};

/// Text that is no YAML, or YAML that is no configuration; the line counts from 1, 0: unknown.
struct YamlError : std::runtime_error {
  YamlError(const std::string& what, int at_line) : std::runtime_error(what), line(at_line) {}
  int line;
};

/// The document in `text`, "nothing" if it is empty. YamlError: invalid UTF-8, control characters,
/// tabs as indentation, bad syntax, a key twice or that is no text, tags, aliases into themselves,
/// several documents, more than 64 levels or 100000 values.
YamlNode parse_yaml(const std::string& text, int source);

/// What `from` says goes over what `into` says: mappings entry by entry, all else as a whole; a
/// mapping that was left empty takes nothing away.
void merge_yaml(YamlNode& into, YamlNode from);

/// Config::read, for a tree.
void read_fields(const YamlNode& root, const FieldGroup& fields, Problems& problems);

}  // namespace wordbridge
