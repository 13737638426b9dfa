#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "cli/print.h"
#include "cli/tensors.h"
#include "cli/verbs.h"
#include "core/error.h"
#include "core/file.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/rng.h"
#include "core/text.h"
#include "models/ngram/arpa.h"
#include "train/language_models.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;
using Model = std::shared_ptr<const LanguageModel>;

constexpr int kInterruptedStatus = 130;

Model open_model(const std::string& path) {
  if (needs_tensors(path)) need_tensors();
  start_threads(0);
  return load_language_model(path, run_hooks());
}

// wordbridge score

struct ScoreArguments {
  std::string model, split, json;
  std::vector<std::string> file_and_overrides;
  bool tokens = false, fitting = false;
};

/// What is scored: a text of its own, or a portion of the run's.
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
    throw UsageError("either a file or a portion of the run's own text").got("{}", rest.front());
  scored.corpus = open_corpus(
      RunConfig::load(std::filesystem::path(arguments.model) / "config.yaml", rest).seeded_data());
  if (scored.corpus.vocabulary().words() != model.vocabulary().words()) {
    throw Error("the run's text has another vocabulary now")
        .at("{}", arguments.model)
        .hint("put the text and data section back as they were");
  }
  scored.ids = scored.corpus.ids();
  scored.span = arguments.split == "valid" ? scored.corpus.valid() : scored.corpus.test();
  if (scored.span.size() == 0)
    throw Error("the portion is empty").at("--split {}", arguments.split);
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
  const Model model = open_model(arguments.model);
  const Vocabulary& vocabulary = model->vocabulary();
  const Scored scored = scored_text(arguments, *model);
  const auto seen = words_of_training(arguments.model);
  std::vector<double> log_probs(static_cast<std::size_t>(scored.span.size()));
  if (arguments.fitting)
    model->log_probs_unknown_as_fitting(scored.ids, scored.span, log_probs.data());
  else
    model->log_probs(scored.ids, scored.span, log_probs.data());
  if (interrupted()) return kInterruptedStatus;
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
    if (lines.size() > (1 << 16) && !print(std::exchange(lines, {}))) return kInterruptedStatus;
  }
  print(lines);
  if (vocabulary.unknown_id() < 0) sums.resize(2);
  if (!seen) sums.erase(sums.begin() + 1);
  print_sums(sums, arguments.json);
  return interrupted() ? kInterruptedStatus : 0;
}

// wordbridge generate

struct GenerateArguments {
  std::string model, prompt;
  std::vector<std::string> stop;
  std::int64_t length = 100, seed = 1, top_k = 0, count = 1;
  double temperature = 1;
};

/// The distribution at the temperature over the `top_k` most probable words (0: all), not
/// normalised.
void reshape(std::vector<double>& p, const GenerateArguments& arguments) {
  const double most = *std::max_element(p.begin(), p.end());
  for (double& value : p) value = std::pow(value / most, 1 / arguments.temperature);
  const auto k = static_cast<std::size_t>(arguments.top_k);
  if (k == 0 || k >= p.size()) return;
  std::vector<double> sorted = p;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(k) - 1,
                   sorted.end(), std::greater<>());
  const double least = sorted[k - 1];
  // Of words as probable as the last one the first stay.
  std::size_t room = k - static_cast<std::size_t>(std::count_if(
                             p.begin(), p.end(), [&](double value) { return value > least; }));
  for (double& value : p) {
    if (value == least && room > 0) {
      --room;
    } else if (value <= least) {
      value = 0;
    }
  }
}

std::int32_t draw(const std::vector<double>& weights, Rng& rng) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  double left = rng.uniform() * sum;
  std::int32_t last = 0;
  for (std::size_t w = 0; w < weights.size(); ++w) {
    if (weights[w] <= 0) continue;
    last = static_cast<std::int32_t>(w);
    left -= weights[w];
    if (left < 0) break;
  }
  return last;
}

/// Prints words as they come, a new line after each of the text's markers.
class WordPrinter {
 public:
  WordPrinter(const Vocabulary& vocabulary, const MarkerOptions& markers)
      : vocabulary_(vocabulary), markers_(markers) {}
  /// False: nobody reads any more, or Ctrl-C.
  bool operator()(std::int32_t id) {
    const auto& word = vocabulary_.word(id);
    const bool ends =
        word == markers_.line || word == markers_.paragraph || word == markers_.document;
    const std::string text = (begins_ ? "" : " ") + word + (ends ? "\n" : "");
    begins_ = ends;
    return print(text);
  }
  void finish() {
    if (!begins_) print("\n");
    begins_ = true;
  }

 private:
  const Vocabulary& vocabulary_;
  const MarkerOptions& markers_;
  bool begins_ = true;
};

std::int32_t next_word(const LanguageModel& model, const std::vector<std::int32_t>& ids,
                       const GenerateArguments& arguments, Rng& rng) {
  std::vector<double> p(static_cast<std::size_t>(model.vocabulary().size()));
  model.distribution(ids.data(), static_cast<std::int64_t>(ids.size()), p.data());
  if (arguments.temperature == 0)
    return static_cast<std::int32_t>(std::max_element(p.begin(), p.end()) - p.begin());
  reshape(p, arguments);
  return draw(p, rng);
}

std::vector<std::int32_t> stop_words(const GenerateArguments& arguments,
                                     const Vocabulary& vocabulary) {
  std::vector<std::int32_t> ids;
  for (const auto& word : arguments.stop) {
    ids.push_back(static_cast<std::int32_t>(vocabulary.find(word)));
    if (ids.back() < 0)
      throw UsageError("the model does not know the word").at("--stop").got("{}", printable(word));
  }
  return ids;
}

int generate(const GenerateArguments& arguments) {
  const Model model = open_model(arguments.model);
  const DataOptions data = text_options(arguments.model, *model, {}, {});
  const auto prompt = ids_of(arguments.prompt, data, model->vocabulary());
  const auto stop = stop_words(arguments, model->vocabulary());
  WordPrinter say(model->vocabulary(), data.markers);
  for (std::int64_t text = 0; text < arguments.count; ++text) {
    Rng rng(static_cast<std::uint64_t>(arguments.seed), "generate",
            static_cast<std::uint64_t>(text));
    std::vector<std::int32_t> ids = prompt;
    for (const auto id : prompt) say(id);
    for (std::int64_t i = 0; i < arguments.length; ++i) {
      ids.push_back(next_word(*model, ids, arguments, rng));
      if (!say(ids.back())) return interrupted() ? kInterruptedStatus : 0;
      if (std::find(stop.begin(), stop.end(), ids.back()) != stop.end()) break;
    }
    say.finish();
  }
  return 0;
}

// wordbridge arpa

struct ArpaArguments {
  std::string model, out;
};

int write_arpa_file(const ArpaArguments& arguments) {
  const Model model = open_model(arguments.model);
  const auto* ngrams = dynamic_cast<const BackoffModel*>(model.get());
  if (ngrams == nullptr) {
    throw Error("the model has no form that an ARPA file can hold")
        .at("{}", arguments.model)
        .expected("n-grams of words by kneser-ney, witten-bell or good-turing");
  }
  if (fs::path(arguments.out).extension() == ".wb") {
    ngrams->save(arguments.out);
  } else {
    write_arpa(*ngrams, arguments.out);
  }
  log("ngram", "{}: {}", arguments.out,
      human_bytes(static_cast<double>(fs::file_size(arguments.out))));
  return 0;
}

void add_score_verb(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<ScoreArguments>();
  auto* verb = program.add_subcommand("score", "Perplexity of a text under a language model.");
  verb->footer(
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
  verb->add_option("MODEL", arguments->model, "a run's folder, a model.wb or an ARPA file")
      ->required();
  verb->add_option("FILE", arguments->file_and_overrides,
                   "the text (- is standard input), then any data.key=value to change");
  verb->add_option("--split", arguments->split, "a portion of the run's own text instead")
      ->check(CLI::IsMember({"valid", "test"}));
  verb->add_flag("--tokens", arguments->tokens, "also print each token with its ln P");
  verb->add_flag("--unknown-as-fitting", arguments->fitting,
                 "read an unknown word of a context as the words that could stand there, by their "
                 "probabilities (nplm; Bengio et al. 2003, section 5.1)");
  verb->add_option("--json", arguments->json, "also write the sums as JSON");
  verb->callback([arguments, &status] { status = score(*arguments); });
}

void add_generate_verb(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<GenerateArguments>();
  auto* verb = program.add_subcommand("generate", "Draw text from a language model.");
  verb->footer(
      "Example:\n  wordbridge generate runs/mlp9 --prompt \"The President said\" --temperature 0.7 "
      "--top-k 50 --seed 3");
  verb->add_option("MODEL", arguments->model, "a run's folder, a model.wb or an ARPA file")
      ->required();
  verb->add_option("--prompt", arguments->prompt, "text that stands before");
  verb->add_option("-n,--length", arguments->length, "words to draw")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--count", arguments->count, "texts to draw")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--seed", arguments->seed, "of the drawing")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_option("--temperature", arguments->temperature,
                   "P^(1/temperature): below 1 likelier words, 0 always the likeliest")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  verb->add_option("--top-k", arguments->top_k, "only among so many likeliest words, 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_option("--stop", arguments->stop, "word after which to end (may be repeated)")
      ->allow_extra_args(false);
  verb->callback([arguments, &status] { status = generate(*arguments); });
}

}  // namespace

void add_language_verbs(CLI::App& program, int& status) {
  add_score_verb(program, status);
  add_generate_verb(program, status);
  const auto arguments = std::make_shared<ArpaArguments>();
  auto* verb = program.add_subcommand("arpa", "Write n-grams as an ARPA file, or read one.");
  verb->footer(
      "Examples:\n"
      "  wordbridge arpa runs/kn5 -o kn5.arpa.gz      # for KenLM, SRILM and others\n"
      "  wordbridge arpa kn5.arpa.gz -o kn5.wb        # mapped: opens at once");
  verb->add_option("MODEL", arguments->model, "a run's folder, a model.wb or an ARPA file")
      ->required();
  verb->add_option("-o,--out", arguments->out, "FILE.arpa, FILE.arpa.gz, or FILE.wb")->required();
  verb->callback([arguments, &status] { status = write_arpa_file(*arguments); });
}

}  // namespace wordbridge
