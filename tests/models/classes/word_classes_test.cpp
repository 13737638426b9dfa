#include "models/classes/word_classes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using Classes = std::vector<std::int32_t>;

std::vector<std::int64_t> sizes(const Classes& class_of, std::int64_t classes) {
  std::vector<std::int64_t> members(static_cast<std::size_t>(classes), 0);
  for (const auto c : class_of) ++members.at(static_cast<std::size_t>(c));
  return members;
}

TEST(FrequencyClasses, CutTheRootsOfTheCounts) {
  // sqrt(count + 1): 6, 1, 3, 2, 1; total 13, split where the sum passes 6.5: 6 + 3.
  EXPECT_EQ(frequency_classes({35, 0, 8, 3, 0}, 2), (Classes{0, 1, 0, 1, 1}));
  EXPECT_EQ(frequency_classes({35, 0, 8, 3, 0}, 1), (Classes{0, 0, 0, 0, 0}));
  EXPECT_EQ(frequency_classes({35, 0, 8, 3, 0}, 5), (Classes{0, 3, 1, 2, 4}));
}

TEST(FrequencyClasses, AreNeitherEmptyNorTooLarge) {
  std::vector<std::int64_t> zipf;
  for (std::int64_t w = 0; w < 2000; ++w) zipf.push_back(w < 500 ? 1'000'000'000 / (w + 1) : 0);
  for (const std::int64_t count : {1, 2, 12, 45, 100, 1999, 2000}) {
    const auto members = sizes(frequency_classes(zipf, count), count);
    EXPECT_GE(*std::min_element(members.begin(), members.end()), 1) << count;
    EXPECT_LE(*std::max_element(members.begin(), members.end()),
              std::max<std::int64_t>(178, (2000 + count - 1) / count))
        << count;
  }
}

TEST(DropEmptyClasses, KeepsTheOrder) {
  Classes class_of{4, 1, 4, 7};
  EXPECT_EQ(drop_empty_classes(class_of), 3);
  EXPECT_EQ(class_of, (Classes{1, 0, 1, 2}));
}

TEST(ReadWordClasses, WordsThatAreMissingMakeAClass) {
  const TempFolder folder;
  const Vocabulary vocabulary({"a", "b", "c"}, {3, 2, 1}, "");
  const auto found = read_word_classes(folder.write("some.tsv", "x\tX\nc\tC\na\tC\n"), vocabulary);
  EXPECT_EQ(found.names, (std::vector<std::string>{"X", "C", "(none)"}));
  EXPECT_EQ(found.class_of, (Classes{1, 2, 1}));
  const auto none = folder.write("none.tsv", "x\tX\n");
  EXPECT_NE(message_of<Error>([&] {
              read_word_classes(none, vocabulary);
            }).find("no word of the vocabulary is in the class file"),
            std::string::npos);
}

TEST(SquareRootClasses, AreRounded) {
  EXPECT_EQ(square_root_classes(1), 1);
  EXPECT_EQ(square_root_classes(6), 2);
  EXPECT_EQ(square_root_classes(7), 3);
}

}  // namespace
}  // namespace wordbridge
