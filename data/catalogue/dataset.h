#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/catalogue/catalogue.h"
#include "data/catalogue/download.h"
#include "data/catalogue/file_checks.h"

namespace wordbridge {

/// The folder of fetched datasets, with one subfolder per dataset: $WORDBRIDGE_DATA, else
/// $XDG_DATA_HOME/wordbridge, else ~/.local/share/wordbridge.
std::filesystem::path data_root();

/// A fetched dataset, as described by its dataset.json. Its folder contains files/ (as published)
/// and, for benchmarks, NAME.tsv or NAME.txt (the canonical form that `wordbridge eval` reads).
struct FetchedDataset {
  std::filesystem::path folder;
  std::string name, source;
  std::string path;       // target of dataset:NAME, relative to the folder
  std::string canonical;  // file name of the canonical form, empty: none
  std::string canonical_sha256;
  std::vector<FileFacts> files;  // in files/
  Counts counts;
};

/// Returns std::nullopt if there is no dataset of that name in `root`.
std::optional<FetchedDataset> find_fetched(const std::string& name,
                                           const std::filesystem::path& root);

struct FetchOptions {
  std::filesystem::path root;  // the dataset is placed in root/NAME
  std::string from;            // a folder, which is then the only source
  bool force = false;          // fetch again even if it is present and complete
  DownloadOptions download;
};

/// Fetches the dataset from the first of its sources that works: the folder `from` if given;
/// otherwise, in this order, $WORDBRIDGE_MIRROR, an installed package, the dataset's URLs. The
/// files are unpacked and checked (sizes, checksums, counts) in root/NAME.part and moved into place
/// afterwards; an earlier version stays until then. After a failure, only downloads that can be
/// resumed stay in root/NAME.part. Returns false if the dataset was already present and complete.
/// Error that lists everything that was tried.
bool fetch_dataset(const DatasetEntry& entry, const FetchOptions& options);

/// Problems of a fetched dataset, as sentences: missing or changed files and, with `count`,
/// unexpected counts.
std::vector<std::string> verify_dataset(const DatasetEntry& entry, const FetchedDataset& fetched,
                                        bool count);

/// Where the dataset is currently available, in a few words: "fetched", "in the mirror", "in
/// package wordnet-base", "to download", "apt install dict-gcide", "only in a mirror", "by hand".
std::string availability(const DatasetEntry& entry, const std::filesystem::path& root);

/// Whether there is a source to fetch from: a URL, or files that exist. If `from` is not empty,
/// whether the dataset is in that folder.
bool can_be_had(const DatasetEntry& entry, const std::string& from);

/// The folder of the dataset's files; std::nullopt if it has not been fetched.
std::optional<std::filesystem::path> fetched_files(const std::string& name);

/// The folder of WordNet: of Debian's package if it is installed, otherwise of the fetched dataset
/// `wordnet`. Error with the command to fetch it if there is none.
std::filesystem::path find_wordnet();

/// Resolves "dataset:NAME" to the path of the fetched dataset's text or canonical file, and
/// "dataset:NAME/FILE" to that of one of its files. Returns all other paths unchanged. Error with
/// the command to fetch the dataset if it has not been fetched.
std::string resolve_dataset_path(const std::string& path);

}  // namespace wordbridge
