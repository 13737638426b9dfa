#include <CLI/CLI.hpp>
#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/language_models/open_model.h"
#include "cli/outputs.h"
#include "cli/print.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "models/ngram/backoff_table.h"
#include "train/runs/load_language_model.h"
#include "train/runs/model_text.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

struct ScoreArguments {
  std::string model, split, json, oov = "skip", blank_lines = "skip";
  std::vector<std::string> file_and_overrides;
  bool tokens = false, oov_from_context = false;
};

/// The tokens to score, of a given file or of a split of the run's corpus.
struct Scored {
  ModelText text;
  DataOptions options;  // of the text
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
    scored.options =
        text_options(arguments.model, model, {rest.front()}, {rest.begin() + 1, rest.end()});
    scored.options.boundaries.blank_lines = arguments.blank_lines == "score";
    scored.text = read_model_text(arguments.model, model, scored.options);
    scored.ids = scored.text.ids.data();
    scored.span = {0, static_cast<std::int64_t>(scored.text.ids.size())};
    return scored;
  }
  if (!rest.empty() && rest.front().find('=') == std::string::npos)
    throw UsageError("a file and --split can't be combined").got("{}", rest.front());
  scored.corpus = open_model_corpus(arguments.model, model, rest);
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

void print_sums(const std::vector<Sum>& sums, ordered_json& result) {
  for (const auto& sum : sums) {
    if (sum.tokens > 0) {
      print(fmt::format("{:<42} {:>12.3f}   {:>16}, {:.4f} nats per token\n",
                        "perplexity, " + sum.what, sum.perplexity(), counted(sum.tokens, "token"),
                        sum.nats / static_cast<double>(sum.tokens)));
    }
    result[sum.what] = {
        {"perplexity", sum.perplexity()}, {"tokens", sum.tokens}, {"nats", sum.nats}};
  }
}

/// Says what is in the text but not in the perplexity, or is there in a certain way.
void print_notes(const Scored& scored, const ScoreArguments& arguments, ordered_json& result) {
  const ModelText& text = scored.text;
  const MarkCounts& marks = text.marks;
  const auto unknown = static_cast<std::int64_t>(text.unknown.size());
  if (unknown > 0) {
    const bool floor = arguments.oov == "floor";
    print(fmt::format(
        "{} not in the vocabulary ({}), and the model has no unknown symbol: {}\n",
        counted(unknown, "word is", "words are"),
        printable(text.unknown.front()) + (unknown > 1 ? ", ..." : ""),
        floor ? fmt::format("log10 P = {} plus back-off weights, as in KenLM (--oov floor)",
                            BackoffTable::kFloor)
        : text.unknown_in_ids ? "left out of the perplexity, as in SRILM (--oov skip)"
                              : "left out of the text, as in the run's training"));
    result["not in the vocabulary"] = {{"tokens", unknown}, {"oov", arguments.oov}};
  }
  if (marks.marks > 0) {
    print(fmt::format("the text has marks of sentences: {} taken off the ends of {}{}\n",
                      counted(marks.marks, "mark", "marks"), counted(marks.lines, "line", "lines"),
                      scored.options.boundaries.line.empty()
                          ? ", as the model has no sentences"
                          : ", as each line gets a " + scored.options.boundaries.line));
    result["marks taken off"] = marks.marks;
  }
  if (marks.inside > 0) {
    warn("{} inside lines, scored as {} (the first: {})",
         counted(marks.inside, "mark of a sentence's end", "marks of sentences' ends"),
         marks.inside == 1 ? "an end of a sentence" : "ends of sentences", marks.first_inside);
    result["marks inside lines"] = marks.inside;
  }
  if (marks.others > 0) {
    warn("the text has {}, read as {}, although the symbols are also added to it (the first: {})",
         counted(marks.others, "boundary symbol", "boundary symbols"),
         marks.others == 1 ? "a word" : "words", marks.first_other);
    result["boundary symbols in the text"] = marks.others;
  }
  if (marks.blank_lines > 0 && !scored.options.boundaries.line.empty()) {
    const bool scores = arguments.blank_lines == "score";
    print(fmt::format("{}: {}\n", counted(marks.blank_lines, "blank line", "blank lines"),
                      scores ? "an end of sentence each, as in KenLM (--blank-lines score)"
                             : "not scored, as in SRILM (--blank-lines skip)"));
    result["blank lines"] = marks.blank_lines;
  }
}

/// Perplexities of several kinds of tokens.
class Sums {
 public:
  Sums(const Scored& scored, const ScoreArguments& arguments, const Vocabulary& vocabulary)
      : scored_(scored),
        vocabulary_(vocabulary),
        seen_(words_of_training(arguments.model)),
        skips_unknown_(vocabulary.unknown_id() < 0 && arguments.oov == "skip") {}

  /// Adds token t, and appends a line about it to `lines` unless this is null.
  void add(std::int64_t t, double log_prob, std::string* lines) {
    const std::int32_t id = scored_.ids[t];
    const bool is_unknown = id == vocabulary_.unknown_id();
    const bool is_left_out = is_unknown && skips_unknown_;
    const bool occurs = !seen_ || (id >= 0 && (*seen_)[static_cast<std::size_t>(id)] != 0);
    if (lines != nullptr) {
      *lines += id >= 0 ? vocabulary_.word(id) : scored_.text.unknown[unknown_];
      *lines += is_left_out
                    ? "\tleft out\n"
                    : fmt::format("\t{:.6f}{}\n", log_prob, occurs ? "" : "\tnot in training");
    }
    if (id < 0) ++unknown_;
    if (is_left_out) return;
    all_.add(log_prob);
    if (occurs) in_training_.add(log_prob);
    if (!is_unknown) known_.add(log_prob);
    if (t > 0 && scored_.ids[t - 1] == vocabulary_.unknown_id()) after_unknown_.add(log_prob);
  }

  std::vector<Sum> all() const {
    std::vector<Sum> sums = {all_};
    if (seen_) sums.push_back(in_training_);
    const bool has_unknown = vocabulary_.unknown_id() >= 0 || unknown_ > 0;
    if (has_unknown && !skips_unknown_) sums.push_back(known_);
    if (has_unknown) sums.push_back(after_unknown_);
    return sums;
  }

 private:
  const Scored& scored_;
  const Vocabulary& vocabulary_;
  std::optional<std::vector<std::uint8_t>> seen_;
  bool skips_unknown_;
  std::size_t unknown_ = 0;  // number of words without id
  Sum all_{"all tokens"}, in_training_{"words that occur in training"}, known_{"known words"},
      after_unknown_{"just after an unknown word"};
};

int score(const ScoreArguments& arguments) {
  const auto& rest = arguments.file_and_overrides;
  check_outputs({arguments.json}, {arguments.model, rest.empty() ? "" : rest.front()});
  const auto model = open_model(arguments.model);
  const Scored scored = scored_text(arguments, *model);
  if (arguments.oov == "floor" && !scored.text.unknown.empty() && !scored.text.unknown_in_ids) {
    throw UsageError("--oov floor is for n-grams in back-off form, of an ARPA or .wb file")
        .at("{}", arguments.model)
        .hint("wordbridge arpa {} -o model.wb", arguments.model);
  }
  std::vector<double> log_probs(static_cast<std::size_t>(scored.span.size()));
  if (arguments.oov_from_context)
    model->log_probs_oov_from_context(scored.ids, scored.span, log_probs.data());
  else
    model->log_probs(scored.ids, scored.span, log_probs.data());
  if (interrupted()) return kInterrupted;
  Sums sums(scored, arguments, model->vocabulary());
  std::string lines;
  for (std::size_t i = 0; i < log_probs.size(); ++i) {
    sums.add(scored.span.begin + static_cast<std::int64_t>(i), log_probs[i],
             arguments.tokens ? &lines : nullptr);
    if (lines.size() > (1 << 16) && !print(std::exchange(lines, {}))) return kInterrupted;
  }
  print(lines);
  ordered_json result = ordered_json::object();
  print_sums(sums.all(), result);
  print_notes(scored, arguments, result);
  if (!arguments.json.empty()) write_file(arguments.json, json_text(result, 2) + "\n");
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
      "(docs/language-models.md). With an ARPA file, tokens are separated by ASCII white space, as "
      "in "
      "KenLM and fastText,\n"
      "so a no-break space is part of a word; data.tokenizer.type=whitespace separates at all "
      "white "
      "space of Unicode.\n"
      "Examples:\n"
      "  wordbridge score runs/kn5 --split test\n"
      "  wordbridge score runs/mlp9 letter.txt --tokens\n"
      "  wordbridge score model.arpa.gz text.txt data.tokenizer.lowercase=true\n"
      "  wordbridge score model.arpa text.txt --blank-lines score --oov floor     # as KenLM");
  command->add_option("MODEL", arguments->model, "run folder, model.wb or ARPA file")->required();
  command->add_option(
      "FILE", arguments->file_and_overrides,
      "text file (- for standard input), then settings to override as data.key=value");
  command->add_option("--split", arguments->split, "score a split of the run's corpus instead")
      ->check(CLI::IsMember({"valid", "test"}));
  command
      ->add_option("--oov", arguments->oov,
                   "out-of-vocabulary words, if the model has no unknown symbol: skip leaves them "
                   "out of the perplexity, as SRILM; floor gives them log10 P = -100, as KenLM")
      ->check(CLI::IsMember({"skip", "floor"}))
      ->capture_default_str();
  command
      ->add_option("--blank-lines", arguments->blank_lines,
                   "blank lines, if the model has sentences: skip, as SRILM, or score an end of "
                   "sentence for each, as KenLM")
      ->check(CLI::IsMember({"skip", "score"}))
      ->capture_default_str();
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
