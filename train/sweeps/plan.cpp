#include "train/sweeps/plan.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "core/config/yaml_tree.h"
#include "core/error.h"
#include "core/io/hash.h"
#include "core/text.h"

namespace wordbridge {
namespace {

using Kind = YamlNode::Kind;

constexpr std::size_t kMostPoints = 10000;
constexpr std::size_t kLongestFolder = 120;
constexpr const char* kSeedKey = "seed";

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

/// Index of the chosen value of each axis that has one.
using Choice = std::map<const SweepAxis*, std::size_t>;

/// Axes and overrides of the command line, merged with the file's `sweep:` section.
class Request {
 public:
  explicit Request(const std::vector<std::string>& arguments) {
    auto argument = arguments.begin();
    if (argument != arguments.end() && argument->find('=') == argument->npos) file_ = *argument++;
    for (; argument != arguments.end(); ++argument) add_argument(*argument);
    add_section();
    if (axes_.empty()) {
      throw Error("nothing to sweep: no key has several values")
          .expected("train.lr=0.001,0.002 on the command line, or a `sweep:` section in the file")
          .hint("for a single run, use wordbridge train; for examples: wordbridge sweep --help");
    }
    name_axes();
  }

  const std::vector<SweepAxis>& axes() const { return axes_; }

  /// Configuration of the run with these values. Its problems are added to `problems`, without
  /// duplicates.
  RunConfig compose(const Choice& chosen, std::vector<std::string>& problems) const {
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
    for (auto& line : config.problem_lines(found)) {
      if (std::find(problems.begin(), problems.end(), line) == problems.end())
        problems.push_back(std::move(line));
    }
    return run;
  }

 private:
  Config load() const {
    return file_.empty() ? Config::parse("", "command line", overrides_)
                         : Config::load(file_, overrides_);
  }

  void add_argument(const std::string& text) {
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

  /// Adds the axes of the file's `sweep:` section. They come first, in the order of the file, even
  /// if the command line replaces their values.
  void add_section() {
    const Config whole = load();
    const YamlNode section = load().take("sweep");
    if (section.kind == Kind::nothing) return;
    std::vector<std::pair<YamlPlace, SweepAxis>> found;
    Problems problems;
    collect(section, "", whole, found, problems);
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

  static void collect(const YamlNode& node, const std::string& key, const Config& whole,
                      std::vector<std::pair<YamlPlace, SweepAxis>>& found, Problems& problems) {
    const std::string path = key.empty() ? "sweep" : "sweep." + key;
    if (node.kind == Kind::mapping) {
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

  /// Names each axis by the shortest suffix of its key that is not a suffix of another key.
  void name_axes() {
    const auto ends_with = [](const std::string& key, const std::string& end) {
      return key == end ||
             (key.size() > end.size() &&
              key.compare(key.size() - end.size() - 1, std::string::npos, "." + end) == 0);
    };
    for (auto& axis : axes_) {
      for (std::size_t dot = axis.key.rfind('.'); dot != std::string::npos && dot > 0;
           dot = axis.key.rfind('.', dot - 1)) {
        const std::string end = axis.key.substr(dot + 1);
        const auto others = std::count_if(axes_.begin(), axes_.end(), [&](const auto& other) {
          return ends_with(other.key, end);
        });
        if (others != 1) continue;
        axis.name = end;
        break;
      }
    }
  }

  std::string file_;
  std::vector<std::string> overrides_;
  std::set<std::string> said_;  // keys on the command line
  std::vector<SweepAxis> axes_;
};

/// Parsed value of an axis, so that 0.10 and 1e-1 are the same: a string, or a list of one string,
/// without quotes, everything else as YAML. For a group of keys: `said`, unchanged.
std::string value_of(RunConfig& run, const SweepAxis& axis, const std::string& said) {
  const FieldGroup root = run.describe(false);
  const FieldGroup* group = &root;
  for (const auto name : split(axis.key, '.')) {
    const auto named = [&](const auto& member) { return member.name == name; };
    const auto field = std::find_if(group->fields.begin(), group->fields.end(), named);
    if (field != group->fields.end()) {
      if (const auto* text = std::get_if<std::string*>(&field->value)) return **text;
      if (const auto* target = std::get_if<EnumTarget>(&field->value)) return **target;
      const auto* texts = std::get_if<std::vector<std::string>*>(&field->value);
      return texts != nullptr && (*texts)->size() == 1 ? (*texts)->front() : value_text(*field);
    }
    const auto inner = std::find_if(group->groups.begin(), group->groups.end(), named);
    if (inner == group->groups.end()) break;
    group = &*inner;
  }
  return said;
}

/// Number of points, not counting the seeds.
std::size_t count_points(const std::vector<const SweepAxis*>& axes, const SweepAxis* seed_axis) {
  std::size_t points = 1, runs = seed_axis == nullptr ? 1 : seed_axis->values.size();
  for (const auto* axis : axes) {
    points *= axis->values.size();
    runs *= axis->values.size();
    if (runs > kMostPoints) {
      throw Error("the sweep has too many points")
          .expected("at most {}", kMostPoints)
          .hint("use fewer values, or several sweeps");
    }
  }
  return points;
}

/// Values of point `number`; the last axis varies fastest.
Choice choice_of(const std::vector<const SweepAxis*>& axes, std::size_t number) {
  Choice choice;
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    choice[*axis] = number % (*axis)->values.size();
    number /= (*axis)->values.size();
  }
  return choice;
}

/// Error if two points are the same run, which would waste time and hide a mistake.
void refuse_duplicates(const Sweep& sweep) {
  std::map<std::string, std::string> seen, folders;
  std::vector<std::string> twice;
  for (const auto& point : sweep.points) {
    for (std::size_t i = 0; i < point.configs.size(); ++i) {
      const std::string name =
          point.folder + (point.seeds.empty() ? "" : fmt::format(" seed {}", point.seeds[i]));
      const auto [first, is_new] = seen.emplace(point.configs[i], name);
      if (!is_new) twice.push_back(fmt::format("{} and {}", first->second, name));
    }
    if (!folders.emplace(point.folder, "").second && twice.empty())
      twice.push_back(point.folder + ", twice");
  }
  if (twice.empty()) return;
  constexpr std::size_t kShown = 10;
  const std::size_t all = twice.size();
  if (all > kShown) twice.resize(kShown);
  if (all > kShown) twice.push_back("...");
  throw Error(fmt::format("{} point{} of the sweep would be the same run as another point:\n  {}",
                          all, all == 1 ? "" : "s", join(twice, "\n  ")))
      .hint(
          "a value is repeated, or an axis has no effect, such as an option of a model that is not "
          "trained");
}

void refuse_problems(const std::vector<std::string>& problems) {
  if (problems.empty()) return;
  throw Error(fmt::format("{} problem{} in the sweep; nothing was started:\n  {}", problems.size(),
                          problems.size() == 1 ? "" : "s", join(problems, "\n  ")));
}

}  // namespace

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

std::string point_folder(const std::vector<std::pair<std::string, std::string>>& values) {
  std::string folder, exact;
  bool is_changed = false;
  for (const auto& [name, value] : values) {
    exact += name + "=" + value + "\n";
    folder += (folder.empty() ? "" : ",") + name + "=";
    const bool is_list = !value.empty() && value[0] == '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
      const char c = value[i];
      if (is_list && c == ' ' && value[i - 1] == ',') continue;
      const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
      const bool is_mark = std::string_view("._-+").find(c) != std::string_view::npos;
      const bool is_of_list = is_list && (c == '[' || c == ']' || c == ',');
      const bool is_kept = is_letter || is_mark || is_of_list;
      folder += is_kept ? c : '_';
      is_changed |= !is_kept;
    }
  }
  if (folder.size() > kLongestFolder) {
    is_changed = true;
    std::size_t end = kLongestFolder - 20;
    while (end > 0 && (static_cast<unsigned char>(folder[end]) & 0xC0) == 0x80) --end;
    folder.resize(end);
  }
  if (is_changed) folder += "~" + sha256(exact).substr(0, 8);
  return folder.empty() ? "run" : folder;
}

Sweep plan_sweep(const std::vector<std::string>& arguments) {
  const Request request(arguments);
  Sweep sweep;
  sweep.axes = request.axes();
  const SweepAxis* seed_axis = nullptr;
  std::vector<const SweepAxis*> others;
  for (const auto& axis : request.axes()) {
    if (axis.key == kSeedKey) seed_axis = &axis;
    if (axis.key != kSeedKey) others.push_back(&axis);
  }
  const std::size_t points = count_points(others, seed_axis);
  std::vector<std::string> problems;
  std::vector<std::int64_t> seeds;
  for (std::size_t number = 0; number < points; ++number) {
    Choice choice = choice_of(others, number);
    RunConfig run = request.compose(choice, problems);
    if (number == 0) {
      sweep.name = run.name;
      for (std::size_t i = 0; seed_axis != nullptr && i < seed_axis->values.size(); ++i) {
        choice[seed_axis] = i;
        seeds.push_back(request.compose(choice, problems).seed);
      }
    }
    SweepPoint point;
    for (const auto* axis : others)
      point.values.emplace_back(axis->name, value_of(run, *axis, axis->values[choice[axis]]));
    point.folder = point_folder(point.values);
    point.model = run.model;
    point.config = run.dump();
    point.seeds = seeds;
    if (seeds.empty()) point.configs.push_back(point.config);
    for (const auto seed : seeds) {
      run.seed = seed;
      point.configs.push_back(run.dump());
    }
    sweep.points.push_back(std::move(point));
  }
  refuse_problems(problems);
  refuse_duplicates(sweep);
  return sweep;
}

}  // namespace wordbridge
