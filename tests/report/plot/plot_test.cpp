#include "report/plot/plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "eval/projection/pca_projection.h"
#include "tests/eval/random_table.h"
#include "tests/support/temp_folder.h"
#include "tests/support/xml.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

MapPanel panel(std::int64_t dim, std::size_t count) {
  MapPanel panel;
  panel.label = "run <1>";
  const auto table = numbered_table(normal_rows(static_cast<std::int64_t>(count), dim, 3), dim);
  for (std::size_t i = 0; i < count; ++i)
    panel.words.emplace_back(table.word(static_cast<std::int64_t>(i)));
  panel.map = pca_projection(table, 0);
  panel.on_a_line = dim == 1;
  return panel;
}

std::size_t count_of(const std::string& page, const std::string& name) {
  std::size_t count = 0;
  for (const auto& element : read_xml(page)) count += element.name == name;
  return count;
}

TEST(PlotMaps, HoldEveryWordAndAPointForIt) {
  for (const std::int64_t dim : {1, 2, 7}) {
    MapPlot plot;
    plot.panels = {panel(dim, 40), panel(dim, 40)};
    plot.panels[0].words[3] = "<unk>";
    plot.panels[0].words[4] = "R&D \"x\"";
    const std::string page = plot_maps(plot, {});
    const auto texts = texts_of(page, "text");
    for (const auto& shown : plot.panels)
      for (const auto& word : shown.words) EXPECT_THAT(texts, Contains(word));
    EXPECT_THAT(texts, Contains("run <1>"));
    EXPECT_EQ(count_of(page, "circle"), 80u);
    EXPECT_EQ(page, plot_maps(plot, {})) << "the same bytes";
  }
}

TEST(PlotMaps, SayWhatTheyShow) {
  MapPlot plot;
  plot.panels = {panel(7, 40)};
  plot.panels[0].map.explained = 0.614;
  plot.panels[0].map.kept = 0.5;
  EXPECT_THAT(texts_of(plot_maps(plot, {}), "text"),
              Contains("PCA: 61 % of the variance, 50 % of neighbours kept"));
  plot.panels[0].map.method = "tsne";
  plot.panels[0].map.explained = kNan;
  EXPECT_THAT(texts_of(plot_maps(plot, {}), "text"), Contains("t-SNE: 50 % of neighbours kept"));
  plot.panels = {panel(1, 5)};
  EXPECT_THAT(texts_of(plot_maps(plot, {}), "text"), Contains("1 dimension"));
}

TEST(PlotMaps, NameTheGroupsThatAreThere) {
  MapPlot plot;
  plot.panels = {panel(2, 4)};
  plot.panels[0].groups = {0, 2, kNoGroup, 2};
  plot.group_names = {"people", "beasts", "fruit"};
  const std::string page = plot_maps(plot, {});
  const auto texts = texts_of(page, "text");
  EXPECT_THAT(texts, AllOf(Contains("people"), Contains("fruit"), Contains("other words")));
  EXPECT_THAT(texts, Not(Contains("beasts")));
  EXPECT_EQ(count_of(page, "circle"), 4u + 3);
}

TEST(PlotMaps, LeaveOutLabelsWithoutRoomWhereTheyMay) {
  MapPlot plot;
  plot.panels = {panel(2, 1500)};
  plot.label_all = false;
  const std::string page = plot_maps(plot, {});
  const auto labels = texts_of(page, "text").size();
  EXPECT_GT(labels, 50u);
  EXPECT_LT(labels, 1000u);
  // The other words are titles of their points.
  const auto titles = texts_of(page, "title");
  for (const auto& word : plot.panels[0].words)
    EXPECT_TRUE(page.find(">" + word + "<") != page.npos) << word;
  EXPECT_GT(titles.size(), 500u);
}

TEST(PlotMaps, LeaveOutWordsWithoutAPoint) {
  for (const std::int64_t dim : {1, 2}) {
    MapPlot plot;
    plot.panels = {panel(dim, 5)};
    plot.panels[0].map.xy[2] = plot.panels[0].map.xy[3] = kNan;
    const std::string page = plot_maps(plot, {});
    EXPECT_THAT(texts_of(page, "text"), AllOf(Contains("w0"), Not(Contains("w1"))));
    EXPECT_THAT(page, Not(HasSubstr("nan")));
  }
}

TEST(PlotMaps, OfHardlyAnything) {
  for (const std::int64_t dim : {1, 2, 3}) {
    for (const std::size_t count : {0u, 1u, 2u}) {
      MapPlot plot;
      plot.panels = {panel(dim, count)};
      const std::string page = plot_maps(plot, {});
      EXPECT_THAT(page, AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf"))));
      EXPECT_EQ(count_of(page, "circle"), count);
    }
  }
}

TEST(PlotMaps, HaveTheSizeAskedFor) {
  MapPlot plot;
  plot.panels = {panel(2, 10), panel(1, 10)};
  PlotOptions options;
  options.width = 960;
  options.height = 480;
  EXPECT_THAT(plot_maps(plot, options), HasSubstr("viewBox=\"0 0 960 480\""));
  options.height = 100;
  EXPECT_THAT(message_of<Error>([&] { plot_maps(plot, options); }),
              AllOf(HasSubstr("height is too small"), HasSubstr("at least")));
  options = {};
  options.width = 50;
  EXPECT_THAT(message_of<Error>([&] { plot_maps(plot, options); }),
              HasSubstr("width is too small"));
}

Curve curve(const std::string& label, std::vector<std::vector<double>> seeds) {
  Curve curve{label, {}};
  for (const auto& values : seeds) {
    curve.seeds.emplace_back();
    for (std::size_t i = 0; i < values.size(); ++i)
      curve.seeds.back().emplace_back(static_cast<double>(i + 1), values[i]);
  }
  return curve;
}

/// Vertical coordinates of the points of each line.
std::vector<std::vector<double>> heights(const std::string& page) {
  std::vector<std::vector<double>> lines;
  for (const auto& element : read_xml(page)) {
    if (element.name != "polyline") continue;
    lines.emplace_back();
    const std::string& text = element.attributes;
    for (std::size_t at = text.find(','); at != text.npos; at = text.find(',', at + 1))
      lines.back().push_back(std::strtod(text.c_str() + at + 1, nullptr));
  }
  return lines;
}

TEST(PlotCurves, AMeanAndALineForEachSeed) {
  const std::string page = plot_curves(
      {curve("a", {{4, 3, 2}}), curve("b & c", {{5, 4}, {7, 2, 9}})}, "Epoch", "Perplexity", {});
  const auto lines = heights(page);
  ASSERT_EQ(lines.size(), 4u) << "one line; two seeds and their mean";
  EXPECT_EQ(lines[1].size(), 2u);
  EXPECT_EQ(lines[2].size(), 3u);
  ASSERT_EQ(lines[3].size(), 2u) << "only where both seeds have a value";
  EXPECT_NEAR(lines[3][0], (lines[1][0] + lines[2][0]) / 2, 0.02);
  EXPECT_NEAR(lines[3][1], (lines[1][1] + lines[2][1]) / 2, 0.02);
  EXPECT_NEAR(lines[0][0] - lines[0][1], lines[0][1] - lines[0][2], 0.02) << "a linear axis";
  EXPECT_LT(lines[0][0], lines[0][1]) << "larger values are higher up";
  EXPECT_THAT(texts_of(page, "text"), AllOf(Contains("a"), Contains("b & c (mean of 2)"),
                                            Contains("Epoch"), Contains("Perplexity")));
}

TEST(PlotCurves, AreLogarithmicWhereValuesSpanMuch) {
  const auto lines = heights(plot_curves({curve("a", {{1000, 100, 10}})}, "x", "y", {}));
  EXPECT_NEAR(lines[0][1] - lines[0][0], lines[0][2] - lines[0][1], 0.02);
  const auto linear = heights(plot_curves({curve("a", {{1000, 100, 0}})}, "x", "y", {}));
  EXPECT_GT(std::abs(linear[0][1] - linear[0][0]), 5 * std::abs(linear[0][2] - linear[0][1]));
}

TEST(PlotCurves, KeepLabelsApart) {
  std::vector<Curve> curves;
  for (int i = 0; i < 9; ++i)
    curves.push_back(curve("run" + std::to_string(i), {{50, 10 + 0.01 * i}}));
  std::vector<double> at;
  for (const auto& element : read_xml(plot_curves(curves, "x", "y", {}))) {
    if (element.name != "text" || element.text.rfind("run", 0) != 0) continue;
    at.push_back(
        std::strtod(element.attributes.c_str() + element.attributes.find(" y=\"") + 4, nullptr));
  }
  ASSERT_EQ(at.size(), 9u);
  for (std::size_t i = 1; i < at.size(); ++i)
    EXPECT_NEAR(at[i - 1] - at[i], 12, 0.02) << "larger values have higher labels";
}

TEST(PlotCurves, OfHardlyAnything) {
  const double nan = std::nan("");
  const std::string page =
      plot_curves({curve("a", {{nan, 3, nan}}), curve("gone", {{nan}})}, "x", "y", {});
  EXPECT_THAT(page, Not(HasSubstr("nan")));
  EXPECT_EQ(count_of(page, "circle"), 1u) << "a single value is a point";
  EXPECT_THAT(texts_of(page, "text"), Not(Contains("gone")));
  EXPECT_THAT(message_of<Error>([&] { plot_curves({curve("a", {{nan}})}, "x", "y", {}); }),
              HasSubstr("nothing to plot"));
  PlotOptions options;
  options.width = 60;
  EXPECT_THAT(message_of<Error>([&] {
                plot_curves({curve("a", {{1, 2}})}, "x", "y", options);
              }),
              AllOf(HasSubstr("too small"), HasSubstr("60 x")));
}

}  // namespace
}  // namespace wordbridge
