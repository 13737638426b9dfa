#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>

#include "core/error.h"
#include "core/text.h"
#include "report/plot/plot.h"
#include "report/plot/svg.h"

namespace wordbridge {
namespace {

using Point = Svg::Point;
using Line = std::vector<std::pair<double, double>>;

constexpr double kMargin = 8, kFontSize = 10, kSmallSize = 9, kTitle = 20, kLeastSide = 80;
constexpr double kLogFrom = 8;  // ratio of values from which the axis is logarithmic
constexpr Svg::Style kAxis = {"#777777", 0.6};

/// The finite points.
Line drawn(const Line& line) {
  Line kept;
  std::copy_if(line.begin(), line.end(), std::back_inserter(kept),
               [](const auto& point) { return std::isfinite(point.second); });
  return kept;
}

/// Mean over the seeds at the x that all of them have.
Line mean_of(const std::vector<Line>& seeds) {
  std::map<double, std::pair<double, std::size_t>> sums;
  for (const auto& seed : seeds) {
    for (const auto& [x, y] : seed) {
      sums[x].first += y;
      ++sums[x].second;
    }
  }
  Line mean;
  for (const auto& [x, sum] : sums)
    if (sum.second == seeds.size())
      mean.emplace_back(x, sum.first / static_cast<double>(sum.second));
  return mean;
}

/// Range of values and its position in the figure.
struct Axis {
  double low = std::numeric_limits<double>::infinity(), high = -low;  // of the values, then widened
  double from = 0, to = 0;                                            // pixels
  bool is_log = false;

  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  /// Adds room at both ends, so that no line runs along the frame.
  void widen(double share) {
    if (is_log) {
      const double factor = std::pow(high / low, share);
      low /= factor, high *= factor;
    } else {
      const double room = high > low ? share * (high - low) : std::max(std::abs(low) * 0.1, 0.5);
      low -= room, high += room;
    }
  }
  double operator()(double value) const {
    const double share =
        is_log ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
    return from + share * (to - from);
  }
};

struct DrawnCurve {
  std::string label;
  std::vector<Line> seeds;
  Line mean;
};

/// Moves label heights apart, as little as necessary to avoid overlaps.
std::vector<double> spread(std::vector<double> wished, double low, double high) {
  constexpr double kApart = 12;
  std::vector<std::size_t> order(wished.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return wished[a] < wished[b]; });
  // Neighbours that overlap become a group around the mean of their preferred heights.
  struct Group {
    double sum;
    std::size_t size;
    double top(double least, double most) const {
      const auto count = static_cast<double>(size);
      const double half = (count - 1) * kApart / 2;
      return std::max(least, std::min(sum / count, most - half) - half);
    }
  };
  std::vector<Group> groups;
  for (const std::size_t i : order) {
    groups.push_back({wished[i], 1});
    while (groups.size() > 1) {
      const Group &last = groups.back(), &before = groups[groups.size() - 2];
      const double end = before.top(low, high) + static_cast<double>(before.size) * kApart;
      if (end <= last.top(low, high)) break;
      groups[groups.size() - 2] = {before.sum + last.sum, before.size + last.size};
      groups.pop_back();
    }
  }
  std::size_t next = 0;
  for (const Group& group : groups)
    for (std::size_t k = 0; k < group.size; ++k)
      wished[order[next++]] = group.top(low, high) + static_cast<double>(k) * kApart;
  return wished;
}

std::vector<DrawnCurve> drawn_curves(const std::vector<Curve>& curves, Axis& x, Axis& y) {
  std::vector<DrawnCurve> all;
  for (const auto& curve : curves) {
    DrawnCurve result{curve.label, {}, {}};
    for (const auto& seed : curve.seeds)
      if (auto line = drawn(seed); !line.empty()) result.seeds.push_back(std::move(line));
    result.mean = mean_of(result.seeds);
    for (const auto& seed : result.seeds)
      for (const auto& [at, value] : seed) x.add(at), y.add(value);
    if (!result.mean.empty()) all.push_back(std::move(result));
  }
  if (all.empty()) throw Error("there is nothing to plot");
  return all;
}

void draw_axes(Svg& svg, const Axis& x, const Axis& y, const std::string& x_name,
               const std::string& y_name) {
  const auto y_ticks = y.is_log ? log_ticks(y.low, y.high) : linear_ticks(y.low, y.high, 7);
  for (const double tick : y_ticks) {
    svg.line({x.from, y(tick)}, {x.to, y(tick)}, {kGrid, 0.6});
    svg.text({x.from - 5, y(tick) + 3}, tick_text(tick), {kSmallSize, Svg::Anchor::end, kInk});
  }
  for (const double tick : linear_ticks(x.low, x.high, 8)) {
    if (tick != std::floor(tick)) continue;  // epochs are integers
    svg.line({x(tick), y.from}, {x(tick), y.from + 3}, kAxis);
    svg.text({x(tick), y.from + 13}, tick_text(tick), {kSmallSize, Svg::Anchor::middle, kInk});
  }
  svg.line({x.from, y.from}, {x.to, y.from}, kAxis);
  svg.line({x.from, y.from}, {x.from, y.to}, kAxis);
  svg.text({(x.from + x.to) / 2, y.from + 27}, x_name, {kFontSize, Svg::Anchor::middle});
  svg.text({kMargin + 9, (y.from + y.to) / 2}, y_name,
           {kFontSize, Svg::Anchor::middle, kInk, false, true});
}

void draw_curve(Svg& svg, const DrawnCurve& curve, std::size_t index, const Axis& x,
                const Axis& y) {
  constexpr std::string_view kDashes[] = {"", "5 2", "1.5 1.5", "6 2 1.5 2"};
  const std::string_view color = plot_color(index);
  const std::string_view dashes = kDashes[index / 7 % 4];
  const auto projected = [&](const Line& line) {
    std::vector<Point> points;
    for (const auto& [at, value] : line) points.emplace_back(x(at), y(value));
    return points;
  };
  if (curve.seeds.size() > 1)
    for (const auto& seed : curve.seeds) svg.polyline(projected(seed), {color, 0.6, 0.45});
  const auto mean = projected(curve.mean);
  svg.polyline(mean, {color, 1.5, 1, dashes});
  if (mean.size() == 1) svg.marker(mean.front(), index);
}

double widest_tick(const Axis& y) {
  double widest = 0;
  for (const double tick : y.is_log ? log_ticks(y.low, y.high) : linear_ticks(y.low, y.high, 7))
    widest = std::max(widest, text_width(tick_text(tick), kSmallSize));
  return widest;
}

}  // namespace

std::string plot_curves(const std::vector<Curve>& curves, const std::string& x_name,
                        const std::string& y_name, const PlotOptions& options) {
  Axis x, y;
  auto all = drawn_curves(curves, x, y);
  double widest = 0;
  for (auto& curve : all) {
    if (curve.seeds.size() > 1) curve.label += fmt::format(" (mean of {})", curve.seeds.size());
    widest = std::max(widest, text_width(curve.label, kFontSize));
  }
  y.is_log = y.low > 0 && y.high / y.low >= kLogFrom;
  y.widen(0.05);
  x.widen(x.high > x.low ? 0.02 : 0);
  const double height = options.height > 0 ? options.height : 0.55 * options.width;
  const double title = options.title.empty() ? 0 : kTitle;
  x.from = kMargin + 20 + widest_tick(y);
  x.to = options.width - kMargin - widest - 16;
  y.from = height - kMargin - 30;
  y.to = kMargin + title + 4;
  if (x.to - x.from < kLeastSide || y.from - y.to < kLeastSide) {
    throw Error("the figure is too small for its content")
        .expected("at least {:.0f} x {:.0f} px",
                  std::ceil(options.width + kLeastSide - (x.to - x.from)),
                  std::ceil(height + kLeastSide - (y.from - y.to)))
        .got("{:.0f} x {:.0f} px", options.width, height);
  }
  Svg svg;
  if (title > 0)
    svg.text({options.width / 2, kMargin + 10}, options.title,
             {11, Svg::Anchor::middle, kInk, true});
  draw_axes(svg, x, y, x_name, y_name);
  std::vector<double> ends;
  for (std::size_t i = 0; i < all.size(); ++i) {
    draw_curve(svg, all[i], i, x, y);
    ends.push_back(y(all[i].mean.back().second));
  }
  const auto heights = spread(ends, y.to + 4, y.from - 4);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double end = x(all[i].mean.back().first);
    svg.line({end + 2, ends[i]}, {x.to + 10, heights[i]}, {plot_color(i), 0.6, 0.7});
    svg.text({x.to + 12, heights[i] + 3.5}, all[i].label, {kFontSize});
  }
  return svg.page(options.width, height, options.title.empty() ? y_name : options.title);
}

}  // namespace wordbridge
