#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "data/wordnet/wordnet_benchmarks.h"

namespace wordbridge {
namespace {

constexpr int kLocationTopic = 15, kPersonTopic = 18;

bool ends_with(const std::string& word, const std::string& suffix) {
  return word.size() >= suffix.size() &&
         word.compare(word.size() - suffix.size(), suffix.size(), suffix) == 0;
}

std::string lower(std::string word) {
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return word;
}

bool is_name(const std::string& word) { return lower(word) != word; }

/// Whether `word` is `base` plus the suffix, allowing for spelling rules (make/maker, run/runner,
/// happy/happiness).
bool is_derived(const std::string& base, const std::string& word, const std::string& suffix) {
  if (base.empty() || !ends_with(word, suffix)) return false;
  const std::string stem = word.substr(0, word.size() - suffix.size());
  const bool y_to_i = base.back() == 'y' && stem == base.substr(0, base.size() - 1) + "i";
  return stem == base || stem + "e" == base || stem == base + base.back() || y_to_i;
}

bool is_negation(const std::string& word, const std::string& negation) {
  for (const char* prefix : {"un", "in", "im", "il", "ir", "dis", "non"}) {
    if (negation == prefix + word) return true;
  }
  return false;
}

/// Whether `form` is the participle of the two past forms of a verb (taken, took; sung, sang).
bool is_participle(const std::string& form, const std::string& other) {
  const auto in_n = [](const std::string& word) {
    return ends_with(word, "n") || ends_with(word, "ne");
  };
  if (in_n(form) != in_n(other)) return in_n(form);
  const auto [a, b] = std::mismatch(form.begin(), form.end(), other.begin(), other.end());
  return a != form.end() && b != other.end() && *a == 'u' && *b == 'a';
}

class Relations {
 public:
  Relations(const WordNet& wordnet, const std::vector<std::string>& words) : wordnet_(wordnet) {
    for (std::size_t i = 0; i < words.size(); ++i) ranks_.emplace(words[i], i);
  }

  std::vector<WordRelation> take() {
    inflections();
    derivations();
    nationalities();
    opposites();
    semantic();
    return std::move(relations_);
  }

 private:
  /// The word as it is in the vocabulary: unchanged or else in lower case; empty if neither is in
  /// the vocabulary.
  std::string known(const std::string& word) const {
    if (ranks_.count(word) > 0) return word;
    const auto small = lower(word);
    return ranks_.count(small) > 0 ? small : std::string();
  }

  void add(const std::string& a, const std::string& b) {
    const auto first = known(a), second = known(b);
    if (first.empty() || second.empty() || first == second) return;
    if (std::min(first.size(), second.size()) < 2 || (first + second).find('.') != first.npos) {
      return;  // abbreviations
    }
    const auto x = ranks_.at(first), y = ranks_.at(second);
    found_.emplace_back(std::max(x, y), std::min(x, y), first, second);
  }

  /// Completes a relation from the pairs added since the previous one. Skips pairs with a word that
  /// the relation already contains on the same side.
  void finish(const std::string& name) {
    std::sort(found_.begin(), found_.end());
    WordRelation relation{name, {}};
    std::unordered_set<std::string> firsts, seconds;
    for (const auto& [worse, better, a, b] : found_) {
      if (firsts.count(a) > 0 || seconds.count(b) > 0) continue;
      firsts.insert(a);
      seconds.insert(b);
      relation.pairs.emplace_back(a, b);
    }
    found_.clear();
    if (relation.pairs.size() >= 2) relations_.push_back(std::move(relation));
  }

  void inflections() {
    for (const auto& [lemma, forms] : forms_of(PartOfSpeech::noun)) {
      for (const auto& form : forms) add(lemma, form);
    }
    finish("gram-plural");
    const auto verbs = forms_of(PartOfSpeech::verb);
    for (const auto& [lemma, forms] : verbs) add_past(lemma, forms, false);
    finish("gram-past");
    for (const auto& [lemma, forms] : verbs) add_past(lemma, forms, true);
    finish("gram-past-participle");
    add_ending(PartOfSpeech::verb, "ing");
    finish("gram-present-participle");
    add_ending(PartOfSpeech::adjective, "er");
    finish("gram-comparative");
    add_ending(PartOfSpeech::adjective, "est");
    finish("gram-superlative");
  }

  /// Irregular forms by lemma, without forms that are more frequent as separate words (found, to
  /// found).
  std::map<std::string, std::vector<std::string>> forms_of(PartOfSpeech part) const {
    std::map<std::string, std::vector<std::string>> forms;
    for (const auto& [form, lemmas] : wordnet_.exceptions(part)) {
      for (const auto& lemma : lemmas) {
        if (form != lemma && is_mostly(lemma, part) &&
            wordnet_.tagged(form, part) <= wordnet_.tagged(lemma, part)) {
          forms[lemma].push_back(form);
        }
      }
    }
    return forms;
  }

  void add_ending(PartOfSpeech part, const std::string& ending) {
    for (const auto& [lemma, forms] : forms_of(part)) {
      for (const auto& form : forms) {
        if (ends_with(form, ending)) add(lemma, form);
      }
    }
  }

  /// A single past form is used as the past tense. Of two forms, the participle must be
  /// recognisable. Verbs with more forms (be) are skipped.
  void add_past(const std::string& lemma, std::vector<std::string> forms, bool participle) {
    const auto is_present = [](const std::string& form) {
      return ends_with(form, "ing") || ends_with(form, "s");
    };
    forms.erase(std::remove_if(forms.begin(), forms.end(), is_present), forms.end());
    if (forms.size() == 1 && !participle) add(lemma, forms[0]);
    if (forms.size() != 2) return;
    for (std::size_t i = 0; i < 2; ++i) {
      const auto &form = forms[i], &other = forms[1 - i];
      if (participle ? is_participle(form, other) : is_participle(other, form)) add(lemma, form);
    }
  }

  /// Whether the word occurs at least as often as this part of speech as all others together.
  bool is_mostly(const std::string& word, PartOfSpeech part) const {
    return 2 * wordnet_.tagged(word, part) >= wordnet_.tagged(word);
  }

  /// Whether the synset is one of the word's first two senses and has its usual part of speech.
  bool is_common(const std::string& word, std::int32_t synset) const {
    const auto part = wordnet_.synset(synset).part;
    if (!is_name(word) && !is_mostly(word, part)) return false;
    const auto& senses = wordnet_.senses(lower(word), part);
    for (std::size_t i = 0; i < std::min<std::size_t>(senses.size(), 2); ++i) {
      if (senses[i].synset == synset) return true;
    }
    return false;
  }

  /// Calls action(word, target synset, target word) for each pointer between two words in common
  /// meanings.
  template <class Action>
  void each_lexical(const std::string& symbol, PartOfSpeech from, PartOfSpeech to,
                    const Action& action) const {
    for (std::size_t i = 0; i < wordnet_.synsets().size(); ++i) {
      const auto& source = wordnet_.synsets()[i];
      if (source.part != from) continue;
      for (const auto& pointer : source.pointers) {
        const auto& target = wordnet_.synset(pointer.target);
        if (pointer.symbol != symbol || target.part != to) continue;
        if (pointer.source_word == 0 || pointer.target_word == 0) continue;
        const auto& a = source.words[pointer.source_word - 1];
        const auto& b = target.words[pointer.target_word - 1];
        if (is_common(a, static_cast<std::int32_t>(i)) && is_common(b, pointer.target)) {
          action(a, target, b);
        }
      }
    }
  }

  void derivations() {
    using P = PartOfSpeech;
    each_lexical("\\", P::adverb, P::adjective,
                 [&](const std::string& adverb, auto&, const std::string& adjective) {
                   if (ends_with(adverb, "ly")) add(adjective, adverb);
                 });
    finish("gram-adverb");
    for (const char* suffix : {"er", "or"}) {
      each_lexical("+", P::verb, P::noun,
                   [&](const std::string& verb, auto& target, const std::string& noun) {
                     if (target.topic == kPersonTopic && is_derived(verb, noun, suffix)) {
                       add(verb, noun);
                     }
                   });
    }
    finish("gram-agent");
    const std::tuple<const char*, P, P> suffixes[] = {
        {"ion", P::verb, P::noun},      {"ation", P::verb, P::noun},
        {"ment", P::verb, P::noun},     {"ness", P::adjective, P::noun},
        {"ity", P::adjective, P::noun}, {"able", P::verb, P::adjective},
        {"al", P::noun, P::adjective},  {"ous", P::noun, P::adjective},
        {"ful", P::noun, P::adjective}, {"y", P::noun, P::adjective}};
    for (const auto& [suffix, from, to] : suffixes) {
      for (const char* symbol : {"+", "\\"}) {
        const bool back =
            symbol[0] == '\\';  // pertainym pointers go from the adjective to the noun
        each_lexical(symbol, back ? to : from, back ? from : to,
                     [&, ending = suffix](const std::string& a, auto&, const std::string& b) {
                       if (is_derived(back ? b : a, back ? a : b, ending)) {
                         back ? add(b, a) : add(a, b);
                       }
                     });
      }
      finish(std::string("gram-") + suffix);
    }
  }

  void nationalities() {
    each_lexical("\\", PartOfSpeech::adjective, PartOfSpeech::noun,
                 [&](const std::string& adjective, auto& target, const std::string& noun) {
                   if (target.topic == kLocationTopic && is_name(adjective) && is_name(noun)) {
                     add(noun, adjective);
                   }
                 });
    finish("gram-nationality");
  }

  /// Negations by prefix; other antonyms by part of speech, the more frequent word first.
  void opposites() {
    const auto add_antonyms = [&](PartOfSpeech part, bool negations) {
      each_lexical("!", part, part, [&](const std::string& a, auto&, const std::string& b) {
        const auto first = ranks_.find(a), second = ranks_.find(b);
        if (first == ranks_.end() || second == ranks_.end()) return;
        const bool negation = is_negation(a, b);
        if (negations ? negation
                      : !negation && !is_negation(b, a) && first->second < second->second) {
          add(a, b);
        }
      });
    };
    for (auto part : {PartOfSpeech::adjective, PartOfSpeech::adverb}) add_antonyms(part, true);
    finish("gram-negation");
    add_antonyms(PartOfSpeech::adjective, false);
    finish("antonym-adjective");
    add_antonyms(PartOfSpeech::noun, false);
    finish("antonym-noun");
    add_antonyms(PartOfSpeech::verb, false);
    finish("antonym-verb");
  }

  /// The most frequent of the synset's names (or of its other words) that usually have this
  /// meaning; empty if there is none.
  std::string word_of(std::int32_t synset, bool name) const {
    std::string best;
    for (const auto& spelling : wordnet_.synset(synset).words) {
      const auto word = known(spelling);
      if (word.empty() || is_name(spelling) != name) continue;
      const auto part = wordnet_.synset(synset).part;
      const auto& senses = wordnet_.senses(lower(word), part);
      if (senses.empty() || senses.front().synset != synset) continue;
      if (!name && !is_mostly(word, part)) continue;
      if (best.empty() || ranks_.at(word) < ranks_.at(best)) best = word;
    }
    return best;
  }

  bool is_capital(const WordNetSynset& synset) const {
    for (const auto& pointer : synset.pointers) {
      if (pointer.symbol != "@i") continue;
      const auto& words = wordnet_.synset(pointer.target).words;
      if (std::count(words.begin(), words.end(), "national_capital") > 0) return true;
    }
    return false;
  }

  void add_semantic(const std::string& symbol, bool capitals) {
    for (std::size_t i = 0; i < wordnet_.synsets().size(); ++i) {
      const auto& synset = wordnet_.synsets()[i];
      if (synset.part != PartOfSpeech::noun || is_capital(synset) != capitals) continue;
      const auto word = word_of(static_cast<std::int32_t>(i), capitals);
      if (word.empty()) continue;
      for (const auto& pointer : synset.pointers) {
        if (pointer.symbol != symbol) continue;
        const auto other = word_of(pointer.target, capitals);
        if (!other.empty()) add(word, other);
      }
    }
  }

  void semantic() {
    add_semantic("#p", true);
    finish("capital-country");
    add_semantic("#p", false);
    finish("part-whole");
    add_semantic("@", false);
    finish("hypernym");
  }

  const WordNet& wordnet_;
  std::unordered_map<std::string, std::size_t> ranks_;
  std::vector<std::tuple<std::size_t, std::size_t, std::string, std::string>> found_;
  std::vector<WordRelation> relations_;
};

}  // namespace

std::vector<WordRelation> wordnet_relations(const WordNet& wordnet,
                                            const std::vector<std::string>& words) {
  return Relations(wordnet, words).take();
}

}  // namespace wordbridge
