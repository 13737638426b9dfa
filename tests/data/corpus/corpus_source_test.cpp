#include "data/corpus/corpus_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/io/file.h"
#include "data/catalogue/dataset.h"
#include "tests/support/archives.h"
#include "tests/support/environment_variable.h"
#include "tests/support/source_text.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Text of the first document.
std::string text_of(TextReader reader, std::vector<std::string> paths) {
  SourceOptions options;
  options.reader = reader;
  options.paths = std::move(paths);
  const auto source = open_corpus_source(options);
  Document document;
  EXPECT_TRUE(source->next(document));
  return text_of(*source);
}

/// Datasets and the mirror are in this folder only.
class CorpusSourceTest : public testing::Test {
 protected:
  void fetch(const std::string& name, const std::string& file, const std::string& text) {
    folder_.write("from/" + file, text);
    const auto catalogue = Catalogue::parse(
        name +
            ": {kind: corpus, title: Toy, licence: free, citation: nobody, reader: texts,\n"
            "  text: " +
            file + ", counts: {tokens: 1}, files: [{name: " + file +
            "}],\n"
            "  sources: [{mirror: '{name}'}]}\n",
        "toy.yaml");
    FetchOptions options;
    options.root = data_root();
    options.from = (folder_ / "from").string();
    EXPECT_TRUE(fetch_dataset(catalogue.find(name), options));
  }
  void mirror_brown(const std::string& text) {
    fs::create_directory(folder_ / "brown");
    write_zip((folder_ / "brown/brown.zip").string(), {{"brown/ca01", text}});
  }

  TempFolder folder_;
  EnvironmentVariable mirror_{"WORDBRIDGE_MIRROR", folder_.path().string()};
  EnvironmentVariable data_{"WORDBRIDGE_DATA", (folder_ / "data").string()};
};

TEST_F(CorpusSourceTest, LooksIntoTheMirror) {
  mirror_brown("mirrored");
  EXPECT_EQ(text_of(TextReader::brown, {}), "mirrored");
}

TEST_F(CorpusSourceTest, PrefersTheFetchedDataset) {
  mirror_brown("mirrored");
  fetch("brown", "ca01", "fetched");
  EXPECT_EQ(text_of(TextReader::brown, {}), "fetched");
}

TEST_F(CorpusSourceTest, TakesPathsOfDatasets) {
  fetch("toy", "text.txt", "a");
  EXPECT_EQ(text_of(TextReader::text, {"dataset:toy"}), "a");
  EXPECT_THAT(message_of<Error>([] { text_of(TextReader::text, {"dataset:ws-353"}); }),
              HasSubstr("wordbridge data fetch ws-353"));
}

TEST_F(CorpusSourceTest, SaysWhatItWantsAndWhereToGetIt) {
  EXPECT_THAT(message_of<Error>([] { text_of(TextReader::brown, {}); }),
              AllOf(HasSubstr("brown.zip"), HasSubstr("WORDBRIDGE_MIRROR")));
}

}  // namespace
}  // namespace wordbridge
