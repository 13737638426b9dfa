#include "train/runs/data_check.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "core/error.h"
#include "core/json.h"

namespace wordbridge {
namespace {

namespace fs = std::filesystem;

/// The SHA-256 of each file of the text, by name.
std::map<std::string, std::string> files_of(const nlohmann::json& data) {
  std::map<std::string, std::string> files;
  for (const auto& file : data.at("source").value("files", nlohmann::json::array()))
    files[file.at("name")] = file.at("sha256");
  return files;
}

/// "3e25960a79db", or "no such file"
std::string shown_file(const std::map<std::string, std::string>& files, const std::string& name) {
  const auto file = files.find(name);
  return file == files.end() ? "no such file" : "SHA-256 " + file->second.substr(0, 12);
}

/// Names the files of the text that are not those of the manifest.
Error changed_text(const nlohmann::json& stored, const nlohmann::json& own) {
  const auto before = files_of(stored), now = files_of(own);
  std::set<std::string> changed;
  for (const auto& [name, sha] : before)
    if (shown_file(now, name) != shown_file(before, name)) changed.insert(name);
  for (const auto& [name, sha] : now)
    if (before.count(name) == 0) changed.insert(name);
  Error error("the text has changed since the run was started");
  if (changed.empty()) {
    error.at("the options of data in config.yaml: the files are the same, their tokens are not")
        .expected("a stream of {} tokens, SHA-256 {}", stored.at("stream_tokens").dump(),
                  stored.at("stream_sha256").get<std::string>().substr(0, 12))
        .got("{} tokens, {}", own.at("stream_tokens").dump(),
             own.at("stream_sha256").get<std::string>().substr(0, 12));
    return error;
  }
  const std::string first = *changed.begin();
  error
      .at("{}{}", first,
          changed.size() > 1 ? fmt::format(" and {} more files", changed.size() - 1) : "")
      .expected("{}", shown_file(before, first))
      .got("{}", shown_file(now, first));
  return error;
}

}  // namespace

std::optional<Error> data_difference(const nlohmann::json& stored, const nlohmann::json& own) {
  if (stored.at("stream_sha256") != own.at("stream_sha256")) return changed_text(stored, own);
  const auto &before = stored.at("vocabulary"), &now = own.at("vocabulary");
  if (before == now) return std::nullopt;
  Error error("the vocabulary has changed since the run was started; the text has not");
  error.at("data.vocabulary")
      .expected("{} words, SHA-256 {}", before.at("size").dump(),
                before.at("sha256").get<std::string>().substr(0, 12))
      .got("{} words, {}", now.at("size").dump(),
           now.at("sha256").get<std::string>().substr(0, 12));
  return error;
}

void check_same_data(const fs::path& manifest, const Corpus& corpus) {
  if (!fs::exists(manifest)) return;
  try {
    const nlohmann::json stored = read_json_file(manifest).at("data");
    if (auto difference = data_difference(stored, corpus.facts()))
      throw difference->hint("restore it, or train into another folder (--out)");
  } catch (const nlohmann::json::exception&) {
    // A manifest of another version: restore_checkpoint() compares the checksums.
  }
}

}  // namespace wordbridge
