#include "train/sweeps/plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/error.h"
#include "core/io/hash.h"
#include "core/rng.h"
#include "core/text.h"
#include "train/sweeps/request.h"

namespace wordbridge {
namespace {

constexpr std::size_t kMostPoints = 10000;
constexpr std::size_t kLongestFolder = 120;

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

[[noreturn]] void refuse_many_points() {
  throw Error("the sweep has too many points")
      .expected("at most {}", kMostPoints)
      .hint("use fewer values, or several sweeps");
}

/// All combinations of the values of the axes; the last axis varies fastest.
std::vector<SweepChoice> all_combinations(const std::vector<SweepAxis*>& axes, std::size_t seeds) {
  std::size_t points = 1;
  for (const auto* axis : axes) {
    points *= axis->values.size();
    if (points * seeds > kMostPoints) refuse_many_points();
  }
  std::vector<SweepChoice> choices(points);
  for (std::size_t i = 0; i < points; ++i) {
    std::size_t number = i;
    for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
      choices[i][*axis] = number % (*axis)->values.size();
      number /= (*axis)->values.size();
    }
  }
  return choices;
}

/// Different points drawn at random. Adds the drawn numbers to the values of their axes.
std::vector<SweepChoice> draw_points(const std::vector<SweepAxis*>& axes,
                                     const SearchOptions& search, std::size_t seeds) {
  const auto points = static_cast<std::size_t>(search.points);
  if (points * seeds > kMostPoints) refuse_many_points();
  std::vector<SweepChoice> choices;
  std::set<std::vector<std::string>> seen;
  const std::size_t most_draws = 1000 + 100 * points;
  for (std::size_t number = 0; choices.size() < points; ++number) {
    if (number == most_draws) {
      throw Error("the search space has too few different points")
          .at("sweep.search.points")
          .expected("{} or fewer", choices.size())
          .got("{}", points)
          .hint("use fewer points, wider distributions, or a sweep of all combinations");
    }
    SweepChoice choice;
    std::vector<std::string> values;
    for (auto* axis : axes) {
      Rng random(static_cast<std::uint64_t>(search.seed), "sweep " + axis->key, number);
      if (axis->distribution) {
        choice[axis] = choices.size();
        values.push_back(axis->distribution->draw(random.uniform()));
      } else {
        choice[axis] = random.below(axis->values.size());
        values.push_back(axis->values[choice[axis]]);
      }
    }
    if (!seen.insert(values).second) continue;
    for (std::size_t i = 0; i < axes.size(); ++i)
      if (axes[i]->distribution) axes[i]->values.push_back(values[i]);
    choices.push_back(std::move(choice));
  }
  for (auto* axis : axes)
    if (axis->distribution) axis->places.resize(points, std::string(axis->places.front()));
  return choices;
}

/// Adds a problem if points have different lengths or texts, so that their perplexities after some
/// epochs can't be compared.
void check_comparable(RunConfig& run, RunConfig& first, std::vector<std::string>& problems) {
  const auto add = [&](const std::string& problem) {
    if (std::find(problems.begin(), problems.end(), problem) == problems.end())
      problems.push_back(problem);
  };
  if (run.train.epochs != first.train.epochs)
    add("train.epochs: must be the same for all points (sweep.search.type: halving)");
  if (!same_values(run.data.describe(), first.data.describe()))
    add("data: must be the same for all points, because perplexities on different texts or "
        "vocabularies can't be compared (sweep.search.type: halving)");
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
  SweepRequest request(arguments);
  Sweep sweep;
  sweep.search = request.search();
  SweepAxis* seed_axis = nullptr;
  std::vector<SweepAxis*> others;
  for (auto& axis : request.axes()) {
    if (axis.key == SweepRequest::kSeedKey) seed_axis = &axis;
    if (axis.key != SweepRequest::kSeedKey) others.push_back(&axis);
  }
  const std::size_t seed_count = seed_axis == nullptr ? 1 : seed_axis->values.size();
  auto choices = sweep.search ? draw_points(others, *sweep.search, seed_count)
                              : all_combinations(others, seed_count);
  const bool is_halving = sweep.search && sweep.search->is_halving();
  std::vector<std::string> problems;
  std::vector<std::int64_t> seeds;
  std::optional<RunConfig> first;
  for (auto& choice : choices) {
    RunConfig run = request.compose(choice, problems);
    if (!first) {
      sweep.name = run.name;
      for (std::size_t i = 0; seed_axis != nullptr && i < seed_count; ++i) {
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
    if (!first)
      first = std::move(run);
    else if (is_halving)
      check_comparable(run, *first, problems);
  }
  refuse_problems(problems);
  refuse_duplicates(sweep);
  sweep.axes = request.axes();
  const double epochs = first->train.epochs.value_or(0);
  sweep.rungs = is_halving
                    ? halving_rungs(*sweep.search, epochs)
                    : std::vector{SweepRung{static_cast<std::int64_t>(choices.size()), epochs, 0}};
  return sweep;
}

}  // namespace wordbridge
