#include <CLI/CLI.hpp>
#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/open_model.h"
#include "cli/print.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/file.h"
#include "core/progress.h"
#include "core/text.h"
#include "train/runs/load_language_model.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

struct ScoreArguments {
  std::string model, split, json;
  std::vector<std::string> file_and_overrides;
  bool tokens = false, fitting = false;
};

/// What is scored: a text of its own, or a split of the run's.
struct Scored {
  std::vector<std::int32_t> own;
  Corpus corpus;
  const std::int32_t* ids = nullptr;
  Span span;
};

Scored scored_text(const ScoreArguments& arguments, const LanguageModel& model) {
  Scored scored;
  const auto& rest = arguments.file_and_overrides;
  if (arguments.split.empty()) {
    if (rest.empty())
      throw UsageError("nothing to score").expected("a FILE, or --split valid or test of a run");
    scored.own = read_ids(
        text_options(arguments.model, model, {rest.front()}, {rest.begin() + 1, rest.end()}),
        model.vocabulary());
    scored.ids = scored.own.data();
    scored.span = {0, static_cast<std::int64_t>(scored.own.size())};
    return scored;
  }
  if (!rest.empty() && rest.front().find('=') == std::string::npos)
    throw UsageError("either a file or a split of the run's own text").got("{}", rest.front());
  scored.corpus = open_corpus(
      RunConfig::load(std::filesystem::path(arguments.model) / "config.yaml", rest).seeded_data());
  if (scored.corpus.vocabulary().words() != model.vocabulary().words()) {
    throw Error("the run's text has another vocabulary now")
        .at("{}", arguments.model)
        .hint("put the text and data section back as they were");
  }
  scored.ids = scored.corpus.ids();
  scored.span = arguments.split == "valid" ? scored.corpus.valid() : scored.corpus.test();
  if (scored.span.size() == 0) throw Error("the split is empty").at("--split {}", arguments.split);
  return scored;
}

/// Nats over the tokens that count.
struct Sum {
  std::string what;
  double nats = 0;
  std::int64_t tokens = 0;
  void add(double log_prob) {
    nats -= log_prob;
    ++tokens;
  }
  double perplexity() const {
    return tokens > 0 ? std::exp(nats / static_cast<double>(tokens))
                      : std::numeric_limits<double>::quiet_NaN();
  }
};

void print_sums(const std::vector<Sum>& sums, const std::string& json_path) {
  ordered_json json = ordered_json::object();
  for (const auto& sum : sums) {
    print(fmt::format("{:<42} {:>12.3f}   {:>9} tokens, {:.4f} nats each\n",
                      "perplexity, " + sum.what, sum.perplexity(),
                      human_count(static_cast<std::uint64_t>(sum.tokens)),
                      sum.nats / static_cast<double>(sum.tokens)));
    json[sum.what] = {{"perplexity", sum.perplexity()}, {"tokens", sum.tokens}, {"nats", sum.nats}};
  }
  if (!json_path.empty()) write_file(json_path, json.dump(2) + "\n");
}

int score(const ScoreArguments& arguments) {
  const auto model = open_model(arguments.model);
  const Vocabulary& vocabulary = model->vocabulary();
  const Scored scored = scored_text(arguments, *model);
  const auto seen = words_of_training(arguments.model);
  std::vector<double> log_probs(static_cast<std::size_t>(scored.span.size()));
  if (arguments.fitting)
    model->log_probs_oov_from_context(scored.ids, scored.span, log_probs.data());
  else
    model->log_probs(scored.ids, scored.span, log_probs.data());
  if (interrupted()) return kInterrupted;
  std::vector<Sum> sums = {{"all tokens"},
                           {"words that occur in training"},
                           {"known words"},
                           {"just after an unknown word"}};
  std::string lines;
  for (std::size_t i = 0; i < log_probs.size(); ++i) {
    const std::int32_t id = scored.ids[scored.span.begin + static_cast<std::int64_t>(i)];
    const bool occurs = !seen || (*seen)[static_cast<std::size_t>(id)] != 0;
    sums[0].add(log_probs[i]);
    if (occurs) sums[1].add(log_probs[i]);
    if (id != vocabulary.unknown_id()) sums[2].add(log_probs[i]);
    const auto t = scored.span.begin + static_cast<std::int64_t>(i);
    if (t > 0 && scored.ids[t - 1] == vocabulary.unknown_id()) sums[3].add(log_probs[i]);
    if (!arguments.tokens) continue;
    lines += fmt::format("{}\t{:.6f}{}\n", vocabulary.word(id), log_probs[i],
                         occurs ? "" : "\tnot in training");
    if (lines.size() > (1 << 16) && !print(std::exchange(lines, {}))) return kInterrupted;
  }
  print(lines);
  if (vocabulary.unknown_id() < 0) sums.resize(2);
  if (!seen) sums.erase(sums.begin() + 1);
  print_sums(sums, arguments.json);
  return interrupted() ? kInterrupted : 0;
}

}  // namespace

void add_score_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<ScoreArguments>();
  auto* command = program.add_subcommand("score", "Perplexity of a text under a language model.");
  command->footer(
      "MODEL is a run's folder (of a network, n-grams, a mixture), its model.wb, or an ARPA file, "
      "plain "
      "or .gz.\n"
      "The text is cut as the run's data section says; key.path=value changes that. Every token is "
      "predicted, contexts\n"
      "run over lines (unless the model has a boundary), unknown words count as the unknown symbol "
      "(docs/language-models.md).\n"
      "Examples:\n"
      "  wordbridge score runs/kn5 --split test\n"
      "  wordbridge score runs/mlp9 letter.txt --tokens\n"
      "  wordbridge score model.arpa.gz text.txt data.tokenizer.lowercase=true");
  command->add_option("MODEL", arguments->model, "a run's folder, a model.wb or an ARPA file")
      ->required();
  command->add_option("FILE", arguments->file_and_overrides,
                      "the text (- is standard input), then any data.key=value to change");
  command->add_option("--split", arguments->split, "a split of the run's own text instead")
      ->check(CLI::IsMember({"valid", "test"}));
  command->add_flag("--tokens", arguments->tokens, "also print each token with its ln P");
  command->add_flag(
      "--unknown-as-fitting", arguments->fitting,
      "read an unknown word of a context as the words that could stand there, by their "
      "probabilities (nplm; Bengio et al. 2003, section 5.1)");
  command->add_option("--json", arguments->json, "also write the sums as JSON");
  command->callback([arguments, &status] { status = score(*arguments); });
}

}  // namespace wordbridge
