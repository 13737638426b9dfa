#include "core/config/yaml_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "core/text.h"

namespace wordbridge {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxValues = 100000;

int line_of(const YAML::Mark& mark) { return mark.line + 1; }

std::size_t count_values(const YamlNode& node) {
  std::size_t count = 1;
  for (const auto& item : node.items) count += count_values(item);
  for (const auto& [key, value] : node.entries) count += count_values(value);
  return count;
}

/// Builds the tree from the parser's events. (The node classes of yaml-cpp keep duplicate keys and
/// lose the line of an empty value.)
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(int source) : source_(source) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) throw YamlError("more than one YAML document", line_of(mark));
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    put(node_at(mark, YamlNode::Kind::nothing), mark, anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = node_at(mark, YamlNode::Kind::scalar);
    // yaml-cpp sets the tag "?" for a plain scalar and "!" for a quoted one.
    node.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
    if (!node.quoted) refuse_tag(tag, mark);
    node.text = value;
    put(std::move(node), mark, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw YamlError("an alias inside its own value", line_of(mark));
    YamlNode copy = found->second;
    // Bounds the growth of aliases of aliases.
    values_ += count_values(copy) - 1;
    put(std::move(copy), mark, 0);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::mapping);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Key {
    std::string text;
    int line;
  };
  struct Level {
    YamlNode node;
    YAML::Mark mark;
    YAML::anchor_t anchor;
    std::optional<Key> key;  // in a mapping: the key of the next value
  };

  YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) const {
    YamlNode node;
    node.kind = kind;
    node.place = {source_, line_of(mark)};
    return node;
  }

  static void refuse_tag(const std::string& tag, const YAML::Mark& mark) {
    if (!tag.empty() && tag != "?")
      throw YamlError(fmt::format("YAML tags (!...) are not supported: '{}'", printable(tag)),
                      line_of(mark));
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YamlNode::Kind kind) {
    refuse_tag(tag, mark);
    if (levels_.size() >= kMaxDepth)
      throw YamlError(fmt::format("nested more than {} levels deep", kMaxDepth), line_of(mark));
    levels_.push_back({node_at(mark, kind), mark, anchor, std::nullopt});
  }

  void close() {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    put(std::move(level.node), level.mark, level.anchor);
  }

  /// Stores a finished value as the root, an item, a key or the value of a key.
  void put(YamlNode node, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (++values_ > kMaxValues)
      throw YamlError(fmt::format("more than {} values", kMaxValues), line_of(mark));
    if (anchor != 0) anchors_[anchor] = node;
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    if (level.node.kind == YamlNode::Kind::list) {
      level.node.items.push_back(std::move(node));
    } else if (!level.key) {
      put_key(level, node, line_of(mark));
    } else {
      node.place.line = level.key->line;
      level.node.entries[level.key->text] = std::move(node);
      level.key.reset();
    }
  }

  void put_key(Level& level, const YamlNode& node, int line) {
    if (node.kind != YamlNode::Kind::scalar) throw YamlError("a key must be a string", line);
    const auto twice = level.node.entries.find(node.text);
    if (twice != level.node.entries.end())
      throw YamlError(fmt::format("duplicate key '{}', first used in line {}", printable(node.text),
                                  twice->second.place.line),
                      line);
    level.key = Key{node.text, line};
  }

  int source_;
  int documents_ = 0;
  std::size_t values_ = 0;
  std::vector<Level> levels_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
  YamlNode root_;
};

/// Rejects input that yaml-cpp accepts, misreads or reports less clearly.
void check_characters(std::string_view text) {
  const auto line_at = [&](std::size_t at) {
    return 1 +
           static_cast<int>(std::count(text.begin(), text.begin() + static_cast<long>(at), '\n'));
  };
  if (const auto at = invalid_utf8(text))
    throw YamlError(fmt::format("invalid UTF-8: '{}'", printable(text.substr(*at, 1))),
                    line_at(*at));
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
      throw YamlError(fmt::format("control character '{}'", printable(text.substr(at, 1))),
                      line_at(at));
  }
  int number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    const std::string_view content = trimmed(line);
    if (content.empty()) continue;
    const auto indentation = line.substr(0, static_cast<std::size_t>(content.data() - line.data()));
    if (content[0] != '#' && indentation.find('\t') != indentation.npos)
      throw YamlError("tab in the indentation (YAML requires spaces)", number);
    if (line[0] == '%') throw YamlError("a line can't start with '%' (quote the value)", number);
  }
}

}  // namespace

YamlNode parse_yaml(const std::string& text, int source) {
  check_characters(text);
  TreeBuilder builder(source);
  try {
    // yaml-cpp silently closes an open quote at the end of a file, but not at the end of a
    // document.
    const bool ended = text.empty() || text.back() == '\n';
    std::istringstream stream(text + (ended ? "...\n" : "\n...\n"));
    YAML::Parser parser(stream);
    // A loop, so that text after the first document is not ignored.
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const bool open = error.msg == YAML::ErrorMsg::DOC_IN_SCALAR;
    throw YamlError("invalid YAML: " + (open ? "unclosed quote" : error.msg),
                    error.mark.is_null() ? 0 : line_of(error.mark));
  }
  return builder.take();
}

void merge_yaml(YamlNode& into, YamlNode from) {
  if (into.kind != YamlNode::Kind::mapping) {
    into = std::move(from);
  } else if (from.kind == YamlNode::Kind::mapping) {
    into.place = from.place;
    for (auto& [key, value] : from.entries) merge_yaml(into.entries[key], std::move(value));
  } else if (from.kind != YamlNode::Kind::nothing) {
    into = std::move(from);
  }
}

}  // namespace wordbridge
