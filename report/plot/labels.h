#pragma once

#include <optional>
#include <utility>
#include <vector>

namespace wordbridge {

struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
};
bool overlap(const Box& a, const Box& b);
/// Whether the segment between two points has a part within the box.
bool crosses(std::pair<double, double> from, std::pair<double, double> to, const Box& box);

/// Where a label goes, and the line that leads to it if that is not beside its point.
struct LabelPlace {
  Box box;
  bool has_leader = false;
  std::pair<double, double> from, to;
};

/// Places labels beside their points so that none overlaps another or a point, one after the other:
/// each gets the nearest free place, first of all to the right, but goes a longer way lest its
/// leader cross a label, a point or another leader.
class LabelPlacer {
 public:
  explicit LabelPlacer(Box area) : area_(area) {}
  /// A point that no label may cover.
  void add_point(double x, double y, double radius);
  /// A place for a label of this size at the point; nothing if there is none at most `reach` away.
  std::optional<LabelPlace> place(double x, double y, double width, double height, double reach);

 private:
  bool is_free(const Box& box) const;
  /// How many leaders and points of others a place would cross; a line through a label counts
  /// twice.
  int crossings(const LabelPlace& place) const;

  Box area_;
  std::vector<Box> points_, labels_;
  std::vector<LabelPlace> leaders_;
};

}  // namespace wordbridge
