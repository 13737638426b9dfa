#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/progress.h"
#include "eval/neighbors/query.h"
#include "eval/projection/pca_projection.h"
#include "eval/projection/tsne.h"
#include "eval/statistics/comparable.h"
#include "eval/statistics/cosine.h"
#include "kernels/search/top_k.h"
#include "report/report_parts.h"

// The maps of the embeddings and the nearest neighbours of chosen words.

namespace wordbridge {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::int64_t kNeighbors = 8;
constexpr std::size_t kChosenWords = 4;

struct Near {
  std::int64_t row;
  double value;  // cosine, or distance if the table is plotted without projection
};

std::vector<Near> near_by_distance(const EmbeddingTable& table, std::int64_t row) {
  std::vector<Near> near;
  for (std::int64_t other = 0; other < table.size(); ++other) {
    double squares = 0;
    for (std::int64_t i = 0; i < table.dim(); ++i) {
      const double difference = static_cast<double>(table.row(row)[i]) - table.row(other)[i];
      squares += difference * difference;
    }
    if (other != row && std::isfinite(squares)) near.push_back({other, std::sqrt(squares)});
  }
  const auto count = std::min<std::ptrdiff_t>(kNeighbors, std::ptrdiff_t(near.size()));
  const auto is_nearer = [](const Near& a, const Near& b) {
    return a.value < b.value || (a.value == b.value && a.row < b.row);
  };
  std::partial_sort(near.begin(), near.begin() + count, near.end(), is_nearer);
  near.resize(static_cast<std::size_t>(count));
  return near;
}

/// The nearest rows of the table for each of `rows`; empty for a zero or non-finite row.
std::vector<std::vector<Near>> near_rows(const EmbeddingTable& given,
                                         const std::vector<std::int64_t>& rows) {
  std::vector<std::vector<Near>> near(rows.size());
  if (is_drawn_directly(given)) {
    for (std::size_t i = 0; i < rows.size(); ++i) near[i] = near_by_distance(given, rows[i]);
    return near;
  }
  const EmbeddingTable table = comparable(given);
  const auto scales = inverse_norms(table, table.size());
  std::vector<float> queries;
  for (const auto row : rows) {
    const float scale = scales[static_cast<std::size_t>(row)];
    for (std::int64_t i = 0; i < table.dim(); ++i)
      queries.push_back(std::isfinite(scale) ? scale * table.row(row)[i] : 0.0f);
  }
  const auto k = std::min(kNeighbors + 1, table.size());  // includes the row itself
  std::vector<std::int64_t> indices(rows.size() * static_cast<std::size_t>(k));
  std::vector<float> cosines(indices.size());
  top_k_products(queries.data(), static_cast<std::int64_t>(rows.size()), table.data(), table.size(),
                 table.dim(), {scales.data()}, k, indices.data(), cosines.data());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const std::size_t query = i / static_cast<std::size_t>(k);
    const bool has_direction = std::isfinite(scales[static_cast<std::size_t>(rows[query])]);
    const bool is_wanted = has_direction && indices[i] >= 0 && indices[i] != rows[query] &&
                           near[query].size() < static_cast<std::size_t>(kNeighbors);
    if (is_wanted) near[query].push_back({indices[i], std::clamp<double>(cosines[i], -1, 1)});
  }
  return near;
}

/// Rounds to `digits` significant digits, to keep the page small.
double rounded(double value, int digits) {
  if (value == 0 || !std::isfinite(value)) return value;
  const double scale = std::pow(10.0, digits - std::ceil(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

/// The `count` most frequent words, and the rarer words of the groups.
EmbeddingTable words_on_map(const EmbeddingTable& table, std::int64_t count,
                            const WordGroups& groups) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(std::min(count, table.size())));
  std::iota(rows.begin(), rows.end(), 0);
  std::vector<std::int64_t> rarer;
  for (const auto& [word, group] : groups.words) {
    if (const auto row = table.find(word); row >= static_cast<std::int64_t>(rows.size()))
      rarer.push_back(row);
  }
  std::sort(rarer.begin(), rarer.end());
  rarer.erase(std::unique(rarer.begin(), rarer.end()), rarer.end());
  rows.insert(rows.end(), rarer.begin(), rarer.end());
  std::vector<std::string> words;
  std::vector<float> values;
  for (const auto row : rows) {
    words.emplace_back(table.word(row));
    values.insert(values.end(), table.row(row), table.row(row) + table.dim());
  }
  return {std::move(words), std::move(values), table.dim(), table.origin()};
}

ordered_json picture_json(const Projection& map) {
  double largest = 0;
  for (const float value : map.xy)
    if (std::isfinite(value)) largest = std::max(largest, std::abs(static_cast<double>(value)));
  // All coordinates are rounded to the fourth digit of the largest one.
  const double scale = largest > 0 ? std::pow(10.0, 4 - std::ceil(std::log10(largest))) : 1;
  ordered_json xy = ordered_json::array();
  for (const float value : map.xy) xy.push_back(std::round(value * scale) / scale);
  return {{"method", map.method},
          {"xy", std::move(xy)},
          {"explained", rounded(map.explained, 4)},
          {"kept", rounded(map.kept, 4)},
          {"divergence", rounded(map.divergence, 4)}};
}

ordered_json map_json(const EmbeddingTable& table, const WordGroups& groups) {
  std::unordered_map<std::string, std::size_t> group_of;
  for (const auto& [word, group] : groups.words) group_of.emplace(word, group);
  ordered_json map = {{"dim", table.dim()},
                      {"measure", is_drawn_directly(table) ? "distance" : "cosine"}};
  std::vector<std::int64_t> rows(static_cast<std::size_t>(table.size()));
  std::iota(rows.begin(), rows.end(), 0);
  const auto near = near_rows(table, rows);
  for (const auto row : rows) {
    const std::string word(table.word(row));
    map["words"].push_back(word);
    const auto group = group_of.find(word);
    map["groups"].push_back(group == group_of.end() ? -1 : static_cast<int>(group->second));
    ordered_json flat = ordered_json::array();
    for (const auto& [other, value] : near[static_cast<std::size_t>(row)]) {
      flat.push_back(other);
      flat.push_back(is_drawn_directly(table) ? rounded(value, 3) : std::round(value * 100) / 100);
    }
    map["near"].push_back(std::move(flat));
  }
  map["pictures"].push_back(picture_json(pca_projection(table, 0)));
  if (!is_drawn_directly(table) && table.size() <= kMostTsneRows) {
    const Projection tsne = tsne_projection(table, 0, TsneOptions());
    if (tsne.method == "tsne") map["pictures"].push_back(picture_json(tsne));
  }
  return map;
}

bool is_plain_word(std::string_view word) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
  };
  return word.size() >= 4 && std::all_of(word.begin(), word.end(), is_letter);
}

bool is_known_to_all(const ReportSection& section, const std::string& word) {
  return std::all_of(section.runs.begin(), section.runs.end(), [&](const StoredRun& run) {
    return !run.table || run.table->find(word) >= 0;
  });
}

/// Frequent words of four or more letters that are in every table. Skips the most frequent words of
/// the language, which are uninformative.
std::vector<std::string> frequent_words(const ReportSection& section) {
  std::vector<std::string> chosen;
  for (const auto& run : section.runs) {
    if (!run.table) continue;
    const auto size = run.table->size();
    for (auto i = std::min<std::int64_t>(200, size / 10); i < size; ++i) {
      const std::string word(run.table->word(i));
      if (chosen.size() == kChosenWords) return chosen;
      if (is_plain_word(word) && is_known_to_all(section, word)) chosen.push_back(word);
    }
    break;
  }
  return chosen;
}

std::vector<std::string> chosen_words(const ReportSection& section, const ReportOptions& options) {
  std::vector<std::string> words;
  const auto add = [&](const std::string& word) {
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  };
  std::vector<const EmbeddingTable*> tables;
  for (const auto& run : section.runs)
    if (run.table) tables.push_back(&*run.table);
  for (const auto& text : options.words)
    for (const auto& word : words_of_list(tables, text)) add(word);
  if (!words.empty()) return words;
  for (const auto& run : section.runs) {
    for (const auto& seed : run.seeds) {
      for (const auto& task : seed.scores)
        if (task.value("task", "") == "neighbors") add(task.at("name"));
    }
  }
  if (!words.empty()) return words;
  const WordGroups groups = report_groups(section, options);
  for (std::size_t group = 0; group < groups.names.size() && words.size() < kChosenWords; ++group) {
    const auto first =
        std::find_if(groups.words.begin(), groups.words.end(), [&](const auto& word) {
          return word.second == group && is_known_to_all(section, word.first);
        });
    if (first != groups.words.end()) add(first->first);
  }
  return words.empty() ? frequent_words(section) : words;
}

/// The groups of a groups benchmark in eval.json.
WordGroups groups_of(const json& task) {
  WordGroups groups;
  for (const auto& group : task.at("groups")) {
    for (const auto& word : group.at("words")) groups.words.emplace_back(word, groups.names.size());
    groups.names.push_back(group.at("name"));
  }
  return groups;
}

}  // namespace

WordGroups report_groups(const ReportSection& section, const ReportOptions& options) {
  if (options.groups) return *options.groups;
  for (const auto& run : section.runs) {
    for (const auto& seed : run.seeds) {
      for (const auto& task : seed.scores)
        if (task.value("task", "") == "groups" && task.contains("groups")) return groups_of(task);
    }
  }
  return {};
}

ordered_json report_neighbors(const ReportSection& section, const ReportOptions& options) {
  ordered_json list = ordered_json::array();
  const auto words = chosen_words(section, options);
  for (const auto& word : words) list.push_back({{"word", word}, {"cells", ordered_json::array()}});
  for (std::size_t i = 0; i < section.runs.size(); ++i) {
    const auto& table = section.runs[i].table;
    if (!table) continue;
    std::vector<std::int64_t> rows;
    for (const auto& word : words)
      if (const auto row = table->find(word); row >= 0) rows.push_back(row);
    const auto nearest = near_rows(*table, rows);
    auto near = nearest.begin();
    for (auto& entry : list) {
      const bool is_known = table->find(entry["word"].get_ref<const std::string&>()) >= 0;
      ordered_json cell = {{"run", i},
                           {"known", is_known},
                           {"measure", is_drawn_directly(*table) ? "distance" : "cosine"},
                           {"near", ordered_json::array()}};
      if (is_known)
        for (const auto& [row, value] : *near++)
          cell["near"].push_back({table->word(row), rounded(value, 3)});
      entry["cells"].push_back(std::move(cell));
    }
  }
  return list;
}

ordered_json report_maps(const ReportSection& section, const ReportOptions& options,
                         const WordGroups& groups) {
  ordered_json maps = ordered_json::array();
  if (options.map_words == 0) return maps;
  for (std::size_t i = 0; i < section.runs.size(); ++i) {
    const auto& run = section.runs[i];
    if (!run.table) continue;
    if (interrupted()) throw Interrupted("no report was written");
    const EmbeddingTable table = words_on_map(*run.table, options.map_words, groups);
    log("report", "map of {}: {} x {}", run.label, counted(table.size(), "word"), table.dim());
    ordered_json map = {{"run", i},
                        {"rarer", table.size() - std::min(options.map_words, run.table->size())}};
    map.update(map_json(table, groups));
    maps.push_back(std::move(map));
  }
  return maps;
}

}  // namespace wordbridge
