#pragma once

#include <filesystem>
#include <memory>

#include "models/ngram/ngram_models.h"

namespace wordbridge {

/// Whether the file is in ARPA format, plain or compressed, determined by its contents.
bool is_arpa(const std::filesystem::path& path);

/// Reads an ARPA file, plain or compressed. The vocabulary has its words in the order of the file;
/// <unk> is its unknown symbol. In a model with sentence markers, </s> becomes the boundary: <s> as
/// a context is </s> with nothing before it. Markers of probability zero (-99), as written by
/// write_arpa(), are dropped. Error with file:line if \data\ is missing, sections are out of order
/// or do not have the number of n-grams given in the header, a line is malformed, a word is not a
/// unigram, an n-gram occurs twice, a number is invalid or a log probability is positive, the
/// history of an n-gram is not listed or has no back-off weight, or the file ends before \end\.
std::shared_ptr<BackoffModel> read_arpa(const std::filesystem::path& path);

/// Writes an ARPA file, compressed if its name ends in .gz. Reading it back yields the same float32
/// numbers. The unknown symbol is written as <unk>, the boundary as <s> at the start of a context
/// and as </s> elsewhere. Without a boundary, <s> and </s> are written with probability zero (-99),
/// since ARPA readers require them. Error for a word that contains whitespace, or that is <s>,
/// </s> or <unk> without being the boundary or unknown symbol.
void write_arpa(const BackoffModel& model, const std::filesystem::path& path);

}  // namespace wordbridge
