// Folders of static models: model2vec, and sentence-transformers' StaticEmbedding. The vectors are
// in model.safetensors, the words in tokenizer.json.
#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/vectors/parsed_vectors.h"
#include "data/vectors/static_model.h"
#include "data/vectors/subwords/characters.h"

namespace wordbridge {
namespace {

using nlohmann::json;

constexpr std::string_view kModelFile = "model.safetensors", kTokenizerFile = "tokenizer.json",
                           kConfigFile = "config.json", kModulesFile = "modules.json";
constexpr std::int64_t kWordsPerBlock = 256;

/// The name of the matrix: model2vec's, sentence-transformers', or the one that is asked for.
std::optional<std::string> matrix_name(const SafetensorsFile& tensors, const VectorFile& file) {
  const auto names = file.tensor.empty()
                         ? std::vector<std::string>{"embeddings", "embedding.weight"}
                         : std::vector<std::string>{file.tensor};
  for (const auto& name : names)
    if (tensors.header.contains(name)) return name;
  return std::nullopt;
}

/// The file of a static model that is given without its folder.
bool recognise(const VectorFile& file) {
  if (!is_safetensors(file.content) || !file.tensor.empty() || !file.neighbour ||
      !file.neighbour(std::string(kTokenizerFile)))
    return false;
  const SafetensorsFile tensors = parse_safetensors(file.content, file.name());
  const json metadata = tensors.header.value("__metadata__", json::object());
  return matrix_name(tensors, file).has_value() && !metadata.contains("words");
}

std::shared_ptr<const StaticModel> static_model_of(const VectorFile& file,
                                                   const SafetensorsFile& tensors) {
  const auto matrix = matrix_name(tensors, file);
  if (!matrix)
    throw Error("the file has no vectors of a static model")
        .at("{}", file.name())
        .expected("a matrix {}", file.tensor.empty() ? "'embeddings' or 'embedding.weight'"
                                                     : "'" + printable(file.tensor) + "'")
        .got("{}", listed_tensors(tensors))
        .hint("--tensor NAME reads another matrix with the same tokenizer");
  const auto tokenizer = file.neighbour(std::string(kTokenizerFile));
  const fs::path tokenizer_path = file.path.parent_path() / kTokenizerFile;
  if (!tokenizer)
    throw Error("the static model has no tokenizer")
        .at("{}", file.path.parent_path().string())
        .expected("{}, which names the words", tokenizer_path.string());
  return std::make_shared<const StaticModel>(tensors, *matrix, *tokenizer, tokenizer_path.string(),
                                             file.keeper);
}

EmbeddingTable read(const VectorFile& file) {
  if (!is_safetensors(file.content))
    throw Error("the file is not a safetensors file").at("{}", file.name());
  const SafetensorsFile tensors = parse_safetensors(file.content, file.name());
  const auto model = static_model_of(file, tensors);
  const auto words = model->tokenizer().words();
  if (words.empty())
    throw Error("no piece of the static model is a word")
        .at("{}", file.name())
        .got("{}", counted(model->tokenizer().size(), "piece"));
  const auto all = static_cast<std::int64_t>(words.size());
  const std::int64_t size = file.limit > 0 ? std::min(file.limit, all) : all, dim = model->dim();
  ParsedVectors parsed{{}, new_floats(size * dim), dim, model};
  for (std::int64_t i = 0; i < size; ++i)
    parsed.words.add(words[static_cast<std::size_t>(i)].first);
  for_each_range(size, kWordsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i)
      model->copy_vector(words[static_cast<std::size_t>(i)].second, parsed.rows.get() + i * dim);
  });
  if (all + 1 < model->tokenizer().size())  // only the unknown token is not a word: usual
    log("static model",
        "{}: {} of {} pieces are words; the others are parts of words, special, or not what the "
        "tokenizer makes of any word",
        file.name(), all, model->tokenizer().size());
  return with_stored_steps(as_table(std::move(parsed), file.name()),
                           tensors.header.value("__metadata__", json::object()));
}

/// Programs that use the folder divide text at white space: such a word would never be found.
void check_can_be_found(const EmbeddingTable& table) {
  for (std::int64_t i = 0; i < table.size(); ++i) {
    const std::string_view word = table.word(i);
    const bool is_utf8 = !invalid_utf8(word);
    if (is_utf8) {
      const std::u32string points = code_points(word);
      if (std::none_of(points.begin(), points.end(), is_blank_character)) continue;
    }
    throw Error("the word can't be stored in this vectors format")
        .at("row {}", i + 1)
        .expected("{}", is_utf8 ? "a word without white space" : "valid UTF-8")
        .got("'{}'", printable(word));
  }
}

/// A name for the unknown token that is not a word of the table.
std::string unknown_token(const EmbeddingTable& table) {
  std::string token = "[UNK]";
  for (int i = 1; table.find(token) >= 0; ++i) token = fmt::format("[UNK{}]", i);
  return token;
}

/// Each word has the id of its row; the unknown token, which has a row of zeros, has the last one.
void write_tokenizer(const EmbeddingTable& table, AtomicFile& file) {
  const std::string unknown = json(unknown_token(table)).dump();
  file.write(fmt::format(
      R"({{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,)"
      R"("pre_tokenizer":{{"type":"WhitespaceSplit"}},"post_processor":null,"decoder":null,)"
      R"("model":{{"type":"WordLevel","unk_token":{},"vocab":{{)",
      unknown));
  for (std::int64_t i = 0; i < table.size(); ++i)
    file.write(fmt::format("{}:{},", json(table.word(i)).dump(), i));
  file.write(fmt::format("{}:{}}}}}}}\n", unknown, table.size()));
}

/// Removes a new folder and what is in it, unless everything has been written.
struct NewFolder {
  explicit NewFolder(fs::path folder) : path(std::move(folder)), is_new(!fs::exists(path)) {
    make_folder(path);
  }
  ~NewFolder() {
    std::error_code code;
    if (is_new && !is_complete) fs::remove_all(path, code);
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  fs::path path;
  bool is_new, is_complete = false;
};

void write(const EmbeddingTable& table, const fs::path& path) {
  check_can_be_found(table);
  NewFolder folder(path);
  AtomicFile vectors(path / kModelFile), tokenizer(path / kTokenizerFile),
      config(path / kConfigFile), modules(path / kModulesFile);
  json metadata = {{"format", "pt"}};
  if (!table.steps().empty()) metadata[kStoredSteps] = with_escaped_bytes(table.steps());
  write_safetensors(table, "embeddings", 1, metadata, vectors);
  write_tokenizer(table, tokenizer);
  const json settings = {{"model_type", "model2vec"}, {"architectures", {"StaticModel"}},
                         {"hidden_dim", table.dim()}, {"seq_length", 1000000},
                         {"normalize", false},        {"embedding_dtype", "float32"}};
  config.write(settings.dump(2) + "\n");
  const json module = {{"idx", 0},
                       {"name", "0"},
                       {"path", "."},
                       {"type", "sentence_transformers.models.StaticEmbedding"}};
  modules.write(json::array({module}).dump(2) + "\n");
  commit_together({&tokenizer, &config, &modules, &vectors});
  folder.is_complete = true;
}

}  // namespace

VectorFormatInfo describe_model2vec_format() {
  VectorFormatInfo info{"a folder for model2vec and sentence-transformers",
                        {},
                        "",
                        " \t\r\n\v\f",
                        recognise,
                        read,
                        write};
  for (const std::string_view name : {kModelFile, kTokenizerFile, kConfigFile, kModulesFile})
    info.files_in_folder.emplace_back(name);
  return info;
}

}  // namespace wordbridge
