#include "data/vectors/vector_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/io/file.h"
#include "data/vectors/vector_files.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::_;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

TEST(VectorFormats, AreInTheOrderOfTheEnum) {
  const auto& formats = vector_formats();
  for (std::size_t i = 0; i < formats.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(formats[i].format), i);
    EXPECT_EQ(&vector_format(formats[i].format), &formats[i]);
  }
  EXPECT_EQ(vector_format(VectorFormat::numpy).name, "numpy");
}

TEST(VectorFormats, EachEndingIsOfOneFormat) {
  std::set<std::string> endings;
  for (const auto& format : vector_formats()) {
    for (const auto& ending : format.endings) {
      EXPECT_TRUE(endings.insert(ending).second) << ending;
      EXPECT_EQ(vector_format_of_ending("folder.npy/file" + ending), format.format);
    }
  }
  EXPECT_EQ(vector_format_of_ending("a.npy"), VectorFormat::numpy);
  EXPECT_EQ(vector_format_of_ending("a.vec"), VectorFormat::text);
  EXPECT_EQ(vector_format_of_ending("a.ftz"), std::nullopt);
  EXPECT_EQ(vector_file_endings(), ".wbv, .npy, .safetensors, .tsv, .bin, .txt or .vec");
}

TEST(VectorFormats, TheTableIsWhatHelpAndMessagesSay) {
  EXPECT_EQ(vector_formats_with_blanks(), "mapped, numpy and safetensors");
  EXPECT_THAT(written_vector_formats(false), Contains(Pair("glove", VectorFormat::glove)));
  EXPECT_THAT(written_vector_formats(false), Not(Contains(Pair("fasttext", _))));
  EXPECT_THAT(written_vector_formats(true), Not(Contains(Pair("glove", _))));
  EXPECT_THAT(vector_formats_help(),
              HasSubstr("\n  text         .txt, .vec    text with a header, as word2vec"));
  EXPECT_THAT(vector_formats_help(), Not(HasSubstr("fasttext  ")));
}

TEST(VectorFormats, FilesOfAnyFormatAreFoundAndRemoved) {
  const TempFolder folder;
  const EmbeddingTable table({"a", "b"}, {1, 2}, 1, "test");
  EXPECT_EQ(find_vector_file(folder / "vectors"), std::nullopt);
  for (const auto& [name, form] : written_vector_formats(true)) {
    const auto& format = vector_format(form);
    const fs::path file = folder / ("vectors" + format.endings.front());
    write_vectors(table, file, form);
    EXPECT_EQ(find_vector_file(folder / "vectors"), file);
    remove_vector_files(folder / "vectors");
    EXPECT_TRUE(fs::is_empty(folder.path())) << name;
  }
}

}  // namespace
}  // namespace wordbridge
