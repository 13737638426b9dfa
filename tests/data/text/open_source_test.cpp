#include "data/text/open_source.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/error.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "core/text.h"
#include "data/text/dictionaries.h"
#include "tests/support/archives.h"
#include "tests/support/environment_variable.h"
#include "tests/support/source_text.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using Part = Document::Part;

SourceOptions options_of(TextReader reader, std::vector<std::string> paths) {
  SourceOptions options;
  options.reader = reader;
  options.paths = std::move(paths);
  return options;
}

struct ReadDocument : Document {
  std::string text;
};

std::vector<ReadDocument> all(TextSource& source) {
  std::vector<ReadDocument> documents;
  for (Document document; source.next(document);) {
    documents.push_back({document, text_of(source)});
  }
  return documents;
}

std::vector<ReadDocument> all(const SourceOptions& options) { return all(*open_source(options)); }

std::vector<std::string> texts(const SourceOptions& options) {
  std::vector<std::string> texts;
  for (const auto& document : all(options)) texts.push_back(document.text);
  return texts;
}

std::string error_of(const SourceOptions& options) {
  return message_of<Error>([&] { all(options); });
}

TEST(TextReader, ReadsAFileAndItsBytes) {
  const TempFolder folder;
  const auto path = folder.write("a.txt", "one\ntwo");
  const auto source = open_source(options_of(TextReader::text, {path}));
  EXPECT_EQ(source->bytes(), 7u);
  EXPECT_EQ(source->bytes_read(), 0u);
  const auto documents = all(*source);
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].text, "one\ntwo");
  EXPECT_EQ(documents[0].name, path);
  EXPECT_EQ(documents[0].part, Part::any);
  EXPECT_EQ(source->bytes_read(), 7u);
}

TEST(TextReader, ReadsAFolderByTheBytesOfItsNames) {
  const TempFolder folder;
  folder.write("t/b.txt", "b");
  folder.write("t/a/z.txt", "az");
  folder.write("t/a.txt", "a");
  folder.write("t/B.txt", "B");
  folder.write("t/.hidden", "no");
  folder.write("t/.git/config", "no");
  folder.write("t/__MACOSX/x", "no");
  // '.' < '/'; capitals come first.
  EXPECT_THAT(texts(options_of(TextReader::text, {(folder / "t").string()})),
              ElementsAre("B", "a", "az", "b"));
}

TEST(TextReader, UnpacksCompressedFilesAndArchives) {
  const TempFolder folder;
  const std::string text = "hello world\n";
  const auto gz = (folder / "a.gz").string(), bz2 = (folder / "a.bz2").string(),
             xz = (folder / "a.xz").string(), zip = (folder / "a.zip").string(),
             tgz = (folder / "a.tar.gz").string();
  write_compressed(gz, text, archive_write_add_filter_gzip);
  write_compressed(bz2, text, archive_write_add_filter_bzip2);
  write_compressed(xz, text, archive_write_add_filter_xz);
  write_zip(zip, {{"z.txt", "zed"}, {"__MACOSX/._z.txt", "\x01"}, {"dir/a.txt", "ay"}});
  write_tar_gz(tgz, {{"x/1.txt", "one"}, {"x/0.txt", "zero"}});
  EXPECT_THAT(texts(options_of(TextReader::text, {gz, bz2, xz})), ElementsAre(text, text, text));
  // In archive order.
  EXPECT_THAT(texts(options_of(TextReader::text, {zip})), ElementsAre("zed", "ay"));
  EXPECT_THAT(texts(options_of(TextReader::text, {tgz})), ElementsAre("one", "zero"));
  EXPECT_EQ(all(options_of(TextReader::text, {zip}))[1].name, zip + ": dir/a.txt");
  // Two compressed streams in one file are one text.
  const auto two = folder.write("two.gz", slurp(gz) + slurp(gz));
  EXPECT_THAT(texts(options_of(TextReader::text, {two})), ElementsAre(text + text));
  // The content matters, not the name.
  const auto plain = folder.write("plain", slurp(gz));
  EXPECT_THAT(texts(options_of(TextReader::text, {plain})), ElementsAre(text));
}

TEST(TextReader, TakesTextThatLooksEncodedForText) {
  const TempFolder folder;
  const std::string text = "begin 644 file\nBZh PK\n";
  EXPECT_THAT(
      texts(options_of(TextReader::text, {folder.write("a.txt", text), folder.write("b.txt", "")})),
      ElementsAre(text, ""));
}

TEST(TextReader, NamesFileAndMemberOfADamagedArchive) {
  const TempFolder folder;
  std::string noise;
  for (int i = 0; i < 50000; ++i) noise += std::to_string(i * 2654435761u) + "\n";
  const auto gz = (folder / "a.gz").string(), zip = (folder / "a.zip").string(),
             tgz = (folder / "a.tgz").string();
  write_compressed(gz, noise, archive_write_add_filter_gzip);
  write_zip(zip, {{"first.txt", "fine"}, {"second.txt", noise}});
  write_tar_gz(tgz, {{"first.txt", "fine"}, {"second.txt", noise}});
  const auto half = [](const std::string& path) {
    const std::string whole = slurp(path);
    write_file(path, whole.substr(0, whole.size() / 2));
    return path;
  };
  EXPECT_THAT(error_of(options_of(TextReader::text, {half(gz)})),
              AllOf(HasSubstr(gz), HasSubstr("unpack")));
  EXPECT_THAT(error_of(options_of(TextReader::text, {half(zip)})), HasSubstr(zip + ": second.txt"));
  EXPECT_THAT(error_of(options_of(TextReader::text, {half(tgz)})), HasSubstr(tgz + ": second.txt"));
}

TEST(TextReader, SeesAWrongChecksumInAZip) {
  const TempFolder folder;
  const auto zip = (folder / "a.zip").string();
  write_archive(zip, {{"m.txt", "some content that is stored as it is"}}, [](struct archive* out) {
    archive_write_set_format_zip(out);
    archive_write_zip_set_compression_store(out);
  });
  std::string bytes = slurp(zip);
  const auto at = bytes.find("content");
  ASSERT_NE(at, std::string::npos);
  bytes[at] = 'k';
  write_file(zip, bytes);
  EXPECT_THAT(error_of(options_of(TextReader::text, {zip})),
              AllOf(HasSubstr("m.txt"), HasSubstr("CRC")));
}

TEST(TextReader, RefusesWhatIsNoText) {
  const TempFolder folder;
  const auto binary = folder.write("b.txt", std::string("abc\0def", 7));
  EXPECT_THAT(error_of(options_of(TextReader::text, {binary})),
              AllOf(HasSubstr(binary), HasSubstr("looks binary"), HasSubstr("byte offset 3")));
  const auto page = folder.write("page.gz", "<html>not found</html>");
  EXPECT_THAT(error_of(options_of(TextReader::text, {page})),
              AllOf(HasSubstr(page), HasSubstr("(.gz)")));
  const auto missing = (folder / "missing").string();
  EXPECT_THAT(error_of(options_of(TextReader::text, {missing})), HasSubstr(missing));
  fs::create_directory(folder / "empty");
  EXPECT_THAT(error_of(options_of(TextReader::text, {(folder / "empty").string()})),
              HasSubstr((folder / "empty").string()));
  EXPECT_THROW(open_source(options_of(TextReader::text, {})), Error);
  EXPECT_THAT(error_of(options_of(TextReader::text, {"/dev/null"})), HasSubstr("/dev/null"));
}

TEST(TextReader, SplitsByFiles) {
  const TempFolder folder;
  auto options = options_of(TextReader::text, {folder.write("1", "a"), folder.write("2", "b")});
  options.valid_paths = {folder.write("3", "c")};
  options.test_paths = {folder.write("4", "d")};
  std::vector<Part> parts;
  for (const auto& document : all(options)) parts.push_back(document.part);
  EXPECT_THAT(parts, ElementsAre(Part::train, Part::train, Part::valid, Part::test));
}

TEST(TextReader, IdentityFollowsNamesContentAndParts) {
  const TempFolder folder;
  const auto a = folder.write("x/a.txt", "text"), same = folder.write("y/a.txt", "text");
  const auto identity = [](const SourceOptions& options) {
    return open_source(options)->identity();
  };
  const auto first = identity(options_of(TextReader::text, {a}));
  // Independent of the location.
  EXPECT_EQ(first, identity(options_of(TextReader::text, {same})));
  const auto json = nlohmann::json::parse(first);
  EXPECT_EQ(json["reader"], "text");
  EXPECT_EQ(json["files"][0]["name"], "a.txt");
  EXPECT_EQ(json["files"][0]["sha256"], sha256("text"));
  auto as_test = options_of(TextReader::text, {a});
  as_test.test_paths = {same};
  EXPECT_NE(identity(as_test), identity(options_of(TextReader::text, {a, same})));
  folder.write("y/a.txt", "Text");
  EXPECT_NE(first, identity(options_of(TextReader::text, {same})));
}

TEST(TextReader, ReadsStandardInputTwice) {
  const TempFolder folder, temporary;
  const auto path = folder.write("stdin.txt", "from the pipe\n");
  const EnvironmentVariable variable("TMPDIR", temporary.path());
  const int before = ::dup(STDIN_FILENO);
  const int file = ::open(path.c_str(), O_RDONLY);
  ASSERT_GE(file, 0);
  ::dup2(file, STDIN_FILENO);
  const auto source = open_source(options_of(TextReader::text, {"-"}));
  ::dup2(before, STDIN_FILENO);
  ::close(file);
  ::close(before);
  EXPECT_THAT(source->identity(), HasSubstr(sha256("from the pipe\n")));
  const auto documents = all(*source);
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].text, "from the pipe\n");
  EXPECT_EQ(documents[0].name, "standard input");
  EXPECT_TRUE(std::filesystem::is_empty(temporary.path())) << "a killed process would leave a file";
}

TEST(BrownReader, TakesTheSamplesInTheOrderOfTheirNames) {
  const TempFolder folder;
  const auto zip = (folder / "brown.zip").string();
  write_zip(zip, {{"brown/cb01", "second"},
                  {"brown/README", "no"},
                  {"brown/ca02", "first"},
                  {"brown/cats.txt", "no"},
                  {"brown/cz01", "no"},
                  {"brown/cr09", "third"}});
  EXPECT_THAT(texts(options_of(TextReader::brown, {zip})), ElementsAre("first", "second", "third"));
  folder.write("unpacked/brown/cb01", "b");
  folder.write("unpacked/brown/ca01", "a");
  folder.write("unpacked/brown/CONTENTS", "no");
  EXPECT_THAT(texts(options_of(TextReader::brown, {(folder / "unpacked").string()})),
              ElementsAre("a", "b"));
}

TEST(BrownReader, SaysWhatItWantsAndWhereToGetIt) {
  const TempFolder folder;
  const auto zip = (folder / "other.zip").string();
  write_zip(zip, {{"x", "y"}});
  EXPECT_THAT(error_of(options_of(TextReader::brown, {zip})),
              AllOf(HasSubstr(zip), HasSubstr("ca01")));
  EXPECT_THAT(error_of(options_of(TextReader::brown, {(folder / "no.zip").string()})),
              AllOf(HasSubstr("no.zip"), HasSubstr("NLTK")));
  EXPECT_THROW(open_source(options_of(TextReader::brown, {zip, zip})), Error);
}

TEST(PtbReader, FindsTheThreePartsAnywhere) {
  const TempFolder folder;
  const Members members = {{"simple-examples/data/ptb.test.txt", " t \n"},
                           {"simple-examples/data/ptb.char.train.txt", "no"},
                           {"__MACOSX/._ptb.train.txt", "no"},
                           {"simple-examples/data/ptb.train.txt", " a \n"},
                           {"simple-examples/data/ptb.valid.txt", " v \n"}};
  const auto tgz = (folder / "simple-examples.tgz").string(), zip = (folder / "ptb.zip").string();
  write_tar_gz(tgz, members);
  write_zip(zip, members);
  for (const auto& [name, content] : members) folder.write("unpacked/" + name, content);
  for (const auto& path : {tgz, zip, (folder / "unpacked").string()}) {
    const auto documents = all(options_of(TextReader::ptb, {path}));
    ASSERT_EQ(documents.size(), 3u) << path;
    EXPECT_EQ(documents[0].text, " a \n");
    EXPECT_EQ(documents[0].part, Part::train);
    EXPECT_EQ(documents[1].text, " v \n");
    EXPECT_EQ(documents[1].part, Part::valid);
    EXPECT_EQ(documents[2].text, " t \n");
    EXPECT_EQ(documents[2].part, Part::test);
  }
}

TEST(PtbReader, NamesAMissingOrDoublePart) {
  const TempFolder folder;
  folder.write("half/ptb.train.txt", "a");
  folder.write("half/ptb.test.txt", "a");
  EXPECT_THAT(error_of(options_of(TextReader::ptb, {(folder / "half").string()})),
              HasSubstr("expected: ptb.valid.txt"));
  folder.write("twice/a/ptb.train.txt", "a");
  folder.write("twice/b/ptb.train.txt", "a");
  EXPECT_THAT(error_of(options_of(TextReader::ptb, {(folder / "twice").string()})),
              HasSubstr("twice"));
}

TEST(WordnetReader, GivesAGlossADocument) {
  const TempFolder folder;
  folder.write("wn/data.verb", "  1 licence\n1 29 v 01 be 0 000 | exist | or so  \n");
  folder.write("wn/data.noun", "1 03 n 01 entity 0 000 | that which is; \"it\"  \n");
  folder.write("wn/index.noun", "no");
  fs::create_directory(folder / "more");
  write_compressed((folder / "wn/data.adj.gz").string(),
                   "  2 licence\n1 00 a 01 able 0 000 | capable\n2 00 a 01 x 0 000 | y\n",
                   archive_write_add_filter_gzip);
  const auto documents = all(options_of(TextReader::wordnet, {(folder / "wn").string()}));
  ASSERT_EQ(documents.size(), 4u);
  EXPECT_EQ(documents[0].text, "capable");
  EXPECT_EQ(documents[1].text, "y");
  EXPECT_EQ(documents[2].text, "that which is; \"it\"");
  EXPECT_EQ(documents[3].text, "exist | or so");
  EXPECT_EQ(documents[3].name, (folder / "wn/data.verb").string() + ":2");

  folder.write("wn/data.adv", "1 02 r 01 x 0 000\n");
  EXPECT_THAT(error_of(options_of(TextReader::wordnet, {(folder / "wn").string()})),
              AllOf(HasSubstr("data.adv:1"), HasSubstr("synset | gloss")));
  EXPECT_THAT(error_of(options_of(TextReader::wordnet, {(folder / "nowhere").string()})),
              HasSubstr("apt install wordnet-base"));
}

TEST(GcideReader, TakesEachExtentOnceByOffset) {
  // Offsets in base 64: A = 0, D = 3, G = 6.
  const TempFolder folder;
  const std::string text = "abcdefghi";
  fs::create_directory(folder / "d");
  write_compressed((folder / "d/gcide.dict.dz").string(), text, archive_write_add_filter_gzip);
  folder.write("d/gcide.index",
               "00-database-info\tA\tD\nzeta\tD\tD\nalpha\tG\tD\nalso alpha\tG\tD\n");
  const auto documents = all(options_of(TextReader::gcide, {(folder / "d").string()}));
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[0].text, "def");
  EXPECT_THAT(documents[0].name, HasSubstr("gcide.dict.dz: zeta"));
  EXPECT_EQ(documents[1].text, "ghi");
  EXPECT_THAT(documents[1].name, HasSubstr(": alpha"));
  EXPECT_THAT(error_of(options_of(TextReader::gcide, {(folder / "nowhere").string()})),
              HasSubstr("apt install dict-gcide"));
  fs::remove(folder / "d/gcide.index");
  EXPECT_THAT(error_of(options_of(TextReader::gcide, {(folder / "d").string()})),
              HasSubstr("gcide.index"));
}

TEST(GcideReader, RemovesMarkupAndKeepsWhatTheIndexLeavesOut) {
  const TempFolder folder;
  const std::string first = "Ox \\Ox\\ ([o^]ks), n. (Zool.)\n   An animal. See {C[ae]sar}.\n";
  const std::string between = "   [1913 Webster]\n\n   2. A fool.\n",
                    second = "Pi \\Pi\\\n   3.14\n";
  folder.write("d/gcide.dict", first + between + second);
  const auto number = [](std::size_t value) {
    const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return std::string{digits[value / 64], digits[value % 64]};
  };
  const auto begin = first.size() + between.size();
  folder.write("d/gcide.index", "\xef\xbb\xbfox\tA\t" + number(first.size()) + " \t\r\npi\t" +
                                    number(begin) + "\t" + number(second.size()) + "\r\n\r\n");
  const auto documents = all(options_of(TextReader::gcide, {(folder / "d").string()}));
  ASSERT_EQ(documents.size(), 2u);
  const auto words = [](const std::string& text) {
    std::vector<std::string> found;
    for (const auto part : split(text, '\n'))
      if (!trimmed(part).empty()) found.emplace_back(trimmed(part));
    return found;
  };
  EXPECT_THAT(words(documents[0].text), ElementsAre("Ox", "An animal. See Cæsar.", "A fool."));
  EXPECT_THAT(words(documents[1].text), ElementsAre("Pi", "3.14"));
}

TEST(WordnetReader, ByteOrderMarkAndLineEnds) {
  const TempFolder folder;
  folder.write("wn/data.noun",
               "\xef\xbb\xbf  1 licence\r\n1 03 n 01 entity 0 000 | that \t\r\n\r\n");
  EXPECT_THAT(texts(options_of(TextReader::wordnet, {(folder / "wn").string()})),
              ElementsAre("that"));
}

TEST(GcideReader, ReplacesInvalidUtf8) {
  const TempFolder folder;
  folder.write("d/gcide.dict", "caf\xe9 x");
  folder.write("d/gcide.index", "cafe\tA\tG\n");
  EXPECT_THAT(texts(options_of(TextReader::gcide, {(folder / "d").string()})),
              ElementsAre("caf\ufffd x"));
}

TEST(Dictd, ReadsBase64Numbers) {
  const auto entries = dictd_entries("w\tBA\t+/\n", "i", 64 + 62 * 64 + 63);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].begin, 64u);
  EXPECT_EQ(entries[0].size, 62u * 64 + 63);
  for (const char* bad :
       {"w\tB!\tA", "w\tA", "w\t\tA", "w\tAAAAAAAAAAA\tA", "w\tBA\tl", "w\tD/\tA"}) {
    EXPECT_THAT(
        message_of<Error>([&] { dictd_entries(std::string("a\tA\tA\n") + bad + "\n", "i", 100); }),
        AllOf(HasSubstr("i:2"), HasSubstr("within 100 bytes")))
        << bad;
  }
}

TEST(SourceOptions, ValidateFindsContradictions) {
  const auto keys = [](const SourceOptions& options) {
    Problems problems;
    options.validate(problems, "data");
    std::vector<std::string> found;
    for (const auto& [key, message] : problems.found()) found.push_back(key);
    return found;
  };
  EXPECT_THAT(keys(options_of(TextReader::text, {})), ElementsAre("data.path"));
  EXPECT_THAT(keys(options_of(TextReader::text, {"-", "-"})), ElementsAre("data.path"));
  EXPECT_THAT(keys(options_of(TextReader::brown, {})), ElementsAre());
  EXPECT_THAT(keys(options_of(TextReader::brown, {"a", "b"})), ElementsAre("data.path"));
  auto options = options_of(TextReader::ptb, {"a"});
  options.valid_paths = {"b"};
  options.test_paths = {"c"};
  EXPECT_THAT(keys(options), ElementsAre("data.valid_path", "data.test_path"));
}

/// Data of the local mirror.
class Mirror : public testing::Test {
 protected:
  void SetUp() override {
    const char* mirror = std::getenv("WORDBRIDGE_MIRROR");
    if (mirror == nullptr) GTEST_SKIP() << "no local data mirror (WORDBRIDGE_MIRROR)";
    mirror_ = mirror;
  }
  std::string mirror_;
};

TEST_F(Mirror, BrownHas500Samples) {
  EXPECT_EQ(all(options_of(TextReader::brown, {mirror_ + "/brown/brown.zip"})).size(), 500u);
}

TEST_F(Mirror, WordnetHas117659Glosses) {
  EXPECT_EQ(all(options_of(TextReader::wordnet, {mirror_ + "/wordnet-3.0"})).size(), 117659u);
}

TEST_F(Mirror, GcideHas126236Entries) {
  const auto documents = all(options_of(TextReader::gcide, {mirror_ + "/gcide"}));
  ASSERT_EQ(documents.size(), 126236u);
  EXPECT_THAT(documents[0].text, HasSubstr("indicating the absence of any or all units"));
  std::size_t markup = 0, senses_without_index = 0;
  for (const auto& document : documents) {
    for (const auto* mark : {"[1913 Webster", "[PJC", "[Obs.]", "[ae]", "(Zool.)", "{", "}"})
      markup += document.text.find(mark) != std::string::npos;
    senses_without_index += document.text.find("Worthless; paltry; very poor") != std::string::npos;
  }
  EXPECT_LE(markup, 2u);  // unbalanced brackets
  EXPECT_EQ(senses_without_index, 1u);
}

}  // namespace
}  // namespace wordbridge
