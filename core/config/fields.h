#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace wordbridge {

/// Range of a number. The bounds are included unless they are open.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false, high_open = false;

  bool contains(double value) const;
  /// "[0, 1)", ">= 2", "" when unbounded.
  std::string text() const;
};
Range at_least(double low);
Range more_than(double low);
Range between(double low, double high);
/// low <= value < high
Range below(double low, double high);

/// Values of an enum with the names used in configurations and messages.
template <class Enum>
using EnumNames = std::vector<std::pair<std::string, Enum>>;

/// Name of a value, empty if the table does not contain it.
template <class Enum>
std::string name_of(const EnumNames<Enum>& names, Enum value) {
  for (const auto& [name, named] : names)
    if (named == value) return name;
  return "";
}

/// Enum bound to a field, read and written by name.
struct EnumTarget {
  std::function<std::string()> name;
  std::function<void(const std::string&)> set;  // accepts one of the field's choices
  std::string operator*() const { return name(); }
};

/// Old names that are no longer valid, each with its new name.
using Renames = std::vector<std::pair<std::string, std::string>>;

/// Description of one setting. The YAML reader, `--dump-config`, `wordbridge models` and the docs
/// all use it.
struct Field {
  using Value =
      std::variant<bool*, std::int64_t*, double*, std::string*, std::vector<std::int64_t>*,
                   std::vector<double>*, std::vector<std::string>*, EnumTarget>;
  std::string name;
  Value value;  // points to the default until the field is read
  std::string help;
  Range range = {};                       // of each number
  std::vector<std::string> choices = {};  // of each string; empty: any
  Renames renamed_choices = {};           // rejected, with the new name in the message
};

/// A field with choices that is stored as an enum. YAML, messages and documentation use `names`.
/// The enum must outlive the field.
template <class Enum>
Field choice(std::string name, Enum* value, std::string help, const EnumNames<Enum>& names,
             Renames renamed = {}) {
  Field field{std::move(name), EnumTarget{}, std::move(help), {}, {}, std::move(renamed)};
  for (const auto& entry : names) field.choices.push_back(entry.first);
  field.value = EnumTarget{[value, names] { return name_of(names, *value); },
                           [value, names](const std::string& text) {
                             for (const auto& [known, named] : names)
                               if (known == text) *value = named;
                           }};
  return field;
}

/// A YAML mapping of fields and groups. The pointers refer to members of the options struct that
/// the group describes.
struct FieldGroup {
  std::string name, help;
  std::vector<Field> fields = {};
  std::vector<FieldGroup> groups = {};
  Renames renamed = {};  // old key of this group and new dotted key: see rename()

  FieldGroup& add(Field field);
  FieldGroup& add(FieldGroup group);
  /// Rejects a former key (or group of keys) of this group with a message that names the new one:
  /// "model.word2vec.epochs: is now train.epochs".
  FieldGroup& rename(std::string old_name, std::string new_key);
};

/// Problems of a configuration. They are collected first and reported together.
class Problems {
 public:
  /// `key`: the dotted path ("train.lr"). Its file and line are looked up for the report.
  void add(std::string key, std::string message);
  bool empty() const { return found_.empty(); }
  const std::vector<std::pair<std::string, std::string>>& found() const { return found_; }

 private:
  std::vector<std::pair<std::string, std::string>> found_;
};

}  // namespace wordbridge
