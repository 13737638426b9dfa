#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wordbridge {

/// Colours that people who see fewer of them tell apart too: Okabe and Ito, "Color Universal
/// Design" (2008), in an order for thin things on white, without their yellow. Repeats after 7.
std::string_view plot_color(std::size_t index);

constexpr std::size_t kNoColor = static_cast<std::size_t>(-1);  // grey, for what belongs nowhere
constexpr std::string_view kInk = "#222222", kFaint = "#777777", kGrid = "#e4e4e4";

/// A drawing as text, in CSS pixels (1/96 inch), on white; the same bytes for the same calls.
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
  /// A filled circle, square, diamond or triangle: another shape for each round of colours. `title`
  /// is shown by browsers that are pointed at it.
  void marker(Point at, std::size_t index, std::string_view title = {});
  /// At its anchor on the base line.
  void text(Point at, std::string_view text, const Font& font);

  /// The whole file.
  std::string page(double width, double height, std::string_view title) const;

 private:
  std::string body_;
};

/// Text as it may stand in XML: &, <, > and quotes as entities; what XML forbids (control
/// characters, bytes that are no UTF-8) as U+FFFD.
std::string xml_text(std::string_view text);

/// About how wide a sans-serif font makes it, rather a little too much, in the unit of `size`.
double text_width(std::string_view text, double size);

/// The text, cut short by an ellipsis where it is wider than `width`.
std::string fitted(std::string_view text, double size, double width);

/// A number as it stands at an axis, with a minus sign.
std::string tick_text(double value);

/// About `count` round numbers (1, 2 or 5 times a power of 10 apart) within [low, high].
std::vector<double> linear_ticks(double low, double high, int count);
/// Powers of 10 within [low, high], and their multiples by 2 and 5 where those are few; both > 0.
std::vector<double> log_ticks(double low, double high);

}  // namespace wordbridge
