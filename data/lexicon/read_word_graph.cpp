// Lexicons as users name them: WordNet and files. Another kind of lexicon is a further function
// that returns edges, a line in describe_lexicons() and a case in check_lexicon() and edges_of().
#include <algorithm>
#include <optional>
#include <unordered_map>

#include "core/error.h"
#include "core/index.h"
#include "core/io/text_file.h"
#include "core/text.h"
#include "data/catalogue/dataset.h"
#include "data/lexicon/definitions.h"
#include "data/lexicon/entry_text.h"
#include "data/lexicon/read_dictionary.h"
#include "data/lexicon/word_graph.h"
#include "data/text/archive_reader.h"

namespace wordbridge {
namespace {

using Edge = WordGraph::Edge;

/// A name of WordNet: "wordnet", "wordnet-all" or "wordnet:FOLDER", "wordnet-all:FOLDER".
struct WordNetName {
  bool all = false;
  std::string folder;  // empty: find_wordnet()

  fs::path path() const { return folder.empty() ? find_wordnet() : fs::path(folder); }
};

std::optional<WordNetName> wordnet_name(const std::string& name) {
  const auto colon = name.find(':');
  const auto which = name.substr(0, colon);
  if (which != "wordnet" && which != "wordnet-all") return std::nullopt;
  return WordNetName{which == "wordnet-all",
                     colon == name.npos ? std::string() : name.substr(colon + 1)};
}

/// The dictionaries of "definitions:SOURCE+SOURCE"; none if the name is another one.
std::vector<std::string> definition_sources(const std::string& name) {
  constexpr std::string_view kPrefix = "definitions:";
  std::vector<std::string> sources;
  if (starts_with(name, kPrefix))
    for (const auto source : split(std::string_view(name).substr(kPrefix.size()), '+'))
      sources.emplace_back(source);
  return sources;
}

void connect_all(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b,
                 std::vector<Edge>& edges) {
  for (const auto first : a)
    for (const auto second : b) edges.emplace_back(first, second);
}

/// Whether a word is followed by more numbers than in a lexicon: PPDB relates 1,050 to five
/// numbers, and only numbers to more.
bool is_vector(const std::vector<std::string_view>& fields) {
  constexpr std::size_t kNumbers = 10;
  const auto is_number = [](std::string_view field) { return parse_double(field).has_value(); };
  return fields.size() > kNumbers && !is_number(fields[0]) &&
         std::all_of(fields.begin() + 1, fields.end(), is_number);
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.empty()) return words;
    words.push_back(line.substr(0, line.find_first_of(" \t")));
    line.remove_prefix(words.back().size());
  }
}

/// Whether a line is "word TAB word TAB kind", as word_pairs_text() writes it.
bool is_pair_with_kind(std::string_view line, const std::vector<std::string_view>& words) {
  return words.size() == 3 && std::count(line.begin(), line.end(), '\t') == 2 &&
         (words[2] == "strong" || words[2] == "promoted" || words[2] == "weak");
}

std::string lexicon_content(const fs::path& path) {
  if (!is_packed(path)) return read_text_file(path);
  ArchiveReader reader(path);
  std::string member;
  reader.next(member);
  const std::string content = reader.read();
  check_is_utf8(content, path.string());
  return std::string(without_byte_order_mark(content));
}

std::vector<Edge> edges_of(const std::string& name, LexicalRelation relation,
                           const RowOfWord& row) {
  if (const auto sources = definition_sources(name); !sources.empty()) {
    const auto tokenizer = make_tokenizer({});  // words, in lower case
    DefinitionOptions options;
    options.sources = sources;
    return definition_edges(read_definitions(options, *tokenizer).words, row);
  }
  const auto wordnet = wordnet_name(name);
  if (!wordnet) return lexicon_file_edges(resolve_dataset_path(name), row);
  const auto which = relation == LexicalRelation::opposite ? WordNetEdges::antonyms
                     : wordnet->all                        ? WordNetEdges::kinds
                                                           : WordNetEdges::synonyms;
  return wordnet_edges(WordNet::load(wordnet->path()), which, row);
}

}  // namespace

std::vector<Edge> wordnet_edges(const WordNet& wordnet, WordNetEdges which, const RowOfWord& row) {
  const auto& synsets = wordnet.synsets();
  std::vector<std::vector<std::int64_t>> rows(synsets.size());  // of each synset's words
  for (std::size_t i = 0; i < synsets.size(); ++i)
    for (const auto& word : synsets[i].words) rows[i].push_back(row(word));
  const auto known = [](std::vector<std::int64_t> all) {
    all.erase(std::remove(all.begin(), all.end(), -1), all.end());
    return all;
  };
  std::vector<Edge> edges;
  for (std::size_t i = 0; i < synsets.size(); ++i) {
    const auto own = known(rows[i]);
    if (which != WordNetEdges::antonyms) connect_all(own, own, edges);
    for (const auto& pointer : synsets[i].pointers) {
      const auto& target = rows[at(pointer.target)];
      if (which == WordNetEdges::kinds && pointer.symbol == "@")
        connect_all(own, known(target), edges);
      // An antonym of two words; 0 would stand for all words of the synset.
      if (which != WordNetEdges::antonyms || pointer.symbol != "!") continue;
      const auto one = [&](const std::vector<std::int64_t>& words, std::size_t number) {
        return number == 0 ? known(words) : known({words[number - 1]});
      };
      connect_all(one(rows[i], pointer.source_word), one(target, pointer.target_word), edges);
    }
  }
  return edges;
}

std::vector<Edge> definition_edges(const std::vector<Definition>& definitions,
                                   const RowOfWord& row) {
  std::vector<Edge> defined;  // (word, word of its definition)
  for (const auto& definition : definitions) {
    const auto word = row(definition.word);
    if (word < 0) continue;
    for (const auto& token : definition.tokens)
      if (const auto other = row(token); other >= 0) defined.emplace_back(word, other);
  }
  std::sort(defined.begin(), defined.end());
  std::vector<Edge> edges;
  for (const auto& [a, b] : defined)
    if (a < b && std::binary_search(defined.begin(), defined.end(), Edge(b, a)))
      edges.emplace_back(a, b);
  return edges;
}

std::vector<Edge> lexicon_file_edges(const fs::path& path, const RowOfWord& row) {
  const std::string content = lexicon_content(path);
  // The third word is a kind only if that holds for all lines: others relate three words.
  bool has_kinds = true;
  const auto is_skipped = [](std::string_view line) { return line.empty() || line[0] == '#'; };
  for (const auto& line : text_lines(content))
    if (!is_skipped(line.text) && !is_pair_with_kind(line.text, words_of(line.text))) {
      has_kinds = false;
      break;
    }
  std::vector<Edge> edges;
  for (const auto& line : text_lines(content)) {
    if (is_skipped(line.text)) continue;
    const auto where = [&] { return fmt::format("{}:{}", path.string(), line.number); };
    if (invalid_utf8(line.text))
      throw Error("the lexicon is not UTF-8").at("{}", where()).got("'{}'", printable(line.text));
    auto words = words_of(line.text);
    if (has_kinds) words.pop_back();
    if (is_vector(words))
      throw Error("the lexicon looks like a file of word vectors")
          .at("{}", where())
          .expected("word related related ...")
          .got("'{}'", printable(line.text));
    if (words.size() < 2) continue;
    const auto first = row(words[0]);
    if (first < 0) continue;
    for (std::size_t i = 1; i < words.size(); ++i)
      if (const auto other = row(words[i]); other >= 0) edges.emplace_back(first, other);
  }
  return edges;
}

std::vector<std::string> describe_lexicons() {
  return {
      "wordnet (synonyms in WordNet)", "wordnet-all (synonyms, hypernyms and hyponyms in WordNet)",
      "wordnet:FOLDER, wordnet-all:FOLDER (another copy of WordNet)",
      "definitions:SOURCE+SOURCE (words that are in each other's definition; dictionaries as in "
      "`wordbridge data dictionary`)",
      "FILE (a line \"word related related ...\" for each word; plain or .gz)"};
}

std::vector<std::string> lexicon_inputs(const std::string& name) {
  if (auto sources = definition_sources(name); !sources.empty()) return sources;
  const auto wordnet = wordnet_name(name);
  if (!wordnet) return {name};
  return wordnet->folder.empty() ? std::vector<std::string>() : std::vector{wordnet->folder};
}

void check_lexicon(const std::string& name) {
  if (const auto wordnet = wordnet_name(name)) {
    if (!fs::is_directory(wordnet->path()))
      throw Error("the WordNet folder is missing")
          .at("{}", wordnet->folder)
          .hint("{}", kWordNetHint);
    return;
  }
  if (const auto sources = definition_sources(name); !sources.empty()) {
    for (const auto& source : sources) find_dictionary(source);
    return;
  }
  const fs::path path = resolve_dataset_path(name);
  if (fs::is_regular_file(path)) return;
  throw Error(fs::is_directory(path) ? "the lexicon is a folder, not a file" : "no such lexicon")
      .expected("{}", join(describe_lexicons(), "; "))
      .got("'{}'", printable(name));
}

WordGraph read_word_graph(const std::string& name, LexicalRelation relation, std::int64_t words,
                          const RowOfWord& row) {
  check_lexicon(name);
  WordGraph graph(words, edges_of(name, relation, row));
  if (graph.edges() > 0) return graph;
  throw Error("the lexicon has no pair of words that both have vectors")
      .at("{}", name)
      .expected("at least one pair among {} words", words)
      .hint("does the lexicon differ from the vectors in language or letter case (--case)?");
}

}  // namespace wordbridge
