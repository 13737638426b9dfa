#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "cli/align_text.h"
#include "cli/commands.h"
#include "cli/open_table.h"
#include "cli/outputs.h"
#include "cli/print.h"
#include "cli/torch/torch.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "data/lexicon/translations.h"
#include "data/vectors/vector_files.h"
#include "models/alignment/align.h"
#include "models/alignment/common_space.h"
#include "models/alignment/csls.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

constexpr const char *kCenteredSteps = "unit,center,unit", *kUnitSteps = "unit";

struct AlignArguments {
  std::vector<std::string> source_seeds, target_seeds;
  std::string source, target, out, target_out, dictionary, test, json;
  std::string steps = kCenteredSteps;
  double test_share = 0;
  std::int64_t limit = 0, resamples = 10000, changes = 0;
  bool lower_case = false, overwrite = false;
  AlignOptions options;
};

/// A table and the rows that can be aligned: those with a direction.
struct AlignSide {
  explicit AlignSide(EmbeddingTable given) : table(std::move(given)), rows(alignable_rows(table)) {
    const auto zeros = std::count(rows.begin(), rows.end(), -1);
    if (zeros > 0)
      warn("{}: {} zero; {} neither aligned nor found", table.origin(),
           counted(zeros, "vector is", "vectors are"), zeros == 1 ? "it is" : "they are");
  }
  /// Row of a word that has a direction, or -1.
  std::int64_t find(const std::string& word) const {
    const std::int64_t row = table.find(word);
    return row < 0 ? -1 : rows[static_cast<std::size_t>(row)];
  }
  FindRow finder() const {
    return [this](const std::string& word) { return find(word); };
  }

  EmbeddingTable table;
  std::vector<std::int64_t> rows;
};

/// A dictionary, divided into pairs to fit the map to and pairs to test it with.
struct DividedDictionary {
  Translations training;
  std::optional<Translations> test;
  std::int64_t left_out = 0;  // training pairs whose source words are tested
};

void check_align_arguments(AlignArguments& arguments) {
  auto& options = arguments.options;
  options.center = arguments.steps == kCenteredSteps;
  const bool changes_both = options.whiten || options.reweight != 0;
  options.change_target = changes_both || !arguments.target_out.empty();
  if (arguments.out.empty() && arguments.test.empty() && arguments.test_share == 0 &&
      arguments.changes == 0)
    throw UsageError("nothing to write and nothing to print")
        .expected("-o OUT, --test DICTIONARY, --test-share S or --changes N");
  if (changes_both && !arguments.out.empty() && arguments.target_out.empty())
    throw UsageError("whitening and re-weighting change both spaces")
        .expected("--target-out FILE, for the target's new vectors")
        .got("only -o {}", arguments.out);
  std::vector<std::string> outputs = {arguments.json};
  for (const auto& out : {arguments.out, arguments.target_out}) {
    if (out.empty()) continue;
    for (const auto& file : written_files(out, vector_output_format(out)))
      outputs.push_back(file.string());
  }
  std::vector<std::string> inputs = {arguments.source, arguments.target, arguments.dictionary,
                                     arguments.test};
  for (const auto* seeds : {&arguments.source_seeds, &arguments.target_seeds})
    inputs.insert(inputs.end(), seeds->begin(), seeds->end());
  check_outputs(outputs, inputs);
  for (const auto& out : {arguments.out, arguments.target_out})
    if (!out.empty()) check_can_replace(out, vector_output_format(out), arguments.overwrite);
}

DividedDictionary divided_dictionary(const AlignArguments& arguments, const EmbeddingTable& source,
                                     const EmbeddingTable& target) {
  DividedDictionary divided;
  Translations all = arguments.dictionary.empty()
                         ? identical_words(source, target)
                         : read_translations(arguments.dictionary, arguments.lower_case);
  std::set<std::string> tested;
  if (!arguments.test.empty()) {
    divided.test = read_translations(arguments.test, arguments.lower_case);
    for (const auto& pair : divided.test->pairs) tested.insert(pair.source);
  } else if (arguments.test_share > 0) {
    divided.test = Translations{fmt::format("{:g} of {}", arguments.test_share, all.name), {}, 0};
  }
  divided.training.name = all.name;
  for (auto& pair : all.pairs) {
    if (arguments.test_share > 0 && is_held_out(pair.source, arguments.test_share))
      divided.test->pairs.push_back(std::move(pair));
    else if (tested.count(pair.source) > 0)
      ++divided.left_out;
    else
      divided.training.pairs.push_back(std::move(pair));
  }
  if (divided.left_out > 0)
    log("align", "{} of {} left out of the fit, because {} tests their source words",
        counted(divided.left_out, "pair"), all.name, arguments.test);
  if (divided.training.pairs.empty() && divided.left_out > 0)
    throw Error("all words of the dictionary are tested, so none is left to align by")
        .at("{}", all.name)
        .expected("pairs with other source words than in {}", arguments.test)
        .got("{}, all with such source words", counted(divided.left_out, "pair"))
        .hint("--test-share 0.2 instead of --test divides one dictionary");
  return divided;
}

/// The rows of the pairs that both tables know.
std::vector<RowPair> known_pairs(const Translations& dictionary, const AlignSide& source,
                                 const AlignSide& target) {
  std::vector<RowPair> pairs;
  std::int64_t known_sources = 0, known_targets = 0;
  for (const auto& pair : dictionary.pairs) {
    const std::int64_t from = source.find(pair.source), to = target.find(pair.target);
    known_sources += from >= 0;
    known_targets += to >= 0;
    if (from >= 0 && to >= 0) pairs.emplace_back(from, to);
  }
  if (pairs.empty())
    throw Error("no pair of words has vectors in both tables")
        .at("{}", dictionary.name)
        .expected("words of {} and of {}", source.table.origin(), target.table.origin())
        .got("{}; the source has the first word of {}, the target the second word of {}",
             counted(static_cast<std::int64_t>(dictionary.pairs.size()), "pair"), known_sources,
             known_targets)
        .hint(
            "words are compared as they are written (--lower-case: the dictionary's in lower "
            "case), in the direction from SOURCE to TARGET");
  log("align", "{} of {} in {} known to both",
      human_count(static_cast<std::uint64_t>(pairs.size())),
      counted(static_cast<std::int64_t>(dictionary.pairs.size()), "pair"), dictionary.name);
  return pairs;
}

/// Scores the translations by the aligned tables.
TestedTranslations test_translations(const Translations& test, const AlignSide& source,
                                     const AlignSide& target, const Aligned& aligned,
                                     std::int64_t resamples) {
  TestedTranslations tested{
      test.name, translation_questions(test.pairs, source.finder(), target.finder()), {}};
  const auto& questions = tested.questions.questions;
  if (questions.empty())
    throw Error("no word of the test dictionary has a vector and a translation with one")
        .at("{}", test.name)
        .got("{}, {} of them with a vector", counted(tested.questions.words, "source word"),
             tested.questions.known)
        .hint("words are compared as they are written; --lower-case changes the dictionary's");
  const std::vector<std::int64_t> ks = {1, 5, 10};
  std::vector<std::int64_t> rows;
  for (const auto& question : questions) rows.push_back(question.source);
  CslsSearch search(aligned.source, aligned.target);
  const auto by_cosine = search.by_cosine(rows, ks.back());
  const auto by_csls = search.by_csls(rows, ks.back());
  BootstrapOptions options;
  options.resamples = resamples;
  tested.scores =
      translation_scores(questions, by_cosine.rows, by_csls.rows, ks.back(), ks, options);
  return tested;
}

/// The steps of the alignment after its name, for the files' metadata.
std::string recipe_of(const AlignArguments& arguments, const DividedDictionary& dictionary,
                      const Aligned& aligned) {
  const auto& options = arguments.options;
  std::string text =
      fmt::format(",dictionary={},pairs={},steps={}", dictionary.training.name,
                  aligned.pairs.front(), options.center ? "unit+center+unit" : "unit");
  if (options.whiten) text += ",whiten";
  if (options.reweight != 0) text += fmt::format(",reweight={:g}", options.reweight);
  if (options.dewhiten) text += ",dewhiten";
  if (options.refine > 0)
    text += fmt::format(",refine={},refine-words={}", options.refine, options.refine_words);
  return text;
}

void write_aligned(const AlignArguments& arguments, const DividedDictionary& dictionary,
                   const Aligned& aligned) {
  const std::string recipe = recipe_of(arguments, dictionary, aligned);
  const auto write = [&](const std::string& path, const EmbeddingTable& table) {
    if (path.empty()) return;
    write_vectors(table, path, vector_output_format(path));
    log("align", "{}: {} x {}", path, counted(table.size(), "word"), table.dim());
  };
  write(arguments.out, aligned.source.with_steps("align:" + arguments.target + recipe));
  write(arguments.target_out,
        aligned.target.with_steps("align-target-of:" + arguments.source + recipe));
}

/// The words that changed most, as text and in `json`.
std::string changes_of(const AlignArguments& arguments, const EmbeddingTable& source,
                       const EmbeddingTable& target, const Aligned& aligned, ordered_json& json) {
  if (arguments.source_seeds.empty() && arguments.target_seeds.empty()) {
    const auto words = changed_words(aligned.source, aligned.target);
    if (words.empty())
      throw Error("no word is in both tables, so none can have changed")
          .at("{} and {}", arguments.source, arguments.target);
    json["changes"] = changes_json(words);
    return changes_text(words, arguments.changes);
  }
  std::vector<EmbeddingTable> runs = {source};
  for (const auto& seed : arguments.source_seeds) runs.push_back(load_table(seed, arguments.limit));
  const std::size_t first = runs.size();
  runs.push_back(target);
  for (const auto& seed : arguments.target_seeds) runs.push_back(load_table(seed, arguments.limit));
  const auto words = test_changes(in_common_space(runs, arguments.options.center), first);
  json["changes"] = tested_changes_json(words);
  return tested_changes_text(words, arguments.changes);
}

int align_tables(AlignArguments& arguments) {
  check_align_arguments(arguments);
  std::unique_ptr<AtomicFile> json_file;
  if (!arguments.json.empty()) json_file = std::make_unique<AtomicFile>(arguments.json);
  start_threads(0);
  const AlignSide source(load_table(arguments.source, arguments.limit));
  const AlignSide target(load_table(arguments.target, arguments.limit));
  const auto dictionary = divided_dictionary(arguments, source.table, target.table);
  const auto pairs = known_pairs(dictionary.training, source, target);
  const Aligned aligned = align(source.table, target.table, pairs, arguments.options);
  write_aligned(arguments, dictionary, aligned);
  ordered_json json = {
      {"source", arguments.source},
      {"target", arguments.target},
      {"dictionary", dictionary.training.name},
      {"pairs_left_out_for_test", dictionary.left_out},
      {"pairs", aligned.pairs},
      {"recipe", "align:" + arguments.target + recipe_of(arguments, dictionary, aligned)}};
  if (dictionary.test) {
    const auto tested =
        test_translations(*dictionary.test, source, target, aligned, arguments.resamples);
    print(tested_text(tested));
    json["test"] = tested_json(tested);
  }
  if (arguments.changes > 0)
    print((dictionary.test ? "\n" : "") +
          changes_of(arguments, source.table, target.table, aligned, json));
  if (json_file) {
    json_file->write(json_text(json, 2) + "\n");
    json_file->commit();
  }
  return 0;
}

void add_align_fit_options(CLI::App* command, AlignArguments& arguments) {
  auto& options = arguments.options;
  command->add_option("--steps", arguments.steps, "how vectors are prepared for the fit")
      ->check(CLI::IsMember({kCenteredSteps, kUnitSteps}))
      ->capture_default_str();
  command
      ->add_option("--refine", options.refine,
                   "then N rounds of self-learning: the mutual nearest neighbours by CSLS become "
                   "the dictionary")
      ->check(CLI::NonNegativeNumber);
  command
      ->add_option("--refine-words", options.refine_words,
                   "first N words of each table among which these are searched")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  auto* const whiten =
      command->add_flag("--whiten", options.whiten, "whiten both spaces before the rotation");
  command
      ->add_option("--reweight", options.reweight,
                   "multiply the rotated dimensions of both spaces by their singular value to the "
                   "power P, such as 0.5")
      ->check(CLI::Range(0.0, 10.0));
  command->add_flag("--dewhiten", options.dewhiten, "undo the whitening after the rotation")
      ->needs(whiten);
}

void add_align_test_options(CLI::App* command, AlignArguments& arguments) {
  auto* const test = command->add_option(
      "--test", arguments.test,
      "dictionary to score the alignment with; its source words are left out of the fit");
  command
      ->add_option("--test-share", arguments.test_share,
                   "hold out this share of the dictionary's source words for the test")
      ->check(CLI::Range(0.0, 0.99))
      ->excludes(test);
  command->add_option("--resamples", arguments.resamples, "bootstrap resamples for the intervals")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  auto* const changes = command->add_option(
      "--changes", arguments.changes,
      "list the N words of both tables whose vectors differ most after the alignment");
  changes->check(CLI::PositiveNumber);
  command
      ->add_option("--source-seeds", arguments.source_seeds,
                   "more runs on the corpus of SOURCE, with other seeds: the changes are tested")
      ->needs(changes);
  command->add_option("--target-seeds", arguments.target_seeds, "more runs on the corpus of TARGET")
      ->needs(changes);
  command->add_option("--json", arguments.json, "write counts and scores to this file");
}

}  // namespace

void add_align_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<AlignArguments>();
  auto* command = program.add_subcommand(
      "align", "Map word vectors into the space of others, such as those of another language");
  command->footer(
      "A dictionary is a file with a line `source TAB target` (or a blank between them) for each "
      "pair, or one of\n"
      "Debian's bilingual dictionaries such as freedict-eng-deu (apt install "
      "dict-freedict-eng-deu).\n"
      "Scores are of the vectors as they are written: OUT with TARGET, or with --target-out.\n"
      "Examples:\n"
      "  wordbridge align en.vec de.vec -o en-in-de.vec --dictionary en-de.txt\n"
      "  wordbridge align en.vec de.vec --dictionary freedict-eng-deu --test-share 0.2\n"
      "  wordbridge align en.vec de.vec --dictionary train.txt --test test.txt --refine 5 --json "
      "scores.json\n"
      "  wordbridge align en.vec de.vec -o en2.vec --target-out de2.vec --dictionary en-de.txt "
      "--whiten \\\n"
      "      --reweight 0.5 --dewhiten\n"
      "See docs/alignment.md.");
  command->add_option("SOURCE", arguments->source, "vectors to map: run folder or file")
      ->required();
  command->add_option("TARGET", arguments->target, "vectors of the space they are mapped into")
      ->required();
  auto* const out = command->add_option(
      "-o,--out", arguments->out,
      "write the mapped source to this file, for use with TARGET; format by the extension");
  command
      ->add_option("--target-out", arguments->target_out,
                   "write the target as it is prepared and mapped, too; OUT is then for use with "
                   "this file")
      ->needs(out);
  command->add_option("--dictionary", arguments->dictionary,
                      "pairs of words to align by (default: words that both tables have)");
  command->add_flag("--lower-case", arguments->lower_case,
                    "use the words of dictionaries in lower case");
  command->add_option("--limit", arguments->limit, "read only the first N words of both files")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--overwrite", arguments->overwrite, "replace output files that exist");
  add_align_fit_options(command, *arguments);
  add_align_test_options(command, *arguments);
  command->callback([arguments, &status] { status = align_tables(*arguments); });
}

}  // namespace wordbridge
