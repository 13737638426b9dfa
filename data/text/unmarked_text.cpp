#include "data/text/unmarked_text.h"

#include <algorithm>
#include <string_view>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/text.h"

namespace wordbridge {
namespace {

constexpr std::size_t kMarkedBytes = std::size_t{1} << 17;

bool has(std::string_view line, const std::string& mark) {
  return !mark.empty() && line.find(mark) != line.npos;
}

}  // namespace

std::vector<std::string_view> words_between_blanks(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n\v\f";
  std::vector<std::string_view> words;
  for (std::size_t i = text.find_first_not_of(kSpaces); i < text.size();) {
    const std::size_t end = std::min(text.find_first_of(kSpaces, i), text.size());
    words.push_back(text.substr(i, end - i));
    i = text.find_first_not_of(kSpaces, end);
  }
  return words;
}

bool SentenceMarks::is_end(std::string_view word) const {
  return std::find(ends.begin(), ends.end(), word) != ends.end();
}

bool UnmarkedText::next(Document& document) {
  rest_.clear(), ready_.clear();
  given_ = 0, line_ = 0;
  ended_ = !text_->next(document);
  name_ = document.name;
  return !ended_;
}

std::size_t UnmarkedText::read(char* buffer, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    if (given_ == ready_.size()) {
      if (ended_) break;
      read_lines();
    }
    const std::size_t some = std::min(size - done, ready_.size() - given_);
    std::copy_n(ready_.data() + given_, some, buffer + done);
    given_ += some, done += some;
  }
  return done;
}

void UnmarkedText::read_lines() {
  ready_.clear();
  given_ = 0;
  const std::size_t before = rest_.size();
  rest_.resize(before + kMarkedBytes);
  const std::size_t bytes = text_->read(rest_.data() + before, kMarkedBytes);
  rest_.resize(before + bytes);
  ended_ = bytes < kMarkedBytes;
  std::string_view text = rest_;
  for (std::size_t end = text.find('\n', before); end != text.npos; end = text.find('\n')) {
    add_line(text.substr(0, end));
    ready_ += '\n';
    text.remove_prefix(end + 1);
  }
  if (ended_ && !text.empty()) {
    add_line(text);
    text = {};
  }
  rest_.erase(0, rest_.size() - text.size());
}

void UnmarkedText::add_line(std::string_view line) {
  if (++line_ == 1) line = without_byte_order_mark(line);
  const auto is_in_line = [&](const std::string& mark) { return has(line, mark); };
  const std::size_t before = ready_.size();
  if (is_in_line(marks_.begin) || std::any_of(marks_.ends.begin(), marks_.ends.end(), is_in_line) ||
      std::any_of(marks_.others.begin(), marks_.others.end(), is_in_line)) {
    add_unmarked(line);
  } else {
    ready_ += line;
  }
  if (trimmed(std::string_view(ready_).substr(before)).empty()) ++counts_.blank_lines;
}

void UnmarkedText::add_unmarked(std::string_view line) {
  const auto runs = words_between_blanks(line);
  auto first = runs.begin(), last = runs.end();
  while (first != last && *first == marks_.begin) ++first;
  if (first != last && marks_.is_end(*(last - 1))) --last;
  const auto taken = static_cast<std::int64_t>(runs.size()) - (last - first);
  counts_.marks += taken;
  if (taken > 0) ++counts_.lines;
  bool ended = false;  // directly after an end mark
  for (auto run = first; run != last; ++run) {
    if (*run == marks_.begin || (marks_.is_end(*run) && !marks_.end_is_word)) {
      if (ended && *run == marks_.begin) continue;
      throw Error("a mark of sentences inside a line")
          .at("{}:{}", name_, line_)
          .expected("{} at the start of a line and {} at its end only", marks_.begin,
                    join(marks_.ends, " or "))
          .got("{}", printable(line, 80))
          .hint("write each sentence on a line of its own");
    }
    ended = marks_.is_end(*run);
    if (ended) {
      if (counts_.inside++ == 0) counts_.first_inside = place_of(*run);
      ready_ += '\n';
      continue;
    }
    if (std::find(marks_.others.begin(), marks_.others.end(), *run) != marks_.others.end() &&
        counts_.others++ == 0)
      counts_.first_other = place_of(*run);
    if (!ready_.empty() && ready_.back() != '\n') ready_ += ' ';
    ready_ += *run;
  }
}

std::string UnmarkedText::place_of(std::string_view mark) const {
  return fmt::format("{}:{}: {}", name_, line_, mark);
}

}  // namespace wordbridge
