#include "data/text/type_table.h"

#include <limits>

#include "core/error.h"

namespace wordbridge {
namespace {

constexpr std::size_t kPart = sizeof(std::uint64_t);  // bytes hashed at a time

std::uint64_t load(std::string_view word, std::size_t from) {
  std::uint64_t part = 0;
  if (from < word.size())
    std::memcpy(&part, word.data() + from, std::min(word.size() - from, kPart));
  return part;
}

}  // namespace

std::uint64_t hashing::hash_beyond(std::uint64_t hash, std::string_view word) {
  for (std::size_t i = 2 * kPart; i < word.size(); i += kPart)
    hash = stir(hash, wordbridge::load(word, i));
  return hash;
}

HashedWord hashed(std::string_view word) {
  const std::uint64_t start = load(word, 0), next = load(word, kPart);
  return {word, start, next, hashing::hash_beyond(hashing::stir(start, next), word)};
}

TypeTable::Entry TypeTable::entry_of(const HashedWord& word, std::int32_t id) {
  return {word.start, word.next, static_cast<std::uint32_t>(word.text.size()), id};
}

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
