#include "core/io/text_file.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"

namespace wordbridge {
namespace {

constexpr std::string_view kBlanks = " \t";

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

}  // namespace

std::string_view without_byte_order_mark(std::string_view content) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (starts_with(content, kMark)) content.remove_prefix(kMark.size());
  return content;
}

void check_is_utf8(std::string_view content, const std::string& name) {
  for (const std::string_view mark : {std::string_view("\xff\xfe"), std::string_view("\xfe\xff"),
                                      std::string_view("\0\0\xfe\xff", 4)}) {
    if (!starts_with(content, mark)) continue;
    throw Error("the text file is not UTF-8")
        .at("{}", name)
        .expected("UTF-8")
        .got("a byte order mark of UTF-16 or UTF-32")
        .hint("convert it with iconv -f UTF-16 -t UTF-8");
  }
}

std::string read_text_file(const fs::path& path) {
  const auto file = MappedFile::open(path);
  check_is_utf8(file->view(), path.string());
  return std::string(without_byte_order_mark(file->view()));
}

std::string_view without_line_end(std::string_view line) {
  return line.substr(0, line.find_last_not_of(" \t\r") + 1);
}

std::vector<TextLine> text_lines(std::string_view content) {
  std::vector<TextLine> lines;
  while (!content.empty()) {
    const std::size_t end = content.find('\n');
    lines.push_back({lines.size() + 1, without_line_end(content.substr(0, end))});
    content.remove_prefix(end == content.npos ? content.size() : end + 1);
  }
  return lines;
}

std::optional<std::vector<std::string>> csv_fields(std::string_view line, char separator) {
  std::vector<std::string> fields;
  std::size_t at = 0;
  while (true) {
    at = std::min(line.find_first_not_of(separator == '\t' ? " " : kBlanks, at), line.size());
    if (at < line.size() && line[at] == '"') {
      std::string field;
      for (++at;; ++at) {
        const std::size_t quote = line.find('"', at);
        if (quote == line.npos) return std::nullopt;
        field += line.substr(at, quote - at);
        at = quote + 1;
        if (at == line.size() || line[at] != '"') break;
        field += '"';
      }
      fields.push_back(std::move(field));
      const std::size_t end = std::min(line.find(separator, at), line.size());
      if (!trimmed(line.substr(at, end - at)).empty()) return std::nullopt;
      at = end;
    } else {
      const std::size_t end = std::min(line.find(separator, at), line.size());
      fields.emplace_back(trimmed(line.substr(at, end - at)));
      at = end;
    }
    if (at == line.size()) return fields;
    ++at;
  }
}

}  // namespace wordbridge
