#include "data/wordnet/wordnet_files.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/log.h"
#include "core/text.h"
#include "data/text/archive_reader.h"

namespace wordbridge {
namespace {

std::optional<PartOfSpeech> part_of(char code) {
  switch (code) {
    case 'n':
    case '1':
      return PartOfSpeech::noun;
    case 'v':
    case '2':
      return PartOfSpeech::verb;
    case 'a':
    case 's':
    case '3':
    case '5':
      return PartOfSpeech::adjective;
    case 'r':
    case '4':
      return PartOfSpeech::adverb;
    default:
      return std::nullopt;
  }
}

/// Reads a file, plain or .gz, into `files`. False if there is none.
bool read_if_there(const fs::path& folder, const std::string& name, WordNetFiles& files) {
  const fs::path plain = folder / name, packed = folder / (name + ".gz");
  if (fs::exists(plain)) {
    files[name] = {plain.string(), read_file(plain)};
  } else if (fs::exists(packed)) {
    ArchiveReader reader(packed);
    std::string member;
    reader.next(member);
    files[name] = {packed.string(), reader.read()};
  }
  return files.count(name) > 0;
}

/// Reads the files of all parts of speech, BEGIN + part + END. Returns the names of missing ones.
std::vector<std::string> read_parts(const fs::path& folder, const std::string& begin,
                                    const std::string& end, WordNetFiles& files) {
  std::vector<std::string> missing;
  for (const char* part : kWordNetParts) {
    if (!read_if_there(folder, begin + part + end, files)) missing.push_back(begin + part + end);
  }
  return missing;
}

}  // namespace

WordNetFiles read_wordnet_files(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    throw Error("the WordNet folder is missing").at("{}", folder.string()).hint("{}", kWordNetHint);
  }
  WordNetFiles files;
  auto missing = read_parts(folder, "data.", "", files);
  for (auto& name : read_parts(folder, "index.", "", files)) missing.push_back(std::move(name));
  if (!missing.empty()) {
    throw Error("WordNet files are missing")
        .at("{}", folder.string())
        .expected("data.* and index.*, plain or .gz")
        .got("no {}", join(missing, ", "))
        .hint("{}", kWordNetHint);
  }
  const auto exceptions = read_parts(folder, "", ".exc", files);
  if (!exceptions.empty()) {
    warn(
        "{} has no {}: irregular forms (mice, took) are unknown, so that benchmarks lack "
        "inflections "
        "and may contain such forms as words of their own",
        folder.string(), join(exceptions, ", "));
  }
  if (read_if_there(folder, "cntlist.rev", files)) return files;
  if (read_if_there(folder, "index.sense", files)) {
    warn("{} has no cntlist.rev: the counts of senses are taken from index.sense", folder.string());
  } else {
    warn(
        "{} has no cntlist.rev and no index.sense: all counts of senses are 0, so that frequent "
        "words, a word's usual part of speech and the groups of nouns are unknown",
        folder.string());
  }
  return files;
}

std::string_view WordNetLine::field(const char* what) {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
  const auto field = rest_.substr(0, rest_.find(' '));
  if (field.empty()) damaged(what, "the end of the line");
  rest_.remove_prefix(field.size());
  return field;
}

std::size_t WordNetLine::number(std::string_view field, const char* what, int base) const {
  std::size_t value = 0;
  const auto* end = field.data() + field.size();
  const auto [stop, error] = std::from_chars(field.data(), end, value, base);
  if (error != std::errc() || stop != end) damaged(what, field);
  return value;
}

PartOfSpeech WordNetLine::part(std::string_view field) const {
  const auto part = field.size() == 1 ? part_of(field[0]) : std::nullopt;
  if (!part) damaged("a part of speech", field);
  return *part;
}

std::string_view WordNetLine::after(char mark) const {
  const auto found = rest_.find(mark);
  return found == rest_.npos ? std::string_view() : trimmed(rest_.substr(found + 1));
}

void WordNetLine::damaged(const std::string& expected, std::string_view got) const {
  throw Error("damaged line in a WordNet file")
      .at("{}:{}", file_->place, number_)
      .expected("{}", expected)
      .got("{}", printable(got))
      .hint("reinstall WordNet: {}", kWordNetHint);
}

std::vector<WordNetLine> wordnet_lines(const WordNetFile& file) {
  check_is_utf8(file.content, file.place);
  std::vector<WordNetLine> lines;
  for (const auto& line : text_lines(without_byte_order_mark(file.content))) {
    if (line.text.empty() || line.text.substr(0, 2) == "  ") continue;
    lines.emplace_back(file, line.number, line.text);
  }
  if (file.content.empty() || file.content.back() != '\n') {
    const auto last =
        static_cast<std::size_t>(std::count(file.content.begin(), file.content.end(), '\n') + 1);
    throw Error("the WordNet file is truncated")
        .at("{}:{}", file.place, last)
        .expected("a line that ends in a line break")
        .got("{}", file.content.empty() ? "an empty file" : "the end of the file")
        .hint("reinstall WordNet: {}", kWordNetHint);
  }
  return lines;
}

}  // namespace wordbridge
