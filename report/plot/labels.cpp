#include "report/plot/labels.h"

#include <algorithm>
#include <cmath>

namespace wordbridge {
namespace {

constexpr double kGap = 3.5, kRing = 7;  // pixels: next to a point; between candidate distances
constexpr double kCrossing = 40;         // pixels of distance that a crossing costs
constexpr double kPi = 3.14159265358979323846;

/// Position of a label at distance `away` from (x, y) in a direction. The label's nearest part is a
/// corner, or the middle of a side in the four main directions.
LabelPlace at_angle(double x, double y, double width, double height, double away, double angle) {
  const double dx = std::cos(angle), dy = std::sin(angle);
  const double cx = x + dx * away + std::clamp(1.5 * dx, -1.0, 1.0) * width / 2;
  const double cy = y + dy * away + std::clamp(1.5 * dy, -1.0, 1.0) * height / 2;
  LabelPlace place;
  place.box = {cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2};
  place.from = {x, y};
  place.to = {std::clamp(x, place.box.left, place.box.right),
              std::clamp(y, place.box.top, place.box.bottom)};
  return place;
}

/// Orientation of a, b, c: positive for one direction of rotation, negative for the other.
double turn(std::pair<double, double> a, std::pair<double, double> b, std::pair<double, double> c) {
  return (b.first - a.first) * (c.second - a.second) - (b.second - a.second) * (c.first - a.first);
}

/// Whether two leaders cross: the ends of each are on different sides of the other.
bool intersect(const LabelPlace& a, const LabelPlace& b) {
  return turn(a.from, a.to, b.from) * turn(a.from, a.to, b.to) < 0 &&
         turn(b.from, b.to, a.from) * turn(b.from, b.to, a.to) < 0;
}

}  // namespace

bool overlap(const Box& a, const Box& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

bool crosses(std::pair<double, double> from, std::pair<double, double> to, const Box& box) {
  // Clips from + t (to - from), 0 <= t <= 1, to each pair of opposite sides of the box.
  double first = 0, last = 1;
  const auto clip = [&](double start, double way, double low, double high) {
    if (way == 0) return start > low && start < high;
    const double a = (low - start) / way, b = (high - start) / way;
    first = std::max(first, std::min(a, b));
    last = std::min(last, std::max(a, b));
    return first < last;
  };
  return clip(from.first, to.first - from.first, box.left, box.right) &&
         clip(from.second, to.second - from.second, box.top, box.bottom);
}

void LabelPlacer::add_point(double x, double y, double radius) {
  points_.push_back({x - radius, y - radius, x + radius, y + radius});
}

bool LabelPlacer::is_free(const Box& box) const {
  const auto covers = [&](const Box& other) { return overlap(box, other); };
  return box.left >= area_.left && box.right <= area_.right && box.top >= area_.top &&
         box.bottom <= area_.bottom && std::none_of(points_.begin(), points_.end(), covers) &&
         std::none_of(labels_.begin(), labels_.end(), covers);
}

int LabelPlacer::crossings(const LabelPlace& place) const {
  int count = 0;
  for (const LabelPlace& other : leaders_)
    count += 2 * crosses(other.from, other.to, place.box) + intersect(place, other);
  if (!place.has_leader) return count;
  for (const Box& label : labels_) count += 2 * crosses(place.from, place.to, label);
  const auto [x, y] = place.from;
  for (const Box& point : points_) {
    const bool is_its_own = overlap(point, {x, y, x, y});
    count += !is_its_own && crosses(place.from, place.to, point);
  }
  return count;
}

std::optional<LabelPlace> LabelPlacer::place(double x, double y, double width, double height,
                                             double reach) {
  // Right, left, above, below, then the diagonals. Larger distances are tried in 24 directions.
  constexpr double kNear[] = {0, 4, 6, 2, 7, 1, 5, 3};
  std::optional<LabelPlace> best;
  double least = std::max(reach, kGap) + kCrossing * 100;
  for (double away = kGap; away <= std::max(reach, kGap) && away < least; away += kRing) {
    const int directions = away == kGap ? 8 : 24;
    for (int i = 0; i < directions; ++i) {
      const double angle = directions == 8 ? kNear[i] * kPi / 4 : i * kPi / 12;
      LabelPlace place = at_angle(x, y, width, height, away, angle);
      place.has_leader = away > kGap;
      if (!is_free(place.box)) continue;
      const double cost = away + kCrossing * crossings(place);
      if (cost >= least) continue;
      least = cost;
      best = place;
    }
  }
  if (!best) return best;
  labels_.push_back(best->box);
  if (best->has_leader) leaders_.push_back(*best);
  return best;
}

}  // namespace wordbridge
