#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "eval/projection/projection.h"

namespace wordbridge {

/// Options of a figure. Figures are SVG for papers: text stays text, colours are distinguishable
/// with colour blindness, and equal content yields equal bytes. Lengths are in CSS pixels, 96 per
/// inch.
struct PlotOptions {
  double width = 170 * 96 / 25.4;  // two columns of a paper
  double height = 0;               // 0: fitted to the content
  std::string title;
};

constexpr std::size_t kNoGroup = static_cast<std::size_t>(-1);

/// One map of a figure.
struct MapPanel {
  std::string label;
  std::vector<std::string> words;
  Projection map;                   // one point per word
  std::vector<std::size_t> groups;  // group of each word, or kNoGroup; empty: no groups
  bool on_a_line = false;           // one-dimensional: plotted as a number line
};

struct MapPlot {
  std::vector<MapPanel> panels;
  std::vector<std::string> group_names;
  /// true: label every word, if necessary at the end of a long leader. false: label the words, in
  /// order, that have room for a label next to their point.
  bool label_all = true;
};

/// Plots maps side by side and number lines one above the other, with a legend of the groups. Words
/// without a point (NaN) are omitted. Error if the figure is too small for its content.
std::string plot_maps(const MapPlot& plot, const PlotOptions& options);

/// One line of (x, y) points per seed; points whose y is not finite are omitted.
struct Curve {
  std::string label;
  std::vector<std::vector<std::pair<double, double>>> seeds;
};

/// Plots curves with labels at their ends. For several seeds: the mean over the x that all of them
/// have, and one thin line per seed. The vertical axis is logarithmic if the values span a factor
/// of 8 or more. Error if the figure is too small for its content, or if there is nothing to plot.
std::string plot_curves(const std::vector<Curve>& curves, const std::string& x_name,
                        const std::string& y_name, const PlotOptions& options);

}  // namespace wordbridge
