#include "data/wordnet/wordnet.h"

#include <algorithm>
#include <unordered_set>

#include "core/index.h"
#include "core/log.h"
#include "core/text.h"
#include "data/text/unicode.h"
#include "data/wordnet/wordnet_files.h"

namespace wordbridge {
namespace {

constexpr std::size_t kLastTopic = 44;  // lexnames(5WN)

bool is_up(const WordNetPointer& pointer) {
  return pointer.symbol == "@" || pointer.symbol == "@i";
}

/// Without the syntactic marker of an adjective: "galore(ip)", "outdoor(a)".
std::string_view without_marker(std::string_view word) { return word.substr(0, word.find('(')); }

std::uint64_t synset_key(PartOfSpeech part, std::size_t offset) {
  return static_cast<std::uint64_t>(offset) * 4 + static_cast<std::uint64_t>(part);
}

}  // namespace

struct WordNet::Loader {
  const WordNetFiles& files;
  WordNet& wordnet;
  std::unordered_map<std::uint64_t, std::int32_t> ids = {};  // by synset_key
  std::vector<WordNetLine> synset_lines = {};                // of synsets_

  const WordNetFile& file(const std::string& begin, std::size_t part, const char* end) const {
    return files.at(begin + kWordNetParts[part] + end);
  }

  std::int32_t find(const WordNetLine& line, PartOfSpeech part, std::size_t offset) const {
    const auto found = ids.find(synset_key(part, offset));
    if (found == ids.end()) line.damaged("the offset of a synset", std::to_string(offset));
    return found->second;
  }

  void read_synset(WordNetLine& line, WordNetSynset& synset) const {
    line.number("an offset");
    const auto topic = line.number("the number of a lexicographer file");
    if (topic > kLastTopic)
      line.damaged("the number of a lexicographer file, at most 44", std::to_string(topic));
    synset.topic = static_cast<int>(topic);
    const auto part = line.field("a part of speech");
    if (line.part(part) != synset.part) line.damaged("the part of speech of the file", part);
    synset.satellite = part == "s";
    for (auto left = line.number("a count of words", 16); left > 0; --left) {
      const auto word = line.field("a word");
      synset.words.emplace_back(without_marker(word));
      synset.lexical_ids.push_back(line.number("a lexical id", 16));
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
    auto& synsets = wordnet.synsets_;
    for (std::size_t part = 0; part < kWordNetParts.size(); ++part) {
      for (const auto& line : wordnet_lines(file("data.", part, ""))) {
        const auto key =
            synset_key(static_cast<PartOfSpeech>(part), WordNetLine(line).number("an offset"));
        if (!ids.emplace(key, static_cast<std::int32_t>(synset_lines.size())).second) {
          line.damaged("an offset that occurs once", std::to_string(key / 4));
        }
        synset_lines.push_back(line);
        synsets.emplace_back().part = static_cast<PartOfSpeech>(part);
      }
    }
    for (std::size_t i = 0; i < synset_lines.size(); ++i) {
      WordNetLine line = synset_lines[i];
      read_synset(line, synsets[i]);
    }
    for (std::size_t i = 0; i < synset_lines.size(); ++i) {
      for (const auto& pointer : synsets[i].pointers) {
        if (pointer.source_word > synsets[i].words.size() ||
            pointer.target_word > wordnet.synset(pointer.target).words.size()) {
          synset_lines[i].damaged("a pointer between words that exist",
                                  fmt::format("{} {:02x}{:02x}", pointer.symbol,
                                              pointer.source_word, pointer.target_word));
        }
      }
    }
  }

  void read_index(std::size_t part) {
    for (auto line : wordnet_lines(file("index.", part, ""))) {
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

  /// Checks that the index has each word of each synset: otherwise one of the files is truncated or
  /// of another release.
  void check_index() const {
    for (std::size_t i = 0; i < synset_lines.size(); ++i) {
      const auto& synset = wordnet.synsets_[i];
      const auto part = static_cast<std::size_t>(synset.part);
      for (const auto& word : synset.words) {
        const auto entry = wordnet.senses_.find(folded(word));
        const bool found =
            entry != wordnet.senses_.end() &&
            std::any_of(entry->second[part].begin(), entry->second[part].end(),
                        [&](const WordNetSense& sense) { return at(sense.synset) == i; });
        if (!found)
          synset_lines[i].damaged(
              fmt::format("words that {} has, with this synset", file("index.", part, "").place),
              word);
      }
    }
  }

  void read_exceptions(std::size_t part) {
    if (files.count(std::string(kWordNetParts[part]) + ".exc") == 0) return;
    for (auto line : wordnet_lines(file("", part, ".exc"))) {
      WordNetException exception;
      exception.form = line.field("an inflected form");
      do {
        exception.lemmas.emplace_back(line.field("the lemma of the form"));
      } while (!line.at_end());
      wordnet.exceptions_[part].push_back(std::move(exception));
    }
  }

  /// The sense with the key "lemma%type:file:id:head:head_id" (senseidx(5WN)), nullptr if this
  /// release has none.
  WordNetSense* sense_of(const WordNetLine& line, std::string_view key) const {
    const auto mark = key.rfind('%');
    const auto fields = split(key.substr(std::min(mark, key.size() - 1) + 1), ':');
    if (mark == key.npos || fields.size() != 5) line.damaged("a sense key", key);
    const auto part = line.part(fields[0]);
    const bool satellite = fields[0] == "5";
    const auto topic = line.number(fields[1], "the number of a lexicographer file", 10);
    const auto id = line.number(fields[2], "a lexical id", 10);
    const auto head_id = satellite ? line.number(fields[4], "a lexical id", 10) : 0;
    const std::string lemma(key.substr(0, mark));
    const auto entry = wordnet.senses_.find(lemma);
    if (entry == wordnet.senses_.end()) return nullptr;
    for (auto& sense : entry->second[static_cast<std::size_t>(part)]) {
      const auto& synset = wordnet.synset(sense.synset);
      if (synset.satellite != satellite || at(synset.topic) != topic || !has(synset, lemma, id))
        continue;
      if (!satellite || is_head(synset, without_marker(fields[3]), head_id)) return &sense;
    }
    return nullptr;
  }

  static bool has(const WordNetSynset& synset, std::string_view lemma, std::size_t id) {
    for (std::size_t i = 0; i < synset.words.size(); ++i) {
      if (synset.lexical_ids[i] == id && folded(synset.words[i]) == lemma) return true;
    }
    return false;
  }
  /// Whether the satellite belongs to the cluster of adjectives with this head word: the first word
  /// of the synset that it is similar to.
  bool is_head(const WordNetSynset& satellite, std::string_view word, std::size_t id) const {
    for (const auto& pointer : satellite.pointers) {
      if (pointer.symbol != "&") continue;
      const auto& head = wordnet.synset(pointer.target);
      if (!head.words.empty() && head.lexical_ids[0] == id && folded(head.words[0]) == word)
        return true;
    }
    return false;
  }

  /// Reads the counts of cntlist.rev, "key number count", or of index.sense, "key offset number
  /// count". The number of the sense is that of another release in cntlist.rev, so the key decides;
  /// keys that only another release has are skipped.
  void read_counts() {
    const bool revised = files.count("cntlist.rev") > 0;
    const auto found = files.find(revised ? "cntlist.rev" : "index.sense");
    if (found == files.end()) return;
    const auto lines = wordnet_lines(found->second);
    std::size_t unknown = 0;
    for (auto line : lines) {
      const auto key = line.field("a sense key");
      if (!revised) line.number("the offset of a synset");
      line.number("the number of a sense");
      const auto count = line.number("a count");
      auto* const sense = sense_of(line, key);
      if (sense == nullptr) {
        ++unknown;
      } else {
        sense->tagged += static_cast<std::int64_t>(count);
      }
    }
    log_detail("wordnet", fmt::format("{} of {} counts are of senses of other releases: not used",
                                      unknown, lines.size()));
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

WordNet WordNet::load(const std::filesystem::path& folder) {
  return read(read_wordnet_files(folder));
}

WordNet WordNet::read(const WordNetFiles& files) {
  WordNet wordnet;
  Loader loader{files, wordnet};
  loader.read_synsets();
  for (std::size_t part = 0; part < kWordNetParts.size(); ++part) {
    loader.read_index(part);
    loader.read_exceptions(part);
  }
  loader.check_index();
  loader.read_counts();
  loader.set_depths();
  return wordnet;
}

const std::vector<WordNetSense>& WordNet::senses(const std::string& lemma,
                                                 PartOfSpeech part) const {
  static const std::vector<WordNetSense> kNone;
  auto found = senses_.find(lemma);
  if (found == senses_.end() && lemma.find(' ') != lemma.npos) {  // new york: new_york
    std::string joined = lemma;
    std::replace(joined.begin(), joined.end(), ' ', '_');
    found = senses_.find(joined);
  }
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
