#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/catalogue/catalogue.h"
#include "data/catalogue/download.h"
#include "data/catalogue/file_checks.h"

namespace wordbridge {

/// Where fetched datasets lie, a folder each: $WORDBRIDGE_DATA, else $XDG_DATA_HOME/wordbridge,
/// else ~/.local/share/wordbridge.
std::filesystem::path data_root();

/// A dataset that was fetched, as its dataset.json has it. In its folder: files/ (as published),
/// for benchmarks NAME.tsv or NAME.txt (the canonical form that `wordbridge eval` reads).
struct FetchedDataset {
  std::filesystem::path folder;
  std::string name, source;
  std::string path;       // what dataset:NAME stands for, relative to the folder
  std::string canonical;  // name of that file, empty: none
  std::string canonical_sha256;
  std::vector<FileFacts> files;  // below files/
  Counts counts;
};

/// Nothing if `root` has no dataset of that name.
std::optional<FetchedDataset> find_fetched(const std::string& name,
                                           const std::filesystem::path& root);

struct FetchOptions {
  std::filesystem::path root;  // where it goes: root/NAME
  std::string from;            // a folder: the only source then
  bool force = false;          // also if it is there and whole
  DownloadOptions download;
};

/// Gets the dataset from the first of its sources that works: below `from`; or, in this order,
/// below $WORDBRIDGE_MIRROR, of an installed package, from its addresses. Its files are unpacked
/// and checked (sizes, checksums, counts) in root/NAME.part and only then put in place; what was
/// there before stays until then. After a failure nothing stays in root/NAME.part but a download
/// that can go on. False if it was there already, whole. Error with all that was tried.
bool fetch_dataset(const DatasetEntry& entry, const FetchOptions& options);

/// What is wrong with a fetched dataset, as sentences: files that are missing or changed, and, with
/// `count`, counts that are not the expected ones.
std::vector<std::string> verify_dataset(const DatasetEntry& entry, const FetchedDataset& fetched,
                                        bool count);

/// Where the dataset could come from now, in a few words: "fetched", "in the mirror", "in package
/// wordnet-base", "to download", "apt install dict-gcide",
/// "only in a mirror", "by hand".
std::string availability(const DatasetEntry& entry, const std::filesystem::path& root);

/// Whether a fetch has a place to try: an address, or files that are there; with `from` not empty,
/// whether that folder holds it.
bool can_be_had(const DatasetEntry& entry, const std::string& from);

/// The folder of the fetched dataset's files; nothing if it was not fetched.
std::optional<std::filesystem::path> fetched_files(const std::string& name);

/// "dataset:NAME" as the path of the fetched dataset's text or canonical file, "dataset:NAME/FILE"
/// as that of one of its files; every other path as it is. Error that says how to fetch it if it is
/// not there.
std::string resolve_dataset_path(const std::string& path);

}  // namespace wordbridge
