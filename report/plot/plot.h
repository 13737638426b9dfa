#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "eval/projection/projection.h"

namespace wordbridge {

/// Figures for papers, as SVG: text is text, colours are safe for the colour-blind, and the same
/// content gives the same bytes. Lengths are CSS pixels, 96 to the inch.
struct PlotOptions {
  double width = 170 * 96 / 25.4;  // two columns of a paper
  double height = 0;               // 0: what the content needs
  std::string title;
};

constexpr std::size_t kNoGroup = static_cast<std::size_t>(-1);

/// One map among those of a figure.
struct MapPanel {
  std::string label;
  std::vector<std::string> words;
  Projection map;                   // a point for each word
  std::vector<std::size_t> groups;  // the group of each word, or kNoGroup; empty: there are none
  bool on_a_line = false;           // of one dimension: drawn as a number line
};

struct MapPlot {
  std::vector<MapPanel> panels;
  std::vector<std::string> group_names;
  /// Every word gets its label, if need be at the end of a long line; otherwise those, in the
  /// words' order, for which there is room beside their points.
  bool label_all = true;
};

/// Maps side by side, number lines one above the other, and a legend of the groups. Words without a
/// point (NaN) are left out. Error if the figure is too small for its content.
std::string plot_maps(const MapPlot& plot, const PlotOptions& options);

/// A line of (x, y) for each seed; y that is not finite is left out.
struct Curve {
  std::string label;
  std::vector<std::vector<std::pair<double, double>>> seeds;
};

/// Curves with their labels at their ends; of several seeds the mean, over those x that all have,
/// and each as a thin line. The vertical axis is logarithmic where the values span a factor of 8.
/// Error if the figure is too small for its content, or nothing is to be drawn.
std::string plot_curves(const std::vector<Curve>& curves, const std::string& x_name,
                        const std::string& y_name, const PlotOptions& options);

}  // namespace wordbridge
