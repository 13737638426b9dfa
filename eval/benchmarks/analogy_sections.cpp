#include "eval/benchmarks/analogy_sections.h"

#include <algorithm>
#include <string_view>

#include "core/error.h"
#include "core/io/file.h"
#include "core/text.h"

namespace wordbridge {

std::vector<AnalogySection> read_analogies(const std::filesystem::path& path) {
  const std::string content = read_file(path);
  std::vector<AnalogySection> sections;
  std::size_t number = 0;
  bool has_questions = false;
  for (const auto raw : split(content, '\n')) {
    ++number;
    std::string line(trimmed(raw));
    if (line.empty()) continue;
    if (line.front() == ':') {
      sections.push_back({std::string(trimmed(std::string_view(line).substr(1))), {}});
      continue;
    }
    std::replace(line.begin(), line.end(), '\t', ' ');
    std::vector<std::string_view> words;
    for (const auto word : split(line, ' '))
      if (!word.empty()) words.push_back(word);
    if (words.size() != 4)
      throw Error("invalid line in the analogy file")
          .at("{}:{}", path.string(), number)
          .expected("four words, or ': NAME' to start a section")
          .got("'{}'", printable(line));
    if (sections.empty()) sections.push_back({"questions", {}});
    auto& question = sections.back().questions.emplace_back();
    std::copy(words.begin(), words.end(), question.begin());
    has_questions = true;
  }
  if (!has_questions)
    throw Error("the file contains no analogy questions")
        .at("{}", path.string())
        .expected("four words per line");
  return sections;
}

}  // namespace wordbridge
