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
#include "core/json.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/corpus/open_corpus.h"
#include "train/runs/load_language_model.h"
#include "train/runs/run_files.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

struct ScoreArguments {
  std::string model, split, json;
  std::vector<std::string> file_and_overrides;
  bool tokens = false, oov_from_context = false;
};

/// The tokens to score, of a given file or of a split of the run's corpus.
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
      throw UsageError("nothing to score")
          .expected("a FILE, or --split valid or --split test for a run");
    scored.own = read_ids(
        text_options(arguments.model, model, {rest.front()}, {rest.begin() + 1, rest.end()}),
        model.vocabulary());
    scored.ids = scored.own.data();
    scored.span = {0, static_cast<std::int64_t>(scored.own.size())};
    return scored;
  }
  if (!rest.empty() && rest.front().find('=') == std::string::npos)
    throw UsageError("a file and --split can't be combined").got("{}", rest.front());
  scored.corpus =
      open_corpus(RunConfig::load(std::filesystem::path(arguments.model) / run_files::kConfig, rest)
                      .seeded_data());
  if (scored.corpus.vocabulary().words() != model.vocabulary().words()) {
    throw Error("the vocabulary of the run's corpus has changed")
        .at("{}", arguments.model)
        .hint("restore the original text and data section");
  }
  scored.ids = scored.corpus.ids();
  scored.span = arguments.split == "valid" ? scored.corpus.valid() : scored.corpus.test();
  if (scored.span.size() == 0) throw Error("the split is empty").at("--split {}", arguments.split);
  return scored;
}

/// Negative log-likelihood of some of the tokens, in nats.
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
    print(fmt::format("{:<42} {:>12.3f}   {:>9} tokens, {:.4f} nats per token\n",
                      "perplexity, " + sum.what, sum.perplexity(),
                      human_count(static_cast<std::uint64_t>(sum.tokens)),
                      sum.nats / static_cast<double>(sum.tokens)));
    json[sum.what] = {{"perplexity", sum.perplexity()}, {"tokens", sum.tokens}, {"nats", sum.nats}};
  }
  if (!json_path.empty()) write_file(json_path, json_text(json, 2) + "\n");
}

int score(const ScoreArguments& arguments) {
  const auto model = open_model(arguments.model);
  const Vocabulary& vocabulary = model->vocabulary();
  const Scored scored = scored_text(arguments, *model);
  const auto seen = words_of_training(arguments.model);
  std::vector<double> log_probs(static_cast<std::size_t>(scored.span.size()));
  if (arguments.oov_from_context)
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
  auto* command =
      program.add_subcommand("score", "Compute the perplexity of text under a language model");
  command->footer(
      "MODEL is a run folder (of a neural network, n-grams or a mixture), its model.wb, or an ARPA "
      "file, plain or .gz.\n"
      "The text is tokenised as in the run's data section; key.path=value overrides its settings. "
      "Every token is predicted.\n"
      "Contexts cross line ends (unless the model has a boundary symbol); out-of-vocabulary words "
      "count as the unknown symbol\n"
      "(docs/language-models.md).\n"
      "Examples:\n"
      "  wordbridge score runs/kn5 --split test\n"
      "  wordbridge score runs/mlp9 letter.txt --tokens\n"
      "  wordbridge score model.arpa.gz text.txt data.tokenizer.lowercase=true");
  command->add_option("MODEL", arguments->model, "run folder, model.wb or ARPA file")->required();
  command->add_option(
      "FILE", arguments->file_and_overrides,
      "text file (- for standard input), then settings to override as data.key=value");
  command->add_option("--split", arguments->split, "score a split of the run's corpus instead")
      ->check(CLI::IsMember({"valid", "test"}));
  command->add_flag("--tokens", arguments->tokens, "also print each token with its ln P");
  command->add_flag(
      "--oov-from-context", arguments->oov_from_context,
      "replace an out-of-vocabulary context word by the mean of all words, weighted by their "
      "probabilities in its context (nplm; Bengio et al. 2003, section 5.1)");
  command
      ->add_flag_callback(
          "--unknown-as-fitting",
          [] { throw UsageError("--unknown-as-fitting is now --oov-from-context"); })
      ->group("");  // not in --help
  command->add_option("--json", arguments->json, "also write the results as JSON");
  command->callback([arguments, &status] { status = score(*arguments); });
}

}  // namespace wordbridge
