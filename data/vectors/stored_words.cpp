#include "data/vectors/stored_words.h"

#include <cstring>
#include <utility>

#include "core/error.h"
#include "core/index.h"

namespace wordbridge {
namespace {

constexpr const char *kLetters = "words", *kStarts = "word_starts", *kPlaces = "word_places";
static_assert(sizeof(WordPlace) == 2 * sizeof(std::int32_t));

Error inconsistent(const std::string& path) {
  return Error("the words of the file are inconsistent").at("{}", path);
}

/// Verifies `count` values from the index `first` on, and returns the first.
template <class T>
const T* values_at(const VerifiedPieces& pieces, std::uint64_t first, std::size_t count) {
  pieces.verify(first * sizeof(T), (first + count) * sizeof(T));
  return reinterpret_cast<const T*>(pieces.data()) + first;
}

}  // namespace

bool StoredWords::are_in(const ContainerReader& reader) {
  return reader.has_pieces() && reader.has(kLetters) && reader.has(kStarts) && reader.has(kPlaces);
}

StoredWords::StoredWords(const ContainerReader& reader)
    : path_(reader.file()->path().string()),
      letters_(reader.pieces(kLetters)),
      starts_(reader.pieces(kStarts)),
      places_(reader.pieces(kPlaces)) {
  const auto& places = reader.array(kPlaces);
  (void)reader.i64(kStarts), (void)reader.i32(kPlaces);  // their types
  size_ = reader.array(kStarts).count() - 1;
  letter_count_ = reader.bytes(kLetters).size();
  place_count_ = places.bytes / sizeof(WordPlace);
  const bool is_power = place_count_ > 0 && (place_count_ & (place_count_ - 1)) == 0;
  if (size_ < 1 || places.shape.size() != 2 || places.shape[1] != 2 || !is_power)
    throw inconsistent(path_);
}

std::string_view StoredWords::operator[](std::int64_t row) const {
  WB_ASSERT(row >= 0 && row < size_);
  const std::int64_t* const starts =
      values_at<std::int64_t>(*starts_, static_cast<std::uint64_t>(row), 2);
  // No word is empty. The comparisons avoid sums that can overflow.
  if (starts[0] < 0 || starts[1] <= starts[0] || starts[1] - starts[0] < 2 ||
      static_cast<std::uint64_t>(starts[1] - 1) > letter_count_)
    throw inconsistent(path_).got("row {}", row + 1);
  const std::size_t size = at(starts[1] - starts[0] - 1);
  return {values_at<char>(*letters_, static_cast<std::uint64_t>(starts[0]), size), size};
}

std::int64_t StoredWords::find(std::string_view word) const {
  return find_row(
      word, place_count_,
      [&](std::uint64_t i) {
        const WordPlace place = *values_at<WordPlace>(*places_, i, 1);
        if (static_cast<std::int64_t>(place.next_row) > size_) throw inconsistent(path_);
        return place;
      },
      [&](std::int64_t row) { return (*this)[row] == word; });
}

void StoredWords::verify() const {
  for (const auto* pieces : {&letters_, &starts_, &places_}) (*pieces)->verify_all();
}

StoredWords::Arrays::Arrays(WordList words) : index_(std::move(words)) {
  const WordList& list = index_.words();
  starts_.reserve(at(list.size()) + 1);
  for (std::int64_t i = 0; i < list.size(); ++i) {
    starts_.push_back(static_cast<std::int64_t>(letters_.size()));
    letters_ += list[i];
    letters_ += '\n';
  }
  starts_.push_back(static_cast<std::int64_t>(letters_.size()));
  letters_.pop_back();
}

void StoredWords::Arrays::add_to(ContainerWriter& writer) const {
  writer.add(kLetters, letters_);
  writer.add(kStarts, starts_);
  writer.add(kPlaces, DType::i32, {static_cast<std::int64_t>(index_.places().size()), 2},
             index_.places().data());
}

}  // namespace wordbridge
