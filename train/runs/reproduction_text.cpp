#include <fmt/format.h>

#include <map>

#include "core/progress.h"
#include "core/text.h"
#include "core/text_table.h"
#include "train/runs/reproduction.h"

namespace wordbridge {
namespace {

std::string shown(const std::optional<std::string>& value) {
  if (!value) return "-";
  const bool is_checksum = value->size() == 64 && value->find(' ') == value->npos;
  return is_checksum ? value->substr(0, 12) : printable(*value, 60);
}

std::string origin_text(const Reproduction& reproduction) {
  if (reproduction.origin.empty()) return "same data, configuration, program and machine\n";
  std::vector<TableRow> rows = {{"what has changed", "first training", "now"}};
  for (const auto& [name, before, now] : reproduction.origin)
    rows.push_back({name, shown(before), shown(now)});
  return table_text(rows, {false, rows.front().size()});
}

std::string numbers_text(const FileDifference& file) {
  if (file.numbers.empty()) return {};
  std::vector<TableRow> rows = {{"", "largest difference", "largest value", "different", "of"}};
  for (const auto& numbers : file.numbers)
    rows.push_back({numbers.name, fmt::format("{:.3g}", numbers.largest),
                    fmt::format("{:.3g}", numbers.magnitude),
                    human_count(static_cast<std::uint64_t>(numbers.different)),
                    human_count(static_cast<std::uint64_t>(numbers.count))});
  TableStyle style;
  style.indent = "    ";
  return table_text(rows, style);
}

}  // namespace

std::string reproduction_text(const Reproduction& reproduction) {
  const std::string run = reproduction.run.string();
  if (reproduction.is_identical()) {
    std::string text = fmt::format(
        "{} is reproduced: bit-identical\nidentical: {}\nnot compared, because they hold times: "
        "timing.jsonl, log.txt\n",
        run, join(reproduction.identical, ", "));
    return text + origin_text(reproduction);
  }
  std::string text =
      fmt::format("{} is not reproduced: {} {}\n\n", run,
                  counted(static_cast<std::int64_t>(reproduction.different.size()), "file"),
                  reproduction.different.size() == 1 ? "differs" : "differ");
  text += origin_text(reproduction);
  if (!reproduction.exempt.empty())
    text += "identical bytes are not promised: " + reproduction.exempt + "\n";
  text += "\n";
  std::map<std::string, std::string> told;  // the last checkpoint is often the best one
  for (const auto& file : reproduction.different) {
    text += fmt::format("{}: {}\n", file.file, file.what);
    const std::string numbers = numbers_text(file);
    if (numbers.empty()) continue;
    const auto [place, is_new] = told.emplace(numbers, file.file);
    text += is_new ? numbers : fmt::format("    the same numbers as in {}\n", place->second);
  }
  if (!reproduction.identical.empty())
    text += "identical: " + join(reproduction.identical, ", ") + "\n";
  return text;
}

}  // namespace wordbridge
