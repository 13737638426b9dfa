#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <variant>

#include "core/config/yaml_tree.h"
#include "core/text.h"

namespace wordbridge {
namespace {

using Kind = YamlNode::Kind;

std::string shown(const YamlNode& node) {
  switch (node.kind) {
    case Kind::nothing:
      return "nothing";
    case Kind::list:
      return "a list";
    case Kind::mapping:
      return "a group of keys";
    case Kind::scalar:
      break;
  }
  return fmt::format("{}'{}'", node.quoted ? "the string " : "", printable(node.text));
}

std::string child_key(const std::string& parent, const std::string& name) {
  return parent.empty() ? name : parent + "." + name;
}

/// Appends the dotted keys of all fields and groups below `group`, in the order of their
/// declaration.
void collect_keys(const FieldGroup& group, const std::string& prefix,
                  std::vector<std::string>& keys) {
  for (const auto& field : group.fields) keys.push_back(child_key(prefix, field.name));
  for (const auto& inner : group.groups) {
    const std::string key = child_key(prefix, inner.name);
    keys.push_back(key);
    collect_keys(inner, key, keys);
  }
}

/// New name of a renamed key or choice, null if it was not renamed.
const std::string* new_name(const Renames& renames, const std::string& name) {
  const auto found = std::find_if(renames.begin(), renames.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  return found == renames.end() ? nullptr : &found->second;
}

/// YAML's spellings of infinity and NaN, which from_chars does not accept.
bool is_dotted_special(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return text == ".inf" || text == ".Inf" || text == ".INF" || text == ".nan" || text == ".NaN" ||
         text == ".NAN";
}

class Reader {
 public:
  Reader(const FieldGroup& root, Problems& problems) : problems_(problems) {
    collect_keys(root, "", keys_);
  }

  void read_group(const YamlNode& node, const FieldGroup& group, const std::string& key) {
    if (node.kind == Kind::nothing) return;
    if (node.kind != Kind::mapping) {
      problems_.add(key, "expected a group of keys, got " + shown(node));
      return;
    }
    for (const auto& [name, value] : node.entries) {
      const std::string path = child_key(key, name);
      const auto named = [&n = name](const auto& member) { return member.name == n; };
      const auto field = std::find_if(group.fields.begin(), group.fields.end(), named);
      const auto inner = std::find_if(group.groups.begin(), group.groups.end(), named);
      if (field != group.fields.end()) {
        read_field(value, *field, path);
      } else if (inner != group.groups.end()) {
        read_group(value, *inner, path);
      } else if (const auto* now = new_name(group.renamed, name)) {
        problems_.add(path, "is now " + *now);
      } else {
        problems_.add(path, "unknown key" + advice(name, path, group, key));
      }
    }
  }

 private:
  /// Suggests what the unknown `name` in `group` may mean: the same name in another group, or a
  /// similar name in this one.
  std::string advice(const std::string& name, const std::string& path, const FieldGroup& group,
                     const std::string& group_key) const {
    if (name.find(':') != name.npos) return ": a space is missing after ':'";
    std::vector<std::string> elsewhere;
    const std::string tail = "." + name;
    for (const auto& key : keys_) {
      if (key == path) return ": write groups as nested keys, not with a '.'";
      const std::string dotted = "." + key;
      if (dotted.size() >= tail.size() &&
          dotted.compare(dotted.size() - tail.size(), tail.size(), tail) == 0)
        elsewhere.push_back(key);
    }
    constexpr std::size_t kShown = 3;
    if (!elsewhere.empty() && elsewhere.size() <= kShown)
      return fmt::format("; did you mean {}?", join(elsewhere, " or "));
    std::vector<std::string> siblings;
    for (const auto& field : group.fields) siblings.push_back(field.name);
    for (const auto& inner : group.groups) siblings.push_back(inner.name);
    if (const auto near = nearest_name(name, siblings))
      return fmt::format("; did you mean {}?", child_key(group_key, *near));
    return siblings.empty() ? "" : fmt::format(", valid keys: {}", join(siblings, ", "));
  }

  void read_field(const YamlNode& node, const Field& field, const std::string& key) {
    std::visit([&](const auto& target) { read_target(node, field, key, target); }, field.value);
  }

  template <class T>
  void read_target(const YamlNode& node, const Field& field, const std::string& key,
                   std::optional<T>* target) {
    if (node.kind == Kind::scalar && node.text == kAutomatic) {
      target->reset();
      return;
    }
    T value = target->value_or(T());
    const auto before = problems_.found().size();
    read_target(node, field, key, &value);
    if (problems_.found().size() == before) *target = value;
  }

  void read_target(const YamlNode& node, const Field& field, const std::string& key,
                   const EnumTarget& target) {
    std::string text;
    if (read_value(node, field, key, text)) target.set(text);
  }

  template <class T>
  void read_target(const YamlNode& node, const Field& field, const std::string& key,
                   std::vector<T>* target) {
    read_list(node, field, key, *target);
  }

  template <class T>
  void read_target(const YamlNode& node, const Field& field, const std::string& key, T* target) {
    read_value(node, field, key, *target);
  }

  template <class T>
  void read_list(const YamlNode& node, const Field& field, const std::string& key,
                 std::vector<T>& target) {
    std::vector<T> values;
    bool good = true;
    const auto read_item = [&](const YamlNode& item, const std::string& item_key) {
      T value{};
      good = read_value(item, field, item_key, value) && good;
      values.push_back(std::move(value));
    };
    if (node.kind == Kind::list) {
      for (std::size_t i = 0; i < node.items.size(); ++i)
        read_item(node.items[i], fmt::format("{}[{}]", key, i));
    } else if (node.kind == Kind::mapping) {
      good = wrong(key, or_auto("a list", field), node);
    } else if (node.kind == Kind::scalar) {
      read_item(node, key);
    }
    if (good) target = std::move(values);
  }

  /// Adds the problem and returns false, for the caller to return.
  bool wrong(const std::string& key, const std::string& expected, const YamlNode& node) {
    problems_.add(key, fmt::format("expected {}, got {}", expected, shown(node)));
    return false;
  }

  static std::string or_auto(const std::string& expected, const Field& field) {
    const bool automatic = std::visit(
        [](const auto& target) {
          using Target = std::decay_t<decltype(target)>;
          if constexpr (std::is_pointer_v<Target>)
            return is_optional<std::remove_pointer_t<Target>>;
          else
            return target.automatic;
        },
        field.value);
    return automatic ? expected + " or " + kAutomatic : expected;
  }

  bool read_value(const YamlNode& node, const Field&, const std::string& key, bool& value) {
    const bool plain = node.kind == Kind::scalar && !node.quoted;
    const bool yes = plain && (node.text == "true" || node.text == "True" || node.text == "TRUE");
    const bool no = plain && (node.text == "false" || node.text == "False" || node.text == "FALSE");
    if (!yes && !no) return wrong(key, "true or false", node);
    value = yes;
    return true;
  }

  bool read_value(const YamlNode& node, const Field& field, const std::string& key,
                  std::int64_t& value) {
    const auto number = plain_number(node);
    if (!number) return wrong(key, or_auto("an integer", field), node);
    std::int64_t whole = 0;
    if (const auto integer = parse_integer(node.text)) {
      whole = *integer;
    } else {
      // 1e6 and 1000000.0 are accepted. Beyond 2^53 a double does not represent every integer.
      constexpr double kExact = 9007199254740992.0;
      if (!std::isfinite(*number) || *number != std::trunc(*number))
        return wrong(key, "an integer", node);
      if (std::abs(*number) > kExact)
        return wrong(key, "an integer that can be represented exactly", node);
      whole = static_cast<std::int64_t>(*number);
    }
    if (!in_range(static_cast<double>(whole), node, field, key)) return false;
    value = whole;
    return true;
  }

  bool read_value(const YamlNode& node, const Field& field, const std::string& key, double& value) {
    const auto number = plain_number(node);
    if (!number) return wrong(key, or_auto("a number", field), node);
    if (!std::isfinite(*number)) return wrong(key, "a finite number", node);
    if (!in_range(*number, node, field, key)) return false;
    value = *number;
    return true;
  }

  bool read_value(const YamlNode& node, const Field& field, const std::string& key,
                  std::string& value) {
    if (node.kind == Kind::list || node.kind == Kind::mapping) return wrong(key, "a string", node);
    const auto& choices = field.choices;
    if (!choices.empty() && std::find(choices.begin(), choices.end(), node.text) == choices.end()) {
      if (const auto* now = new_name(field.renamed_choices, node.text)) {
        problems_.add(key, fmt::format("{} is now {}", shown(node), *now));
        return false;
      }
      const auto near = nearest_name(node.text, choices);
      problems_.add(key,
                    fmt::format("must be one of {}, got {}{}", join(choices, ", "), shown(node),
                                near ? fmt::format("; did you mean {}?", *near) : ""));
      return false;
    }
    value = node.text;
    return true;
  }

  static std::optional<double> plain_number(const YamlNode& node) {
    if (node.kind != Kind::scalar || node.quoted) return std::nullopt;
    if (is_dotted_special(node.text)) return std::nan("");
    return parse_double(node.text);
  }

  bool in_range(double number, const YamlNode& node, const Field& field, const std::string& key) {
    if (field.range.contains(number)) return true;
    const std::string range = field.range.text();
    const bool interval = range[0] == '[' || range[0] == '(';
    problems_.add(key, fmt::format("must be {}{}, got {}", interval ? "in " : "", range,
                                   printable(node.text)));
    return false;
  }

  Problems& problems_;
  std::vector<std::string> keys_;
};

}  // namespace

void read_fields(const YamlNode& root, const FieldGroup& fields, Problems& problems) {
  Reader(fields, problems).read_group(root, fields, "");
}

}  // namespace wordbridge
