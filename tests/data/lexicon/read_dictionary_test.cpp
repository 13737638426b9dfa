#include "data/lexicon/read_dictionary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <sstream>

#include "core/error.h"
#include "core/threads.h"
#include "data/lexicon/entry_text.h"
#include "tests/data/lexicon/dictionary_files.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> definitions_of(const Dictionary& dictionary) {
  std::vector<std::string> lines;
  for (const auto& definition : dictionary.definitions) {
    std::string line = definition.word + " = " + definition.text;
    for (const auto& synonym : definition.synonyms) line += " | " + synonym;
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> skipped_of(const Dictionary& dictionary) {
  std::vector<std::string> lines;
  for (const auto& skipped : dictionary.skipped) {
    lines.push_back(skipped.word + ": " + std::string(reason_text(skipped.reason)) +
                    (skipped.detail.empty() ? "" : ": " + skipped.detail));
  }
  return lines;
}

class DictionaryTest : public testing::Test {
 protected:
  Dictionary read(const std::string& name, const DictdEntries& entries) const {
    const auto files = dictd_files(entries);
    return read(name, files.text, files.index);
  }
  Dictionary read(const std::string& name, const std::string& text,
                  const std::string& index) const {
    folder_.write(name + ".dict.dz", dictzip_bytes(text, 50));
    return read_dictionary(folder_.write(name + ".index", index));
  }
  std::string error(const std::string& source) const {
    try {
      read_dictionary(source);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  const TempFolder folder_;
};

TEST(BareWord, HasLettersAndDigitsOnly) {
  EXPECT_EQ(bare_word("Don't C++ 80-x"), "dontc80x");
  EXPECT_EQ(bare_word("Cr\u00eape c\u0153liac \u00c6on \u03a3"), "crepecoeliacaeon\u03c3");
}

TEST_F(DictionaryTest, SeveralEntriesOfAWordAndSeveralWordsOfAnEntryInAnyOrder) {
  const auto files = dictd_files({{{"00-database-info"}, "00-database-info\nAbout it.\n"},
                                  {{"ox"}, "ox\n   A bull.\n"},
                                  {{"ox", "oxen"}, "ox\noxen\n   Several bulls.\n"},
                                  {{"00 gauge"}, "00 gauge\n   A wire.\n"},
                                  {{"dont"}, "don't\n   Do not.\n"}});
  const auto sorted = read("own", files.text, files.index);
  EXPECT_THAT(definitions_of(sorted),
              ElementsAre("ox = A bull", "ox = Several bulls", "oxen = Several bulls",
                          "00 gauge = A wire", "don't = Do not"));
  EXPECT_THAT(skipped_of(sorted), ElementsAre("00-database-info: about the dictionary itself"));
  EXPECT_EQ(sorted.entries, 4);
  EXPECT_EQ(sorted.name, "own");
  std::string reversed;
  std::size_t end = files.index.size();
  while (end > 0) {
    const auto begin = files.index.rfind('\n', end - 2) + 1;
    reversed += files.index.substr(begin, end - begin);
    end = begin;
  }
  const auto unsorted = read("own", files.text, reversed);
  EXPECT_THAT(definitions_of(unsorted),
              ElementsAre("ox = A bull", "ox = Several bulls", "oxen = Several bulls",
                          "00 gauge = A wire", "don't = Do not"));
}

TEST_F(DictionaryTest, AllFilesOfADictionaryNameIt) {
  const auto files = dictd_files({{{"a"}, "a\n   First.\n"}});
  folder_.write("d.dict", files.text);
  for (const char* name : {"d.index", "d.dict"}) {
    folder_.write("d.index", files.index);
    EXPECT_THAT(definitions_of(read_dictionary((folder_ / name).string())),
                ElementsAre("a = First"));
  }
  EXPECT_THAT(definitions_of(read_dictionary(folder_.path().string())), ElementsAre("a = First"));
}

TEST_F(DictionaryTest, AFourthFieldIsTheHeadWord) {
  const auto dictionary = read("d", "A plain text.\n", "cc\tA\tO\tC/C++\n");
  EXPECT_THAT(definitions_of(dictionary), ElementsAre("C/C++ = A plain text"));
}

TEST_F(DictionaryTest, BytesThatAreNotUtf8AreWindows1252) {
  const auto dictionary = read("d", {{{"caf\xe9"},
                                      "caf\xe9\n   \x93"
                                      "A\x94 bar\n"}});
  EXPECT_THAT(definitions_of(dictionary), ElementsAre("caf\u00e9 = \u201cA\u201d bar"));
}

TEST_F(DictionaryTest, Gcide) {
  const auto dictionary = read(
      "gcide",
      {{{"Wolf", "Wolves", "Wolf eel", "Prairie wolf", "Canis lupus"},
        "Wolf \\Wolf\\, n.; pl. {Wolves}. [OE. wolf, wulf, AS.\n   wulf; Cf. {Lupine}, a.]\n"
        "   [1913 Webster]\n"
        "   1. (Zool.) Any wild mammal of the genus {Canis}; as, the\n      gray wolf; -- called "
        "also\n      {lupus}, and {lobo}. See {Dog}.\n      [1913 Webster]\n\n"
        "            A quoted wolf into thy side.  --Jer. Taylor.\n      [1913 Webster]\n\n"
        "   2. A worm. Cf. {Lupus}. [Obs.] \"I like the worm.\" --Bp. Burnet.\n      [1913 "
        "Webster]\n\n"
        "   Note: Wolves hunt.\n\n         They howl.\n\n"
        "   Syn: {Beast}; to devour, a thing of many words here and\n        there.\n\n"
        "   {Wolf eel} (Zool.), a wolf fish; the \"wolf\" sea.\n\n"
        "   {Prairie wolf} (Zool.), See {Coyote}.\n"},
       {{"Wier"}, "Wier \\Wier\\, n.\n   Same as {Weir}.\n   [1913 Webster]\n"},
       {{"Poke"}, "Poke \\Poke\\, v. t.\n   See {Peek}, v. t.\n"},
       {{"Forbade"}, "Forbade \\For*bade\"\\,\n   imp. of {Forbid}.\n"},
       {{"Rash"}, "Rash \\Rash\\, a.\n   Hasty. -- {Rash\"ly}, adv. -- {Rash\"ness}, n.\n"},
       {{"Scarab", "Scarabee"},
        "Scarab \\Scar\"ab\\, Scarabee \\Scar\"a*bee\\, n.\n   (a) A beetle.\n   (b) A ring "
        "[Written also {skarab}.].\n"},
       {{"Nacre"},
        "Nacre \\Na\"cre\\ (n[=a]\"k[~e]r), n. [F.; of\n   Oriental origin.] (Zool.)\n   A pearl-\n"
        "   like p[ae]on; -- n. A gem.\n"}});
  EXPECT_THAT(
      definitions_of(dictionary),
      ElementsAre("Wolf = Any wild mammal of the genus Canis | lupus | lobo",
                  "Wolf = A worm | Beast | devour", "Wolf eel = a wolf fish; the \"wolf\" sea",
                  "Wier =  | Weir", "Rash = Hasty", "Scarab = A beetle", "Scarabee = A beetle",
                  "Scarab = A ring", "Scarabee = A ring", "Nacre = A pearl-like p\u00e6on; A gem"));
  EXPECT_THAT(skipped_of(dictionary),
              ElementsAre("Prairie wolf: cross reference only: See {Coyote}.",
                          "Wolves: listed under another word: Wolf",
                          "Canis lupus: listed under another word: Wolf",
                          "Poke: cross reference only: See {Peek}, v. t.",
                          "Forbade: cross reference only: of {Forbid}."));
}

TEST_F(DictionaryTest, NumberedSensesOfAGcidePhrase) {
  const auto dictionary =
      read("gcide",
           {{{"Adam", "Adam's ale", "Adam's apple"},
             "Adam \\Ad\"am\\, n.\n   1. A man.\n\n   2. Frailty.\n\n   {Adam's ale}, water.\n\n"
             "   {Adam's apple}.\n\n   1. (Bot.)\n      (a) A banana.\n\n   2. A cartilage.\n"}});
  EXPECT_THAT(definitions_of(dictionary),
              ElementsAre("Adam = A man", "Adam = Frailty", "Adam's ale = water",
                          "Adam's apple = A banana", "Adam's apple = A cartilage"));
  EXPECT_TRUE(dictionary.skipped.empty());
}

TEST_F(DictionaryTest, GcidesIndexCutsEntries) {
  const auto dictionary = read(
      "gcide",
      {{{"Gravity"}, "Gravity \\Grav\"i*ty\\, n.\n   1. A state.\n\n"},
       {{"Specific gravity"}, "\n\n   2. Weight.\n\n   {Specific gravity} (Physics), a ratio.\n"}});
  EXPECT_THAT(definitions_of(dictionary),
              ElementsAre("Gravity = A state", "Gravity = Weight", "Specific gravity = a ratio"));
  EXPECT_EQ(definitions_of(read_dictionary(dictionary.path, {"specific-gravity"})),
            definitions_of(dictionary));
  EXPECT_TRUE(dictionary.skipped.empty());
}

TEST_F(DictionaryTest, WordNetAsADictionary) {
  const auto dictionary = read(
      "wn", {{{"take"},
              "take\n    n 1: the income from goods; \"the average\n         return was 5%\" [syn: "
              "{return}, {issue},\n         {take}]\n    2: a shot [ant: {x}]\n    v 1: carry out; "
              "\"take action\"; do 2: two\n    adj 1: doubtful [syn: {alleged(a)}]\n    2: go "
              "under, \"The raft sank\"; a \"b\", \"c\" d\n"}});
  EXPECT_THAT(definitions_of(dictionary),
              ElementsAre("take = the income from goods | return | issue", "take = a shot",
                          "take = carry out; do 2: two", "take = doubtful | alleged",
                          "take = go under, a \"b\", \"c\" d"));
}

TEST_F(DictionaryTest, Foldoc) {
  const auto dictionary = read(
      "foldoc",
      {{{"text to speech", "tts"},
        "Text To Speech\nTTS\n\n   <application> (TTS) Automatic conversion of {text} streams\n   "
        "to "
        "voice.  See also {speech}.\n\n   {Home (http://a.b/)}.  \"Speak that text to me now\".\n\n"
        "   [Details?]\n\n   E-mail: <a@b.c>.\n\n   (1997-05-11)\n\n"},
       {{"a long title that is wrapped"}, "A Long Title That is\nWrapped\n\n   A title.\n"},
       {{"state machine"}, "state machine\n\n   {finite state machine}\n\n"},
       {{"kgbvax"}, "kgbvax\n\n   /k-vaks/ (Or kremvax) A site.\n"}});
  EXPECT_THAT(definitions_of(dictionary),
              ElementsAre("Text To Speech = Automatic conversion of text streams to voice | TTS",
                          "TTS = Automatic conversion of text streams to voice | Text To Speech",
                          "A Long Title That is Wrapped = A title", "kgbvax = A site"));
  EXPECT_THAT(skipped_of(dictionary),
              ElementsAre("state machine: cross reference only: {finite state machine}"));
}

TEST_F(DictionaryTest, Jargon) {
  const auto dictionary =
      read("jargon",
           {{{"broken"},
             "broken\n /broh'kn/, adj.\n\n    1. [Unix] Not working. This is the\n    "
             "{mainstream} sense. \u201cIt is really broken now.\u201d\n\n    2. adj.,n. Behaving "
             "\u2018strangely\u2019. Compare {bletch}.\n\n"},
            {{"poke"}, "poke\n n.,vt.\n\n    See {peek}.\n\n"}});
  EXPECT_THAT(definitions_of(dictionary),
              ElementsAre("broken = Not working. This is the mainstream sense. Behaving "
                          "\u2018strangely\u2019"));
  EXPECT_THAT(skipped_of(dictionary), ElementsAre("poke: cross reference only: See {peek}."));
}

TEST_F(DictionaryTest, VeraAndElements) {
  EXPECT_THAT(
      definitions_of(read("vera", {{{"crfvc"},
                                    "CRFVC\n       Virtual (or not) Channel (UPC,\nUNI), "
                                    "\"CRF(VC)\"\n       \n"},
                                   {{"7e1"}, "7E1\n       7 [bits], Even [= Triple A]\n"}})),
      ElementsAre("CRFVC = Virtual (or not) Channel", "7E1 = 7 bits, Even"));
  EXPECT_THAT(
      definitions_of(read("elements", {{{"boron"},
                                        "boron\nSymbol: B\nAtomic number: 5\nAtomic weight: "
                                        "10.8\nAn element of\ngroup 13. A {metal}.\n\n"}})),
      ElementsAre("boron = An element of group 13. A metal"));
}

TEST_F(DictionaryTest, Freedict) {
  const auto dictionary =
      read("freedict-eng-deu",
           {{{"tipped"},
             "tipped /t\u026apt/ <v>\ngetippt <v, trans> [cook.]\n      \"He was tipped.\"  - Man "
             "rechnete.\n         Note: eat\n   Synonyms: {hinted}, {told}\n\n see: {tip}\n"},
            {{""}, "... /x/\nund so weiter\n"}});
  EXPECT_THAT(definitions_of(dictionary),
              ElementsAre("tipped = getippt | hinted | told", "... = und so weiter"));
}

TEST_F(DictionaryTest, MyThes) {
  const auto path = folder_.write("th_en_US_v2.dat",
                                  "ISO8859-1\ncold|2\n(adj)|caf\xe9|icy (similar term)|hot "
                                  "(antonym)|thing (generic term)\n(noun)|thing (generic term)\n"
                                  "zero|0\nten|1\n(noun)|X|10\n");
  const auto dictionary = read_dictionary(path);
  EXPECT_THAT(definitions_of(dictionary),
              ElementsAre("cold =  | caf\u00e9 | icy", "ten =  | X | 10"));
  EXPECT_EQ(dictionary.entries, 3);
  EXPECT_THAT(skipped_of(dictionary),
              ElementsAre("cold: nothing left after cleaning: only thing (generic term)"));
  EXPECT_THAT(error(folder_.write("th_x.dat", "UTF-8\ncold|2\n(adj)|x\n")),
              AllOf(HasSubstr("th_x.dat:4"), HasSubstr("the end of the file")));
  EXPECT_THAT(error(folder_.write("th_x.dat", "UTF-8\ncold\n")), HasSubstr("th_x.dat:2"));
  EXPECT_THAT(error(folder_.write("th_x.dat", "klingon\ncold|0\n")),
              HasSubstr("encoding of the thesaurus is unknown"));
}

TEST_F(DictionaryTest, Tsv) {
  const auto path = folder_.write("own.tsv", "ox\tA  bull.\r\nice cream\t\tgelato| sorbet\n\n");
  const auto dictionary = read_dictionary(path);
  EXPECT_THAT(definitions_of(dictionary),
              ElementsAre("ox = A bull.", "ice cream =  | gelato | sorbet"));
  EXPECT_THAT(error(folder_.write("own.tsv", "a\tb\nno tab\n")),
              AllOf(HasSubstr("own.tsv:2"), HasSubstr("word TAB definition")));
  EXPECT_THAT(error(folder_.write("own.tsv", "a\tb\xff\n")), HasSubstr("not UTF-8"));
}

TEST_F(DictionaryTest, MissingDictionariesAreErrors) {
  EXPECT_THAT(error("gcidee"), AllOf(HasSubstr("dictionary not found"), HasSubstr("gcide,"),
                                     HasSubstr("did you mean gcide?")));
  EXPECT_THAT(error("freedict-xxx-yyy"),
              AllOf(HasSubstr("apt install dict-freedict-xxx-yyy"),
                    HasSubstr("/usr/share/dictd/freedict-xxx-yyy.index")));
  EXPECT_THAT(error(folder_.write("x.pdf", "")), HasSubstr("format of the dictionary is unknown"));
  EXPECT_THAT(error(folder_.write("x.index", "a\tA\tB\n")), HasSubstr("x.dict.dz"));
  EXPECT_THAT(error(folder_.write("y.dict", "a")), HasSubstr("y.index"));
  for (const auto& known : known_dictionaries()) {
    if (std::filesystem::exists(known.path)) continue;
    EXPECT_THAT(error(known.name),
                AllOf(HasSubstr("apt install " + known.package), HasSubstr(known.path)));
  }
}

TEST_F(DictionaryTest, DamagedFilesAreErrors) {
  const auto files = dictd_files({{{"a"}, std::string(300, 'x')}});
  folder_.write("d.dict.dz", dictzip_bytes(files.text, 50));
  EXPECT_THAT(error(folder_.write("d.index", "a\tA\tEt\n")),
              AllOf(HasSubstr("d.index:1"), HasSubstr("within 300 bytes")));
  EXPECT_THAT(error(folder_.write("d.index", "a\tA\t!\n")), HasSubstr("d.index:1"));
  folder_.write("d.index", files.index);
  folder_.write("d.dict.dz", dictzip_bytes(files.text, 50).substr(0, 60));
  EXPECT_THAT(error((folder_ / "d.index").string()), HasSubstr("can't unpack the dictionary"));
}

/// Every head word of the index has a definition or a reason.
TEST(InstalledDictionaries, NoEntryIsLost) {
  for (const auto& known : known_dictionaries()) {
    if (known.path.find(".index") == std::string::npos) continue;
    if (!std::filesystem::exists(known.path)) {
      std::printf("skipped: %s is not installed\n", known.package.c_str());
      continue;
    }
    const auto dictionary = read_dictionary(known.name);
    std::set<std::string> met;
    for (const auto& definition : dictionary.definitions) met.insert(bare_word(definition.word));
    for (const auto& skipped : dictionary.skipped) met.insert(bare_word(skipped.word));
    std::istringstream index(slurp(known.path));
    std::vector<std::string> lost;
    std::int64_t lines = 0;
    for (std::string line; std::getline(index, line); ++lines) {
      auto word = line.substr(0, line.find('\t'));
      if (word == "to take a flight9") word.pop_back();  // GCIDE: "flight[9]", a cross reference
      if (met.count(bare_word(word)) == 0) lost.push_back(word);
    }
    EXPECT_THAT(lost, ElementsAre()) << known.name;
    EXPECT_GT(lines, dictionary.entries) << known.name;
  }
}

TEST(InstalledDictionaries, SomeWordsHaveTheDefinitionsThatAllWordsHave) {
  for (const char* name : {"gcide", "foldoc"}) {
    if (!std::filesystem::exists("/usr/share/dictd/" + std::string(name) + ".index")) {
      GTEST_SKIP() << "dict-" << name << " is not installed (scripts/setup --dictionaries)";
    }
    const auto all = read_dictionary(name);
    for (const std::string word : {"core", "gravity", "Bell-hanger", "no such word"}) {
      const auto of_word = [&](const Dictionary& dictionary) {
        std::vector<std::string> lines;
        for (const auto& definition : dictionary.definitions) {
          if (bare_word(definition.word) == bare_word(word)) lines.push_back(definition.text);
        }
        return lines;
      };
      EXPECT_EQ(of_word(read_dictionary(name, {word})), of_word(all)) << name << " " << word;
    }
  }
}

TEST(InstalledDictionaries, TheResultDoesNotDependOnThreads) {
  if (!std::filesystem::exists("/usr/share/dictd/foldoc.index")) {
    GTEST_SKIP() << "dict-foldoc is not installed (scripts/setup --dictionaries)";
  }
  set_threads(1);
  const auto one = read_dictionary("foldoc");
  set_threads(3);
  const auto three = read_dictionary("foldoc");
  EXPECT_EQ(definitions_of(one), definitions_of(three));
  EXPECT_EQ(skipped_of(one), skipped_of(three));
}

}  // namespace
}  // namespace wordbridge
