#include "data/catalogue/catalogue.h"

#include <algorithm>
#include <functional>

#include "core/config/yaml_tree.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/text.h"
#include "data/catalogue/dataset_reader.h"
#include "data_embedded.h"

namespace wordbridge {
namespace {

using Kind = YamlNode::Kind;

/// Reads the YAML tree of a catalogue and collects all mistakes with their lines.
class CatalogueReader {
 public:
  explicit CatalogueReader(std::string place) : place_(std::move(place)) {}

  std::vector<DatasetEntry> read(const YamlNode& root) {
    std::vector<DatasetEntry> entries;
    if (root.kind != Kind::mapping) add(1, "", "expected dataset names with their entries");
    for (const auto* item : by_line(root)) entries.push_back(read_entry(item->first, item->second));
    report();
    return entries;
  }

 private:
  using Item = std::pair<const std::string, YamlNode>;

  void add(int line, const std::string& key, const std::string& message) {
    problems_.push_back({line, key.empty() ? message : key + ": " + message});
  }

  void report() {
    if (problems_.empty()) return;
    std::stable_sort(problems_.begin(), problems_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string all = fmt::format("{} problem{} in the catalogue:", problems_.size(),
                                  problems_.size() == 1 ? "" : "s");
    for (const auto& [line, text] : problems_)
      all += fmt::format("\n  {}:{}: {}", place_, line, text);
    throw Error(all);
  }

  /// The items in file order: the tree is sorted by name.
  static std::vector<const Item*> by_line(const YamlNode& node) {
    std::vector<const Item*> items;
    for (const auto& item : node.entries) items.push_back(&item);
    std::stable_sort(items.begin(), items.end(), [](const Item* a, const Item* b) {
      return a->second.place.line < b->second.place.line;
    });
    return items;
  }

  /// Reads `group` from a mapping. `others` are the mapping's other valid keys.
  void read_group(const YamlNode& node, const FieldGroup& group, const std::string& key,
                  const std::vector<std::string>& others) {
    if (node.kind != Kind::mapping) {
      add(node.place.line, key, "expected a mapping");
      return;
    }
    std::vector<std::string> known = others;
    for (const auto& field : group.fields) known.push_back(field.name);
    YamlNode rest = node;
    for (const auto& [name, value] : node.entries) {
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        const auto near = nearest_name(name, known);
        add(value.place.line, key + "." + name,
            "unknown key" +
                (near ? "; did you mean " + *near + "?" : ", known keys: " + join(known, ", ")));
        rest.entries.erase(name);
      }
    }
    for (const auto& name : others) rest.entries.erase(name);
    Problems problems;
    read_fields(rest, group, problems);
    for (const auto& [name, message] : problems.found()) {
      const auto found = node.entries.find(name.substr(0, name.find_first_of(".[")));
      add(found == node.entries.end() ? node.place.line : found->second.place.line,
          key + "." + name, message);
    }
  }

  void for_each_item(const YamlNode& entry, const std::string& key, const std::string& name,
                     const std::function<void(const YamlNode&, const std::string&)>& read) {
    const auto found = entry.entries.find(name);
    if (found == entry.entries.end()) return;
    const YamlNode& list = found->second;
    if (list.kind != Kind::list) {
      add(list.place.line, key + "." + name, "expected a list");
      return;
    }
    for (const auto& item : list.items) read(item, key + "." + name);
  }

  /// The items of the mapping `name` of an entry, empty if it is missing.
  std::vector<const Item*> pairs_of(const YamlNode& entry, const std::string& key,
                                    const std::string& name) {
    const auto found = entry.entries.find(name);
    if (found == entry.entries.end()) return {};
    if (found->second.kind != Kind::mapping)
      add(found->second.place.line, key + "." + name, "expected a mapping of names to values");
    return by_line(found->second);
  }

  DatasetEntry read_entry(const std::string& name, const YamlNode& node) {
    DatasetEntry entry;
    entry.name = name;
    FieldGroup group{"entry", ""};
    Field kind{"kind", &entry.kind, ""};
    kind.choices = dataset_kinds();
    Field reader{"reader", &entry.reader, ""};
    reader.choices = dataset_reader_names();
    group.add(kind).add(reader);
    group.add({"title", &entry.title, ""}).add({"description", &entry.description, ""});
    group.add({"licence", &entry.licence, ""}).add({"citation", &entry.citation, ""});
    group.add({"defects", &entry.defects, ""}).add({"text", &entry.text, ""});
    group.add({"page", &entry.page, ""});
    read_group(node, group, name, {"files", "sources", "counts", "replace"});
    if (node.kind != Kind::mapping) return entry;
    for_each_item(node, name, "files", [&](const YamlNode& item, const std::string& key) {
      entry.files.push_back(read_file_spec(item, key));
    });
    for_each_item(node, name, "sources", [&](const YamlNode& item, const std::string& key) {
      entry.sources.push_back(read_source(item, key));
    });
    read_counts(node, entry);
    for (const auto* item : pairs_of(node, name, "replace"))
      entry.replace[item->first] = item->second.text;
    check(entry, node);
    return entry;
  }

  void check(const DatasetEntry& entry, const YamlNode& node) {
    const auto need = [&](bool there, const char* what) {
      if (!there) add(node.place.line, entry.name, std::string("missing ") + what);
    };
    if (!is_safe_name(entry.name) || entry.name.find('/') != std::string::npos ||
        entry.name.front() == '.')
      add(node.place.line, entry.name,
          "not a valid dataset name, since it is also the name of the dataset's folder");
    if (entry.name == "all") add(node.place.line, entry.name, "reserved name (all datasets)");
    need(!entry.kind.empty(), "kind");
    need(!entry.title.empty(), "title");
    need(!entry.licence.empty(), "licence (\"none stated\" if unknown)");
    need(!entry.citation.empty(), "citation");
    need(!entry.counts.empty(), "counts");
    if (entry.by_hand()) {
      need(!entry.page.empty(), "files and sources, or a page for a download by hand");
      return;
    }
    need(!entry.reader.empty(), "reader");
    need(!entry.sources.empty(), "sources");
    if (!entry.text.empty() && !is_safe_name(entry.text))
      add(node.place.line, entry.name + ".text",
          "must be a relative path inside the dataset's files");
    const bool has_sets = std::any_of(entry.files.begin(), entry.files.end(),
                                      [](const auto& file) { return !file.set.empty(); });
    const bool has_optional = std::any_of(entry.files.begin(), entry.files.end(),
                                          [](const auto& file) { return file.optional; });
    for (const auto& source : entry.sources) {
      const std::string place = source.mirror + source.path + source.url;
      if (place.find("{name}") == std::string::npos) continue;
      if (has_sets)
        add(node.place.line, entry.name + ".sources", "{name} can't be used with sets of files");
      if (!source.inside.empty())
        add(node.place.line, entry.name + ".sources", "{name} can't be combined with inside");
      if (!source.url.empty() && has_optional)
        add(node.place.line, entry.name + ".sources", "{name} in a URL needs all files");
    }
  }

  DatasetFile read_file_spec(const YamlNode& node, const std::string& key) {
    DatasetFile file;
    FieldGroup group{"file", ""};
    Field bytes{"bytes", &file.bytes, ""};
    Field count{"count", &file.count, ""};
    bytes.range = at_least(1);
    count.range = at_least(1);
    group.add({"name", &file.name, ""}).add({"set", &file.set, ""}).add(bytes).add(count);
    group.add({"sha256", &file.sha256, ""}).add({"crc32", &file.crc32, ""});
    group.add({"also", &file.also, ""}).add({"optional", &file.optional, ""});
    read_group(node, group, key, {});
    const auto hexadecimal = [](const std::string& text, std::size_t digits) {
      return text.empty() || (text.size() == digits &&
                              text.find_first_not_of("0123456789abcdef") == std::string::npos);
    };
    const int line = node.place.line;
    if (file.name.empty() == file.set.empty()) add(line, key, "expected either name or set");
    if (!file.name.empty() && !is_safe_name(file.name))
      add(line, key + ".name", "must be a relative path without '..', got '" + file.name + "'");
    if (!hexadecimal(file.sha256, 64)) add(line, key + ".sha256", "expected 64 digits 0-9a-f");
    for (const auto& other : file.also)
      if (other.empty() || !hexadecimal(other, 64))
        add(line, key + ".also", "expected 64 digits 0-9a-f");
    if (!hexadecimal(file.crc32, 8)) add(line, key + ".crc32", "expected 8 digits 0-9a-f");
    return file;
  }

  DatasetSource read_source(const YamlNode& node, const std::string& key) {
    DatasetSource source;
    FieldGroup group{"source", ""};
    group.add({"mirror", &source.mirror, ""}).add({"path", &source.path, ""});
    group.add({"url", &source.url, ""}).add({"package", &source.package, ""});
    group.add({"inside", &source.inside, ""}).add({"note", &source.note, ""});
    read_group(node, group, key, {});
    const int line = node.place.line;
    const int places = !source.mirror.empty() + !source.path.empty() + !source.url.empty();
    if (places != 1) add(line, key, "expected exactly one of mirror, path, url");
    if (!source.mirror.empty() && !is_safe_name(source.mirror))
      add(line, key + ".mirror", "must be a relative path without '..'");
    if (source.path.empty() != source.package.empty())
      add(line, key, "path and package must be given together");
    if (!source.url.empty() && source.url.rfind("http://", 0) != 0 &&
        source.url.rfind("https://", 0) != 0)
      add(line, key + ".url", "must begin with http:// or https://, got '" + source.url + "'");
    return source;
  }

  void read_counts(const YamlNode& node, DatasetEntry& entry) {
    for (const auto* item : pairs_of(node, entry.name, "counts")) {
      const auto number = parse_integer(item->second.text);
      if (!number || *number < 0) {
        add(item->second.place.line, entry.name + ".counts." + item->first,
            "expected a whole number, got '" + printable(item->second.text) + "'");
      } else {
        entry.counts.emplace_back(item->first, static_cast<std::uint64_t>(*number));
      }
    }
  }

  std::string place_;
  std::vector<std::pair<int, std::string>> problems_;
};

}  // namespace

const std::vector<std::string>& dataset_kinds() {
  static const std::vector<std::string> kinds = {
      "corpus",         "lexicon",  "similarity", "analogy",
      "categorisation", "outliers", "relations",  "bias"};
  return kinds;
}

Catalogue Catalogue::parse(const std::string& text, const std::string& place) {
  Catalogue catalogue;
  try {
    catalogue.entries_ = CatalogueReader(place).read(parse_yaml(text, 0));
  } catch (const YamlError& error) {
    throw Error("the catalogue is not valid YAML")
        .at("{}:{}", place, error.line)
        .got("{}", error.what());
  }
  return catalogue;
}

Catalogue Catalogue::load(const fs::path& path) { return parse(read_file(path), path.string()); }

const Catalogue& Catalogue::builtin() {
  static const Catalogue catalogue =
      parse(std::string(embedded::catalogue_yaml()), "the built-in catalogue.yaml");
  return catalogue;
}

std::vector<std::string> Catalogue::names() const {
  std::vector<std::string> names;
  for (const auto& entry : entries_) names.push_back(entry.name);
  return names;
}

const DatasetEntry& Catalogue::find(const std::string& name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const auto& entry) { return entry.name == name; });
  if (found != entries_.end()) return *found;
  UsageError error("the dataset is not in the catalogue");
  error.got("{}", printable(name));
  if (const auto near = nearest_name(name, names())) {
    error.hint("did you mean {}?", *near);
  } else {
    error.hint("wordbridge data list");
  }
  throw error;
}

}  // namespace wordbridge
