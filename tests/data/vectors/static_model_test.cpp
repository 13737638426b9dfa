#include "data/vectors/static_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/file.h"
#include "data/vectors/vector_files.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

struct Tensor {
  std::string name, dtype;
  std::vector<int> shape;
  std::string bytes;
};

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

Tensor floats(const std::string& name, std::vector<int> shape, const std::vector<float>& values) {
  return {name, "F32", std::move(shape), bytes_of(values)};
}

std::string safetensors(const std::vector<Tensor>& tensors) {
  json header = json::object();
  std::string data;
  for (const auto& tensor : tensors) {
    header[tensor.name] = {{"dtype", tensor.dtype},
                           {"shape", tensor.shape},
                           {"data_offsets", {data.size(), data.size() + tensor.bytes.size()}}};
    data += tensor.bytes;
  }
  const std::string text = header.dump();
  const std::uint64_t size = text.size();
  return std::string(reinterpret_cast<const char*>(&size), 8) + text + data;
}

const std::string kWords =
    R"({"model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"a":1,"b":2}},)"
    R"("pre_tokenizer":{"type":"WhitespaceSplit"}})";
const std::string kPieces =
    R"({"model":{"type":"WordPiece","unk_token":"?","vocab":{"?":0,"a":1,"##b":2}},)"
    R"("normalizer":{"type":"Lowercase"},"pre_tokenizer":{"type":"WhitespaceSplit"}})";

/// A folder of model2vec.
struct Folder : TempFolder {
  explicit Folder(const std::vector<Tensor>& tensors, const std::string& tokenizer = kWords) {
    write("model.safetensors", safetensors(tensors));
    write("tokenizer.json", tokenizer);
  }
  EmbeddingTable read() const { return read_vectors(path()); }
  std::string refusal() const {
    return message_of<Error>([&] { read(); });
  }
};

std::vector<float> row_of(const EmbeddingTable& table, std::string_view word) {
  const auto row = table.find(word);
  if (row < 0) return {};
  return {table.row(row), table.row(row) + table.dim()};
}

std::vector<float> made(const EmbeddingTable& table, std::string_view word) {
  std::vector<float> row(static_cast<std::size_t>(table.dim()));
  return table.unseen()->vector_of(word, row.data()) ? row : std::vector<float>();
}

TEST(StaticModel, WordsAndRows) {
  const Folder folder({floats("embeddings", {3, 2}, {9, 9, 1, 2, 3, 4})});
  for (const auto& path : {folder.path(), folder / "model.safetensors"}) {
    const auto table = read_vectors(path);
    EXPECT_EQ(table.size(), 2);
    EXPECT_THAT(row_of(table, "a"), ElementsAre(1, 2));
    EXPECT_THAT(row_of(table, "b"), ElementsAre(3, 4));
  }
  EXPECT_EQ(read_vectors(folder.path(), 1).size(), 1);
}

TEST(StaticModel, MappingAndWeights) {
  const std::vector<float> rows = {10, 20, 1, -2};
  // b's row is 0 and its weight 0.5; the unknown token's row is 0.
  const Tensor mapping{"mapping", "I64", {3}, bytes_of<std::int64_t>({0, 1, 0})};
  const Tensor narrow{"mapping", "I32", {3}, bytes_of<std::int32_t>({0, 1, 0})};
  const Tensor weights = floats("weights", {3}, {7, 3, 0.5F});
  const Tensor halves{"weights", "F16", {3}, bytes_of<std::uint16_t>({0x4700, 0x4200, 0x3800})};
  for (const auto& tensors : {std::vector<Tensor>{mapping, weights}, {narrow, halves}}) {
    auto all = tensors;
    all.push_back(floats("embeddings", {2, 2}, rows));
    const auto table = Folder(all).read();
    EXPECT_THAT(row_of(table, "a"), ElementsAre(3, -6));
    EXPECT_THAT(row_of(table, "b"), ElementsAre(5, 10));
  }
  const auto mapped = Folder({mapping, floats("embeddings", {2, 2}, rows)}).read();
  EXPECT_THAT(row_of(mapped, "b"), ElementsAre(10, 20));
  const auto weighted = Folder({weights, floats("embeddings", {3, 1}, {1, 1, 4})}).read();
  EXPECT_THAT(row_of(weighted, "b"), ElementsAre(2));
}

TEST(StaticModel, NumberTypes) {
  const auto row = [](const std::string& dtype, const std::string& bytes) {
    return row_of(Folder({{"embeddings", dtype, {3, 2}, bytes}}).read(), "b");
  };
  EXPECT_THAT(row("F16", bytes_of<std::uint16_t>({0, 0, 0, 0, 0x3800, 0xc000})),
              ElementsAre(0.5F, -2));
  EXPECT_THAT(row("BF16", bytes_of<std::uint16_t>({0, 0, 0, 0, 0x3f00, 0xc000})),
              ElementsAre(0.5F, -2));
  EXPECT_THAT(row("F64", bytes_of<double>({0, 0, 0, 0, 0.5, -2})), ElementsAre(0.5F, -2));
  // model2vec does not store the scale of int8.
  EXPECT_THAT(row("I8", bytes_of<signed char>({0, 0, 0, 0, 127, -127})), ElementsAre(127, -127));
  EXPECT_THAT(Folder({{"embeddings", "U8", {3, 2}, "abcdef"}}).refusal(),
              AllOf(HasSubstr("the tensor can't be read as word vectors"),
                    HasSubstr("F32, F64, F16, BF16 or I8"), HasSubstr("U8")));
}

TEST(StaticModel, OtherWordsAreTheMeanOfTheirPieces) {
  const auto table = Folder({floats("embeddings", {3, 2}, {90, 90, 1, 2, 4, 6})}, kPieces).read();
  EXPECT_EQ(table.size(), 1);
  EXPECT_THAT(row_of(table, "a"), ElementsAre(1, 2));
  EXPECT_THAT(made(table, "A"), ElementsAre(1, 2));     // normalised
  EXPECT_THAT(made(table, "ab"), ElementsAre(2.5, 4));  // a ##b
  EXPECT_THAT(made(table, "abb"), ElementsAre(3, 14.0F / 3));
  EXPECT_THAT(made(table, "ac"), ElementsAre());  // unknown
  const Tensor mapping{"mapping", "I64", {3}, bytes_of<std::int64_t>({0, 0, 1})};
  const auto quantised =
      Folder({floats("embeddings", {2, 1}, {1, 10}), mapping, floats("weights", {3}, {1, 2, 3})},
             kPieces)
          .read();
  EXPECT_THAT(made(quantised, "ab"), ElementsAre(16));  // (1 * 2 + 10 * 3) / 2
}

TEST(StaticModel, SentenceTransformers) {
  const TempFolder folder;
  const std::string vectors = safetensors({floats("embedding.weight", {3, 1}, {9, 1, 2})});
  folder.write("0_StaticEmbedding/model.safetensors", vectors);
  folder.write("0_StaticEmbedding/tokenizer.json", kWords);
  EXPECT_TRUE(is_static_model(folder.path()));
  EXPECT_THAT(row_of(read_vectors(folder.path()), "b"), ElementsAre(2));
  fs::rename(folder / "0_StaticEmbedding", folder / "emb");
  EXPECT_FALSE(is_static_model(folder.path()));
  const auto modules = [&](const std::string& path, const std::string& second) {
    folder.write("modules.json",
                 R"([{"idx":0,"name":"0","path":")" + path +
                     R"(","type":"sentence_transformers.models.StaticEmbedding"},)"
                     R"({"idx":1,"name":"1","path":"1","type":"sentence_transformers.models.)" +
                     second + R"("}])");
  };
  modules("emb", "Normalize");
  EXPECT_THAT(row_of(read_vectors(folder.path()), "b"), ElementsAre(2));
  modules("emb", "Dense");
  testing::internal::CaptureStderr();
  read_vectors(folder.path());
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("not applied to the vectors: Dense"));
  modules("elsewhere", "Normalize");
  EXPECT_THAT(message_of<Error>([&] { read_vectors(folder.path()); }),
              AllOf(HasSubstr("the folder holds no vectors of a static model"),
                    HasSubstr("elsewhere/model.safetensors")));
  folder.write("modules.json",
               R"([{"path":"","type":"sentence_transformers.models.Transformer"}])");
  EXPECT_THAT(message_of<Error>([&] { read_vectors(folder.path()); }),
              AllOf(HasSubstr("the folder is not a static model"),
                    HasSubstr("a module StaticEmbedding"), HasSubstr("Transformer")));
}

TEST(StaticModel, DamagedFiles) {
  const Tensor rows = floats("embeddings", {3, 1}, {1, 2, 3});
  const auto with_mapping = [&](std::vector<std::int64_t> mapping) {
    const auto size = static_cast<int>(mapping.size());
    return Folder({rows, {"mapping", "I64", {size}, bytes_of(mapping)}}).refusal();
  };
  EXPECT_THAT(with_mapping({0, 1, 3}),
              AllOf(HasSubstr("the mapping leads to a row that does not exist"),
                    HasSubstr("entry 2 ('b')"), HasSubstr("from 0 to 2")));
  EXPECT_THAT(with_mapping({0, -1, 2}), HasSubstr("got:      -1"));
  EXPECT_THAT(with_mapping({0, 1}), HasSubstr("the mapping does not match the vocabulary"));
  EXPECT_THAT(Folder({rows, floats("weights", {2}, {1, 1})}).refusal(),
              AllOf(HasSubstr("the weights do not match the vocabulary"), HasSubstr("3 numbers")));
  EXPECT_THAT(
      Folder({rows, floats("mapping", {3}, {0, 1, 2})}).refusal(),
      AllOf(HasSubstr("the mapping of the vocabulary can't be read"), HasSubstr("I32 or I64")));
  EXPECT_THAT(Folder({floats("embeddings", {2, 1}, {1, 2})}).refusal(),
              AllOf(HasSubstr("the numbers of pieces and vectors do not match"),
                    HasSubstr("3 rows"), HasSubstr("got:      2; tensors embeddings F32 [2,1]")));
  EXPECT_THAT(Folder({floats("embeddings", {3, 2}, {1, 2})}).refusal(),
              HasSubstr("the size of the vector file does not match its header"));
  EXPECT_THAT(Folder({floats("embeddings", {3}, {1, 2, 3})}).refusal(),
              HasSubstr("the tensor can't be read as word vectors"));
  EXPECT_THAT(Folder({floats("other", {3, 1}, {1, 2, 3})}).refusal(),
              AllOf(HasSubstr("'embeddings' or 'embedding.weight'"), HasSubstr("other F32 [3,1]")));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(
      Folder({floats("embeddings", {3, 1}, {1, 2, nan})}).refusal(),
      AllOf(HasSubstr("a vector is not finite"), HasSubstr("row 3"), HasSubstr("'b' (id 2)")));
  EXPECT_THAT(Folder({rows, floats("weights", {3}, {1, nan, 1})}).refusal(),
              AllOf(HasSubstr("a vector is not finite"), HasSubstr("'a' (id 1)")));
  const Folder without({rows});
  fs::remove(without / "tokenizer.json");
  EXPECT_THAT(without.refusal(), AllOf(HasSubstr("the static model has no tokenizer"),
                                       HasSubstr("tokenizer.json, which names the words")));
  without.write("model.safetensors", "words");
  EXPECT_THAT(without.refusal(), HasSubstr("the file is not a safetensors file"));
  const TempFolder empty;
  EXPECT_THAT(message_of<Error>([&] { read_vectors(empty.path()); }),
              HasSubstr("the folder holds no vectors of a static model"));
}

TEST(StaticModel, AnotherMatrixIsReadByName) {
  const Folder folder({floats("other", {3, 1}, {1, 2, 3})});
  EXPECT_THAT(row_of(read_vectors(folder.path(), 0, "other"), "b"), ElementsAre(3));
}

TEST(StaticModelWriter, IsReadBackBitForBit) {
  const TempFolder folder;
  const float least = std::numeric_limits<float>::denorm_min();
  const EmbeddingTable table({"[UNK]", "a\"b\\", "wört", "don't", "▁x", "##y"},
                             {0.1F, -0.0F, least, 3, 1e38F, 5, 6, 7, 8, 9, 10, 11}, 2, "test");
  write_vectors(table.with_steps("center"), folder / "out", VectorFormat::model2vec);
  const auto back = read_vectors(folder / "out");
  ASSERT_EQ(back.size(), table.size());
  for (std::int64_t i = 0; i < table.size(); ++i) EXPECT_EQ(back.word(i), table.word(i));
  EXPECT_EQ(std::memcmp(back.data(), table.data(), 12 * sizeof(float)), 0);
  EXPECT_EQ(back.steps(), "center");
  // What model2vec expects: a row for each token, also the unknown one, which is none of the words.
  const json tokenizer = json::parse(slurp(folder / "out/tokenizer.json"));
  EXPECT_EQ(tokenizer["model"]["unk_token"], "[UNK1]");
  EXPECT_EQ(tokenizer["model"]["vocab"].size(), 7);
  EXPECT_EQ(tokenizer["model"]["vocab"]["[UNK1]"], 6);
  EXPECT_EQ(tokenizer["pre_tokenizer"]["type"], "WhitespaceSplit");
  EXPECT_FALSE(json::parse(slurp(folder / "out/config.json"))["normalize"]);
  EXPECT_EQ(json::parse(slurp(folder / "out/modules.json"))[0]["path"], ".");
  EXPECT_THAT(written_files("out", VectorFormat::model2vec),
              ElementsAre("out/model.safetensors", "out/tokenizer.json", "out/config.json",
                          "out/modules.json"));
}

TEST(StaticModelWriter, RefusesWordsThatAreNeverFound) {
  const TempFolder folder;
  for (const char* const word : {"new york", "no\u00a0break", "\xff", "a\tb"}) {
    const EmbeddingTable table({word}, {1}, 1, "test");
    EXPECT_THAT(
        message_of<Error>([&] { write_vectors(table, folder / "out", VectorFormat::model2vec); }),
        HasSubstr("the word can't be stored in this vectors format"));
    EXPECT_FALSE(fs::exists(folder / "out"));
  }
}

TEST(StaticModelWriter, AFailedWriteLeavesNothing) {
  const TempFolder folder;
  const EmbeddingTable table({"a"}, {1}, 1, "test");
  // A folder in place of a file, so that it can't be replaced.
  fs::create_directories(folder / "old/tokenizer.json/in the way");
  EXPECT_ANY_THROW(write_vectors(table, folder / "old", VectorFormat::model2vec));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder / "old"), fs::directory_iterator()), 1);
}

}  // namespace
}  // namespace wordbridge
