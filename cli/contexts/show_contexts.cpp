#include "cli/contexts/show_contexts.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/print.h"
#include "core/error.h"
#include "core/index.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/text_table.h"
#include "eval/neighbors/exact_neighbors.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

/// The occurrences of the asked words, with their vectors.
struct Occurrences {
  std::vector<std::int64_t> positions;
  std::vector<float> rows;  // [positions,dim]
};

/// A neighbour: a word, or an occurrence.
struct Near {
  double cosine;
  std::string word;
  std::int64_t position = -1;
};

class ContextPrinter {
 public:
  ContextPrinter(const ContextText& text, const LayerChoice& layer, const ShownContexts& options)
      : text_(text),
        vocabulary_(text.model->vocabulary()),
        layer_(layer),
        options_(options),
        dim_(text.contextual().dim()) {
    for (const auto& word : options.words) ids_.push_back(id_of(word));
    find_occurrences();
    if (options.among_occurrences) return;
    means_ = mean_context_vectors(text.contextual(), vocabulary_, text.ids, text.span, layer,
                                  options.occurrences, "");
    nearest_.emplace(*means_);
  }

  ordered_json print_all() const {
    ordered_json json = {{"layer", layer_.text()},
                         {"text", text_.name},
                         {"neighbors", options_.among_occurrences ? "occurrences" : "words"},
                         {"words", ordered_json::array()}};
    for (std::size_t w = 0; w < ids_.size(); ++w) json["words"].push_back(print_word(w));
    return json;
  }

 private:
  std::int32_t id_of(const std::string& word) const {
    const auto id = vocabulary_.find(word);
    if (id >= 0) return static_cast<std::int32_t>(id);
    Error error("the word is not in the model's vocabulary");
    error.at("--words").got("{}", printable(word));
    if (const auto near = nearest_name(word, vocabulary_.words()))
      error.hint("did you mean {}?", *near);
    throw error;
  }

  void find_occurrences() {
    const auto asked = [&](std::int64_t p) {
      return std::find(ids_.begin(), ids_.end(), text_.ids[p]) != ids_.end();
    };
    for (const auto p :
         first_occurrences(text_.ids, text_.span, vocabulary_.size(), options_.occurrences))
      if (asked(p)) found_.positions.push_back(p);
    for (std::size_t w = 0; w < ids_.size(); ++w)
      if (places(w).empty())
        throw Error("the word does not occur in the text")
            .at("{}", text_.name)
            .got("{}", printable(options_.words[w]));
    text_.contextual().visit_vectors(text_.ids, text_.span, found_.positions,
                                     [&](std::int64_t, const float* vectors) {
                                       std::vector<double> sum(at(dim_), 0);
                                       layer_.add_to(sum.data(), vectors, dim_);
                                       for (const double value : sum)
                                         found_.rows.push_back(static_cast<float>(value));
                                     });
  }

  /// Indices of the occurrences of an asked word.
  std::vector<std::size_t> places(std::size_t w) const {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < found_.positions.size(); ++i)
      if (text_.ids[found_.positions[i]] == ids_[w]) indices.push_back(i);
    return indices;
  }

  const float* row(std::size_t i) const { return &found_.rows[i * at(dim_)]; }

  std::string words_between(std::int64_t begin, std::int64_t end) const {
    std::vector<std::string> words;
    for (auto p = std::max(begin, text_.span.begin); p < std::min(end, text_.span.end); ++p)
      words.push_back(printable(vocabulary_.word(text_.ids[p])));
    return join(words, " ");
  }

  std::string context(std::int64_t p) const {
    std::string line = words_between(p - options_.width, p);
    if (!line.empty()) line += " ";
    line += "[" + words_between(p, p + 1) + "]";
    const std::string right = words_between(p + 1, p + 1 + options_.width);
    return right.empty() ? line : line + " " + right;
  }

  std::vector<Near> nearest_words(std::size_t i) const {
    const std::int64_t own = text_.ids[found_.positions[i]];
    const double length = norm(row(i), dim_);
    std::vector<float> unit(row(i), row(i) + dim_);
    for (float& value : unit) value = static_cast<float>(value / length);
    const std::int64_t count = options_.neighbors + 1;  // the word itself may be among them
    std::vector<std::int64_t> rows(at(count));
    std::vector<float> cosines(at(count));
    nearest_->search(unit.data(), count, rows.data(), cosines.data());
    std::vector<Near> near;
    for (std::size_t k = 0; k < rows.size(); ++k) {
      if (rows[k] < 0 || means_->word(rows[k]) == vocabulary_.word(own)) continue;
      near.push_back({cosines[k], std::string(means_->word(rows[k]))});
    }
    if (near.size() > at(options_.neighbors)) near.pop_back();
    return near;
  }

  std::vector<Near> nearest_occurrences(std::size_t i) const {
    std::vector<Near> near;
    for (std::size_t j = 0; j < found_.positions.size(); ++j) {
      if (j == i) continue;
      const auto p = found_.positions[j];
      near.push_back({cosine(row(i), row(j), dim_), vocabulary_.word(text_.ids[p]), p});
    }
    std::stable_sort(near.begin(), near.end(),
                     [](const Near& a, const Near& b) { return a.cosine > b.cosine; });
    if (near.size() > at(options_.neighbors)) near.resize(at(options_.neighbors));
    return near;
  }

  double cosine_to_mean(std::size_t i) const {
    const auto id = text_.ids[found_.positions[i]];
    return cosine(row(i), means_->row(means_->find(vocabulary_.word(id))), dim_);
  }

  /// Prints `count` of the word's occurrences, evenly spaced.
  ordered_json print_word(std::size_t w) const {
    const auto all = places(w);
    const auto count = std::min(all.size(), at(options_.count));
    ordered_json json = {
        {"word", options_.words[w]}, {"occurrences", all.size()}, {"shown", ordered_json::array()}};
    std::vector<TableRow> table = {options_.among_occurrences
                                       ? TableRow{"position", "context"}
                                       : TableRow{"position", "context", "own mean", "nearest"}};
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t i = all[k * all.size() / count];
      const auto p = found_.positions[i];
      const auto near = options_.among_occurrences ? nearest_occurrences(i) : nearest_words(i);
      ordered_json shown = {{"position", p - text_.span.begin}, {"context", context(p)}};
      table.push_back({position_text(p), context(p)});
      if (options_.among_occurrences) {
        for (const auto& other : near)
          table.push_back(
              {"", fmt::format("{:.3f}  {}  {}", other.cosine, position_text(other.position),
                               context(other.position))});
      } else {
        shown["cosine_to_mean"] = cosine_to_mean(i);
        table.back().push_back(fmt::format("{:.3f}", cosine_to_mean(i)));
        table.back().push_back(line_of(near));
      }
      shown["nearest"] = json_of(near);
      json["shown"].push_back(std::move(shown));
    }
    print(fmt::format("{}: {} of {}\n", printable(options_.words[w]), count,
                      counted(static_cast<std::int64_t>(all.size()), "occurrence")));
    TableStyle style;
    style.left = 2, style.left_last = true, style.indent = "  ";
    print(table_text(table, style) + "\n");
    return json;
  }

  std::string position_text(std::int64_t p) const {
    return human_count(static_cast<std::uint64_t>(p - text_.span.begin));
  }

  static std::string line_of(const std::vector<Near>& near) {
    std::vector<std::string> parts;
    for (const auto& word : near)
      parts.push_back(fmt::format("{} {:.3f}", printable(word.word), word.cosine));
    return join(parts, ", ");
  }

  ordered_json json_of(const std::vector<Near>& near) const {
    ordered_json list = ordered_json::array();
    for (const auto& other : near) {
      ordered_json entry = {{"word", other.word}, {"cosine", other.cosine}};
      if (other.position >= 0) {
        entry["position"] = other.position - text_.span.begin;
        entry["context"] = context(other.position);
      }
      list.push_back(std::move(entry));
    }
    return list;
  }

  const ContextText& text_;
  const Vocabulary& vocabulary_;
  const LayerChoice& layer_;
  const ShownContexts& options_;
  const std::int64_t dim_;
  std::vector<std::int32_t> ids_;  // of the asked words
  Occurrences found_;
  std::optional<EmbeddingTable> means_;
  std::optional<ExactNeighbors> nearest_;
};

}  // namespace

ordered_json show_contexts(const ContextText& text, const LayerChoice& layer,
                           const ShownContexts& options) {
  return ContextPrinter(text, layer, options).print_all();
}

}  // namespace wordbridge
