#include "tests/cli/language_models_test.h"

// Outputs of all commands that write files: where they can't be written, which names they may have,
// and what killed commands have left.

namespace wordbridge {
namespace {

using testing::HasSubstr;

/// A command without its output, and the option of the output.
struct Writer {
  Arguments command;
  std::string option;
  std::string name;  // of the output
};

class OutputPathsTest : public LanguageModelsCliTest {
 protected:
  OutputPathsTest() {
    write("a.txt", "king 1 0\nqueen 0 1\nman 1 1\nwoman 2 1\n");
    write("b.txt", "king 1 0\nqueen 0 1\nman 1 1\nwoman 1 2\n");
    write("pairs.tsv", "king\tqueen\t1\nking\tman\t2\nman\tqueen\t3\n");
    write("m.arpa", small_arpa("<unk>"));
    write("t.txt", "cat dog\n");
    write("words.tsv", "cat\ta small animal\n");
  }

  const std::vector<Writer> writers_ = {
      {{"counts", "small.yaml", "model.type=pca"}, "-o", "o.mtx"},
      {{"counts", "small.yaml", "model.type=pca", "-o", "c.mtx"}, "--vocabulary", "o.tsv"},
      {{"arpa", "m.arpa"}, "-o", "o.arpa"},
      {{"arpa", "m.arpa"}, "-o", "o.arpa.gz"},
      {{"arpa", "m.arpa"}, "-o", "o.wb"},
      {{"convert", "a.txt"}, "", "o.bin"},
      {{"join", "a.txt", "b.txt"}, "-o", "o.txt"},
      {{"align", "a.txt", "b.txt"}, "-o", "o.txt"},
      {{"align", "a.txt", "b.txt", "--changes", "2"}, "--json", "o.json"},
      {{"eval", "a.txt", "--similarity", "pairs.tsv"}, "--json", "o.json"},
      {{"eval", "a.txt", "--similarity", "pairs.tsv"}, "--csv", "o.csv"},
      {{"plot", "map", "a.txt"}, "-o", "o.svg"},
      {{"report", "a.txt"}, "-o", "o.html"},
      {{"score", "m.arpa", "t.txt"}, "--json", "o.json"},
      {{"data", "dictionary", "words.tsv"}, "-o", "o.tsv"},
  };

  static Arguments command_to(const Writer& writer, const std::string& output) {
    Arguments arguments = writer.command;
    if (!writer.option.empty()) arguments.push_back(writer.option);
    arguments.push_back(output);
    return arguments;
  }
};

TEST_F(OutputPathsTest, AMissingFolderIsToldBeforeTheWork) {
  for (const Writer& writer : writers_) {
    // The missing or damaged input would be an error as well, but a later one.
    for (const char* const input : {"text.txt", "m.arpa", "a.txt"}) write(input, "\x01");
    fail(command_to(writer, "no/dir/" + writer.name),
         {"can't open for writing", "no/dir/" + writer.name, "create the folder no/dir"});
    write("taken", "mine");
    fail(command_to(writer, "taken/" + writer.name), {"taken/" + writer.name});
  }
  EXPECT_FALSE(exists("c.mtx"));
}

TEST_F(OutputPathsTest, AFolderIsNoFile) {
  for (const Writer& writer : writers_) {
    write(writer.name + "/file", "mine");
    fail(command_to(writer, writer.name), {writer.name, "folder"});
    std::filesystem::remove_all(folder_ / writer.name);
  }
}

TEST_F(OutputPathsTest, FoldersAreCreatedWhereTheOutputIsOne) {
  succeed({"convert", "a.txt", "new/deep/static", "--format", "model2vec"});
  succeed({"join", "a.txt", "b.txt", "--method", "svd", "--method", "gpa", "-o", "new/joins"});
  for (const Arguments& command :
       {Arguments{"convert", "a.txt", "taken/static", "--format", "model2vec"},
        {"join", "a.txt", "b.txt", "--method", "svd", "--method", "gpa", "-o", "taken/joins"},
        {"train", "small.yaml", "model.type=pca", "--out", "taken/run"},
        {"benchmark", "wordnet", "--wordnet", "gone", "-o", "taken/set"}}) {
    write("taken", "mine");
    write("text.txt", "\x01");  // a later error
    fail(command, {"can't create the folder", "taken"});
  }
}

TEST_F(OutputPathsTest, WhatAKilledCommandLeftIsRemovedByTheNextOne) {
  for (const Writer& writer : writers_) {
    const std::string left = writer.name + ".tmp-1234567-3";
    write(left, "of a killed process");
    write("other.txt.tmp-1234567-3", "of another file");
    const Arguments command = command_to(writer, writer.name);
    const ProcessResult result = run(command);
    EXPECT_FALSE(exists(left)) << told(command, result);
    EXPECT_TRUE(exists("other.txt.tmp-1234567-3"));
    EXPECT_TRUE(exists(writer.name)) << told(command, result);
    std::filesystem::remove(folder_ / writer.name);
  }
}

TEST_F(OutputPathsTest, ANameThatSaysCompressedIsRefusedUnlessTheFileIs) {
  for (const Writer& writer : writers_) {
    for (const std::string ending : {".gz", ".bz2", ".xz", ".zst", ".zip"}) {
      const std::string output = "o" + ending;
      const Arguments command = command_to(writer, output);
      const ProcessResult result = run(command);
      EXPECT_NE(result.status, 0) << told(command, result);
      EXPECT_FALSE(exists(output));
    }
  }
  fail({"eval", "a.txt", "--similarity", "pairs.tsv", "--json", "o.json.xz"},
       {"not compressed", "o.json.xz", ".xz"}, 2);
  fail({"convert", "a.txt", "o.txt.gz", "--format", "text"}, {"not compressed", "o.txt.gz"}, 2);
}

TEST_F(OutputPathsTest, CountsAreWrittenToMatrixMarketFilesOnly) {
  for (const std::string output :
       {"y.mtx.bz2", "y.counts.xz", "y.txt", "y", "-", ".mtx", "y.MTX"}) {
    fail({"counts", "small.yaml", "model.type=pca", "-o", output},
         {"unknown output format", output, ".mtx or .mtx.gz"}, 2);
    EXPECT_FALSE(exists(output));
  }
  succeed({"counts", "small.yaml", "model.type=pca", "-o", "/dev/null"});
}

}  // namespace
}  // namespace wordbridge
