#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/config/fields.h"

namespace wordbridge {

struct YamlNode;

/// A YAML configuration, merged from the files that it `extends:` (a file or a list of files,
/// relative to its folder), the file itself and the `key.path=value` overrides of the command line.
/// Later files override earlier ones, the file itself overrides them, and the command line
/// overrides all. Each value keeps the file and line (or the override) where it was set.
class Config {
 public:
  /// Error (with file:line) if a file is missing, is not valid YAML, has a duplicate key or extends
  /// itself.
  static Config load(const std::filesystem::path& path, const std::vector<std::string>& overrides);
  /// Reads from text instead of a file. `name` replaces the path in messages.
  static Config parse(const std::string& text, const std::string& name,
                      const std::vector<std::string>& overrides = {});
  ~Config();
  Config(Config&&) noexcept;
  Config& operator=(Config&&) noexcept;

  /// Writes the values into the fields. Adds to `problems`: unknown keys (with the nearest valid
  /// name), wrong types, numbers that are out of range or not finite, strings that are not one of
  /// the choices.
  void read(FieldGroup& root, Problems& problems) const;
  /// Position at which the key was set: "file.yaml:12" or "command line: train.lr=0". If the key is
  /// not set, the position of its nearest parent that is; "default" if none is.
  std::string where(const std::string& key) const;
  /// Throws one Error that lists all problems with their positions, if there are any.
  void report(const Problems& problems) const;
  /// The lines of that Error, "PLACE: KEY: MESSAGE", sorted by position.
  std::vector<std::string> problem_lines(const Problems& problems) const;
  /// Whether the key is set in a file or an override.
  bool has(const std::string& key) const;
  /// Removes a top-level key with everything below it and returns it; "nothing" if it is not set.
  YamlNode take(const std::string& name);
  /// Adds a "key.path=value" override with precedence over all earlier ones. Messages report
  /// `place` as its position.
  void set(const std::string& assignment, const std::string& place);

 private:
  Config();
  struct State;
  std::unique_ptr<State> state_;
};

/// The group as YAML from which Config restores the same values. With `explain`, each field is
/// followed by a comment with its meaning, range and choices.
std::string dump_yaml(const FieldGroup& group, bool explain = false);
/// The group as a Markdown table with name, type, default, range or choices, and meaning.
std::string document_fields(const FieldGroup& group);
/// Name of the type of a field: "integer", "list of numbers", ...
std::string type_name(const Field& field);
/// Value of a field as one line of YAML.
std::string value_text(const Field& field);
/// Whether two descriptions of the same groups have the same values. A setting that is open in one
/// of them agrees with any value.
bool same_values(const FieldGroup& a, const FieldGroup& b);

}  // namespace wordbridge
