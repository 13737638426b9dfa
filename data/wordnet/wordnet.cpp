#include "data/wordnet/wordnet.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_set>

#include "core/error.h"
#include "core/index.h"
#include "core/io/file.h"
#include "core/text.h"
#include "data/text/archive_reader.h"

namespace wordbridge {
namespace {

constexpr std::array<const char*, 4> kPartNames = {"noun", "verb", "adj", "adv"};
constexpr const char* kHint =
    "apt install wordnet-base, or unpack WordNet's database files (WNdb) and specify their folder";

std::optional<PartOfSpeech> part_of(char code) {
  switch (code) {
    case 'n':
    case '1':
      return PartOfSpeech::noun;
    case 'v':
    case '2':
      return PartOfSpeech::verb;
    case 'a':
    case 's':
    case '3':
    case '5':
      return PartOfSpeech::adjective;
    case 'r':
    case '4':
      return PartOfSpeech::adverb;
    default:
      return std::nullopt;
  }
}

struct TextFile {
  std::string name, content;
};

TextFile read_text(const fs::path& folder, const std::string& name) {
  const fs::path plain = folder / name, packed = folder / (name + ".gz");
  if (fs::exists(plain)) return {plain.string(), read_file(plain)};
  if (!fs::exists(packed)) {
    throw Error("a WordNet file is missing").at("{}", plain.string()).hint("{}", kHint);
  }
  ArchiveReader reader(packed);
  std::string member;
  reader.next(member);
  return {packed.string(), reader.read()};
}

/// Reads the fields of a line one by one.
class Line {
 public:
  Line(const std::string& file, std::size_t number, std::string_view text)
      : file_(&file), number_(number), rest_(text) {}

  std::string_view field(const char* what) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
    const auto field = rest_.substr(0, rest_.find(' '));
    if (field.empty()) damaged(what, "the end of the line");
    rest_.remove_prefix(field.size());
    return field;
  }
  std::size_t number(const char* what, int base = 10) { return number(field(what), what, base); }
  std::size_t number(std::string_view field, const char* what, int base) const {
    std::size_t value = 0;
    const auto* end = field.data() + field.size();
    const auto [stop, error] = std::from_chars(field.data(), end, value, base);
    if (error != std::errc() || stop != end) damaged(what, field);
    return value;
  }
  PartOfSpeech part(std::string_view field) const {
    const auto part = field.size() == 1 ? part_of(field[0]) : std::nullopt;
    if (!part) damaged("a part of speech", field);
    return *part;
  }
  /// The text after the mark; empty if the mark is missing.
  std::string_view after(char mark) const {
    const auto found = rest_.find(mark);
    return found == rest_.npos ? std::string_view() : trimmed(rest_.substr(found + 1));
  }
  bool at_end() const { return rest_.find_first_not_of(' ') == rest_.npos; }
  [[noreturn]] void damaged(const char* expected, std::string_view got) const {
    throw Error("damaged line in a WordNet file")
        .at("{}:{}", *file_, number_)
        .expected("{}", expected)
        .got("{}", printable(got))
        .hint("reinstall WordNet: {}", kHint);
  }

 private:
  const std::string* file_;
  std::size_t number_;
  std::string_view rest_;
};

/// The lines of a file, without the indented licence at its beginning.
std::vector<Line> lines_of(const TextFile& file) {
  std::vector<Line> lines;
  std::size_t number = 0;
  for (auto text : split(file.content, '\n')) {
    ++number;
    if (text.substr(0, 2) == "  " || trimmed(text).empty()) continue;
    lines.emplace_back(file.name, number, trimmed(text));
  }
  return lines;
}

bool is_up(const WordNetPointer& pointer) {
  return pointer.symbol == "@" || pointer.symbol == "@i";
}

std::uint64_t synset_key(PartOfSpeech part, std::size_t offset) {
  return static_cast<std::uint64_t>(offset) * 4 + static_cast<std::uint64_t>(part);
}

}  // namespace

struct WordNet::Loader {
  const fs::path& folder;
  WordNet& wordnet;
  std::unordered_map<std::uint64_t, std::int32_t> ids = {};  // by synset_key

  std::int32_t find(const Line& line, PartOfSpeech part, std::size_t offset) const {
    const auto found = ids.find(synset_key(part, offset));
    if (found == ids.end()) line.damaged("the offset of a synset", std::to_string(offset));
    return found->second;
  }

  void read_synset(Line& line, WordNetSynset& synset) const {
    line.number("an offset");
    synset.topic = static_cast<int>(line.number("the number of a lexicographer file"));
    synset.part = line.part(line.field("a part of speech"));
    for (auto left = line.number("a count of words", 16); left > 0; --left) {
      const auto word = line.field("a word");
      synset.words.emplace_back(word.substr(0, word.find('(')));  // without the syntactic marker
      line.field("a lexical id");
    }
    for (auto left = line.number("a count of pointers"); left > 0; --left) {
      WordNetPointer pointer;
      pointer.symbol = line.field("a pointer's symbol");
      const auto offset = line.number("a pointer's offset");
      pointer.target = find(line, line.part(line.field("a part of speech")), offset);
      const auto words = line.field("a pointer's words");
      if (words.size() != 4) line.damaged("a pointer's words", words);
      pointer.source_word = line.number(words.substr(0, 2), "a pointer's words", 16);
      pointer.target_word = line.number(words.substr(2), "a pointer's words", 16);
      synset.pointers.push_back(std::move(pointer));
    }
    synset.gloss = line.after('|');
  }

  void read_synsets() {
    std::vector<TextFile> files;
    for (const char* name : kPartNames) {
      files.push_back(read_text(folder, std::string("data.") + name));
    }
    std::vector<Line> lines;  // one for each synset
    for (std::size_t part = 0; part < files.size(); ++part) {
      for (const Line& line : lines_of(files[part])) {
        const auto key =
            synset_key(static_cast<PartOfSpeech>(part), Line(line).number("an offset"));
        if (!ids.emplace(key, static_cast<std::int32_t>(lines.size())).second) {
          line.damaged("an offset that occurs once", std::to_string(key / 4));
        }
        lines.push_back(line);
      }
    }
    auto& synsets = wordnet.synsets_;
    synsets.resize(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
      Line line = lines[i];
      read_synset(line, synsets[i]);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
      for (const auto& pointer : synsets[i].pointers) {
        if (pointer.source_word > synsets[i].words.size() ||
            pointer.target_word > wordnet.synset(pointer.target).words.size()) {
          lines[i].damaged("a pointer between words that exist",
                           fmt::format("{} {:02x}{:02x}", pointer.symbol, pointer.source_word,
                                       pointer.target_word));
        }
      }
    }
  }

  void read_index(std::size_t part) {
    const TextFile file = read_text(folder, std::string("index.") + kPartNames[part]);
    for (Line line : lines_of(file)) {
      auto& senses = wordnet.senses_[std::string(line.field("a word"))][part];
      line.field("a part of speech");
      line.number("a count of synsets");
      for (auto left = line.number("a count of pointer symbols"); left > 0; --left) {
        line.field("a pointer's symbol");
      }
      const auto count = line.number("a count of senses");
      line.number("a count of tagged senses");
      for (std::size_t i = 0; i < count; ++i) {
        const auto offset = line.number("the offset of a synset");
        senses.push_back({find(line, static_cast<PartOfSpeech>(part), offset), 0});
      }
    }
  }

  void read_exceptions(std::size_t part) {
    const TextFile file = read_text(folder, std::string(kPartNames[part]) + ".exc");
    for (Line line : lines_of(file)) {
      WordNetException exception;
      exception.form = line.field("an inflected form");
      do {
        exception.lemmas.emplace_back(line.field("the lemma of the form"));
      } while (!line.at_end());
      wordnet.exceptions_[part].push_back(std::move(exception));
    }
  }

  /// Reads lines "lemma%type:file:id:head:head_id sense count". Skips words and senses that are not
  /// in the index (the corpus was tagged with an older version).
  void read_counts() {
    const TextFile file = read_text(folder, "cntlist.rev");
    for (Line line : lines_of(file)) {
      const auto key = line.field("a sense key");
      const auto mark = key.rfind('%');
      if (mark == key.npos || mark + 1 == key.size()) line.damaged("a sense key", key);
      const auto part = line.part(key.substr(mark + 1, 1));
      const auto sense = line.number("the number of a sense");
      const auto count = line.number("a count");
      const auto entry = wordnet.senses_.find(std::string(key.substr(0, mark)));
      if (entry == wordnet.senses_.end()) continue;
      auto& senses = entry->second[static_cast<std::size_t>(part)];
      if (sense >= 1 && sense <= senses.size()) {
        senses[sense - 1].tagged += static_cast<std::int64_t>(count);
      }
    }
  }

  /// Breadth-first search from the roots: visits each synset once, so that cycles are harmless.
  void set_depths() {
    const auto& synsets = wordnet.synsets_;
    std::vector<std::vector<std::int32_t>> below(synsets.size());
    std::vector<std::int32_t> queue;
    wordnet.depth_.assign(synsets.size(), 0);
    for (std::size_t i = 0; i < synsets.size(); ++i) {
      const auto id = static_cast<std::int32_t>(i);
      bool root = true;
      for (const auto& pointer : synsets[i].pointers) {
        if (!is_up(pointer)) continue;
        root = false;
        below[at(pointer.target)].push_back(id);
      }
      if (!root) continue;
      wordnet.depth_[i] = 1;
      queue.push_back(id);
    }
    for (std::size_t next = 0; next < queue.size(); ++next) {
      for (auto id : below[at(queue[next])]) {
        if (wordnet.depth(id) > 0) continue;
        wordnet.depth_[at(id)] = wordnet.depth(queue[next]) + 1;
        queue.push_back(id);
      }
    }
  }
};

WordNet WordNet::load(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    throw Error("the WordNet folder is missing").at("{}", folder.string()).hint("{}", kHint);
  }
  WordNet wordnet;
  Loader loader{folder, wordnet};
  loader.read_synsets();
  for (std::size_t part = 0; part < kPartNames.size(); ++part) {
    loader.read_index(part);
    loader.read_exceptions(part);
  }
  loader.read_counts();
  loader.set_depths();
  return wordnet;
}

const std::vector<WordNetSense>& WordNet::senses(const std::string& lemma,
                                                 PartOfSpeech part) const {
  static const std::vector<WordNetSense> kNone;
  const auto found = senses_.find(lemma);
  return found == senses_.end() ? kNone : found->second[static_cast<std::size_t>(part)];
}

std::int64_t WordNet::tagged(const std::string& lemma, PartOfSpeech part) const {
  std::int64_t sum = 0;
  for (const auto& sense : senses(lemma, part)) sum += sense.tagged;
  return sum;
}

std::int64_t WordNet::tagged(const std::string& lemma) const {
  using P = PartOfSpeech;
  return tagged(lemma, P::noun) + tagged(lemma, P::verb) + tagged(lemma, P::adjective) +
         tagged(lemma, P::adverb);
}

std::vector<std::string> WordNet::frequent_words() const {
  std::unordered_map<std::string, std::vector<std::string>> forms;
  for (const auto& exceptions : exceptions_) {
    for (const auto& exception : exceptions) {
      for (const auto& lemma : exception.lemmas) forms[lemma].push_back(exception.form);
    }
  }
  std::vector<std::pair<std::int64_t, std::string>> lemmas;
  for (const auto& [lemma, unused] : senses_) {
    const auto count = tagged(lemma);
    if (count > 0 && lemma.find('_') == lemma.npos) lemmas.emplace_back(-count, lemma);
  }
  std::sort(lemmas.begin(), lemmas.end());
  std::vector<std::string> words;
  std::unordered_set<std::string> seen;
  const auto add = [&](const std::string& word) {
    if (seen.insert(word).second) words.push_back(word);
  };
  for (const auto& [count, lemma] : lemmas) {
    add(lemma);
    for (const auto& form : forms[lemma]) {
      if (form.find('_') == form.npos) add(form);
    }
  }
  return words;
}

std::vector<std::pair<std::int32_t, int>> WordNet::ancestors(std::int32_t synset) const {
  std::vector<std::pair<std::int32_t, int>> found = {{synset, 0}};
  for (std::size_t next = 0; next < found.size(); ++next) {
    const auto [id, steps] = found[next];
    for (const auto& pointer : this->synset(id).pointers) {
      const auto known = [&](const auto& item) { return item.first == pointer.target; };
      if (is_up(pointer) && std::none_of(found.begin(), found.end(), known)) {
        found.emplace_back(pointer.target, steps + 1);
      }
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

double wu_palmer(const WordNet& wordnet, const std::vector<std::pair<std::int32_t, int>>& a,
                 const std::vector<std::pair<std::int32_t, int>>& b) {
  double best = 0;
  for_common_ancestors(a, b, [&](std::int32_t ancestor, int from_a, int from_b) {
    const double shared = 2.0 * wordnet.depth(ancestor);
    if (shared > 0) best = std::max(best, shared / (shared + from_a + from_b));
  });
  return best;
}

double noun_similarity(const WordNet& wordnet, const std::string& a, const std::string& b,
                       std::size_t senses) {
  const auto& first = wordnet.senses(a, PartOfSpeech::noun);
  const auto& second = wordnet.senses(b, PartOfSpeech::noun);
  double best = 0;
  for (std::size_t i = 0; i < std::min(senses, first.size()); ++i) {
    for (std::size_t j = 0; j < std::min(senses, second.size()); ++j) {
      best = std::max(best, wu_palmer(wordnet, wordnet.ancestors(first[i].synset),
                                      wordnet.ancestors(second[j].synset)));
    }
  }
  return best;
}

}  // namespace wordbridge
