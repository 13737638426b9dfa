#include <CLI/CLI.hpp>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/open_table.h"
#include "cli/print.h"
#include "core/error.h"
#include "core/io/text_file.h"
#include "core/log.h"
#include "core/text.h"

namespace wordbridge {
namespace {

struct VectorArguments {
  std::string table, unknown = "subword", tensor;
  std::vector<std::string> words;
  std::int64_t limit = 0;
  bool verify = false;
};

/// The words on standard input: a line that is a word of the table is that word, any other line is
/// words separated by whitespace.
std::vector<std::string> words_of_input(const EmbeddingTable& table) {
  const std::string text{std::istreambuf_iterator<char>(std::cin),
                         std::istreambuf_iterator<char>()};
  std::vector<std::string> words;
  for (const auto& [number, line] : text_lines(without_byte_order_mark(text))) {
    if (table.find(line) >= 0) {
      words.emplace_back(line);
      continue;
    }
    std::istringstream parts{std::string(line)};
    words.insert(words.end(), std::istream_iterator<std::string>(parts), {});
  }
  return words;
}

/// "word 0.1 -0.2 ...", with enough digits to restore each float32 exactly.
std::string line_of(std::string_view word, const std::vector<float>& row) {
  std::string line(word);
  for (const float value : row) line += fmt::format(" {:.9g}", value);
  return line + "\n";
}

int print_vectors(const VectorArguments& arguments) {
  const EmbeddingTable table = load_table(arguments.table, arguments.limit, arguments.tensor,
                                          arguments.verify ? Verify::now : Verify::when_used);
  const auto words = arguments.words.empty() ? words_of_input(table) : arguments.words;
  const bool make = arguments.unknown == "subword" && table.unseen() != nullptr;
  std::vector<float> row(static_cast<std::size_t>(table.dim()));
  std::vector<std::string> made, none;
  for (const auto& word : words) {
    const std::int64_t found = table.find(word);
    if (found >= 0) {
      row.assign(table.verified_row(found), table.row(found) + table.dim());
    } else if (make && table.unseen()->vector_of(word, row.data())) {
      made.push_back(printable(word));
    } else {
      none.push_back(printable(word));
      continue;
    }
    print(line_of(word, row));
  }
  if (!made.empty())
    log("vectors",
        "{} of {} words are not in the table; their vectors are computed from subwords: "
        "{}",
        made.size(), words.size(), join(made, " "));
  if (none.empty()) return 0;
  Error error("no vector for some words");
  error.at("{}", arguments.table).got("{}", join(none, " "));
  if (arguments.unknown == "subword" && table.unseen() == nullptr)
    error.hint(
        "only fastText models (.bin, .ftz) and static models compute vectors of out-of-vocabulary "
        "words");
  throw error;
}

}  // namespace

void add_vectors_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<VectorArguments>();
  auto* command = program.add_subcommand("vectors", "Print the vectors of words");
  command->footer(
      "Prints one line per word: the word and its numbers, with enough digits to restore each "
      "float32\n"
      "exactly. Out-of-vocabulary words of a fastText model or a static model get a vector\n"
      "computed from their subwords and are listed on standard error. Words without a vector are "
      "an\n"
      "error, reported after all other words are printed.\n"
      "Examples:\n"
      "  wordbridge vectors vectors.bin king queen\n"
      "  wordbridge vectors cc.en.300.bin < words.txt > words.vec");
  command->add_option("VECTORS", arguments->table, "run folder or file of word vectors")
      ->required();
  command->add_option("WORDS", arguments->words,
                      "words (default: read from standard input, separated by whitespace; a line "
                      "that is a word of the table is one word)");
  command
      ->add_option("--unknown", arguments->unknown,
                   "out-of-vocabulary words: compute a vector from subwords, or fail")
      ->check(CLI::IsMember({"subword", "error"}))
      ->capture_default_str();
  add_tensor_option(command, arguments->tensor);
  command->add_option("--limit", arguments->limit, "read only the first N words of the file")
      ->check(in_range(at_least(0)));
  command->add_flag("--verify", arguments->verify,
                    "verify the checksums of a whole mapped file (.wbv), not only of the words and "
                    "rows that are printed");
  command->callback([arguments, &status] { status = print_vectors(*arguments); });
}

}  // namespace wordbridge
