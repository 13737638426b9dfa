#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/config/fields.h"

namespace wordbridge {

struct YamlNode;

/// A YAML configuration with what it `extends:` (a file or a list, relative to it; later ones and
/// the file itself win) and the command line's `key.path=value` on top. Knows for each value the
/// file and line (or the override) that it came from.
class Config {
 public:
  /// Error (with file:line) if a file is missing, is no YAML, has a key twice, or extends itself.
  static Config load(const std::filesystem::path& path, const std::vector<std::string>& overrides);
  /// From text instead of a file; `name` stands for the file in messages.
  static Config parse(const std::string& text, const std::string& name,
                      const std::vector<std::string>& overrides = {});
  ~Config();
  Config(Config&&) noexcept;
  Config& operator=(Config&&) noexcept;

  /// Puts the values into the fields. Into `problems`: unknown keys (with the nearest valid name),
  /// wrong types, numbers out of range or not finite, texts that are no choice.
  void read(FieldGroup& root, Problems& problems) const;
  /// "file.yaml:12" or "command line: train.lr=0"; the nearest parent's if the key itself is not
  /// there; "default" if nothing is.
  std::string where(const std::string& key) const;
  /// One Error that lists all problems with their places, if there are any.
  void report(const Problems& problems) const;
  /// `problems` as such an Error lists them, "PLACE: KEY: MESSAGE", by place.
  std::vector<std::string> problem_lines(const Problems& problems) const;
  /// Whether the key was given by anybody.
  bool has(const std::string& key) const;
  /// Takes a key of the first level away with all below it; "nothing" if it was not given.
  YamlNode take(const std::string& name);
  /// One more "key.path=value" over all others; messages name `place` as where it was said.
  void set(const std::string& assignment, const std::string& place);

 private:
  Config();
  struct State;
  std::unique_ptr<State> state_;
};

/// The group as YAML that Config reads back to the same values; with `explain` each field has its
/// meaning, range and choices as a comment.
std::string dump_yaml(const FieldGroup& group, bool explain = false);
/// The group as a Markdown table of name, type, default, range or choices, meaning.
std::string document_fields(const FieldGroup& group);
/// Name of a field's type: "integer", "list of numbers", ...
std::string type_name(const Field& field);
/// Value as YAML in one line.
std::string value_text(const Field& field);

}  // namespace wordbridge
