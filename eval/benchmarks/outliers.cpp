#include "eval/benchmarks/outliers.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/text.h"
#include "core/undefined.h"
#include "data/text/word_table.h"
#include "eval/benchmarks/benchmark_folder.h"
#include "eval/benchmarks/directions.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kLeastStratum = 5;
constexpr std::int32_t kPooled = -1;

std::vector<OutlierSet> read_outlier_table(const std::string& path, std::string_view content) {
  std::vector<OutlierSet> sets;
  std::unordered_map<std::string, std::size_t> index;
  WordTable table = word_table(content, path, 3);
  const auto places = table.places_of({{"group", "set", "category"}, {"role"}, {"word"}});
  for (const auto& row : table.rows) {
    const auto& fields = row.fields;
    const bool is_member = table.is_filled(row, places) && fields[places[1]] == "member";
    const bool is_outlier = table.is_filled(row, places) && fields[places[1]] == "outlier";
    if (!is_member && !is_outlier) {
      throw Error("invalid line in the outlier file")
          .at("{}", table.where(row))
          .expected("group TAB role TAB word, where role is member or outlier")
          .got("'{}'", printable(row.text));
    }
    const std::string group(fields[places[0]]);
    const auto [place, added] = index.emplace(group, sets.size());
    if (added) sets.push_back({group, {}, {}});
    OutlierSet& set = sets[place->second];
    (is_member ? set.members : set.outliers).emplace_back(fields[places[2]]);
  }
  return sets;
}

/// Whether the lines are rows of a table rather than single words.
bool is_table(const std::vector<TextLine>& lines) {
  return std::any_of(lines.begin(), lines.end(), [](const TextLine& line) {
    if (line.text.find('\t') != line.text.npos) return true;
    for (const char separator : {',', ';'}) {
      const auto fields = csv_fields(line.text, separator).value_or(std::vector<std::string>());
      if (fields.size() < 3) continue;
      const std::string role = column_name(fields[1]);
      if (role == "member" || role == "outlier") return true;
    }
    return false;
  });
}

/// Reads one member per line, then empty lines, then one outlier per line.
OutlierSet read_lists(const fs::path& path, const std::vector<TextLine>& lines) {
  OutlierSet set{path.stem().string(), {}, {}};
  std::size_t comments = 0, gap = 0;  // gap: the last empty line after the outliers
  bool is_after = false;
  for (const auto& [number, text] : lines) {
    const std::string_view word = trimmed_word(text);
    if (is_comment(word)) {
      ++comments;
    } else if (word.empty()) {
      is_after = is_after || !set.members.empty();
      if (!set.outliers.empty()) gap = number;
    } else if (gap > 0) {
      throw Error("an outlier file has more than two parts")
          .at("{}:{}", path.string(), gap)
          .expected("one member per line, an empty line, one outlier per line");
    } else {
      (is_after ? set.outliers : set.members).emplace_back(word);
    }
  }
  log_comments(path.string(), comments);
  return set;
}

void check(const OutlierSet& set, const std::string& path) {
  std::unordered_set<std::string> members;
  const auto refuse = [&](const std::string& word, const char* what) {
    throw Error(what).at("{}", path).got("'{}' in '{}'", printable(word), printable(set.name));
  };
  for (const auto& word : set.members)
    if (!members.insert(word).second)
      refuse(word, "a word occurs twice among the members of a set");
  for (const auto& word : set.outliers)
    if (members.count(word) > 0) refuse(word, "a word is both member and outlier of a set");
  if (set.members.size() < 2 || set.outliers.empty()) {
    throw Error("a set has too few words")
        .at("{}", path)
        .expected("at least two members and one outlier")
        .got("{} and {} in '{}'", set.members.size(), set.outliers.size(), printable(set.name));
  }
}

/// Reads a folder of sets in the published format, in the order of their file names.
std::vector<OutlierSet> read_folder(const fs::path& folder) {
  std::vector<OutlierSet> sets;
  for (const auto& file : benchmark_files_in(folder, {".txt"}))
    for (auto& set : read_outlier_sets(file)) sets.push_back(std::move(set));
  return sets;
}

/// p(w) of word w among `words`: the sum of its cosine similarities with the others. It is exact
/// (kCosineStep), so that words with equal cosine similarities have equal sums.
double nearness(const std::vector<double>& cosines, std::size_t count, std::size_t w) {
  double sum = 0;
  for (std::size_t other = 0; other < count; ++other)
    if (other != w) sum += cosines[w * count + other];
  return sum;
}

/// OP of the outlier, which is the last vector of `vectors`.
std::size_t outlier_position(const std::vector<const float*>& vectors, std::int64_t dim) {
  const std::size_t count = vectors.size();
  std::vector<double> cosines(count * count);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j < i; ++j)
      cosines[i * count + j] = cosines[j * count + i] =
          directed_cosine(vectors[i], vectors[j], dim);
  const double of_outlier = nearness(cosines, count, count - 1);
  std::size_t position = 0;
  for (std::size_t w = 0; w + 1 < count; ++w) position += nearness(cosines, count, w) > of_outlier;
  return position;
}

}  // namespace

std::vector<OutlierSet> read_outlier_sets(const std::filesystem::path& path) {
  std::vector<OutlierSet> sets;
  if (fs::is_directory(path)) {
    sets = read_folder(path);
  } else {
    const std::string content = read_text_file(path);
    const auto lines = text_lines(content);
    if (is_table(lines)) {
      sets = read_outlier_table(path.string(), content);
    } else if (!trimmed(content).empty()) {
      sets.push_back(read_lists(path, lines));
    }
  }
  if (sets.empty()) {
    throw Error("the file or folder contains no outlier sets")
        .at("{}", path.string())
        .expected("lines of group TAB role TAB word, or files of members and outliers");
  }
  for (const auto& set : sets) check(set, path.string());
  return sets;
}

OutlierItems outlier_items(const WordLookup& words, const std::vector<OutlierSet>& sets) {
  OutlierItems items;
  for (std::size_t s = 0; s < sets.size(); ++s) {
    std::vector<const float*> vectors;
    for (const auto& word : sets[s].members) {
      const float* const vector = directed_vector(words, word);
      if (vector != nullptr) vectors.push_back(vector);
    }
    const std::size_t members = vectors.size();
    items.members_used += static_cast<std::int64_t>(members);
    items.members_total += static_cast<std::int64_t>(sets[s].members.size());
    vectors.push_back(nullptr);
    for (const auto& word : sets[s].outliers) {
      items.set.push_back(static_cast<std::int32_t>(s));
      items.position.push_back(kUndefined);
      items.detected.push_back(kUndefined);
      vectors.back() = directed_vector(words, word);
      if (members < 2 || vectors.back() == nullptr) continue;
      const std::size_t position = outlier_position(vectors, words.table().dim());
      items.position.back() = static_cast<double>(position) / static_cast<double>(members);
      items.detected.back() = position == members ? 1 : 0;
    }
  }
  return items;
}

OutlierScores outlier_scores(const OutlierItems& items, const BootstrapOptions& options) {
  OutlierScores scores;
  std::unordered_map<std::int32_t, std::int64_t> cases;  // number of used cases of each set
  for (std::size_t i = 0; i < items.position.size(); ++i)
    if (!std::isnan(items.position[i])) ++cases[items.set[i]];
  std::vector<double> position, detected;
  std::vector<std::int32_t> strata;
  for (std::size_t i = 0; i < items.position.size(); ++i) {
    if (std::isnan(items.position[i])) continue;
    position.push_back(items.position[i]);
    detected.push_back(items.detected[i]);
    strata.push_back(cases.at(items.set[i]) < kLeastStratum ? kPooled : items.set[i]);
  }
  scores.sets = static_cast<std::int64_t>(cases.size());
  scores.used = static_cast<std::int64_t>(position.size());
  scores.total = static_cast<std::int64_t>(items.position.size());
  scores.members_used = items.members_used;
  scores.members_total = items.members_total;
  const BootstrapTest of_position = bootstrap_mean(position, options, strata);
  scores.opp = of_position.difference;
  scores.opp_low = of_position.low;
  scores.opp_high = of_position.high;
  const BootstrapTest of_detected = bootstrap_mean(detected, options, strata);
  scores.accuracy = of_detected.difference;
  scores.accuracy_low = of_detected.low;
  scores.accuracy_high = of_detected.high;
  return scores;
}

}  // namespace wordbridge
