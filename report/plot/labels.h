#pragma once

#include <optional>
#include <utility>
#include <vector>

namespace wordbridge {

struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
};
bool overlap(const Box& a, const Box& b);
/// Whether the segment between two points intersects the interior of the box.
bool crosses(std::pair<double, double> from, std::pair<double, double> to, const Box& box);

/// Position of a label, with a leader (a line to its point) if it is not next to the point.
struct LabelPlace {
  Box box;
  bool has_leader = false;
  std::pair<double, double> from, to;
};

/// Places labels next to their points, one after the other, without overlaps between labels or with
/// points. Each label gets the nearest free position, preferably to the right of its point. A
/// position farther away is chosen if that avoids a leader that crosses a label, a point or another
/// leader.
class LabelPlacer {
 public:
  explicit LabelPlacer(Box area) : area_(area) {}
  /// Adds a point that no label may cover.
  void add_point(double x, double y, double radius);
  /// Returns a position for a label of this size, at most `reach` from the point, or nothing if no
  /// such position is free.
  std::optional<LabelPlace> place(double x, double y, double width, double height, double reach);

 private:
  bool is_free(const Box& box) const;
  /// Number of crossings that a position would add between leaders, other points and labels. A
  /// leader that crosses a label counts twice.
  int crossings(const LabelPlace& place) const;

  Box area_;
  std::vector<Box> points_, labels_;
  std::vector<LabelPlace> leaders_;
};

}  // namespace wordbridge
