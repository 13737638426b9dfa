#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wordbridge {

/// Colours distinguishable with colour blindness: Okabe and Ito, "Color Universal Design" (2008),
/// ordered for thin lines on white, without their yellow. The colours repeat after 7.
std::string_view plot_color(std::size_t index);

constexpr std::size_t kNoColor = static_cast<std::size_t>(-1);  // grey, for items without a group
constexpr std::string_view kInk = "#222222", kFaint = "#777777", kGrid = "#e4e4e4";

/// Builder of an SVG drawing on white, in CSS pixels (1/96 inch). Equal calls yield equal bytes.
class Svg {
 public:
  using Point = std::pair<double, double>;
  enum class Anchor { start, middle, end };
  struct Style {
    std::string_view color = kInk;
    double width = 0.75;
    double opacity = 1;
    std::string_view dashes = {};
  };
  struct Font {
    double size = 10;
    Anchor anchor = Anchor::start;
    std::string_view color = kInk;
    bool bold = false;
    bool upwards = false;  // reads from bottom to top
  };

  void line(Point from, Point to, const Style& style);
  void polyline(const std::vector<Point>& points, const Style& style);
  void rectangle(Point top_left, Point bottom_right, const Style& style);
  void bar(Point top_left, Point bottom_right, std::string_view color);
  /// A filled circle, square, diamond or triangle; the shape changes each time the colours repeat.
  /// Browsers show `title` as a tooltip.
  void marker(Point at, std::size_t index, std::string_view title = {});
  /// Text whose anchor is at `at`, on the baseline.
  void text(Point at, std::string_view text, const Font& font);

  /// The complete SVG file.
  std::string page(double width, double height, std::string_view title) const;

 private:
  std::string body_;
};

/// Text escaped for XML: &, <, > and double quotes become entities; control characters and bytes
/// that are not UTF-8 become U+FFFD.
std::string xml_text(std::string_view text);

/// Approximate width of the text in a sans-serif font, slightly overestimated, in the unit of
/// `size`.
double text_width(std::string_view text, double size);

/// The text, truncated with an ellipsis if it is wider than `width`.
std::string fitted(std::string_view text, double size, double width);

/// Label of an axis tick, with U+2212 as the minus sign.
std::string tick_text(double value);

/// About `count` round numbers (1, 2 or 5 times a power of 10 apart) within [low, high].
std::vector<double> linear_ticks(double low, double high, int count);
/// Powers of 10 within [low, high], and 2 and 5 times these if they span at most 3 decades. `low`
/// and `high` must be > 0.
std::vector<double> log_ticks(double low, double high);

}  // namespace wordbridge
