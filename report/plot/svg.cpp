#include "report/plot/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/text.h"

namespace wordbridge {
namespace {

constexpr std::array<std::string_view, 7> kColors = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                     "#e69f00", "#56b4e9", "#000000"};
constexpr double kMarkerRadius = 2.2;

/// Number with at most two decimals, and never -0.
std::string number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string points_text(const std::vector<Svg::Point>& points) {
  std::string text;
  for (const auto& [x, y] : points) text += (text.empty() ? "" : " ") + number(x) + "," + number(y);
  return text;
}

std::string stroke(const Svg::Style& style) {
  std::string text = fmt::format("fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"", style.color,
                                 number(style.width));
  if (style.opacity < 1) text += fmt::format(" stroke-opacity=\"{}\"", number(style.opacity));
  if (!style.dashes.empty()) text += fmt::format(" stroke-dasharray=\"{}\"", style.dashes);
  return text;
}

/// Length of the UTF-8 character that starts with this byte; 1 if none does.
std::size_t character_length(unsigned char first) {
  return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/// Width of a character in thousandths of the font size.
double character_width(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (first >= 0xe3) return 1050;  // from U+3000: nearly all are as wide as high
  if (first >= 0x80) return 660;
  const auto is_in = [&](std::string_view set) { return set.find(character) != set.npos; };
  if (is_in("ijl|!'.,:;")) return 290;
  if (is_in("ftrI()[]{}/\\- \"*`")) return 380;
  if (is_in("mwMW@%")) return 920;
  return is_in("ABCDEFGHKLNOPQRSTUVXYZ&~<>=+") ? 720 : 600;
}

}  // namespace

std::string_view plot_color(std::size_t index) {
  return index == kNoColor ? "#a6a6a6" : kColors[index % kColors.size()];
}

void Svg::line(Point from, Point to, const Style& style) {
  body_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" {}/>\n", number(from.first),
                       number(from.second), number(to.first), number(to.second), stroke(style));
}

void Svg::polyline(const std::vector<Point>& points, const Style& style) {
  body_ += fmt::format("<polyline points=\"{}\" stroke-linejoin=\"round\" {}/>\n",
                       points_text(points), stroke(style));
}

void Svg::rectangle(Point top_left, Point bottom_right, const Style& style) {
  body_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {}/>\n",
                       number(top_left.first), number(top_left.second),
                       number(bottom_right.first - top_left.first),
                       number(bottom_right.second - top_left.second), stroke(style));
}

void Svg::bar(Point top_left, Point bottom_right, std::string_view color) {
  body_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>\n",
                       number(top_left.first), number(top_left.second),
                       number(bottom_right.first - top_left.first),
                       number(bottom_right.second - top_left.second), color);
}

void Svg::marker(Point at, std::size_t index, std::string_view title) {
  const auto [x, y] = at;
  const double r = kMarkerRadius;
  const std::string inside =
      fmt::format(" fill=\"{}\"", plot_color(index)) +
      (title.empty() ? "/>\n" : fmt::format("><title>{}</title>", xml_text(title)));
  const std::size_t shape = index == kNoColor ? 0 : index / kColors.size() % 4;
  const std::string name = shape == 0 ? "circle" : "polygon";
  if (shape == 0) {
    body_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"", number(x), number(y), number(r));
  } else {
    const std::vector<Point> corners[] = {
        {{x - r, y - r}, {x + r, y - r}, {x + r, y + r}, {x - r, y + r}},
        {{x, y - 1.4 * r}, {x + 1.4 * r, y}, {x, y + 1.4 * r}, {x - 1.4 * r, y}},
        {{x, y - 1.3 * r}, {x + 1.2 * r, y + r}, {x - 1.2 * r, y + r}}};
    body_ += fmt::format("<polygon points=\"{}\"", points_text(corners[shape - 1]));
  }
  body_ += inside;
  if (!title.empty()) body_ += fmt::format("</{}>\n", name);
}

void Svg::text(Point at, std::string_view text, const Font& font) {
  std::string attributes =
      fmt::format("x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"", number(at.first),
                  number(at.second), number(font.size), font.color);
  if (font.anchor != Anchor::start)
    attributes +=
        font.anchor == Anchor::middle ? " text-anchor=\"middle\"" : " text-anchor=\"end\"";
  if (font.bold) attributes += " font-weight=\"bold\"";
  if (font.upwards)
    attributes +=
        fmt::format(" transform=\"rotate(-90 {} {})\"", number(at.first), number(at.second));
  body_ += fmt::format("<text {}>{}</text>\n", attributes, xml_text(text));
}

std::string Svg::page(double width, double height, std::string_view title) const {
  constexpr double kPixelsPerMillimetre = 96 / 25.4;
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}mm\" height=\"{}mm\" "
      "viewBox=\"0 0 {} {}\" font-family=\"Helvetica, Arial, sans-serif\">\n"
      "<title>{}</title>\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{}</svg>\n",
      number(width / kPixelsPerMillimetre), number(height / kPixelsPerMillimetre), number(width),
      number(height), xml_text(title), body_);
}

std::string xml_text(std::string_view text) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::string_view character = text.substr(i, character_length(byte));
    i += character.size();
    if (byte == '&') {
      escaped += "&amp;";
    } else if (byte == '<') {
      escaped += "&lt;";
    } else if (byte == '>') {
      escaped += "&gt;";
    } else if (byte == '"') {
      escaped += "&quot;";
    } else if (byte < 0x20 || byte == 0x7f) {
      escaped += "\xef\xbf\xbd";
    } else if (invalid_utf8(character)) {
      escaped += "\xef\xbf\xbd";
      i -= character.size() - 1;
    } else {
      escaped += character;
    }
  }
  return escaped;
}

double text_width(std::string_view text, double size) {
  double width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view character =
        text.substr(i, character_length(static_cast<unsigned char>(text[i])));
    width += character_width(character);
    i += character.size();
  }
  return width * size / 1000;
}

std::string fitted(std::string_view text, double size, double width) {
  if (text_width(text, size) <= width) return std::string(text);
  constexpr std::string_view kEllipsis = "\xe2\x80\xa6";
  while (!text.empty() && text_width(text, size) + size > width) {
    std::size_t end = text.size() - 1;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text = text.substr(0, end);
  }
  return std::string(text) + std::string(kEllipsis);
}

std::string tick_text(double value) {
  const std::string text = fmt::format("{:.6g}", std::abs(value));
  return value < 0 && text != "0" ? "\xe2\x88\x92" + text : text;
}

std::vector<double> linear_ticks(double low, double high, int count) {
  if (!(high > low) || !std::isfinite(high - low)) return {low};
  const double rough = (high - low) / count, power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0})
    if (factor * power >= rough * (1 - 1e-9)) step = factor * power;
  std::vector<double> ticks;
  const double slack = 1e-9 * step;
  for (double i = std::ceil((low - slack) / step); i * step <= high + slack; ++i)
    ticks.push_back(i * step);
  return ticks;
}

std::vector<double> log_ticks(double low, double high) {
  const double decades = std::log10(high / low);
  std::vector<double> ticks;
  for (double power = std::pow(10, std::floor(std::log10(low))); power <= high; power *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double tick = factor * power;
      if (factor > 1 && decades > 3) continue;
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push_back(tick);
    }
  }
  return ticks;
}

}  // namespace wordbridge
