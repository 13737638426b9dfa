#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/text/vocabulary.h"

namespace wordbridge {

/// The class of each word of a vocabulary, and the names of the classes.
struct NamedClasses {
  std::vector<std::int32_t> class_of;  // [V]
  std::vector<std::string> names;      // [classes]
};

/// Reads word classes from a file with lines "word TAB class". Words of the vocabulary that are not
/// in the file form an additional class "(none)", with a warning. Error if the file contains no
/// word of the vocabulary.
NamedClasses read_word_classes(const std::string& path, const Vocabulary& vocabulary);

/// Exactly `classes` classes of words of similar frequency. The words are sorted by descending
/// count (ties by id) and split where the cumulative sum of sqrt(count + 1) passes 1/C, 2/C, ... of
/// its total, as in Mikolov's RNNLM toolkit, which uses sqrt(count). No class is empty, and none
/// has more than 4 sqrt(V) words (or ceil(V/C), if that is more). 1 <= classes <= V.
std::vector<std::int32_t> frequency_classes(const std::vector<std::int64_t>& counts,
                                            std::int64_t classes);

/// Learns classes by the exchange algorithm (models/classes/exchange.h) from a corpus of `size` ids
/// in [0, V). Error if there are more classes than distinct words in the corpus.
std::vector<std::int32_t> learned_classes(const std::int32_t* ids, std::int64_t size,
                                          std::int64_t vocabulary_size, std::int64_t classes,
                                          std::uint64_t seed);

/// Removes classes without words and renumbers the others 0, 1, ... in their order. Returns the
/// number of classes that remain.
std::int64_t drop_empty_classes(std::vector<std::int32_t>& class_of);

/// round(sqrt(V)): the number of classes for which the softmax over the classes and the softmax
/// over the words of a class cost about the same.
std::int64_t square_root_classes(std::int64_t vocabulary_size);

}  // namespace wordbridge
