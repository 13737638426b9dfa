#pragma once

#include <filesystem>
#include <memory>

#include "models/ngram/ngram_models.h"

namespace wordbridge {

/// Whether the file is one of ARPA's form, plain or packed, by its content.
bool is_arpa(const std::filesystem::path& path);

/// Reads an ARPA file, plain or packed. The vocabulary has its words in the file's order, <unk> is
/// its unknown symbol. A model with sentence marks gets </s> as its boundary: <s> as a context is
/// </s> with nothing before it. Marks of probability zero (-99), as write_arpa() puts them, are
/// left out. Error with file:line: no \data\, sections out of order or with other numbers of
/// n-grams than said, a line of other form, words that are no unigram, an n-gram twice, numbers
/// that are none or positive, an n-gram whose history is not listed or has no back-off weight, an
/// end before \end\.
std::shared_ptr<BackoffModel> read_arpa(const std::filesystem::path& path);

/// Writes an ARPA file, compressed if its name ends in .gz; numbers are read back to the same
/// float32. The unknown symbol is written as <unk>, a boundary as <s> where a context starts and
/// </s> elsewhere; without one, <s> and </s> get probability zero (-99), since readers want them.
/// Error for a word that holds white space, or is <s>, </s> or <unk> and means something else.
void write_arpa(const BackoffModel& model, const std::filesystem::path& path);

}  // namespace wordbridge
