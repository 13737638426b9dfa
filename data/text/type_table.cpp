#include "data/text/type_table.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/error.h"

namespace wordbridge {
namespace {

constexpr std::size_t kPart = sizeof(std::uint64_t);  // bytes hashed at a time
constexpr std::size_t kInEntry = 2 * kPart;           // bytes of a word stored in its entry

std::uint64_t load(const char* bytes) {
  std::uint64_t part = 0;
  std::memcpy(&part, bytes, kPart);
  return part;
}

std::uint64_t load(const char* bytes, std::size_t size) {
  std::uint64_t part = 0;
  std::memcpy(&part, bytes, std::min(size, kPart));
  return part;
}

/// Two multiplications per part. The highest bits of the last product are the best mixed.
std::uint64_t stir(std::uint64_t hash, std::uint64_t part) {
  hash = (hash ^ part) * 0x9e3779b97f4a7c15ULL;
  return (hash ^ (hash >> 32)) * 0xd6e8feb86659fd93ULL;
}

/// Sets bit 7 of each byte that is a line end; exact up to the first of them.
std::uint64_t line_ends(std::uint64_t part) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  const std::uint64_t zero = part ^ (kOnes * static_cast<unsigned char>('\n'));
  return (zero - kOnes) & ~zero & (kOnes << 7);
}

}  // namespace

HashedWord hashed(std::string_view word) {
  const std::uint64_t start = load(word.data(), word.size());
  std::uint64_t hash = stir(0, start);
  for (std::size_t i = kPart; i < word.size(); i += kPart) {
    hash = stir(hash, load(word.data() + i, word.size() - i));
  }
  const std::uint64_t next =
      word.size() > kPart ? load(word.data() + kPart, word.size() - kPart) : 0;
  return {word, start, next, hash};
}

HashedWord hashed_line(const char* line) {
  // Little-endian: the first byte is the lowest.
  HashedWord word{{}, 0, 0, 0};
  for (std::size_t i = 0;; i += kPart) {
    std::uint64_t part = load(line + i);
    const std::uint64_t ends = line_ends(part);
    const int bits = ends == 0 ? 64 : __builtin_ctzll(ends) - 7;  // bits of the word
    if (bits < 64) part &= (std::uint64_t{1} << bits) - 1;
    if (i == 0) word.start = part;
    if (i == kPart) word.next = part;
    if (i == 0 || bits > 0) word.hash = stir(word.hash, part);
    if (ends != 0) {
      word.text = {line, i + static_cast<std::size_t>(bits / 8)};
      return word;
    }
  }
}

std::size_t TypeTable::place_of(const HashedWord& word) const {
  const std::size_t mask = entries_.size() - 1;
  for (std::size_t place = word.hash >> shift_;; place = (place + 1) & mask) {
    const Entry& entry = entries_[place];
    if (entry.id < 0) return place;
    if (entry.start != word.start || entry.next != word.next || entry.size != word.text.size())
      continue;
    if (entry.size <= kInEntry || this->word(entry.id) == word.text) return place;
  }
}

TypeTable::Entry TypeTable::entry_of(const HashedWord& word, std::int32_t id) {
  return {word.start, word.next, static_cast<std::uint32_t>(word.text.size()), id};
}

std::int32_t TypeTable::find(const HashedWord& word) const { return entries_[place_of(word)].id; }

std::int32_t TypeTable::add(const HashedWord& word) {
  std::size_t place = place_of(word);
  if (entries_[place].id >= 0) return entries_[place].id;
  WB_ASSERT(word.text.size() <= std::numeric_limits<std::uint32_t>::max());
  WB_ASSERT(size() < std::numeric_limits<std::int32_t>::max());
  const std::int32_t id = size();
  entries_[place] = entry_of(word, id);
  bytes_.append(word.text);
  begins_.push_back(bytes_.size());
  if (begins_.size() > entries_.size() / 3 * 2) resize(64 - shift_ + 1);
  return id;
}

std::string_view TypeTable::word(std::int32_t id) const {
  const auto i = static_cast<std::size_t>(id);
  return std::string_view(bytes_).substr(begins_[i], begins_[i + 1] - begins_[i]);
}

void TypeTable::clear() {
  int bits = kFirstBits;
  while ((std::size_t{1} << bits) / 3 * 2 < begins_.size()) ++bits;
  bytes_.clear();
  begins_.resize(1);
  resize(bits);
}

void TypeTable::resize(int bits) {
  if (entries_.capacity() < std::size_t{1} << bits)
    entries_ = decltype(entries_)();  // never both tables in memory
  entries_.assign(std::size_t{1} << bits, Entry());
  shift_ = 64 - bits;
  for (std::int32_t id = 0; id < size(); ++id) {
    const HashedWord word = hashed(this->word(id));
    entries_[place_of(word)] = entry_of(word, id);
  }
}

}  // namespace wordbridge
