#pragma once

#include <filesystem>
#include <memory>

#include "models/ngram/ngram_models.h"

namespace wordbridge {

/// Whether a file is to be read as ARPA: every file that is not of wordbridge's own format.
bool is_arpa(const std::filesystem::path& path);

/// Reads an ARPA file, plain or compressed, with any text before \data\. The vocabulary has its
/// words in the order of the file; its unknown symbol is <unk> or, without one, <UNK>. In a model
/// with sentence markers, </s> becomes the boundary: <s> as a context is </s> with nothing before
/// it. Markers of probability zero (-99), as written by write_arpa(), are dropped, as are n-grams
/// across the ends of sentences, with a message. Missing back-off weights are 0, with a warning.
/// IRSTLM's iARPA, whose probabilities lack those of the lower orders, and its quantised qARPA
/// are recognised by their first word.
/// Error with file:line if \data\ is missing, sections are out of order or do not have the number
/// of n-grams given in the header, a line is malformed, a word is not a unigram, an n-gram occurs
/// twice, a number is invalid or a log probability is positive, the history of an n-gram is not
/// listed, or the file ends before \end\. Error that names the program for a binary model of
/// another one.
std::shared_ptr<BackoffModel> read_arpa(const std::filesystem::path& path);

/// Writes an ARPA file, compressed if its name ends in .gz. Reading it back yields the same float32
/// numbers. The unknown symbol is written as <unk> (if its name is <UNK>, as that), the boundary as
/// <s> at the start of a context and as </s> elsewhere. Without a boundary, <s> and </s> are
/// written with probability zero (-99), since ARPA readers require them. The n-grams are sorted by
/// their first words in the order of the 1-grams, then by the second ones and so on, as IRSTLM
/// needs them. Error for a word that contains whitespace, or that is <s>, </s> or <unk> without
/// being the boundary or unknown symbol.
void write_arpa(const BackoffModel& model, const std::filesystem::path& path);

}  // namespace wordbridge
