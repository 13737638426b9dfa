#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
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
/// 0 < value <= high
Range positive_up_to(double high);
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

/// Written for a setting without a value, which is chosen when the training text is known.
inline constexpr const char* kAutomatic = "auto";

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// Enum bound to a field, read and written by name.
struct EnumTarget {
  std::function<std::string()> name;
  std::function<void(const std::string&)> set;  // accepts one of the field's choices
  bool automatic = false;  // the enum is optional; without a value, its name is kAutomatic
  std::string operator*() const { return name(); }
};

/// Old names that are no longer valid, each with its new name.
using Renames = std::vector<std::pair<std::string, std::string>>;

/// Description of one setting. The YAML reader, `--dump-config`, `wordbridge models` and the docs
/// all use it. An optional value is `auto` in YAML while it is empty.
struct Field {
  using Value = std::variant<bool*, std::int64_t*, double*, std::string*,
                             std::vector<std::int64_t>*, std::vector<double>*,
                             std::vector<std::string>*, EnumTarget, std::optional<std::int64_t>*,
                             std::optional<double>*, std::optional<std::vector<std::int64_t>>*>;
  std::string name;
  Value value;  // points to the default until the field is read
  std::string help;
  Range range = {};                       // of each number
  std::vector<std::string> choices = {};  // of each string; empty: any
  Renames renamed_choices = {};           // rejected, with the new name in the message

  /// Whether the setting still has to be chosen.
  bool is_open() const;
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

/// The same with a value that may still have to be chosen.
template <class Enum>
Field choice(std::string name, std::optional<Enum>* value, std::string help,
             const EnumNames<Enum>& names) {
  Field field{std::move(name), EnumTarget{}, std::move(help), {}, {kAutomatic}};
  for (const auto& entry : names) field.choices.push_back(entry.first);
  field.value = EnumTarget{
      [value, names] { return *value ? name_of(names, **value) : std::string(kAutomatic); },
      [value, names](const std::string& text) {
        value->reset();
        for (const auto& [known, named] : names)
          if (known == text) *value = named;
      },
      true};
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

  /// The field of the dotted key; null if there is none.
  Field* find(const std::string& key);
  /// Dotted keys of all settings that still have to be chosen.
  std::vector<std::string> open_keys() const;
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
