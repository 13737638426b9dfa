#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "data/catalogue/dataset_entry.h"

namespace wordbridge {

/// Content of a dataset: its counts and, if it has one, its canonical form.
struct DatasetContent {
  Counts counts;
  std::string canonical;
};

/// A reader of a dataset's files. Canonical forms: similarity: "word1 TAB word2 TAB score" with
/// this header; analogy: four words per line, ": name" before each section; categorisation: "word
/// TAB group"; outliers: "group TAB role TAB word" with this header, role is member or outlier;
/// bias: "test TAB role TAB category TAB word" with this header, role is targ1, targ2, attr1 or
/// attr2; factbook: text.
struct DatasetReader {
  std::string_view name;
  std::string_view extension;  // of the canonical file; empty: no canonical file
  /// Error with file:line for invalid content.
  DatasetContent (*read)(const DatasetEntry& entry, const std::filesystem::path& files);
};

const DatasetReader& dataset_reader(const std::string& name);
std::vector<std::string> dataset_reader_names();

/// The readers. The catalogue lists the counts of each.
DatasetContent read_brown(const DatasetEntry& entry, const std::filesystem::path& files);
DatasetContent read_splits(const DatasetEntry& entry, const std::filesystem::path& files);
DatasetContent read_texts(const DatasetEntry& entry, const std::filesystem::path& files);
DatasetContent read_factbook(const DatasetEntry& entry, const std::filesystem::path& files);
DatasetContent read_wordnet(const DatasetEntry& entry, const std::filesystem::path& files);
DatasetContent read_gcide(const DatasetEntry& entry, const std::filesystem::path& files);
DatasetContent read_pairs(const DatasetEntry& entry, const std::filesystem::path& files);
DatasetContent read_questions(const DatasetEntry& entry, const std::filesystem::path& files);
DatasetContent read_msr(const DatasetEntry& entry, const std::filesystem::path& files);
DatasetContent read_categories(const DatasetEntry& entry, const std::filesystem::path& files);
DatasetContent read_outliers(const DatasetEntry& entry, const std::filesystem::path& files);
DatasetContent read_relations(const DatasetEntry& entry, const std::filesystem::path& files);
DatasetContent read_weat(const DatasetEntry& entry, const std::filesystem::path& files);

}  // namespace wordbridge
