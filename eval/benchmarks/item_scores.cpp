#include "eval/benchmarks/item_scores.h"

#include <algorithm>
#include <list>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "core/io/container.h"
#include "core/io/hash.h"
#include "core/json.h"
#include "core/text.h"

namespace wordbridge {
namespace {

using nlohmann::json;

constexpr const char* kKind = "evaluation items";

/// Answers of each analogy method, and the method's name in the file.
constexpr std::pair<AnalogyAnswers AnalogyItems::*, const char*> kMethods[] = {
    {&AnalogyItems::add, "add"},
    {&AnalogyItems::mul, "mul"},
    {&AnalogyItems::pair_direction, "pair_direction"},
    {&AnalogyItems::average, "average"}};

std::vector<float> floats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

std::vector<double> doubles(const ContainerReader& reader, const std::string& name) {
  const float* values = reader.f32(name);
  return {values, values + reader.array(name).count()};
}

void add_bytes(ContainerWriter& writer, const std::string& name,
               const std::vector<std::uint8_t>& values) {
  writer.add(name, DType::u8, {static_cast<std::int64_t>(values.size())}, values.data());
}

std::vector<std::uint8_t> read_bytes(const ContainerReader& reader, const std::string& name) {
  const auto bytes = reader.bytes(name);
  return {bytes.begin(), bytes.end()};
}

Error damaged(const ContainerReader& reader, const std::string& name) {
  return Error("damaged item scores").at("{}: {}", reader.file()->path().string(), name);
}

SimilarityItems read_similarity(const ContainerReader& reader, const std::string& key,
                                const json& entry) {
  SimilarityItems items;
  items.cosines = doubles(reader, key + ".cosine");
  items.judged = doubles(reader, key + ".judged");
  items.unknown = entry.at("unknown");
  items.undefined = entry.value("undefined", std::int64_t{0});
  if (items.cosines.size() != items.judged.size())
    throw damaged(reader, key)
        .expected("{} human scores", items.cosines.size())
        .got("{}", items.judged.size());
  return items;
}

AnalogyItems read_analogy(const ContainerReader& reader, const std::string& key,
                          const json& entry) {
  AnalogyItems items;
  items.sections = entry.at("sections").get<std::vector<std::string>>();
  const std::int32_t* section = reader.i32(key + ".section");
  items.section.assign(section, section + reader.array(key + ".section").count());
  for (const auto& [method, name] : kMethods) {
    AnalogyAnswers& answers = items.*method;
    const auto place = key + "." + name;
    const bool is_needed = method == &AnalogyItems::add || method == &AnalogyItems::mul;
    if (!is_needed && !reader.has(place)) continue;
    answers.right = read_bytes(reader, place);
    if (reader.has(place + ".rank")) {  // not written by earlier versions
      const std::int32_t* rank = reader.i32(place + ".rank");
      answers.rank.assign(rank, rank + reader.array(place + ".rank").count());
    }
    const auto size = items.section.size();
    if (answers.right.size() != size || (!answers.rank.empty() && answers.rank.size() != size))
      throw damaged(reader, place)
          .expected("{} questions", size)
          .got("{} answers and {} ranks", answers.right.size(), answers.rank.size());
  }
  const auto is_none = [&](std::int32_t s) {
    return s < 0 || static_cast<std::size_t>(s) >= items.sections.size();
  };
  if (std::any_of(items.section.begin(), items.section.end(), is_none))
    throw damaged(reader, key).expected("{} sections", items.sections.size());
  return items;
}

}  // namespace

void EvalItems::save(const std::filesystem::path& path) const {
  json meta = {{"similarity", json::array()}, {"analogy", json::array()}};
  for (const auto& entry : similarity)
    meta["similarity"].push_back({{"name", entry.name},
                                  {"sha256", entry.sha256},
                                  {"unknown", entry.items.unknown},
                                  {"undefined", entry.items.undefined}});
  for (const auto& entry : analogy)
    meta["analogy"].push_back({{"name", entry.name},
                               {"sha256", entry.sha256},
                               {"vocabulary", entry.vocabulary},
                               {"sections", entry.items.sections}});
  ContainerWriter writer(kKind, meta);
  std::list<std::vector<float>> kept;  // must outlive the writer
  for (std::size_t i = 0; i < similarity.size(); ++i) {
    const auto key = fmt::format("similarity.{}", i);
    writer.add(key + ".cosine", kept.emplace_back(floats(similarity[i].items.cosines)));
    writer.add(key + ".judged", kept.emplace_back(floats(similarity[i].items.judged)));
  }
  for (std::size_t i = 0; i < analogy.size(); ++i) {
    const auto key = fmt::format("analogy.{}", i);
    writer.add(key + ".section", analogy[i].items.section);
    for (const auto& [method, name] : kMethods) {
      const AnalogyAnswers& answers = analogy[i].items.*method;
      if (answers.empty()) continue;
      add_bytes(writer, key + "." + name, answers.right);
      if (!answers.rank.empty()) writer.add(key + "." + name + ".rank", answers.rank);
    }
  }
  writer.write(path);
}

EvalItems EvalItems::load(const std::filesystem::path& path) {
  const ContainerReader reader(path, kKind);
  EvalItems all;
  try {
    for (const auto& entry : reader.meta().at("similarity")) {
      const auto key = fmt::format("similarity.{}", all.similarity.size());
      all.similarity.push_back(
          {entry.at("name"), entry.at("sha256"), read_similarity(reader, key, entry)});
    }
    for (const auto& entry : reader.meta().at("analogy")) {
      const auto key = fmt::format("analogy.{}", all.analogy.size());
      all.analogy.push_back({entry.at("name"), entry.at("sha256"), entry.at("vocabulary"),
                             read_analogy(reader, key, entry)});
    }
  } catch (const json::exception& error) {
    throw damaged(reader, "index").got("{}", json_problem(error));
  }
  return all;
}

std::string items_sha256(const std::vector<WordPair>& pairs) {
  Sha256 hash;
  for (const auto& pair : pairs)
    hash.update(pair.first + '\t' + pair.second + '\t' + number_text(pair.score) + '\n');
  return hash.hex();
}

std::string items_sha256(const std::vector<AnalogySection>& sections) {
  Sha256 hash;
  for (const auto& section : sections) {
    hash.update(": " + section.name + '\n');
    for (const auto& words : section.questions)
      hash.update(words[0] + '\t' + words[1] + '\t' + words[2] + '\t' + words[3] + '\n');
  }
  return hash.hex();
}

}  // namespace wordbridge
