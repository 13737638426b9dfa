#include "data/text/vocabulary.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "core/io/text_file.h"
#include "core/text.h"

namespace wordbridge {
namespace {

constexpr std::string_view kHeader = "word\tcount";
constexpr std::string_view kUnknownColumn = "\tunknown=";

/// Order of ids: decreasing count, then bytes.
bool before(const CountedWord& a, const CountedWord& b) {
  return a.count != b.count ? a.count > b.count : a.word < b.word;
}

bool holds_white_space(std::string_view text) {
  return text.find_first_of(" \t\r\n") != std::string_view::npos;
}

}  // namespace

FieldGroup VocabularyOptions::describe() {
  FieldGroup group{"vocabulary", "which words are in the vocabulary"};
  group
      .add({"min_count", &min_count, "minimum count of a vocabulary word; all other words are rare",
            at_least(1)})
      .add({"max_size", &max_size, "maximum size including the special symbols; 0: no limit",
            at_least(0)})
      .add({"unknown", &unknown,
            "symbol that replaces all rare words; empty: rare words are dropped, the default with "
            "pca and word2vec"})
      .add({"specials", &specials,
            "symbols that are always in the vocabulary, whatever their count"})
      .add(choice("count_over", &count_over, "tokens that are counted: the training split or all",
                  EnumNames<CountOver>{{"train", CountOver::train}, {"all", CountOver::all}}))
      .add({"file", &file,
            "saved vocabulary (vocabulary.tsv), run folder or vector file to use instead of "
            "counting"});
  return group;
}

void VocabularyOptions::validate(Problems& problems, const std::string& prefix) const {
  if (holds_white_space(unknown)) {
    problems.add(prefix + ".unknown", "a symbol can't contain whitespace");
  }
  for (const auto& special : specials) {
    if (special.empty() || holds_white_space(special)) {
      problems.add(prefix + ".specials", "a symbol can't be empty or contain whitespace");
    }
  }
}

Vocabulary::Vocabulary() : content_(std::make_shared<Content>()) {}

Vocabulary::Vocabulary(std::vector<std::string> words, std::vector<std::int64_t> counts,
                       std::string unknown) {
  WB_ASSERT(words.size() == counts.size());
  if (words.empty()) throw Error("the vocabulary has no words");
  const auto content = std::make_shared<Content>();
  content->words = std::move(words);
  content->counts = std::move(counts);
  content->unknown = std::move(unknown);
  for (std::size_t id = 0; id < content->words.size(); ++id) {
    const std::string& word = content->words[id];
    if (word.empty()) throw Error("the vocabulary contains an empty word").at("id {}", id);
    if (word.find_first_of("\t\r\n") != std::string::npos) {
      throw Error("a word of the vocabulary contains a tab or line end")
          .at("id {}", id)
          .got("{}", printable(word));
    }
    const auto first = static_cast<std::size_t>(content->ids.add(hashed(word)));
    if (first != id) {
      throw Error("a word occurs twice in the vocabulary")
          .at("ids {} and {}", first, id)
          .got("{}", printable(word));
    }
  }
  if (!content->unknown.empty()) {
    content->unknown_id = content->ids.find(hashed(content->unknown));
    if (content->unknown_id < 0) {
      throw Error("the unknown symbol is not in the vocabulary")
          .got("{}", printable(content->unknown));
    }
  }
  content_ = content;
}

Vocabulary Vocabulary::build(const std::vector<CountedWord>& types,
                             const VocabularyOptions& options) {
  std::map<std::string_view, std::int64_t> required;  // with their counts
  for (const auto& special : options.specials) required[special] = 0;
  required.erase(options.unknown);
  const auto symbols =
      static_cast<std::int64_t>(required.size()) + (options.unknown.empty() ? 0 : 1);
  if (options.max_size > 0 && options.max_size < symbols) {
    throw Error("data.vocabulary.max_size is too small for the special symbols")
        .expected("at least {}", symbols)
        .got("{}", options.max_size);
  }

  std::vector<CountedWord> words;  // frequent words, at most as many as fit
  std::int64_t unknown_count = 0;
  for (const auto& type : types) {
    const auto special = required.empty() ? required.end() : required.find(type.word);
    if (special != required.end()) {
      special->second = type.count;
    } else if (type.count >= options.min_count && type.word != options.unknown) {
      words.push_back(type);
    } else {
      unknown_count += type.count;
    }
  }
  std::sort(words.begin(), words.end(), before);
  const auto room = static_cast<std::size_t>(options.max_size - symbols);
  while (options.max_size > 0 && words.size() > room) {
    unknown_count += words.back().count;
    words.pop_back();
  }
  const auto sorted = static_cast<std::ptrdiff_t>(words.size());
  for (const auto& [word, count] : required) words.push_back({word, count});
  if (!options.unknown.empty()) words.push_back({options.unknown, unknown_count});
  std::sort(words.begin() + sorted, words.end(), before);
  std::inplace_merge(words.begin(), words.begin() + sorted, words.end(), before);

  std::vector<std::string> names;
  std::vector<std::int64_t> occurrences;
  names.reserve(words.size());
  occurrences.reserve(words.size());
  for (const auto& [word, count] : words) {
    names.emplace_back(word);
    occurrences.push_back(count);
  }
  return Vocabulary(std::move(names), std::move(occurrences), options.unknown);
}

bool Vocabulary::is_saved(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  return without_byte_order_mark(file->view()).substr(0, kHeader.size()) == kHeader;
}

Vocabulary Vocabulary::load(const std::filesystem::path& path) {
  const std::string content = read_text_file(path);
  auto lines = text_lines(content);
  while (!lines.empty() && lines.back().text.empty()) lines.pop_back();
  const std::string_view header = lines.empty() ? std::string_view() : lines.front().text;
  const std::string_view rest = header.substr(std::min(kHeader.size(), header.size()));
  const bool has_unknown = rest.substr(0, kUnknownColumn.size()) == kUnknownColumn;
  if (header.substr(0, kHeader.size()) != kHeader || (!rest.empty() && !has_unknown)) {
    throw Error("not a saved vocabulary")
        .at("{}:1", path.string())
        .expected("the header word<TAB>count[<TAB>unknown=SYMBOL]")
        .got("{}", printable(header));
  }
  std::vector<std::string> words;
  std::vector<std::int64_t> counts;
  std::unordered_map<std::string_view, std::size_t> line_of;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto fields = split(lines[i].text, '\t');
    const auto count = fields.size() == 2 ? parse_integer(fields[1]) : std::nullopt;
    if (!count || *count < 0 || fields[0].empty()) {
      throw Error("invalid line in the vocabulary")
          .at("{}:{}", path.string(), i + 1)
          .expected("word<TAB>count")
          .got("{}", printable(lines[i].text));
    }
    const auto [other, added] = line_of.emplace(fields[0], i + 1);
    if (!added) {
      throw Error("a word occurs twice in the vocabulary")
          .at("{}:{}", path.string(), i + 1)
          .got("{}, also on line {}", printable(fields[0]), other->second);
    }
    words.emplace_back(fields[0]);
    counts.push_back(*count);
  }
  std::string unknown(has_unknown ? rest.substr(kUnknownColumn.size()) : std::string_view());
  try {
    return Vocabulary(std::move(words), std::move(counts), std::move(unknown));
  } catch (Error& error) {
    throw error.at("{}", path.string());
  }
}

std::string Vocabulary::text() const {
  std::string text(kHeader);
  if (!unknown().empty()) text.append(kUnknownColumn).append(unknown());
  text += '\n';
  for (std::int64_t id = 0; id < size(); ++id) text += fmt::format("{}\t{}\n", word(id), count(id));
  return text;
}

void Vocabulary::save(const std::filesystem::path& path) const { write_file(path, text()); }

void Vocabulary::add_to(ContainerWriter& writer) const {
  const auto words_text = std::make_shared<const std::string>(join(words(), "\n"));
  const auto size = static_cast<std::int64_t>(words_text->size());
  writer.add("words", DType::u8, {size}, words_text->data(), words_text);
  writer.add("counts", DType::i64, {this->size()}, counts().data(), content_);
  const auto symbol = static_cast<std::int64_t>(unknown().size());
  writer.add("unknown", DType::u8, {symbol}, unknown().data(), content_);
}

Vocabulary Vocabulary::from(const ContainerReader& reader) {
  std::vector<std::string> words;
  for (const auto word : split(reader.bytes("words"), '\n')) words.emplace_back(word);
  const std::int64_t* counts = reader.i64("counts");
  const auto size = reader.array("counts").count();
  if (size != static_cast<std::int64_t>(words.size())) {
    throw Error("the numbers of words and counts in the file do not match")
        .at("{}", reader.file()->path().string())
        .expected("{} counts", words.size())
        .got("{}", size);
  }
  try {
    return Vocabulary(std::move(words), {counts, counts + size},
                      std::string(reader.bytes("unknown")));
  } catch (Error& error) {
    throw error.at("{}", reader.file()->path().string());
  }
}

std::int64_t Vocabulary::find(std::string_view word) const {
  return content_->ids.find(hashed(word));
}

std::string Vocabulary::sha256() const { return wordbridge::sha256(text()); }

std::vector<std::int64_t> words_by_count(const std::vector<std::int64_t>& counts) {
  std::vector<std::int64_t> order(counts.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int64_t a, std::int64_t b) { return counts[at(a)] > counts[at(b)]; });
  return order;
}

}  // namespace wordbridge
