#include <algorithm>
#include <iterator>
#include <numeric>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/text/text_writer.h"
#include "models/ngram/arpa.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kBlock = 1 << 14, kWave = 64;

class ArpaWriter {
  /// An n-gram in the order of the file: its first word, and the place of the others among the
  /// shorter n-grams.
  struct Place {
    std::int32_t word, rest;
  };

 public:
  ArpaWriter(const BackoffModel& model, const std::filesystem::path& path)
      : table_(model.table()), vocabulary_(model.vocabulary()), file_(path) {
    for (std::int64_t id = 0; id < vocabulary_.size(); ++id) words_.push_back(written(id));
  }

  void write() {
    std::string head = "\\data\\\n";
    std::uint64_t all = 0;
    for (std::size_t k = 0; k < table_.levels().size(); ++k) {
      const std::int64_t size = listed(k) + (k == 0 ? (table_.boundary() >= 0 ? 1 : 2) : 0);
      head += fmt::format("ngram {}={}\n", k + 1, size);
      all += static_cast<std::uint64_t>(size);
    }
    file_.write(head);
    Progress progress("ngram", all, "n-grams");
    for (std::size_t k = 0; k < table_.levels().size(); ++k) {
      sort_level(k);
      write_level(k, progress);
    }
    file_.write("\n\\end\\\n");
    progress.finish();
    file_.commit();
  }

 private:
  std::string written(std::int64_t id) const {
    const std::string& word = vocabulary_.word(id);
    if (id == vocabulary_.unknown_id()) return word == "<UNK>" ? word : "<unk>";
    if (id == table_.boundary()) return "</s>";
    const bool reserved = word == "<s>" || word == "</s>" || word == "<unk>" ||
                          (word == "<UNK>" && vocabulary_.unknown_id() < 0);
    if (!reserved && word.find_first_of(" \t\r\n\v\f") == std::string::npos) return word;
    throw Error("the model has a word that can't be written to an ARPA file")
        .at("id {}", id)
        .expected("a word without whitespace, other than <s>, </s> and <unk>")
        .got("{}", printable(word));
  }

  std::int64_t listed(std::size_t level) const {
    const auto& probs = table_.levels()[level].log10_prob;
    return probs.size() - std::count(probs.begin(), probs.end(), BackoffTable::kNotListed);
  }

  /// Sorts the n-grams of an order by their first words, then by the second ones and so on, given
  /// the order of the shorter ones: stably by the first word, where the rest is in order.
  void sort_level(std::size_t level) {
    const auto& levels = table_.levels();
    const auto size = static_cast<std::size_t>(levels[level].size());
    std::vector<std::int32_t> sorted(size);
    std::vector<Place> places(size);
    if (level == 0) {
      for (std::int32_t i = 0; i < table_.types(); ++i) {
        sorted[static_cast<std::size_t>(i)] = i;
        places[static_cast<std::size_t>(i)] = {i, -1};
      }
    } else {
      const auto& words = levels[level].word;
      const auto bucket = [&](std::int32_t word) {  // <s> is the first 1-gram
        return word == table_.boundary() ? std::size_t{0} : static_cast<std::size_t>(word) + 1;
      };
      std::vector<std::int32_t> next(static_cast<std::size_t>(table_.types()) + 2);
      for (const auto word : words) ++next[bucket(word) + 1];
      std::partial_sum(next.begin(), next.end(), next.begin());
      const auto& begin = levels[level - 1].begin;
      for (std::size_t rest = 0; rest < sorted_.size(); ++rest) {
        for (auto i = begin[sorted_[rest]]; i < begin[sorted_[rest] + 1]; ++i) {
          const auto place = static_cast<std::size_t>(next[bucket(words[i])]++);
          sorted[place] = i;
          places[place] = {words[i], static_cast<std::int32_t>(rest)};
        }
      }
    }
    sorted_ = std::move(sorted);
    places_.push_back(std::move(places));
  }

  void write_level(std::size_t level, Progress& progress) {
    file_.write(fmt::format("\n\\{}-grams:\n", level + 1));
    if (level == 0) write_marks();
    const auto size = table_.levels()[level].size();
    for (std::int64_t first = 0; first < size; first += kBlock * kWave) {
      if (interrupted()) throw Interrupted("stopped while writing n-grams");
      const auto blocks = std::min(kWave, (size - first + kBlock - 1) / kBlock);
      std::vector<std::string> texts(static_cast<std::size_t>(blocks));
      for_each_block(blocks, [&](std::int64_t b) {
        const auto begin = first + b * kBlock;
        texts[static_cast<std::size_t>(b)] = lines(level, begin, std::min(size, begin + kBlock));
      });
      for (const auto& text : texts) file_.write(text);
      written_ += static_cast<std::uint64_t>(std::min(size - first, kBlock * kWave));
      progress.update(written_);
    }
  }

  /// Writes <s>, and </s> if the model has none.
  void write_marks() {
    const bool sentences = table_.boundary() >= 0;
    const bool has_backoff = table_.order() > 1;
    const float backoff =
        sentences && has_backoff ? table_.levels()[0].log10_backoff[table_.boundary()] : 0;
    file_.write(has_backoff ? fmt::format("-99\t<s>\t{}\n", backoff) : "-99\t<s>\n");
    if (!sentences) file_.write(has_backoff ? "-99\t</s>\t0\n" : "-99\t</s>\n");
  }

  std::string lines(std::size_t level, std::int64_t begin, std::int64_t end) const {
    std::string text;
    auto out = std::back_inserter(text);
    const auto& of = table_.levels()[level];
    for (std::int64_t at = begin; at < end; ++at) {
      const auto i = sorted_[static_cast<std::size_t>(at)];
      if (of.log10_prob[i] == BackoffTable::kNotListed) continue;
      fmt::format_to(out, "{}\t", of.log10_prob[i]);
      auto rest = static_cast<std::int32_t>(at);
      for (std::size_t k = level + 1; k-- > 0;) {
        const Place& place = places_[k][static_cast<std::size_t>(rest)];
        const bool starts = k == level && level > 0 && place.word == table_.boundary();
        text += starts ? "<s>" : words_[static_cast<std::size_t>(place.word)];
        if (k > 0) text += ' ';
        rest = place.rest;
      }
      // Nothing follows a </s>.
      const bool is_mark = level == 0 && i == table_.boundary();
      if (static_cast<std::int64_t>(level) + 1 < table_.order())
        fmt::format_to(out, "\t{}", is_mark ? 0 : of.log10_backoff[i]);
      text += '\n';
    }
    return text;
  }

  const BackoffTable& table_;
  const Vocabulary& vocabulary_;
  TextWriter file_;
  std::vector<std::string> words_;
  std::vector<std::int32_t> sorted_;        // n-grams of the order that is written
  std::vector<std::vector<Place>> places_;  // of each order so far
  std::uint64_t written_ = 0;
};

}  // namespace

void write_arpa(const BackoffModel& model, const std::filesystem::path& path) {
  ArpaWriter(model, path).write();
}

}  // namespace wordbridge
