#include "data/text/corpus_formats.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "data/text/dictionaries.h"
#include "data/text/gcide_text.h"

namespace wordbridge {
namespace {

using Part = Document::Part;

DocumentRange whole(const KnownText& entry, Part part) {
  return {entry.place, &entry.text, 0, entry.text.size(), part};
}

/// "ca01" ... "cr09"
bool is_brown_sample(std::string_view name) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return name.size() == 4 && name[0] == 'c' && name[1] >= 'a' && name[1] <= 'r' && digit(name[2]) &&
         digit(name[3]);
}

std::vector<DocumentRange> cut_brown(const TextsByName& texts) {
  std::vector<DocumentRange> documents;
  for (const auto& [name, entry] : texts) documents.push_back(whole(entry, Part::any));
  return documents;
}

constexpr std::array<std::pair<std::string_view, Part>, 3> kPtbParts = {
    {{"ptb.train.txt", Part::train}, {"ptb.valid.txt", Part::valid}, {"ptb.test.txt", Part::test}}};

bool is_ptb_file(std::string_view name) {
  return std::any_of(kPtbParts.begin(), kPtbParts.end(),
                     [&](const auto& part) { return part.first == name; });
}

std::vector<DocumentRange> cut_ptb(const TextsByName& texts) {
  std::vector<DocumentRange> documents;
  for (const auto& [name, part] : kPtbParts) {
    const auto found = texts.find(std::string(name));
    if (found == texts.end()) {
      throw Error("a file of the Penn Treebank is missing")
          .expected("{}", name)
          .got("no such file in addition to {}", texts.begin()->second.place);
    }
    documents.push_back(whole(found->second, part));
  }
  return documents;
}

bool is_wordnet_file(std::string_view name) {
  return name == "data.adj" || name == "data.adv" || name == "data.noun" || name == "data.verb";
}

std::vector<DocumentRange> cut_wordnet(const TextsByName& texts) {
  std::vector<DocumentRange> documents;
  for (const auto& [name, entry] : texts) {  // adj, adv, noun, verb
    for (auto& gloss : wordnet_glosses(entry.text, entry.place)) {
      documents.push_back(
          {entry.place + ":" + gloss.name, &entry.text, gloss.begin, gloss.size, Part::any});
    }
  }
  return documents;
}

constexpr std::string_view kGcideText = "gcide.dict", kGcideIndex = "gcide.index";

bool is_gcide_file(std::string_view name) { return name == kGcideText || name == kGcideIndex; }

std::vector<DocumentRange> cut_gcide(const TextsByName& texts) {
  const auto dictionary = texts.find(std::string(kGcideText));
  const auto index = texts.find(std::string(kGcideIndex));
  if (dictionary == texts.end() || index == texts.end()) {
    throw Error("a file of the dictionary is missing")
        .expected("{}.dz and {}", kGcideText, kGcideIndex)
        .got("only {}", texts.begin()->second.place);
  }
  std::vector<DocumentRange> documents;
  const KnownText& entry = dictionary->second;
  for (auto& found : dictd_entries(index->second.text, index->second.place, entry.text.size())) {
    documents.push_back(
        {entry.place + ": " + found.name, &entry.text, found.begin, found.size, Part::any});
  }
  return documents;
}

}  // namespace

const std::vector<KnownReader>& known_readers() {
  static const std::vector<KnownReader> readers = {
      {TextReader::brown,
       {},
       {"brown/brown.zip", "brown"},
       "run wordbridge data fetch brown; or set data.path to NLTK's brown.zip or the folder it "
       "unpacks to; or set WORDBRIDGE_MIRROR to a folder with brown/brown.zip",
       "samples ca01 ... cr09",
       is_brown_sample,
       cut_brown},
      {TextReader::ptb,
       {},
       {"ptb/ptb.zip", "ptb"},
       "run wordbridge data fetch ptb; or set data.path to an archive or folder with "
       "ptb.train.txt, ptb.valid.txt and ptb.test.txt (Mikolov's simple-examples.tgz); or set "
       "WORDBRIDGE_MIRROR to a folder with ptb/ptb.zip",
       "ptb.train.txt, ptb.valid.txt, ptb.test.txt",
       is_ptb_file,
       cut_ptb},
      {TextReader::wordnet,
       {"/usr/share/wordnet"},
       {"wordnet-3.0"},
       "run apt install wordnet-base or wordbridge data fetch wordnet; or set data.path to the "
       "folder with WordNet's data.noun",
       "data.adj, data.adv, data.noun, data.verb",
       is_wordnet_file,
       cut_wordnet},
      {TextReader::gcide,
       {"/usr/share/dictd"},
       {"gcide"},
       "run apt install dict-gcide or wordbridge data fetch gcide; or set data.path to the folder "
       "with gcide.dict.dz and gcide.index",
       "gcide.dict.dz, gcide.index",
       is_gcide_file,
       cut_gcide,
       true,
       gcide_text},
  };
  return readers;
}

const KnownReader* known_reader(TextReader reader) {
  const auto& readers = known_readers();
  const auto found = std::find_if(readers.begin(), readers.end(),
                                  [&](const auto& known) { return known.reader == reader; });
  return found == readers.end() ? nullptr : &*found;
}

}  // namespace wordbridge
