#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/open_table.h"
#include "cli/print.h"
#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "eval/neighbors/approximate_neighbors.h"
#include "eval/neighbors/exact_neighbors.h"
#include "eval/neighbors/neighbors.h"

// Commands that query one embedding table.

namespace wordbridge {
namespace {

struct LookArguments {
  std::string table, tensor, unknown = "subword";
  std::vector<std::string> words;
  std::int64_t count = 10, limit = 0;
  bool approximate = false;
};

/// Prints the nearest words of a query under a title.
void print_nearest(const EmbeddingTable& table, const std::vector<SignedWord>& words,
                   const std::string& title, const LookArguments& arguments,
                   const NearestRows& search) {
  const auto query = neighbor_query(table, words, arguments.unknown == "subword");
  for (const auto& word : query.made)
    log("neighbors", "'{}' is not in the table; its vector is computed from subwords",
        printable(word));
  print(title + "\n");
  for (const auto& neighbor : nearest(table, query, arguments.count, search))
    print(fmt::format("  {:6.3f}  {}\n", neighbor.cosine, neighbor.word));
}

int print_neighbors(const LookArguments& arguments) {
  if (arguments.approximate) make_neighbor_index(1);  // fails early without FAISS
  const EmbeddingTable table =
      load_table(arguments.table, arguments.limit, arguments.tensor, Verify::when_used);
  // A wrong word is an error before the rows are read, which can take long.
  if (const auto& words = arguments.words; words.size() == 1)
    (void)neighbor_query(table, words_of_expression(table, words[0]),
                         arguments.unknown == "subword");
  std::optional<ApproximateNeighbors> index;
  std::optional<ExactNeighbors> all;
  if (arguments.approximate)
    index.emplace(table);
  else
    all.emplace(table);
  const NearestRows search = index ? index->function() : all->function();
  std::vector<std::string> failed;
  for (const auto& text : arguments.words) {
    try {
      print_nearest(table, words_of_expression(table, text), text, arguments, search);
    } catch (const Error& error) {
      if (arguments.words.size() == 1) throw;
      log_warning(error.what());
      failed.push_back("'" + printable(text) + "'");
    }
  }
  if (index) {
    const NeighborRecall found = index->recall(arguments.count);
    print(fmt::format("recall@{} {:.3f} against exact search, mean over {}\n", found.k,
                      found.recall, counted(found.words, "word")));
  }
  if (!failed.empty())
    throw Error(
        fmt::format("no neighbours for {} of {} words", failed.size(), arguments.words.size()))
        .at("{}", arguments.table)
        .got("{}", join(failed, ", "));
  return 0;
}

/// a : b :: c : ?
int print_analogy(const LookArguments& arguments) {
  if (arguments.words.size() != 3)
    throw UsageError("an analogy needs three words A B C: A is to B as C is to ?");
  const EmbeddingTable table =
      load_table(arguments.table, arguments.limit, arguments.tensor, Verify::when_used);
  const auto& w = arguments.words;
  const std::vector<SignedWord> words = {{w[1]}, {w[0], -1}, {w[2]}};
  (void)neighbor_query(table, words, arguments.unknown == "subword");  // before the rows are read
  const ExactNeighbors all(table);
  print_nearest(table, words, fmt::format("{} : {} :: {} : ?", w[0], w[1], w[2]), arguments,
                all.function());
  return 0;
}

void add_look_options(CLI::App* command, LookArguments& arguments, const char* words) {
  command->add_option("VECTORS", arguments.table, "run folder or file of word vectors")->required();
  command->add_option("WORDS", arguments.words, words)->required();
  command->add_option("-k,--count", arguments.count, "number of words to list")
      ->check(in_range(at_least(1)))
      ->capture_default_str();
  command
      ->add_option("--unknown", arguments.unknown,
                   "words that are not in the table: compute a vector from subwords (fastText "
                   "models), or fail")
      ->check(CLI::IsMember({"subword", "error"}))
      ->capture_default_str();
  add_tensor_option(command, arguments.tensor);
  command->add_option("--limit", arguments.limit, "read only the first N words of the file")
      ->check(in_range(at_least(0)));
}

}  // namespace

void add_neighbors_command(CLI::App& program, int& status) {
  const auto look = std::make_shared<LookArguments>();
  auto* neighbors = program.add_subcommand(
      "neighbors",
      "List the nearest neighbours of words or of expressions such as \"king - man + woman\"");
  add_look_options(neighbors, *look, "words or expressions");
  neighbors->add_flag(
      "--approximate", look->approximate,
      "search an approximate index (HNSW) instead of all words, and print its recall "
      "against exact search; needs FAISS");
  neighbors->callback([look, &status] { status = print_neighbors(*look); });

  const auto question = std::make_shared<LookArguments>();
  auto* analogy = program.add_subcommand(
      "analogy", "Solve an analogy, A is to B as C is to ?: list the nearest words to B - A + C");
  add_look_options(analogy, *question, "A B C");
  analogy->callback([question, &status] { status = print_analogy(*question); });
}

}  // namespace wordbridge
