#include "data/catalogue/dataset_reader.h"

#include <algorithm>
#include <array>

#include "core/error.h"

namespace wordbridge {
namespace {

constexpr std::array<DatasetReader, 13> kReaders = {{{"brown", "", read_brown},
                                                     {"splits", "", read_splits},
                                                     {"texts", "", read_texts},
                                                     {"factbook", ".txt", read_factbook},
                                                     {"wordnet", "", read_wordnet},
                                                     {"gcide", "", read_gcide},
                                                     {"pairs", ".tsv", read_pairs},
                                                     {"questions", ".txt", read_questions},
                                                     {"msr", ".txt", read_msr},
                                                     {"categories", ".tsv", read_categories},
                                                     {"outliers", ".tsv", read_outliers},
                                                     {"relations", "", read_relations},
                                                     {"weat", ".tsv", read_weat}}};

}  // namespace

const DatasetReader& dataset_reader(const std::string& name) {
  const auto found = std::find_if(kReaders.begin(), kReaders.end(),
                                  [&](const auto& reader) { return reader.name == name; });
  WB_ASSERT(found != kReaders.end(), "{}", name);
  return *found;
}

std::vector<std::string> dataset_reader_names() {
  std::vector<std::string> names;
  for (const auto& reader : kReaders) names.emplace_back(reader.name);
  return names;
}

}  // namespace wordbridge
