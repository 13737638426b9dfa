#include "core/config/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"

namespace wordbridge {
namespace {

bool has_name(const FieldGroup& group, const std::string& name) {
  const auto same = [&](const auto& member) { return member.name == name; };
  return std::any_of(group.fields.begin(), group.fields.end(), same) ||
         std::any_of(group.groups.begin(), group.groups.end(), same);
}

}  // namespace

bool Range::contains(double value) const {
  return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
}

std::string Range::text() const {
  const bool from = std::isfinite(low), to = std::isfinite(high);
  if (from && to) {
    return fmt::format("{}{}, {}{}", low_open ? '(' : '[', number_text(low), number_text(high),
                       high_open ? ')' : ']');
  }
  if (from) return (low_open ? "> " : ">= ") + number_text(low);
  if (to) return (high_open ? "< " : "<= ") + number_text(high);
  return "";
}

Range at_least(double low) {
  Range range;
  range.low = low;
  return range;
}

Range more_than(double low) {
  Range range = at_least(low);
  range.low_open = true;
  return range;
}

Range positive_up_to(double high) {
  Range range = more_than(0);
  range.high = high;
  return range;
}

Range between(double low, double high) {
  Range range = at_least(low);
  range.high = high;
  return range;
}

Range below(double low, double high) {
  Range range = between(low, high);
  range.high_open = true;
  return range;
}

FieldGroup& FieldGroup::add(Field field) {
  WB_ASSERT(!has_name(*this, field.name), "duplicate field {} in {}", field.name, name);
  fields.push_back(std::move(field));
  return *this;
}

FieldGroup& FieldGroup::add(FieldGroup group) {
  WB_ASSERT(!has_name(*this, group.name), "duplicate group {} in {}", group.name, name);
  groups.push_back(std::move(group));
  return *this;
}

FieldGroup& FieldGroup::rename(std::string old_name, std::string new_key) {
  WB_ASSERT(!has_name(*this, old_name), "{} is still a key of {}", old_name, name);
  renamed.emplace_back(std::move(old_name), std::move(new_key));
  return *this;
}

bool Field::is_open() const {
  return std::visit(
      [](const auto& target) {
        using Target = std::decay_t<decltype(target)>;
        if constexpr (std::is_same_v<Target, EnumTarget>)
          return target.automatic && *target == kAutomatic;
        else if constexpr (is_optional<std::remove_pointer_t<Target>>)
          return !target->has_value();
        else
          return false;
      },
      value);
}

Field* FieldGroup::find(const std::string& key) {
  const auto dot = key.find('.');
  if (dot == key.npos) {
    for (auto& field : fields)
      if (field.name == key) return &field;
    return nullptr;
  }
  for (auto& group : groups)
    if (group.name == key.substr(0, dot)) return group.find(key.substr(dot + 1));
  return nullptr;
}

std::vector<std::string> FieldGroup::open_keys() const {
  std::vector<std::string> keys;
  for (const auto& field : fields)
    if (field.is_open()) keys.push_back(field.name);
  for (const auto& group : groups)
    for (const auto& key : group.open_keys()) keys.push_back(group.name + "." + key);
  return keys;
}

void Problems::add(std::string key, std::string message) {
  found_.emplace_back(std::move(key), std::move(message));
}

}  // namespace wordbridge
