#pragma once

#include <cstdint>
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

/// One setting, described once: from this the YAML reader parses and checks it, `--dump-config`
/// writes it, `wordbridge models` and the docs explain it.
struct Field {
  using Value =
      std::variant<bool*, std::int64_t*, double*, std::string*, std::vector<std::int64_t>*,
                   std::vector<double>*, std::vector<std::string>*>;
  std::string name;
  Value value;  // what it points to holds the default until it is read
  std::string help;
  Range range = {};                       // of each number
  std::vector<std::string> choices = {};  // of each text; empty: any
};

/// A mapping of YAML: fields and groups. The pointers belong to the struct that described itself.
struct FieldGroup {
  std::string name, help;
  std::vector<Field> fields = {};
  std::vector<FieldGroup> groups = {};

  FieldGroup& add(Field field);
  FieldGroup& add(FieldGroup group);
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
