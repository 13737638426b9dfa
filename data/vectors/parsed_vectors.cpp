#include "data/vectors/parsed_vectors.h"

#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

/// Removes the rows `dropped`, which are ascending, and moves the others together.
void drop_rows(const WordList& words, const std::vector<std::int64_t>& dropped,
               ParsedVectors& parsed) {
  const auto dim = static_cast<std::size_t>(parsed.dim);
  std::vector<std::string_view> kept;
  auto next = dropped.begin();
  for (std::int64_t i = 0; i < words.size(); ++i) {
    if (next != dropped.end() && *next == i) {
      ++next;
      continue;
    }
    float* const to = parsed.rows.get() + kept.size() * dim;
    const float* const from = parsed.rows.get() + static_cast<std::size_t>(i) * dim;
    if (to != from) std::copy_n(from, dim, to);
    kept.push_back(words[i]);
  }
  parsed.words = WordList(kept);
}

void drop_empty(ParsedVectors& parsed, const std::string& name) {
  std::vector<std::int64_t> empty;
  for (std::int64_t i = 0; i < parsed.words.size(); ++i)
    if (parsed.words[i].empty()) empty.push_back(i);
  if (empty.empty()) return;
  warn("{}: dropped {} of an empty word (row {})", name,
       counted(static_cast<std::int64_t>(empty.size()), "row"), empty.front() + 1);
  drop_rows(WordList(parsed.words), empty, parsed);
}

}  // namespace

EmbeddingTable with_stored_steps(const EmbeddingTable& table, const nlohmann::json& metadata) {
  const auto steps = metadata.find(kStoredSteps);  // the end if this is not an object
  if (steps == metadata.end() || !steps->is_string()) return table;
  return table.with_steps(steps->get<std::string>());
}

OddWords odd_words(const WordList& words) {
  const auto is_odd = [](std::string_view word) {
    return invalid_utf8(word).has_value() ||
           std::any_of(word.begin(), word.end(), [](char byte) { return byte >= 0 && byte < 32; });
  };
  constexpr std::int64_t kWordsPerBlock = 1 << 14;
  std::atomic<std::int64_t> odd{0}, first_odd{words.size()};
  for_each_range(words.size(), kWordsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      if (!is_odd(words[i])) continue;
      ++odd;
      keep_least(first_odd, i);
    }
  });
  return {odd.load(), first_odd.load()};
}

void warn_of(const OddWords& odd, std::string_view first, const std::string& name) {
  warn("{}: {} invalid UTF-8 or control characters (the first is '{}', row {})", name,
       counted(odd.count, "word has", "words have"), printable(first), odd.first + 1);
}

void check_words(const WordList& words, const std::string& name) {
  for (std::int64_t i = 0; i < words.size(); ++i)
    if (words[i].empty())
      throw Error("a vector has no word")
          .at("{}: row {}", name, i + 1)
          .expected("a word of at least one character");
  if (const auto odd = odd_words(words); odd.count > 0) warn_of(odd, words[odd.first], name);
}

EmbeddingTable as_table(ParsedVectors parsed, const std::string& name) {
  if (parsed.may_have_empty_words) drop_empty(parsed, name);
  check_words(parsed.words, name);
  auto index = std::make_shared<const WordIndex>(std::move(parsed.words));
  if (!index->repeated().empty()) {
    const auto& repeated = index->repeated();
    warn("{}: dropped {} of repeated words (the first is '{}', row {})", name,
         counted(static_cast<std::int64_t>(repeated.size()), "row"),
         printable(index->words()[repeated.front()]), repeated.front() + 1);
    drop_rows(index->words(), repeated, parsed);
    index = std::make_shared<const WordIndex>(std::move(parsed.words));
  }
  return EmbeddingTable(index, parsed.rows.get(), parsed.dim, name, parsed.rows)
      .with_unseen(std::move(parsed.unseen));
}

std::shared_ptr<float> new_floats(std::int64_t count) {
  // Pages of two megabytes reduce the number of page faults to a five-hundredth.
  constexpr std::size_t kHugePage = std::size_t{1} << 21;
  const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(float);
  if (bytes < 8 * kHugePage)
    return {new float[static_cast<std::size_t>(count)], std::default_delete<float[]>()};
  void* const memory = std::aligned_alloc(kHugePage, (bytes + kHugePage - 1) & ~(kHugePage - 1));
  if (memory == nullptr) throw std::bad_alloc();
  ::madvise(memory, bytes, MADV_HUGEPAGE);
  return {static_cast<float*>(memory), std::free};
}

std::int64_t first_not_finite(const float* values, std::int64_t count) {
  // Tests the bits, which compiles to vector instructions. Normally all values are finite.
  constexpr std::uint32_t kExponent = 0x7f800000;
  std::uint32_t found = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, values + i, sizeof bits);
    found |= static_cast<std::uint32_t>((bits & kExponent) == kExponent);
  }
  if (found == 0) return -1;
  const auto* const bad =
      std::find_if(values, values + count, [](float value) { return !std::isfinite(value); });
  return bad - values;
}

std::int64_t first_not_finite_of_all(const float* values, std::int64_t count) {
  constexpr std::int64_t kNumbersPerBlock = 1 << 16;
  std::atomic<std::int64_t> first{count};
  for_each_range(count, kNumbersPerBlock, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t bad = first_not_finite(values + begin, end - begin);
    if (bad >= 0) keep_least(first, begin + bad);
  });
  return first == count ? -1 : first.load();
}

std::vector<std::string_view> lines_of(std::string_view content, const std::string& name) {
  check_is_utf8(content, name);
  std::vector<std::string_view> lines;
  for (const TextLine& line : text_lines(without_byte_order_mark(content)))
    lines.push_back(line.text);
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

bool is_kept_by_lines(std::string_view word, std::int64_t row) {
  if (without_line_end(word) != word) return false;
  if (row > 0) return true;
  const bool may_be_utf16 = word[0] == '\xff' || word[0] == '\xfe' || word[0] == '\0';
  return !may_be_utf16 && without_byte_order_mark(word) == word;
}

}  // namespace wordbridge
