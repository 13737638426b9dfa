#include "data/vectors/vector_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/text.h"

namespace wordbridge {

#define WB_VECTOR_FORMAT(name) VectorFormatInfo describe_##name##_format();
#include "data/vectors/vector_formats.def"
#undef WB_VECTOR_FORMAT

namespace {

VectorFormatInfo named(VectorFormatInfo info, VectorFormat format, const char* name) {
  info.format = format;
  info.name = name;
  return info;
}

/// "a, b or c"
std::string listed(std::vector<std::string> names, const std::string& conjunction) {
  const std::string last = names.back();
  names.pop_back();
  return fmt::format("{} {} {}", join(names, ", "), conjunction, last);
}

std::string endings_text(const VectorFormatInfo& info) { return join(info.endings, ", "); }

}  // namespace

const std::vector<VectorFormatInfo>& vector_formats() {
  static const std::vector<VectorFormatInfo> formats = {
#define WB_VECTOR_FORMAT(name) named(describe_##name##_format(), VectorFormat::name, #name),
#include "data/vectors/vector_formats.def"
#undef WB_VECTOR_FORMAT
  };
  return formats;
}

const VectorFormatInfo& vector_format(VectorFormat format) {
  return vector_formats()[static_cast<std::size_t>(format)];
}

EnumNames<VectorFormat> written_vector_formats(bool with_ending) {
  EnumNames<VectorFormat> names;
  for (const auto& info : vector_formats()) {
    if (info.write != nullptr && (!with_ending || !info.endings.empty()))
      names.emplace_back(info.name, info.format);
  }
  return names;
}

std::optional<VectorFormat> vector_format_of_ending(const std::filesystem::path& path) {
  for (const auto& info : vector_formats()) {
    const auto& endings = info.endings;
    if (std::find(endings.begin(), endings.end(), path.extension().string()) != endings.end())
      return info.format;
  }
  return std::nullopt;
}

std::string vector_file_endings() {
  std::vector<std::string> endings;
  for (const auto& info : vector_formats())
    endings.insert(endings.end(), info.endings.begin(), info.endings.end());
  return listed(std::move(endings), "or");
}

std::string vector_formats_with_blanks() {
  std::vector<std::string> names;
  for (const auto& info : vector_formats()) {
    if (info.write != nullptr && info.separators.find_first_of(" \t") == info.separators.npos)
      names.push_back(info.name);
  }
  return listed(std::move(names), "and");
}

std::string vector_formats_help() {
  std::size_t name_width = 0, endings_width = 0;
  for (const auto& info : vector_formats()) {
    name_width = std::max(name_width, info.name.size());
    endings_width = std::max(endings_width, endings_text(info).size());
  }
  std::string lines;
  for (const auto& info : vector_formats()) {
    if (info.write == nullptr) continue;
    lines += fmt::format("  {:<{}}  {:<{}}  {}\n", info.name, name_width, endings_text(info),
                         endings_width, info.help);
  }
  return lines;
}

}  // namespace wordbridge
