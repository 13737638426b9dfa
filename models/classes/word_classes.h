#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/text/vocabulary.h"

namespace wordbridge {

/// A class for each word of a vocabulary.
struct NamedClasses {
  std::vector<std::int32_t> class_of;  // [V]
  std::vector<std::string> names;      // [classes]
};

/// Classes of a file's words, a line "word TAB class" each; words of the vocabulary that it does
/// not have make one more class, "(none)", with a warning. Error if it has none of them.
NamedClasses read_word_classes(const std::string& path, const Vocabulary& vocabulary);

/// Exactly `classes` classes of words of similar frequency: the words in descending order of their
/// counts (equal ones by id) are cut where the sum of sqrt(count + 1) passes 1/C, 2/C, ... of its
/// total, as Mikolov's RNNLM toolkit does with sqrt(count). No class is empty, and none has more
/// than 4 sqrt(V) words (or ceil(V/C), if that is more). 1 <= classes <= V.
std::vector<std::int32_t> frequency_classes(const std::vector<std::int64_t>& counts,
                                            std::int64_t classes);

/// Classes by the exchange algorithm (models/classes/exchange.h) from a text of `size` ids in [0,
/// V). Error if there are more classes than words that occur.
std::vector<std::int32_t> learned_classes(const std::int32_t* ids, std::int64_t size,
                                          std::int64_t vocabulary_size, std::int64_t classes,
                                          std::uint64_t seed);

/// Renumbers the classes 0, 1, ... in their order without those that have no word; returns their
/// number.
std::int64_t drop_empty_classes(std::vector<std::int32_t>& class_of);

/// round(sqrt(V)), the number of classes for which classes and a class's words cost about the same.
std::int64_t square_root_classes(std::int64_t vocabulary_size);

}  // namespace wordbridge
