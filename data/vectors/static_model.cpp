#include "data/vectors/static_model.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/vectors/parsed_vectors.h"

namespace wordbridge {
namespace {

constexpr const char* kStaticVectors = "model.safetensors";
constexpr const char* kStaticModules = "modules.json";
constexpr const char* kStaticFolder = "0_StaticEmbedding";
constexpr std::int64_t kPiecesPerBlock = 256;

/// Last part of a module's type: "StaticEmbedding" of
/// "sentence_transformers.models.StaticEmbedding".
std::string module_kind(const nlohmann::ordered_json& module) {
  const auto type = module.at("type").get<std::string>();
  return type.substr(type.rfind('.') + 1);
}

/// The folder of the StaticEmbedding of a modules.json, relative to it.
fs::path folder_of_embedding(const fs::path& modules_file) {
  const auto modules = read_json_file(modules_file);
  std::optional<fs::path> found;
  std::vector<std::string> kinds, unused;
  try {
    for (const auto& module : modules) {
      kinds.push_back(module_kind(module));
      if (kinds.back() == "StaticEmbedding" && !found)
        found = module.at("path").get<std::string>();
      else if (kinds.back() != "Normalize")
        unused.push_back(printable(kinds.back()));
    }
  } catch (const nlohmann::json::exception& error) {
    throw Error("the list of modules can't be read")
        .at("{}", modules_file.string())
        .expected("a list of modules, each with a type and a path")
        .got("{}", json_problem(error));
  }
  if (!found)
    throw Error("the folder is not a static model")
        .at("{}", modules_file.string())
        .expected("a module StaticEmbedding")
        .got("{}", kinds.empty() ? "no modules" : printable(join(kinds, ", ")));
  if (!unused.empty())
    warn("{}: not applied to the vectors: {}", modules_file.string(), join(unused, ", "));
  return *found;
}

}  // namespace

bool is_static_model(const fs::path& folder) {
  return fs::is_regular_file(folder / kStaticVectors) ||
         fs::is_regular_file(folder / kStaticModules) ||
         fs::is_regular_file(folder / kStaticFolder / kStaticVectors);
}

fs::path static_model_file(const fs::path& folder) {
  fs::path within = folder;
  if (fs::is_regular_file(folder / kStaticModules))
    within = (folder / folder_of_embedding(folder / kStaticModules)).lexically_normal();
  else if (!fs::is_regular_file(folder / kStaticVectors))
    within = folder / kStaticFolder;
  if (fs::path file = within / kStaticVectors; fs::is_regular_file(file)) return file;
  Error error("the folder holds no vectors of a static model");
  error.at("{}", folder.string()).expected("{}", (within / kStaticVectors).string());
  if (fs::exists(within / "pytorch_model.bin"))
    error.got("pytorch_model.bin").hint("save the model as safetensors");
  throw error;
}

StaticModel::StaticModel(const SafetensorsFile& tensors, const std::string& embeddings,
                         std::string_view tokenizer, const std::string& tokenizer_name,
                         std::shared_ptr<const void> keeper)
    : name_(tensors.name),
      embeddings_(safetensors_array(
          tensors, embeddings, 2,
          {NumberType::f32, NumberType::f64, NumberType::f16, NumberType::bf16, NumberType::i8},
          "the tensor can't be read as word vectors",
          "two sizes and a dtype of F32, F64, F16, BF16 or I8")),
      tokenizer_(tokenizer, tokenizer_name),
      keeper_(std::move(keeper)) {
  check_size(embeddings_, name_);
  read_mapping(tensors, embeddings);
  read_weights(tensors);
  check_vectors();
}

void StaticModel::read_mapping(const SafetensorsFile& tensors, const std::string& embeddings) {
  const std::int64_t pieces = tokenizer_.size();
  if (!tensors.header.contains("mapping")) {
    if (embeddings_.rows == pieces) return;
    throw Error("the numbers of pieces and vectors do not match")
        .at("{}: {}", name_, printable(embeddings))
        .expected("{}, one for each piece of the tokenizer, or a tensor 'mapping'",
                  counted(pieces, "row"))
        .got("{}; tensors {}", embeddings_.rows, listed_tensors(tensors));
  }
  const StoredArray array =
      safetensors_array(tensors, "mapping", 1, {NumberType::i32, NumberType::i64},
                        "the mapping of the vocabulary can't be read",
                        "one size and a dtype of "
                        "I32 or I64");
  check_size(array, name_ + ": mapping");
  if (array.rows != pieces)
    throw Error("the mapping does not match the vocabulary")
        .at("{}: mapping", name_)
        .expected("{}, one for each piece of the tokenizer", counted(pieces, "number"))
        .got("{}", array.rows);
  for (std::int64_t id = 0; id < pieces; ++id) {
    mapping_.push_back(integer_at(array, id));
    if (mapping_.back() < 0 || mapping_.back() >= embeddings_.rows)
      throw Error("the mapping leads to a row that does not exist")
          .at("{}: mapping, entry {} ('{}')", name_, id, printable(tokenizer_.piece(id)))
          .expected("a row from 0 to {}", embeddings_.rows - 1)
          .got("{}", mapping_.back());
  }
}

void StaticModel::read_weights(const SafetensorsFile& tensors) {
  if (!tensors.header.contains("weights")) return;
  const StoredArray array = safetensors_array(
      tensors, "weights", 1, {NumberType::f32, NumberType::f64, NumberType::f16, NumberType::bf16},
      "the weights of the vocabulary can't be read",
      "one size and a dtype of F32, F64, F16 or BF16");
  check_size(array, name_ + ": weights");
  if (array.rows != tokenizer_.size())
    throw Error("the weights do not match the vocabulary")
        .at("{}: weights", name_)
        .expected("{}, one for each piece of the tokenizer", counted(tokenizer_.size(), "number"))
        .got("{}", array.rows);
  weights_.resize(static_cast<std::size_t>(array.rows));
  copy_rows(array, 0, array.rows, weights_.data());
}

void StaticModel::copy_vector(std::int64_t id, float* row) const {
  const std::int64_t from = mapping_.empty() ? id : mapping_[at(id)];
  copy_rows(embeddings_, from, from + 1, row);
  if (weights_.empty()) return;
  for (std::int64_t i = 0; i < dim(); ++i) row[i] *= weights_[at(id)];
}

/// Also those of pieces that are not words: other words are made of them.
void StaticModel::check_vectors() const {
  const std::int64_t pieces = tokenizer_.size();
  std::atomic<std::int64_t> first_bad{pieces};
  for_each_range(pieces, kPiecesPerBlock, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> row(static_cast<std::size_t>(dim()));
    for (std::int64_t id = begin; id < end; ++id) {
      copy_vector(id, row.data());
      if (first_not_finite(row.data(), dim()) >= 0) keep_least(first_bad, id);
    }
  });
  if (const std::int64_t bad = first_bad; bad < pieces)
    throw Error("a vector is not finite")
        .at("{}: row {}", name_, (mapping_.empty() ? bad : mapping_[at(bad)]) + 1)
        .got("NaN or infinity in the vector of '{}' (id {})", printable(tokenizer_.piece(bad)),
             bad);
}

bool StaticModel::vector_of(std::string_view word, float* row) const {
  if (!tokenizer_.can_divide()) return false;
  const std::vector<std::int64_t> ids = tokenizer_.ids_of(word);
  if (ids.empty()) return false;
  std::vector<double> sum(static_cast<std::size_t>(dim()));
  for (const std::int64_t id : ids) {
    copy_vector(id, row);
    for (std::int64_t i = 0; i < dim(); ++i) sum[at(i)] += static_cast<double>(row[i]);
  }
  for (std::int64_t i = 0; i < dim(); ++i)
    row[i] = static_cast<float>(sum[at(i)] / static_cast<double>(ids.size()));
  return true;
}

}  // namespace wordbridge
