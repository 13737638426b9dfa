#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "data/catalogue/dataset_entry.h"

namespace wordbridge {

/// What is in a dataset: its counts, and its canonical form where it has one.
struct DatasetContent {
  Counts counts;
  std::string canonical;
};

/// How a dataset's files are understood. Canonical forms: similarity "word1 TAB word2 TAB score"
/// with that header; analogy four words a line, ": name" before each section; categorisation "word
/// TAB group"; outliers "group TAB role TAB word", role member or outlier, with that header; bias
/// "test TAB role TAB category TAB word", role targ1, targ2, attr1 or attr2, with that header;
/// factbook: text.
struct DatasetReader {
  std::string_view name;
  std::string_view extension;  // of the canonical file; empty: there is none
  /// Error with file:line for content that is not what it should be.
  DatasetContent (*read)(const DatasetEntry& entry, const std::filesystem::path& files);
};

const DatasetReader& dataset_reader(const std::string& name);
std::vector<std::string> dataset_reader_names();

/// The readers: see the catalogue for what each counts.
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
