#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/commands.h"
#include "cli/outputs.h"
#include "cli/print.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/text_table.h"
#include "data/lexicon/definitions.h"
#include "data/lexicon/read_dictionary.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

struct DictionaryArguments {
  std::vector<std::string> sources, words;
  std::string out;
  bool json = false, list = false;
};

std::size_t words_in_text(const std::string& text) {
  return text.empty() ? 0 : static_cast<std::size_t>(std::count(text.begin(), text.end(), ' ')) + 1;
}

struct DictionaryCounts {
  std::size_t head_words = 0, words = 0, synonyms = 0;

  explicit DictionaryCounts(const Dictionary& dictionary) {
    std::set<std::string_view> known;
    for (const auto& definition : dictionary.definitions) {
      known.insert(definition.word);
      words += words_in_text(definition.text);
      synonyms += definition.synonyms.size();
    }
    head_words = known.size();
  }
};

std::string mean_text(std::size_t sum, std::size_t count) {
  return count == 0 ? "-"
                    : fmt::format("{:.1f}", static_cast<double>(sum) / static_cast<double>(count));
}

void print_counts(const std::vector<Dictionary>& dictionaries) {
  std::vector<TableRow> rows = {{"dictionary", "entries", "definitions", "head words", "words each",
                                 "synonyms each", "skipped"}};
  for (const auto& dictionary : dictionaries) {
    const DictionaryCounts counts(dictionary);
    const auto definitions = dictionary.definitions.size();
    rows.push_back({dictionary.name, human_count(static_cast<std::uint64_t>(dictionary.entries)),
                    human_count(definitions), human_count(counts.head_words),
                    mean_text(counts.words, definitions), mean_text(counts.synonyms, definitions),
                    human_count(dictionary.skipped.size())});
  }
  print(table_text(rows, {}));
  for (const auto& dictionary : dictionaries) {
    if (dictionary.skipped.empty()) continue;
    print(fmt::format("\nskipped words of {}:\n", dictionary.name));
    for (const auto& [reason, skipped] : dictionary.skipped_by_reason()) {
      print(fmt::format("  {:<30}{:>9}  e.g. {}\n", reason_text(reason),
                        human_count(static_cast<std::uint64_t>(skipped.count)),
                        printable(skipped.example)));
    }
  }
}

ordered_json counts_json(const Dictionary& dictionary) {
  const DictionaryCounts counts(dictionary);
  ordered_json json = {
      {"name", dictionary.name},         {"path", dictionary.path},
      {"entries", dictionary.entries},   {"definitions", dictionary.definitions.size()},
      {"head_words", counts.head_words}, {"words", counts.words},
      {"synonyms", counts.synonyms},     {"skipped", ordered_json::object()}};
  for (const auto& [reason, skipped] : dictionary.skipped_by_reason()) {
    json["skipped"][std::string(reason_text(reason))] = {{"count", skipped.count},
                                                         {"example", skipped.example}};
  }
  return json;
}

/// What is shown of one word: its definitions in each dictionary, and why there are none.
struct WordFindings {
  std::vector<std::pair<const Dictionary*, const DictionaryDefinition*>> definitions;
  std::vector<std::pair<const Dictionary*, const SkippedEntry*>> skipped;
  std::vector<std::string> tokens;
  bool empty() const { return definitions.empty() && skipped.empty(); }
};

WordFindings find_word(const std::string& word, const std::vector<Dictionary>& dictionaries,
                       const Tokenizer& tokenizer, const DefinitionOptions& options) {
  const auto token = [&](const std::string& text) {
    std::string tokens;
    tokenizer.tokenize(text, tokens);
    return tokens;
  };
  const std::string wanted = token(word);
  WordFindings found;
  std::vector<Dictionary> own;
  for (const auto& dictionary : dictionaries) {
    auto& part = own.emplace_back();
    for (const auto& definition : dictionary.definitions) {
      if (definition.word != word && token(definition.word) != wanted) continue;
      found.definitions.emplace_back(&dictionary, &definition);
      part.definitions.push_back(definition);
    }
    for (const auto& skipped : dictionary.skipped) {
      if (skipped.word == word || token(skipped.word) == wanted) {
        found.skipped.emplace_back(&dictionary, &skipped);
      }
    }
  }
  for (const auto& definition : tokenized_definitions(own, options, tokenizer).words) {
    found.tokens.insert(found.tokens.end(), definition.tokens.begin(), definition.tokens.end());
  }
  return found;
}

void print_word(const std::string& word, const WordFindings& found) {
  print(word + "\n");
  for (const auto& [dictionary, definition] : found.definitions) {
    print(fmt::format("  {}: {}{}{}\n", dictionary->name, definition->word,
                      definition->text.empty() ? "" : ": ", definition->text));
    if (!definition->synonyms.empty()) {
      print(fmt::format("    synonyms: {}\n", join(definition->synonyms, ", ")));
    }
  }
  for (const auto& [dictionary, skipped] : found.skipped) {
    print(fmt::format("  {}: {}: skipped, {}{}{}\n", dictionary->name, skipped->word,
                      reason_text(skipped->reason), skipped->detail.empty() ? "" : ": ",
                      skipped->detail));
  }
  if (found.empty()) print("  in none of the dictionaries\n");
  if (!found.tokens.empty()) print(fmt::format("  tokens: {}\n", join(found.tokens, " ")));
}

ordered_json findings_json(const std::string& word, const WordFindings& found) {
  ordered_json json = {{"word", word},
                       {"definitions", ordered_json::array()},
                       {"skipped", ordered_json::array()},
                       {"tokens", found.tokens}};
  for (const auto& [dictionary, definition] : found.definitions) {
    json["definitions"].push_back({{"dictionary", dictionary->name},
                                   {"word", definition->word},
                                   {"text", definition->text},
                                   {"synonyms", definition->synonyms}});
  }
  for (const auto& [dictionary, skipped] : found.skipped) {
    json["skipped"].push_back({{"dictionary", dictionary->name},
                               {"word", skipped->word},
                               {"reason", reason_text(skipped->reason)},
                               {"detail", skipped->detail}});
  }
  return json;
}

void write_definitions(const std::vector<Dictionary>& dictionaries, const std::string& path) {
  AtomicFile file(path);
  std::size_t lines = 0;
  for (const auto& dictionary : dictionaries) {
    for (const auto& definition : dictionary.definitions) {
      file.write(definition.word + "\t" + definition.text);
      if (!definition.synonyms.empty()) file.write("\t" + join(definition.synonyms, "|"));
      file.write("\n");
      ++lines;
    }
  }
  file.commit();
  log("dictionary", "{}: {}", path, counted(static_cast<std::int64_t>(lines), "definition"));
}

void list_dictionaries(bool as_json) {
  std::vector<TableRow> rows = {{"name", "package", "state", "dictionary"}};
  ordered_json json = ordered_json::array();
  for (const auto& known : known_dictionaries()) {
    const char* const state = fs::exists(known.path) ? "installed" : "missing";
    rows.push_back({known.name, known.package, state, known.title});
    json.push_back({{"name", known.name},
                    {"package", known.package},
                    {"path", known.path},
                    {"state", state},
                    {"title", known.title}});
  }
  print(as_json ? json_text(json, 2) + "\n" : table_text(rows, {false, 4}));
}

void check_output(const DictionaryArguments& arguments) {
  const std::string ending = fs::path(arguments.out).extension().string();
  if (ending != ".tsv" && ending != ".txt")
    throw UsageError("the definitions could not be read back")
        .at("{}", arguments.out)
        .expected("a file name that ends in .tsv or .txt");
  std::vector<std::string> inputs;
  for (const auto& source : arguments.sources)
    for (const auto& file : dictionary_files(source)) inputs.push_back(file.string());
  check_outputs({arguments.out}, inputs);
}

int show_dictionaries(const DictionaryArguments& arguments) {
  if (arguments.list) {
    list_dictionaries(arguments.json);
    return 0;
  }
  if (arguments.sources.empty()) {
    throw UsageError("no dictionary is given").expected("SOURCE..., or --list");
  }
  if (!arguments.out.empty()) check_output(arguments);
  std::vector<Dictionary> dictionaries;
  const auto words = arguments.out.empty() ? arguments.words : std::vector<std::string>();
  for (const auto& source : arguments.sources)
    dictionaries.push_back(read_dictionary(source, words));
  if (!arguments.out.empty()) write_definitions(dictionaries, arguments.out);
  ordered_json json = ordered_json::array();
  bool all_found = true;
  if (!arguments.words.empty()) {
    const auto tokenizer = make_tokenizer({});
    for (const auto& word : arguments.words) {
      const auto found = find_word(word, dictionaries, *tokenizer, {});
      all_found = all_found && !found.empty();
      if (arguments.json) {
        json.push_back(findings_json(word, found));
      } else {
        print_word(word, found);
      }
    }
  } else if (arguments.json) {
    for (const auto& dictionary : dictionaries) json.push_back(counts_json(dictionary));
  } else {
    print_counts(dictionaries);
  }
  if (arguments.json) print(json_text(json, 2) + "\n");
  return all_found ? 0 : 1;
}

}  // namespace

void add_dictionary_command(CLI::App& data, int& status) {
  const auto arguments = std::make_shared<DictionaryArguments>();
  auto* command = data.add_subcommand(
      "dictionary", "Show what is read from dictionaries: definitions, synonyms, skipped entries");
  command->footer(
      "SOURCE is a name of --list, dataset:NAME, or a path: X.index next to X.dict.dz (DICT\n"
      "protocol), a folder with WordNet's database, th_en_US_v2.dat (MyThes), or FILE.tsv with\n"
      "lines `word TAB definition` (a third field: synonyms separated by |).\n"
      "Examples:\n"
      "  wordbridge data dictionary --list                          # known dictionaries\n"
      "  wordbridge data dictionary gcide wordnet                   # counts, and what is skipped\n"
      "  wordbridge data dictionary gcide wordnet --word wolf --word gone\n"
      "  wordbridge data dictionary foldoc own.tsv --out all.tsv    # all definitions in one file\n"
      "See docs/dictionaries.md.");
  command->add_option("SOURCE", arguments->sources, "dictionaries: names or paths");
  command
      ->add_option("--word", arguments->words,
                   "show the definitions of this word, their tokens, and why an entry is "
                   "skipped (may be repeated)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("-o,--out", arguments->out,
                      "write all definitions to this file, which can be read as a dictionary: word "
                      "TAB definition TAB synonym|synonym");
  command->add_flag("--list", arguments->list, "list the known dictionaries and their packages");
  command->add_flag("--json", arguments->json, "print JSON");
  command->callback([arguments, &status] { status = show_dictionaries(*arguments); });
}

}  // namespace wordbridge
