#include "eval/benchmarks/paired_tests.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/error.h"

namespace wordbridge {
namespace {

using Values = std::vector<double>;

/// Below this number of items, bootstrap intervals are known to be too narrow.
constexpr std::int64_t kFewItems = 30;
/// The same applies to blocks of tokens: blocks are shortened until there are at least this many.
constexpr std::int64_t kFewestBlocks = 40;

struct NamedCorrelation {
  Correlation kind;
  const char *name, *mean;
};
constexpr NamedCorrelation kCorrelations[] = {{Correlation::spearman, "spearman", "mean spearman"},
                                              {Correlation::pearson, "pearson", "mean pearson"}};

double mean(const Values& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Tests of two runs, which have the indices `first` and `second` in `runs`.
class PairTests {
 public:
  PairTests(const std::vector<RunEvidence>& runs, std::size_t first, std::size_t second,
            const ComparisonOptions& options, PairedTests& found)
      : a_(runs[first]),
        b_(runs[second]),
        first_(first),
        second_(second),
        options_(options),
        found_(found) {}

  void tokens();
  void items();

 private:
  void refuse(const std::string& what, const std::string& why) {
    found_.not_compared.push_back({first_, second_, what, why});
  }
  /// Reason why the two runs cannot be compared, for example "pca: it has no token scores"; empty
  /// if there is none.
  std::string obstacle(std::string RunEvidence::*reason) const {
    std::string why;
    for (const auto* run : {&a_, &b_}) {
      if ((run->*reason).empty()) continue;
      if (!why.empty()) why += "; ";
      why += run->label + ": " + run->*reason;
    }
    return why;
  }
  void note(const std::string& text) {
    auto& notes = found_.notes;
    if (std::find(notes.begin(), notes.end(), text) == notes.end()) notes.push_back(text);
  }
  PairedTest& add(const std::string& score, const char* kind, Better better, double a, double b,
                  const BootstrapTest& test, std::int64_t total);
  template <class Entry, class Compare>
  void matched(std::vector<Entry> EvalItems::*list, const Compare& compare);
  void similarity(std::size_t i, std::size_t j, const std::string& name);
  /// Tests the mean over the similarity benchmarks that similarity() compared, if there are
  /// several.
  void similarity_mean();
  void analogy(std::size_t i, std::size_t j, const std::string& name);

  const RunEvidence &a_, &b_;
  std::size_t first_, second_;
  const ComparisonOptions& options_;
  PairedTests& found_;
  std::vector<JudgedItems> similarity_;  // of each compared benchmark, the pairs that both runs use
  std::int64_t pairs_ = 0;               // of these benchmarks, used or not
};

PairedTest& PairTests::add(const std::string& score, const char* kind, Better better, double a,
                           double b, const BootstrapTest& test, std::int64_t total) {
  if (test.items < kFewItems) {
    note(fmt::format("{} is based on {} items; intervals are too narrow for fewer than {}", score,
                     test.items, kFewItems));
  }
  PairedTest& added = found_.tests.emplace_back();
  added.score = score;
  added.kind = kind;
  added.better = better;
  added.first = first_;
  added.second = second_;
  added.first_value = a;
  added.second_value = b;
  added.test = test;
  added.total = total;
  return added;
}

void PairTests::tokens() {
  const std::string what = fmt::format("{} perplexity{}", name_of(held_out_names(), options_.split),
                                       options_.seen ? " of words seen" : "");
  if (!a_.is_language_model && !b_.is_language_model) return;
  if (const auto why = obstacle(&RunEvidence::no_tokens); !why.empty()) return refuse(what, why);
  if (const auto why = a_.tokens.differs_from(b_.tokens); !why.empty()) return refuse(what, why);
  Values nats(a_.log_probs.size());
  for (std::size_t i = 0; i < nats.size(); ++i) nats[i] = a_.log_probs[i] - b_.log_probs[i];
  BootstrapOptions bootstrap = options_.bootstrap;
  const auto longest = static_cast<std::int64_t>(nats.size()) / kFewestBlocks;
  bootstrap.block =
      std::clamp(bootstrap.block, std::int64_t{1}, std::max<std::int64_t>(1, longest));
  const BootstrapTest test = bootstrap_mean(nats, bootstrap);
  auto& added = add(what, "perplexity", Better::lower, std::exp(-mean(a_.log_probs)),
                    std::exp(-mean(b_.log_probs)), test,
                    static_cast<std::int64_t>(split_of(a_.tokens, options_).log_prob.size()));
  added.perplexity = {bootstrap.block, std::exp(test.difference), std::exp(test.low),
                      std::exp(test.high)};
}

/// Calls compare(i, j, name) for each benchmark on which both runs were scored, in the order of the
/// first run.
template <class Entry, class Compare>
void PairTests::matched(std::vector<Entry> EvalItems::*list, const Compare& compare) {
  const auto &ours = a_.items.front().*list, &theirs = b_.items.front().*list;
  const auto find = [](const std::vector<Entry>& entries, const auto& matches) {
    const auto found = std::find_if(entries.begin(), entries.end(), matches);
    return static_cast<std::size_t>(found - entries.begin());
  };
  std::map<std::string, int> times;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const auto same_items = [&](const Entry& entry) { return entry.sha256 == ours[i].sha256; };
    const auto same_name = [&](const Entry& entry) { return entry.name == ours[i].name; };
    const int time = ++times[ours[i].name];
    const auto name = ours[i].name + (time > 1 ? fmt::format(" ({})", time) : "");
    const std::size_t j = find(theirs, same_items);
    if (j < theirs.size()) {
      compare(i, j, name);
    } else {
      refuse(name, find(theirs, same_name) < theirs.size()
                       ? "the benchmark files of this name contain different items"
                       : b_.label + " was not scored on this benchmark");
    }
  }
  for (const auto& entry : theirs) {
    const auto same = [&](const Entry& other) {
      return other.sha256 == entry.sha256 || other.name == entry.name;
    };
    if (find(ours, same) == ours.size())
      refuse(entry.name, a_.label + " was not scored on this benchmark");
  }
}

void PairTests::similarity(std::size_t i, std::size_t j, const std::string& name) {
  const auto& judged = a_.items.front().similarity[i].items.judged;
  std::vector<char> is_used(judged.size(), 1);
  const auto systems = [](const RunEvidence& run, std::size_t k) {
    std::vector<const Values*> cosines;
    for (const auto& seed : run.items) cosines.push_back(&seed.similarity[k].items.cosines);
    return cosines;
  };
  const auto all_a = systems(a_, i), all_b = systems(b_, j);
  for (const auto& all : {all_a, all_b}) {
    for (const auto* cosines : all)
      for (std::size_t k = 0; k < judged.size(); ++k)
        if (std::isnan((*cosines)[k])) is_used[k] = 0;
  }
  const auto used = [&](const Values& values) {
    Values chosen;
    for (std::size_t k = 0; k < values.size(); ++k)
      if (is_used[k] != 0) chosen.push_back(values[k]);
    return chosen;
  };
  JudgedItems items;
  for (const auto* cosines : all_a) items.first.push_back(used(*cosines));
  for (const auto* cosines : all_b) items.second.push_back(used(*cosines));
  items.judged = used(judged);
  if (items.judged.empty()) return refuse(name, "no pair is used by both runs");
  const auto total = static_cast<std::int64_t>(judged.size());
  for (const auto& [kind, label, mean_label] : kCorrelations) {
    const auto test =
        bootstrap_correlation(kind, items.first, items.second, items.judged, options_.bootstrap);
    auto& added =
        add(name + " " + label, label, Better::higher, test.first, test.second, test, total);
    if (items.first.size() > 1 || items.second.size() > 1)
      continue;  // Steiger's test compares single correlations
    const Values &first = items.first[0], &second = items.second[0];
    const double between =
        kind == Correlation::spearman ? spearman(first, second) : pearson(first, second);
    added.steiger = steiger_test(test.second, test.first, between, test.items);
  }
  similarity_.push_back(std::move(items));
  pairs_ += total;
}

void PairTests::similarity_mean() {
  if (similarity_.size() < 2) return;
  for (const auto& [kind, label, mean_label] : kCorrelations) {
    const auto test = bootstrap_mean_correlation(kind, similarity_, options_.bootstrap);
    if (!std::isnan(test.difference))
      add(fmt::format("mean over pairs {}", label), mean_label, Better::higher, test.first,
          test.second, test, pairs_);
  }
}

void PairTests::analogy(std::size_t i, std::size_t j, const std::string& name) {
  const auto& entry = a_.items.front().analogy[i];
  const auto& other = b_.items.front().analogy[j];
  if (entry.vocabulary != other.vocabulary) {
    note(fmt::format("{}: {} has {} candidate answers, {} has {}", name, a_.label, entry.vocabulary,
                     b_.label, other.vocabulary));
  }
  using List = AnalogyAnswers AnalogyItems::*;
  for (const auto& [list, label] : {std::pair<List, const char*>(&AnalogyItems::add, "3CosAdd"),
                                    std::pair<List, const char*>(&AnalogyItems::mul, "3CosMul")}) {
    // Share of the seeds that answer correctly; NaN if a seed did not use the question.
    const auto share = [list = list](const RunEvidence& run, std::size_t k, std::size_t question) {
      double right = 0;
      for (const auto& seed : run.items) {
        const auto answer = (seed.analogy[k].items.*list).right[question];
        if (answer == AnalogyItems::kNotUsed) return std::nan("");
        right += answer;
      }
      return right / static_cast<double>(run.items.size());
    };
    Values first, second, differences;
    std::vector<std::int32_t> sections;
    for (std::size_t q = 0; q < entry.items.section.size(); ++q) {
      const double a = share(a_, i, q), b = share(b_, j, q);
      if (std::isnan(a) || std::isnan(b)) continue;
      first.push_back(a), second.push_back(b), differences.push_back(b - a);
      sections.push_back(entry.items.section[q]);
    }
    if (first.empty()) return refuse(name, "no question is used by both runs");
    const auto test = bootstrap_mean(differences, options_.bootstrap, sections);
    add(fmt::format("{} {}", name, label), label, Better::higher, mean(first), mean(second), test,
        static_cast<std::int64_t>(entry.items.section.size()));
  }
}

void PairTests::items() {
  const bool none = a_.items.empty() && b_.items.empty();
  if (const auto why = obstacle(&RunEvidence::no_items); !why.empty()) {
    if (!none) return refuse("benchmarks", why);
    return note(
        "no benchmarks are compared: no run has item scores; train with eval.similarity or "
        "eval.analogy");
  }
  matched(&EvalItems::similarity,
          [this](auto i, auto j, const auto& name) { similarity(i, j, name); });
  similarity_mean();
  matched(&EvalItems::analogy, [this](auto i, auto j, const auto& name) { analogy(i, j, name); });
}

/// Sets p_holm of each test, adjusted over the tests of its kind; NaN if there is only one.
void adjust(std::vector<PairedTest>& tests) {
  std::map<std::string, std::vector<PairedTest*>> families;
  for (auto& test : tests) families[test.kind].push_back(&test);
  for (const auto& [kind, members] : families) {
    if (members.size() < 2) continue;
    Values p;
    for (const auto* test : members) p.push_back(test->test.p);
    const auto adjusted = holm_adjusted(p);
    for (std::size_t k = 0; k < members.size(); ++k) members[k]->p_holm = adjusted[k];
  }
}

}  // namespace

const TokenScores::Split& split_of(const TokenScores& scores, const ComparisonOptions& options) {
  return options.split == HeldOut::valid ? scores.valid : scores.test;
}

bool counts(const TokenScores::Split& split, std::size_t token, const ComparisonOptions& options) {
  return !options.seen || split.seen[token] != 0;
}

const EnumNames<HeldOut>& held_out_names() {
  static const EnumNames<HeldOut> names = {{"test", HeldOut::test}, {"valid", HeldOut::valid}};
  return names;
}

std::vector<std::pair<std::size_t, std::size_t>> pairs_of(std::size_t runs, bool all_pairs) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t first = 0; first < (all_pairs ? runs : 1); ++first)
    for (std::size_t second = first + 1; second < runs; ++second) pairs.emplace_back(first, second);
  return pairs;
}

PairedTests paired_tests(const std::vector<RunEvidence>& runs, const ComparisonOptions& options) {
  PairedTests found;
  for (const auto& [first, second] : pairs_of(runs.size(), options.all_pairs)) {
    PairTests pair(runs, first, second, options, found);
    pair.tokens();
    pair.items();
  }
  adjust(found.tests);
  const auto has_seeds = [](const RunEvidence& run) { return run.seeds > 1; };
  if (std::any_of(runs.begin(), runs.end(), has_seeds) && !found.tests.empty()) {
    found.notes.push_back(
        "scores are averaged over the seeds of a run: log-probabilities and answers per item "
        "(perplexity is the geometric mean over the seeds), correlations as a whole; the intervals "
        "describe variation between items, not between seeds");
  }
  return found;
}

}  // namespace wordbridge
