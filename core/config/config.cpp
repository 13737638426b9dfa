#include "core/config/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

#include "core/config/yaml_tree.h"
#include "core/error.h"
#include "core/index.h"
#include "core/io/file.h"
#include "core/text.h"

namespace wordbridge {
namespace {

using Kind = YamlNode::Kind;

std::string place_text(const YamlPlace& place, const std::vector<std::string>& sources) {
  if (place.source < 0) return "default";
  const std::string& name = sources[at(place.source)];
  return place.line > 0 ? fmt::format("{}:{}", name, place.line) : name;
}

/// Merges a document with the files that it extends. Each file is added to `sources`, the first
/// one first.
class Loader {
 public:
  explicit Loader(std::vector<std::string>& sources) : sources_(sources) {}

  YamlNode load(const fs::path& path, const std::string& text) {
    const std::string name = path.string();
    const int source = static_cast<int>(sources_.size());
    sources_.push_back(name);
    YamlNode own;
    try {
      own = parse_yaml(text, source);
    } catch (const YamlError& error) {
      throw Error(error.what()).at("{}", place_text({source, error.line}, sources_));
    }
    if (own.kind == Kind::nothing) own.kind = Kind::mapping;
    if (own.kind != Kind::mapping) {
      throw Error("not a configuration")
          .at("{}", place_text(own.place, sources_))
          .expected("keys with values (`train:`)")
          .got("{}", own.kind == Kind::list ? "a list" : "'" + printable(own.text) + "'");
    }
    const auto extends = own.entries.extract("extends");
    if (extends.empty()) return own;
    chain_.emplace_back(identity(path), name);
    YamlNode merged;
    for (const auto& [base, place] : bases(extends.mapped()))
      merge_yaml(merged, load_base(path.parent_path() / base, place));
    chain_.pop_back();
    merge_yaml(merged, std::move(own));
    return merged;
  }

 private:
  /// Canonical name of a file, independent of how its path is written.
  static std::string identity(const fs::path& path) {
    std::error_code code;
    const fs::path whole = fs::weakly_canonical(fs::absolute(path, code), code);
    return code ? path.string() : whole.string();
  }

  std::vector<std::pair<std::string, YamlPlace>> bases(const YamlNode& extends) const {
    std::vector<std::pair<std::string, YamlPlace>> found;
    const auto add = [&](const YamlNode& node) {
      if (node.kind != Kind::scalar || node.text.empty()) {
        throw Error("invalid value of `extends:`")
            .at("{}", place_text(node.place, sources_))
            .expected("a file or a list of files")
            .got("{}", node.kind == Kind::scalar ? "an empty string" : "not a string");
      }
      found.emplace_back(node.text, node.place);
    };
    if (extends.kind == Kind::list) {
      for (const auto& item : extends.items) add(item);
    } else if (extends.kind != Kind::nothing) {
      add(extends);
    }
    return found;
  }

  const YamlNode& load_base(const fs::path& written, const YamlPlace& place) {
    const fs::path path = written.lexically_normal();
    const std::string id = identity(path);
    std::string chain;
    for (const auto& link : chain_) chain += link.second + " -> ";
    chain += path.string();
    for (const auto& link : chain_) {
      if (link.first == id)
        throw Error("a configuration extends itself")
            .at("{}", place_text(place, sources_))
            .got("{}", chain);
    }
    if (const auto problem = file_problem(path); !problem.empty()) {
      throw Error("can't extend the configuration: " + problem)
          .at("{}", place_text(place, sources_))
          .got("{}", chain)
          .hint("the path is relative to the folder of the file that contains `extends:`");
    }
    // A file that several others extend is read once and has one source number.
    const auto known = loaded_.find(id);
    if (known != loaded_.end()) return known->second;
    return loaded_[id] = load(path, read_file(path));
  }

  std::vector<std::string>& sources_;
  std::vector<std::pair<std::string, std::string>> chain_;  // identity and name, outermost first
  std::map<std::string, YamlNode> loaded_;
};

[[noreturn]] void refuse_override(const std::string& text, const std::string& got) {
  UsageError error("invalid override on the command line");
  error.expected("key=value, such as train.lr=0.1").got("{} ({})", printable(text), got);
  throw error;
}

/// Whether a part of a value would be a comment of YAML, and be lost. Quotes protect it.
bool has_comment(std::string_view value) {
  value = trimmed(value);
  if (value.empty() || std::string_view("'\"[{|>").find(value.front()) != value.npos) return false;
  return value.front() == '#' || value.find(" #") != value.npos || value.find("\t#") != value.npos;
}

/// Applies the override "a.b.c=value" to the tree, with the position `said_at`. Missing groups are
/// created.
void apply_override(YamlNode& root, const std::string& text, const std::string& said_at,
                    std::vector<std::string>& sources) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos) refuse_override(text, "no '='");
  const YamlPlace place{static_cast<int>(sources.size()), 0};
  sources.push_back(said_at);

  const std::string_view key = trimmed(std::string_view(text).substr(0, equals));
  if (key == "extends") refuse_override(text, "`extends:` works in files only");
  YamlNode* node = &root;
  for (const std::string_view name : split(key, '.')) {
    if (name.empty()) refuse_override(text, "an empty name in the key");
    if (node->kind == Kind::nothing) node->kind = Kind::mapping;
    if (node->kind != Kind::mapping) {
      UsageError error(fmt::format(
          "'{}' on the command line sets a key inside a value that is not a group of keys",
          printable(text)));
      error.at("{}", place_text(node->place, sources));
      throw error;
    }
    node = &node->entries.try_emplace(std::string(name)).first->second;
    if (node->place.source < 0) node->place = place;
  }

  try {
    // After a space, "---", "..." and "%" are strings. A lone "-" (standard input) would be a list.
    const std::string written = text.substr(equals + 1);
    if (has_comment(written))
      refuse_override(text, "'#' begins a comment; quote the value: key='\"a #b\"'");
    YamlNode value = parse_yaml(trimmed(written) == "-" ? "'-'" : " " + written, place.source);
    const auto locate = [&](auto&& self, YamlNode& inner) -> void {
      inner.place = place;
      for (auto& item : inner.items) self(self, item);
      for (auto& [name, entry] : inner.entries) self(self, entry);
    };
    locate(locate, value);
    merge_yaml(*node, std::move(value));
  } catch (const YamlError& error) {
    refuse_override(text, error.what());
  }
}

/// The node at a dotted key ("a.b[2]"), or with `nearest` its innermost existing parent, except the
/// root. Also finds keys whose names contain dots.
const YamlNode* find_node(const YamlNode& root, std::string_view key, bool nearest) {
  const YamlNode* found = nullptr;
  for (const YamlNode* node = &root; !key.empty();) {
    const YamlNode* child = nullptr;
    std::size_t used = 0;
    if (node->kind == Kind::list && key[0] == '[') {
      used = std::min(key.find(']'), key.size() - 1) + 1;
      const auto index = parse_integer(key.substr(1, used - 2));
      if (index && *index >= 0 && static_cast<std::size_t>(*index) < node->items.size())
        child = &node->items[at(*index)];
    }
    for (std::size_t end = key.size(); child == nullptr && end > 0; --end) {
      if (end < key.size() && key[end] != '.' && key[end] != '[') continue;
      const auto entry = node->entries.find(std::string(key.substr(0, end)));
      if (entry != node->entries.end()) child = &entry->second;
      used = end;
    }
    if (child == nullptr) return nearest ? found : nullptr;
    found = node = child;
    key.remove_prefix(used);
    if (!key.empty() && key[0] == '.') key.remove_prefix(1);
  }
  return found;
}

}  // namespace

struct Config::State {
  YamlNode root;
  std::vector<std::string> sources;

  YamlPlace place(const std::string& key) const {
    const YamlNode* const node = find_node(root, key, true);
    return node == nullptr ? YamlPlace{} : node->place;
  }
};

Config::Config() : state_(std::make_unique<State>()) {}
Config::~Config() = default;
Config::Config(Config&&) noexcept = default;
Config& Config::operator=(Config&&) noexcept = default;

Config Config::load(const fs::path& path, const std::vector<std::string>& overrides) {
  return parse(read_file(path), path.string(), overrides);
}

Config Config::parse(const std::string& text, const std::string& name,
                     const std::vector<std::string>& overrides) {
  Config config;
  config.state_->root = Loader(config.state_->sources).load(name, text);
  for (const auto& override_text : overrides)
    config.set(override_text, "command line: " + printable(override_text));
  return config;
}

void Config::set(const std::string& assignment, const std::string& place) {
  apply_override(state_->root, assignment, place, state_->sources);
}

YamlNode Config::take(const std::string& name) {
  auto taken = state_->root.entries.extract(name);
  return taken.empty() ? YamlNode{} : std::move(taken.mapped());
}

void Config::read(FieldGroup& root, Problems& problems) const {
  read_fields(state_->root, root, problems);
}

std::string Config::where(const std::string& key) const {
  return place_text(state_->place(key), state_->sources);
}

bool Config::has(const std::string& key) const {
  return find_node(state_->root, key, false) != nullptr;
}

std::vector<std::string> Config::problem_lines(const Problems& problems) const {
  struct Line {
    YamlPlace place;
    std::string text;
  };
  std::vector<Line> lines;
  for (const auto& [key, message] : problems.found()) {
    const YamlPlace place = state_->place(key);
    lines.push_back({place, fmt::format("{}: {}: {}", place_text(place, state_->sources),
                                        printable(key, 200), message)});
  }
  const auto rank = [](const Line& line) {
    const int source = line.place.source;
    return std::make_pair(source < 0 ? std::numeric_limits<int>::max() : source, line.place.line);
  };
  std::stable_sort(lines.begin(), lines.end(),
                   [&](const Line& a, const Line& b) { return rank(a) < rank(b); });
  std::vector<std::string> texts;
  for (auto& line : lines) texts.push_back(std::move(line.text));
  return texts;
}

void Config::report(const Problems& problems) const {
  if (problems.empty()) return;
  const auto lines = problem_lines(problems);
  throw Error(fmt::format("{} problem{} in the configuration:\n  {}", lines.size(),
                          lines.size() == 1 ? "" : "s", join(lines, "\n  ")));
}

}  // namespace wordbridge
