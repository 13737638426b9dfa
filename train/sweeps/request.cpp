#include "train/sweeps/request.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "core/error.h"
#include "core/text.h"

namespace wordbridge {
namespace {

using Kind = YamlNode::Kind;

/// The node as one line of YAML that parse_yaml reads back to the same node.
std::string flow_text(const YamlNode& node, bool inside = false) {
  std::vector<std::string> parts;
  switch (node.kind) {
    case Kind::nothing:
      return "~";
    case Kind::scalar: {
      const bool is_safe =
          !node.quoted && (!inside || node.text.find_first_of(",[]{}:") == std::string::npos);
      return is_safe ? node.text : nlohmann::json(node.text).dump();
    }
    case Kind::list:
      for (const auto& item : node.items) parts.push_back(flow_text(item, true));
      return "[" + join(parts, ", ") + "]";
    case Kind::mapping:
      break;
  }
  for (const auto& [key, value] : node.entries)
    parts.push_back(key + ": " + flow_text(value, true));
  return "{" + join(parts, ", ") + "}";
}

}  // namespace

SweepRequest::SweepRequest(const std::vector<std::string>& arguments) {
  auto argument = arguments.begin();
  if (argument != arguments.end() && argument->find('=') == argument->npos) file_ = *argument++;
  for (; argument != arguments.end(); ++argument) add_argument(*argument);
  add_section();
  if (axes_.empty() && search_) {
    throw Error("nothing to search: no key has a distribution or several values")
        .expected("`train.lr: {{log_uniform: [0.0001, 0.01]}}` in the `sweep:` section");
  }
  if (axes_.empty()) {
    throw Error("nothing to sweep: no key has several values")
        .expected("train.lr=0.001,0.002 on the command line, or a `sweep:` section in the file")
        .hint("for a single run, use wordbridge train; for examples: wordbridge sweep --help");
  }
  name_axes();
}

RunConfig SweepRequest::compose(const SweepChoice& chosen,
                                std::vector<std::string>& problems) const {
  Config config = load();
  config.take("sweep");
  for (const auto& axis : axes_) {
    const auto found = chosen.find(&axis);
    if (found == chosen.end()) continue;
    config.set(axis.key + "=" + axis.values[found->second], axis.places[found->second]);
  }
  Problems found;
  const std::string name = file_.empty() ? "run" : std::filesystem::path(file_).stem().string();
  RunConfig run = RunConfig::read(config, name, found);
  const auto& source = run.data.source;
  for (const auto* paths : {&source.paths, &source.valid_paths, &source.test_paths}) {
    if (std::find(paths->begin(), paths->end(), "-") != paths->end())
      found.add("data.path", "a sweep can't read standard input, which can be read only once");
  }
  if (search_ && search_->is_halving()) check_halving(run, found);
  for (auto& line : config.problem_lines(found)) {
    if (std::find(problems.begin(), problems.end(), line) == problems.end())
      problems.push_back(std::move(line));
  }
  return run;
}

Config SweepRequest::load() const {
  return file_.empty() ? Config::parse("", "command line", overrides_)
                       : Config::load(file_, overrides_);
}

void SweepRequest::add_argument(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos) {
    throw UsageError("invalid setting on the command line")
        .expected("key=value or key=value,value, such as train.lr=0.1,0.2")
        .got("{} (no '=')", printable(text));
  }
  const std::string key(trimmed(std::string_view(text).substr(0, equals)));
  if (!said_.insert(key).second) {
    throw UsageError("a key is repeated on the command line")
        .got("{}", printable(text))
        .hint("give all its values at once: {}=VALUE,VALUE", printable(key));
  }
  const auto values = split_values(text.substr(equals + 1));
  if (values.size() < 2) {
    if (add_distribution(text, key, values.front())) return;
    overrides_.push_back(text);
    return;
  }
  if (std::find(values.begin(), values.end(), "") != values.end()) {
    throw UsageError("a value on the command line is missing")
        .expected("a value between the commas")
        .got("{}", printable(text));
  }
  axes_.push_back({key, key, values, {}});
  for (const auto& value : values)
    axes_.back().places.push_back("command line: " + printable(key + "=" + value));
}

bool SweepRequest::add_distribution(const std::string& text, const std::string& key,
                                    const std::string& value) {
  if (value.empty() || value[0] != '{' || !is_setting(key)) return false;
  const std::string place = "command line: " + printable(text);
  YamlNode node;
  try {
    node = parse_yaml(value, 0);
  } catch (const YamlError&) {
    return false;  // as for any other value, told by Config
  }
  Problems problems;
  const auto distribution = read_distribution(node, key, problems);
  for (const auto& [at, what] : problems.found())
    throw Error("invalid distribution: " + what).at("{}", place);
  axes_.push_back({key, key, {}, {place}, distribution});
  return true;
}

void SweepRequest::add_section() {
  const Config whole = load();
  YamlNode section = load().take("sweep");
  Found found;
  Problems problems;
  read_search(section, problems);
  if (section.kind != Kind::nothing) collect(section, "", whole, found, problems);
  for (const auto& axis : axes_)
    if (axis.distribution) check_distribution(axis.key, axis.key, problems);
  if (!problems.empty()) {
    throw Error("invalid `sweep:` section:\n  " + join(whole.problem_lines(problems), "\n  "));
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first.source, a.first.line) < std::tie(b.first.source, b.first.line);
  });
  std::vector<SweepAxis> all;
  for (auto& [place, axis] : found) {
    const auto is_same = [&k = axis.key](const auto& other) { return other.key == k; };
    const auto own = std::find_if(axes_.begin(), axes_.end(), is_same);
    if (own != axes_.end()) {
      all.push_back(std::move(*own));
      axes_.erase(own);
    } else if (said_.count(axis.key) == 0 && std::none_of(all.begin(), all.end(), is_same)) {
      all.push_back(std::move(axis));  // "a.b:" of the file has precedence over "a: b:" of a base
    }
  }
  std::move(axes_.begin(), axes_.end(), std::back_inserter(all));
  axes_ = std::move(all);
}

void SweepRequest::read_search(YamlNode& section, Problems& problems) {
  const auto search = section.entries.find("search");
  if (search == section.entries.end()) return;
  YamlNode root, sweep;
  root.kind = sweep.kind = Kind::mapping;
  sweep.entries["search"] = search->second;
  root.entries["sweep"] = sweep;
  section.entries.erase(search);
  if (section.entries.empty()) section.kind = Kind::nothing;
  search_.emplace();
  FieldGroup fields{"", ""}, group{"sweep", ""};
  group.add(search_->describe());
  fields.add(group);
  read_fields(root, fields, problems);
  if (search_->points == 0 && problems.empty())
    problems.add("sweep.search.points", "expected the number of points, such as 20");
}

void SweepRequest::collect(const YamlNode& node, const std::string& key, const Config& whole,
                           Found& found, Problems& problems) {
  const std::string path = key.empty() ? "sweep" : "sweep." + key;
  if (node.kind == Kind::mapping && is_setting(key)) {
    check_distribution(key, path, problems);
    const auto distribution = read_distribution(node, path, problems);
    found.emplace_back(node.place, SweepAxis{key, key, {}, {whole.where(path)}, distribution});
  } else if (node.kind == Kind::mapping) {
    for (const auto& [name, entry] : node.entries)
      collect(entry, key.empty() ? name : key + "." + name, whole, found, problems);
  } else if (node.kind != Kind::list || key.empty()) {
    problems.add(path, key.empty() ? "expected keys with lists of values (`train.lr: [0.1, 0.2]`)"
                                   : fmt::format("expected a list of values, such as [{}]",
                                                 printable(flow_text(node))));
  } else if (node.items.empty()) {
    problems.add(path, "expected at least one value, got an empty list");
  } else {
    SweepAxis axis{key, key, {}, {}};
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      axis.values.push_back(flow_text(node.items[i]));
      axis.places.push_back(whole.where(fmt::format("{}[{}]", path, i)));
    }
    found.emplace_back(node.place, std::move(axis));
  }
}

void SweepRequest::check_distribution(const std::string& key, const std::string& path,
                                      Problems& problems) const {
  if (!search_)
    problems.add(path, "a distribution needs `search: {points: N}` in the section `sweep:`");
  if (key == kSeedKey) problems.add(path, "expected a list of seeds, with which each point runs");
}

void SweepRequest::check_halving(const RunConfig& run, Problems& problems) const {
  const auto& train = run.train;
  const auto refuse = [&](const char* key, const std::string& what) {
    problems.add(key, what + " (sweep.search.type: halving)");
  };
  if (run.model_info().kind != LearnerKind::gradient)
    return refuse("model.type",
                  fmt::format("{} has no validation perplexity after each epoch, by which points "
                              "are promoted; use type: random",
                              run.model));
  if (!train.epochs) {
    refuse("train.epochs", "expected the epochs of the last rung, got auto");
  } else if (*train.epochs < static_cast<double>(search_->min_epochs)) {
    refuse("train.epochs", fmt::format("expected at least sweep.search.min_epochs, {}, got {}",
                                       search_->min_epochs, number_text(*train.epochs)));
  }
  if (train.restarts > 1) refuse("train.restarts", "not supported");
  if (!train.budget.empty()) refuse("train.budget", "not supported");
  if (run.data.split.by != SplitBy::files && run.data.split.valid == 0)
    refuse("data.split.valid", "expected a validation split, on which points are compared");
}

void SweepRequest::name_axes() {
  const auto ends_with = [](const std::string& key, const std::string& end) {
    return key == end ||
           (key.size() > end.size() &&
            key.compare(key.size() - end.size() - 1, std::string::npos, "." + end) == 0);
  };
  for (auto& axis : axes_) {
    for (std::size_t dot = axis.key.rfind('.'); dot != std::string::npos && dot > 0;
         dot = axis.key.rfind('.', dot - 1)) {
      const std::string end = axis.key.substr(dot + 1);
      const auto others = std::count_if(
          axes_.begin(), axes_.end(), [&](const auto& other) { return ends_with(other.key, end); });
      if (others != 1) continue;
      axis.name = end;
      break;
    }
  }
}

std::vector<std::string> split_values(const std::string& text) {
  std::vector<std::string> values(1);
  int depth = 0;
  char quote = 0;
  bool at_start = true;  // at the start of a value, where quotes are special
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if ((c == '"' || c == '\'') && at_start) {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    } else if (c == ',' && depth == 0) {
      values.emplace_back();
      at_start = true;
      continue;
    }
    at_start = quote == 0 && (c == ' ' ? at_start : c == '[' || c == '{' || c == ',' || c == ':');
    values.back() += c;
  }
  for (auto& value : values) value = std::string(trimmed(value));
  return values;
}

}  // namespace wordbridge
