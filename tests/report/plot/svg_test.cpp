#include "report/plot/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/rng.h"
#include "report/plot/labels.h"
#include "tests/support/xml.h"

namespace wordbridge {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pointwise;

TEST(Svg, EscapesWhatXmlForbids) {
  EXPECT_EQ(xml_text("<unk> & \"R\""), "&lt;unk&gt; &amp; &quot;R&quot;");
  EXPECT_EQ(xml_text("na\xc3\xafve \xe6\x97\xa5"), "na\xc3\xafve \xe6\x97\xa5");
  EXPECT_EQ(xml_text("a\x01"
                     "b\tc"),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd"
            "c");
  EXPECT_EQ(xml_text("\xff"
                     "a\xe6\x97"),
            "\xef\xbf\xbd"
            "a\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(Svg, IsWellFormed) {
  Svg svg;
  svg.line({0, 0}, {1, -0.001}, {});
  svg.polyline({{0, 0}, {1.25, 2}}, {"#000000", 1, 0.5, "3 2"});
  svg.text({1, 2}, "a<b & \"c\"", {9, Svg::Anchor::middle, kInk, true, true});
  for (const std::size_t index : {std::size_t{0}, std::size_t{7}, std::size_t{14}, std::size_t{21},
                                  std::size_t{700}, kNoColor}) {
    svg.marker({5, 5}, index, "x<y");
    svg.marker({5, 5}, index);
  }
  const std::string page = svg.page(96, 48, "A & B");
  EXPECT_THAT(texts_of(page, "text"), ElementsAre("a<b & \"c\""));
  EXPECT_THAT(texts_of(page, "title"), testing::Contains("A & B"));
  EXPECT_THAT(page, HasSubstr("width=\"25.4mm\" height=\"12.7mm\" viewBox=\"0 0 96 48\""));
  EXPECT_THAT(page, HasSubstr("y2=\"0\"")) << "no -0";
}

TEST(Svg, TicksAreRound) {
  EXPECT_THAT(linear_ticks(0, 10, 5),
              Pointwise(DoubleNear(1e-12), {0.0, 2.0, 4.0, 6.0, 8.0, 10.0}));
  EXPECT_THAT(linear_ticks(-0.13, 0.31, 4), Pointwise(DoubleNear(1e-12), {0.0, 0.2}));
  EXPECT_THAT(linear_ticks(217, 228, 5), Pointwise(DoubleNear(1e-9), {220.0, 225.0}));
  EXPECT_THAT(linear_ticks(3, 3, 5), ElementsAre(3));
  EXPECT_THAT(log_ticks(90, 1100), Pointwise(DoubleNear(1e-9), {100.0, 200.0, 500.0, 1000.0}));
  EXPECT_THAT(log_ticks(1, 1e6).size(), 7u);
  EXPECT_EQ(tick_text(-0.5),
            "\xe2\x88\x92"
            "0.5");
  EXPECT_EQ(tick_text(-0.0), "0");
}

TEST(Svg, TextIsCutToItsRoom) {
  EXPECT_GT(text_width("mmm", 10), text_width("iii", 10));
  EXPECT_DOUBLE_EQ(text_width("word", 20), 2 * text_width("word", 10));
  EXPECT_EQ(fitted("word", 10, 100), "word");
  const std::string cut = fitted("a long long name \xc3\xa9\xc3\xa9\xc3\xa9", 10, 60);
  EXPECT_LE(text_width(cut, 10), 60);
  EXPECT_THAT(cut, testing::StartsWith("a long"));
  EXPECT_THAT(cut, testing::EndsWith("\xe2\x80\xa6"));
}

TEST(Labels, SegmentsCrossBoxes) {
  const Box box{10, 10, 20, 20};
  EXPECT_TRUE(crosses({0, 0}, {30, 30}, box));
  EXPECT_TRUE(crosses({15, 0}, {15, 12}, box));
  EXPECT_TRUE(crosses({12, 12}, {13, 13}, box)) << "inside";
  EXPECT_FALSE(crosses({0, 0}, {9, 9}, box));
  EXPECT_FALSE(crosses({0, 15}, {30, 46}, box));
  EXPECT_FALSE(crosses({5, 0}, {5, 30}, box));
}

/// Places labels of `count` points around the centre of 400 x 300.
std::vector<LabelPlace> crowd(int count, double spread) {
  LabelPlacer placer({0, 0, 400, 300});
  Rng rng(1, "labels");
  std::vector<Box> points;
  for (int i = 0; i < count; ++i) {
    const double x = 200 + spread * rng.normal(), y = 150 + spread * rng.normal();
    points.push_back({x - 3, y - 3, x + 3, y + 3});
    placer.add_point(x, y, 3);
  }
  std::vector<LabelPlace> places;
  for (const Box& point : points) {
    const auto place = placer.place(point.left + 3, point.top + 3, 34, 10, 400);
    EXPECT_TRUE(place.has_value());
    if (!place) continue;
    for (const Box& other : points) EXPECT_FALSE(overlap(place->box, other));
    places.push_back(*place);
  }
  return places;
}

TEST(Labels, OverlapNeitherEachOtherNorPoints) {
  const auto places = crowd(60, 25);
  int leaders = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Box& box = places[i].box;
    EXPECT_TRUE(box.left >= 0 && box.top >= 0 && box.right <= 400 && box.bottom <= 300);
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_FALSE(overlap(box, places[j].box)) << i << " and " << j;
    leaders += places[i].has_leader;
  }
  EXPECT_GT(leaders, 10);
  EXPECT_LT(leaders, 60);
}

TEST(Labels, HaveLeadersThatCrossNothingWhereThatCanBe) {
  const auto places = crowd(25, 60);
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (std::size_t j = 0; j < places.size(); ++j)
      EXPECT_FALSE(i != j && places[j].has_leader &&
                   crosses(places[j].from, places[j].to, places[i].box))
          << i << " and " << j;
  }
}

TEST(Labels, FirstToTheRightAndNothingWhereThereIsNoRoom) {
  LabelPlacer placer({0, 0, 100, 100});
  const auto place = placer.place(50, 50, 20, 10, 0);
  ASSERT_TRUE(place.has_value());
  EXPECT_FALSE(place->has_leader);
  EXPECT_GT(place->box.left, 50);
  EXPECT_NEAR((place->box.top + place->box.bottom) / 2, 50, 1e-9);
  EXPECT_FALSE(placer.place(50, 50, 120, 10, 400).has_value()) << "wider than the area";
}

}  // namespace
}  // namespace wordbridge
