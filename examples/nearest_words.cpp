// The nearest words of a word in a file of word vectors, without LibTorch:
//
//   nearest_words vectors.txt king

#include <fmt/format.h>

#include <iostream>

#include "core/error.h"
#include "data/vectors/vector_files.h"
#include "eval/neighbors/neighbors.h"

int main(int count, char** arguments) try {
  if (count != 3) throw wordbridge::Error("usage: nearest_words VECTORS WORD");
  const auto table = wordbridge::read_vectors(arguments[1]);
  for (const auto& neighbor : wordbridge::nearest(table, arguments[2], 10)) {
    fmt::print("{} {:.2f}\n", neighbor.word, neighbor.cosine);
  }
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
