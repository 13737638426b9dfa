#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/error.h"
#include "core/text.h"
#include "report/plot/labels.h"
#include "report/plot/plot.h"
#include "report/plot/svg.h"

namespace wordbridge {
namespace {

using Point = Svg::Point;

constexpr double kMapMargin = 8, kGapX = 18, kGapY = 14, kMapFontSize = 10, kMapSmallSize = 8.5;
constexpr double kLabelHeight = 10, kPointRadius = 3, kHeader = 28, kTickRoom = 26;
constexpr double kLeastPanel = 60, kLeftRoom = 34, kMapTitle = 20;
constexpr Svg::Style kLeader = {"#999999", 0.5};
constexpr Svg::Style kFrame = {"#999999", 0.6};

Error too_small(const char* side, double least) {
  return Error(fmt::format("the figure's {} is too small for its content", side))
      .expected("at least {:.0f} px", std::ceil(least));
}

bool has_point(const MapPanel& panel, std::size_t i) { return std::isfinite(panel.map.xy[2 * i]); }

std::size_t color_of(const MapPanel& panel, std::size_t i) {
  return panel.groups.empty() ? 0 : panel.groups[i];
}

/// "PCA: 61 % of the variance, 43 % of neighbours kept", shortened to fit the width.
std::string subtitle(const MapPanel& panel, double width) {
  const Projection& map = panel.map;
  std::vector<std::string> facts;
  if (map.method != "identity" && std::isfinite(map.kept))
    facts.push_back(fmt::format("{:.0f} % of neighbours kept", 100 * map.kept));
  if (std::isfinite(map.explained))
    facts.insert(facts.begin(), fmt::format("{:.0f} % of the variance", 100 * map.explained));
  const std::string name = map.method == "pca"    ? "PCA"
                           : map.method == "tsne" ? "t-SNE"
                           : panel.on_a_line      ? "1 dimension"
                                                  : "2 dimensions";
  for (; !facts.empty(); facts.pop_back()) {
    const std::string text = name + ": " + join(facts, ", ");
    if (text_width(text, kMapSmallSize) <= width) return text;
  }
  return name;
}

/// Lowest and highest value of a coordinate (0: x, 1: y).
std::pair<double, double> range_of(const MapPanel& panel, std::size_t coordinate) {
  double low = 0, high = 0;
  bool first = true;
  for (std::size_t i = 0; i < panel.words.size(); ++i) {
    if (!has_point(panel, i)) continue;
    const double value = panel.map.xy[2 * i + coordinate];
    low = first ? value : std::min(low, value);
    high = first ? value : std::max(high, value);
    first = false;
  }
  return {low, high};
}

void draw_header(Svg& svg, const MapPanel& panel, double x, double y, double width) {
  svg.text({x, y + 10}, fitted(panel.label, kMapFontSize * 1.1, width),
           {kMapFontSize, Svg::Anchor::start, kInk, true});
  svg.text({x, y + 21}, subtitle(panel, width), {kMapSmallSize, Svg::Anchor::start, kFaint});
}

/// Transforms map coordinates into figure coordinates, with the same scale in both directions.
class PlotScale {
 public:
  PlotScale(const MapPanel& panel, const Box& box) {
    const auto [x0, x1] = range_of(panel, 0);
    const auto [y0, y1] = range_of(panel, 1);
    const double inner_x = box.right - box.left - 2 * kInset;
    const double inner_y = box.bottom - box.top - 2 * kInset;
    const double span = std::max((x1 - x0) / inner_x, (y1 - y0) / inner_y);
    scale_ = span > 0 ? 1 / span : 1;
    x_ = (box.left + box.right) / 2 - scale_ * (x0 + x1) / 2;
    y_ = (box.top + box.bottom) / 2 + scale_ * (y0 + y1) / 2;
  }
  Point operator()(double x, double y) const { return {x_ + scale_ * x, y_ - scale_ * y}; }
  /// Map coordinates of a position in the figure.
  Point back(double x, double y) const { return {(x - x_) / scale_, (y_ - y) / scale_}; }

 private:
  static constexpr double kInset =
      22;  // room for labels between the outermost points and the frame
  double x_ = 0, y_ = 0, scale_ = 1;
};

/// Ticks on both axes, for maps whose coordinates are meaningful.
void draw_ticks(Svg& svg, const PlotScale& project, const Box& box) {
  const Point low = project.back(box.left, box.bottom), high = project.back(box.right, box.top);
  for (const double tick : linear_ticks(low.first, high.first, 4)) {
    const double x = project(tick, 0).first;
    svg.line({x, box.bottom}, {x, box.bottom + 3}, kFrame);
    svg.text({x, box.bottom + 12}, tick_text(tick), {kMapSmallSize, Svg::Anchor::middle, kFaint});
  }
  for (const double tick : linear_ticks(low.second, high.second, 4)) {
    const double y = project(0, tick).second;
    svg.line({box.left - 3, y}, {box.left, y}, kFrame);
    svg.text({box.left - 5, y + 3}, tick_text(tick), {kMapSmallSize, Svg::Anchor::end, kFaint});
  }
}

/// Position next to the point, for a label without a free position.
LabelPlace beside(Point at, double width, const Box& area) {
  LabelPlace place;
  const double left = std::max(area.left, std::min(at.first + 3.5, area.right - width));
  place.box = {left, at.second - kLabelHeight / 2, left + width, at.second + kLabelHeight / 2};
  return place;
}

std::vector<std::size_t> with_points(const MapPanel& panel) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < panel.words.size(); ++i)
    if (has_point(panel, i)) indices.push_back(i);
  return indices;
}

/// Words sorted by the density of points around them, densest first: their labels have the fewest
/// free positions.
std::vector<std::size_t> most_crowded_first(const MapPanel& panel,
                                            const std::vector<Point>& points) {
  constexpr double kAround = 30;  // pixels: about the width of a label
  std::vector<std::size_t> order = with_points(panel);
  std::vector<double> crowding(points.size());
  for (const std::size_t i : order) {
    for (const std::size_t j : order) {
      const double distance =
          std::hypot(points[i].first - points[j].first, points[i].second - points[j].second);
      crowding[i] += std::exp(-0.5 * distance * distance / (kAround * kAround));
    }
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return crowding[a] > crowding[b]; });
  return order;
}

void draw_labels(Svg& svg, const MapPanel& panel, const std::vector<Point>& points, const Box& box,
                 bool all, std::vector<bool>& labelled) {
  LabelPlacer placer({box.left + 2, box.top + 2, box.right - 2, box.bottom - 2});
  for (std::size_t i = 0; i < points.size(); ++i)
    if (has_point(panel, i)) placer.add_point(points[i].first, points[i].second, kPointRadius);
  const double reach = all ? std::hypot(box.right - box.left, box.bottom - box.top) : 0;
  for (const std::size_t i : all ? most_crowded_first(panel, points) : with_points(panel)) {
    const auto [x, y] = points[i];
    const double width = text_width(panel.words[i], kMapFontSize) + 3;
    auto place = placer.place(x, y, width, kLabelHeight, reach);
    if (!place && !all) continue;
    if (!place) place = beside(points[i], width, box);
    labelled[i] = true;
    if (place->has_leader) svg.line(place->from, place->to, kLeader);
    svg.text({(place->box.left + place->box.right) / 2, place->box.bottom - 2}, panel.words[i],
             {kMapFontSize, Svg::Anchor::middle});
  }
}

void draw_plane(Svg& svg, const MapPanel& panel, const Box& box, bool label_all) {
  svg.rectangle({box.left, box.top}, {box.right, box.bottom}, kFrame);
  const PlotScale project(panel, box);
  if (panel.map.method != "tsne") draw_ticks(svg, project, box);
  std::vector<Point> points;
  for (std::size_t i = 0; i < panel.words.size(); ++i)
    points.push_back(project(panel.map.xy[2 * i], panel.map.xy[2 * i + 1]));
  std::vector<bool> labelled(points.size());
  draw_labels(svg, panel, points, box, label_all, labelled);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (has_point(panel, i))
      svg.marker(points[i], color_of(panel, i), labelled[i] ? "" : panel.words[i]);
  }
}

/// A number line. Words are flags, alternately above and below it, each at the level closest to the
/// line at which it does not cover another flag or pole.
class Strip {
 public:
  Strip(const MapPanel& panel, double left, double right) : panel_(panel) {
    for (std::size_t i = 0; i < panel.words.size(); ++i) {
      if (!has_point(panel, i)) continue;
      order_.push_back(i);
      widest_ = std::max(widest_, width(i));
    }
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return panel.map.xy[2 * a] > panel.map.xy[2 * b];
    });
    left_ = left + 14;
    right_ = right - std::min(widest_, (right - left) / 3);
    std::tie(low_, high_) = range_of(panel, 0);
    raise_flags();
  }

  double height() const { return (levels_[0] + levels_[1]) * kLevel + 2 * kPole + kTickRoom; }

  void draw(Svg& svg, double top) const {
    const double line = top + levels_[0] * kLevel + kPole;
    const double axis = line + levels_[1] * kLevel + kPole + 4;
    svg.line({left_ - 8, line}, {right_ + 6, line}, kFrame);
    for (std::size_t k = 0; k < order_.size(); ++k) {
      const std::size_t i = order_[k];
      const double x = at(i), side = k % 2 == 0 ? -1 : 1;
      const double pole = line + side * (kPole + flags_[k] * kLevel);
      svg.line({x, line}, {x, pole}, kLeader);
      svg.text({x + 1.5, side < 0 ? pole + 3 : pole + 3.5}, panel_.words[i], {kMapFontSize});
    }
    for (const std::size_t i : order_) svg.marker({at(i), line}, color_of(panel_, i));
    svg.line({left_ - 8, axis}, {right_ + 6, axis}, kFrame);
    for (const double tick : linear_ticks(low_, high_, 6)) {
      const double x = place(tick);
      svg.line({x, axis}, {x, axis + 3}, kFrame);
      svg.text({x, axis + 12}, tick_text(tick), {kMapSmallSize, Svg::Anchor::middle, kFaint});
    }
  }

 private:
  static constexpr double kLevel = 11, kPole = 12;

  double width(std::size_t i) const { return text_width(panel_.words[i], kMapFontSize) + 5; }
  double place(double value) const {
    const double share = high_ > low_ ? (value - low_) / (high_ - low_) : 0.5;
    return left_ + share * (right_ - left_);
  }
  double at(std::size_t i) const { return place(panel_.map.xy[2 * i]); }

  /// Assigns levels from right to left: a flag extends to the right of its pole, above all the
  /// poles that it reaches.
  void raise_flags() {
    flags_.resize(order_.size());
    for (std::size_t k = 0; k < order_.size(); ++k) {
      const double end = at(order_[k]) + width(order_[k]);
      for (std::size_t right = k % 2; right < k; right += 2)
        if (at(order_[right]) < end) flags_[k] = std::max(flags_[k], flags_[right] + 1);
      levels_[k % 2] = std::max(levels_[k % 2], flags_[k] + 1);
    }
  }

  const MapPanel& panel_;
  std::vector<std::size_t> order_;  // from the largest value to the smallest
  std::vector<int> flags_;          // level of each of order_
  int levels_[2] = {1, 1};          // above, below
  double left_ = 0, right_ = 0, low_ = 0, high_ = 0, widest_ = 0;
};

/// Groups that have words, in order, then the words without a group.
std::vector<std::pair<std::size_t, std::string>> legend_entries(const MapPlot& plot) {
  std::vector<bool> used(plot.group_names.size());
  bool others = false;
  for (const auto& panel : plot.panels) {
    for (const std::size_t group : panel.groups) {
      if (group == kNoGroup) {
        others = true;
      } else {
        used[group] = true;
      }
    }
  }
  std::vector<std::pair<std::size_t, std::string>> entries;
  for (std::size_t group = 0; group < used.size(); ++group)
    if (used[group]) entries.emplace_back(group, plot.group_names[group]);
  if (others) entries.emplace_back(kNoColor, "other words");
  return entries;
}

/// Draws the legend, with lines broken at the width of the figure, and returns its height. Only
/// measures if `svg` is null.
double draw_legend(Svg* svg, const MapPlot& plot, double width, double y) {
  double x = kMapMargin, bottom = y;
  for (const auto& [color, name] : legend_entries(plot)) {
    const double entry = 10 + text_width(name, kMapFontSize) + 12;
    if (bottom == y || x + entry > width - kMapMargin) bottom += 15, x = kMapMargin;
    if (svg != nullptr) {
      svg->marker({x + 4, bottom - 3.5}, color);
      svg->text({x + 10, bottom}, fitted(name, kMapFontSize, width - 2 * kMapMargin - 10),
                {kMapFontSize});
    }
    x += entry;
  }
  return bottom - y;
}

/// Rows of panels. Each number line has its own row.
std::vector<std::vector<const MapPanel*>> rows_of(const MapPlot& plot) {
  const auto planes = std::count_if(plot.panels.begin(), plot.panels.end(),
                                    [](const MapPanel& panel) { return !panel.on_a_line; });
  const std::size_t columns = planes <= 3 ? 3 : planes == 4 ? 2 : 3;
  std::vector<std::vector<const MapPanel*>> rows;
  for (const auto& panel : plot.panels) {
    const bool joins = !panel.on_a_line && !rows.empty() && !rows.back().front()->on_a_line &&
                       rows.back().size() < columns;
    if (!joins) rows.emplace_back();
    rows.back().push_back(&panel);
  }
  return rows;
}

/// Division of the figure's height.
struct Layout {
  double planes = 0;  // height of each row of planes, only the frame
  double total = 0;
};

double width_of(const std::vector<const MapPanel*>& row, double figure) {
  const auto count = static_cast<double>(row.size());
  return (figure - 2 * kMapMargin - (count - 1) * kGapX) / count;
}

bool has_ticks(const MapPanel& panel) { return panel.map.method != "tsne"; }

double below(const std::vector<const MapPanel*>& row) {
  return std::any_of(row.begin(), row.end(), [](auto* panel) { return has_ticks(*panel); })
             ? kTickRoom - 10
             : 0;
}

Layout lay_out(const MapPlot& plot, const std::vector<std::vector<const MapPanel*>>& rows,
               const PlotOptions& options) {
  double fixed = kMapMargin + (options.title.empty() ? 0 : kMapTitle);
  double wanted = 0, plane_rows = 0;
  for (const auto& row : rows) {
    const double width = width_of(row, options.width);
    if (width < kLeastPanel) throw too_small("width", options.width + kLeastPanel - width);
    fixed += kHeader + kGapY;
    if (row.front()->on_a_line) {
      fixed += Strip(*row.front(), kMapMargin, options.width - kMapMargin).height();
    } else {
      fixed += below(row);
      // Panels of a row that is not full are as high as those of full rows.
      if (plane_rows == 0) wanted = row.size() == 1 ? 0.72 * width : width - kLeftRoom;
      plane_rows += 1;
    }
  }
  fixed += draw_legend(nullptr, plot, options.width, 0) + kMapMargin - kGapY;
  Layout layout{wanted, options.height};
  if (options.height > 0 && plane_rows > 0) layout.planes = (options.height - fixed) / plane_rows;
  const double needed = fixed + plane_rows * kLeastPanel;
  if (options.height > 0 && options.height < needed) throw too_small("height", needed);
  if (options.height == 0) layout.total = fixed + plane_rows * wanted;
  return layout;
}

}  // namespace

std::string plot_maps(const MapPlot& plot, const PlotOptions& options) {
  const auto rows = rows_of(plot);
  const Layout layout = lay_out(plot, rows, options);
  Svg svg;
  double y = kMapMargin;
  if (!options.title.empty()) {
    svg.text({options.width / 2, y + 10}, options.title, {11, Svg::Anchor::middle, kInk, true});
    y += kMapTitle;
  }
  for (const auto& row : rows) {
    const double width = width_of(row, options.width);
    double x = kMapMargin;
    for (const MapPanel* panel : row) {
      draw_header(svg, *panel, x, y, width);
      if (panel->on_a_line) {
        const Strip strip(*panel, x, x + width);
        strip.draw(svg, y + kHeader);
        y += strip.height();
      } else {
        const double left = x + (has_ticks(*panel) ? kLeftRoom : 0);
        draw_plane(svg, *panel, {left, y + kHeader, x + width, y + kHeader + layout.planes},
                   plot.label_all);
      }
      x += width + kGapX;
    }
    if (!row.front()->on_a_line) y += layout.planes + below(row);
    y += kHeader + kGapY;
  }
  draw_legend(&svg, plot, options.width, y - kGapY);
  return svg.page(options.width, layout.total,
                  options.title.empty() ? "Maps of word vectors" : options.title);
}

}  // namespace wordbridge
