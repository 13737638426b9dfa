#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace wordbridge {

/// The values that a number may take, ends included unless `open`.
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

/// The values of an enum by their names, as configurations and messages write them.
template <class Enum>
using EnumNames = std::vector<std::pair<std::string, Enum>>;

/// The name of a value; empty where the table does not have it.
template <class Enum>
std::string name_of(const EnumNames<Enum>& names, Enum value) {
  for (const auto& [name, named] : names)
    if (named == value) return name;
  return "";
}

/// An enum that a field is bound to, read and written by name.
struct EnumTarget {
  std::function<std::string()> name;
  std::function<void(const std::string&)> set;  // to one of the field's choices
  std::string operator*() const { return name(); }
};

/// Names that are no longer known, each with the one to write now.
using Renames = std::vector<std::pair<std::string, std::string>>;

/// One setting, described once: from this the YAML reader parses and checks it, `--dump-config`
/// writes it, `wordbridge models` and the docs explain it.
struct Field {
  using Value =
      std::variant<bool*, std::int64_t*, double*, std::string*, std::vector<std::int64_t>*,
                   std::vector<double>*, std::vector<std::string>*, EnumTarget>;
  std::string name;
  Value value;  // what it points to holds the default until it is read
  std::string help;
  Range range = {};                       // of each number
  std::vector<std::string> choices = {};  // of each text; empty: any
  Renames renamed_choices = {};           // refused with the new name
};

/// A field with choices that is an enum from the moment it is read; elsewhere (YAML, messages,
/// documentation) it is the text of one of `names`. The enum must outlive the field.
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

/// A mapping of YAML: fields and groups. The pointers belong to the struct that described itself.
struct FieldGroup {
  std::string name, help;
  std::vector<Field> fields = {};
  std::vector<FieldGroup> groups = {};
  Renames renamed = {};  // old key of this group, new dotted key: see rename()

  FieldGroup& add(Field field);
  FieldGroup& add(FieldGroup group);
  /// Refuses a key (or group of keys) of this group that was once known, with a message that names
  /// the new one: "model.word2vec.epochs: is now train.epochs".
  FieldGroup& rename(std::string old_name, std::string new_key);
};

/// What is wrong with a configuration: everything is collected, then reported together.
class Problems {
 public:
  /// `key`: the dotted path ("train.lr"), whose file and line are looked up when reported.
  void add(std::string key, std::string message);
  bool empty() const { return found_.empty(); }
  const std::vector<std::pair<std::string, std::string>>& found() const { return found_; }

 private:
  std::vector<std::pair<std::string, std::string>> found_;
};

}  // namespace wordbridge
