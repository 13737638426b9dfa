#include "data/corpus/token_scores.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/index.h"
#include "core/io/container.h"

namespace wordbridge {
namespace {

constexpr const char* kScoresKind = "token scores";

std::vector<std::uint8_t> seen_in_training(const Corpus& corpus, Span span) {
  std::vector<std::uint8_t> seen;
  seen.reserve(static_cast<std::size_t>(span.size()));
  for (auto t = span.begin; t < span.end; ++t)
    seen.push_back(corpus.train_counts()[at(corpus.ids()[t])] > 0);
  return seen;
}

void add(ContainerWriter& writer, const std::string& name, const TokenScores::Split& split) {
  writer.add(name + ".log_prob", split.log_prob);
  writer.add(name + ".seen", DType::u8, {static_cast<std::int64_t>(split.seen.size())},
             split.seen.data());
}

TokenScores::Split read(const ContainerReader& reader, const std::string& name, Span span) {
  TokenScores::Split split;
  const float* values = reader.f32(name + ".log_prob");
  const auto seen = reader.bytes(name + ".seen");
  split.log_prob.assign(values, values + reader.array(name + ".log_prob").count());
  split.seen.assign(seen.begin(), seen.end());
  const auto size = static_cast<std::size_t>(span.size());
  if (split.log_prob.size() != size || split.seen.size() != size) {
    throw Error("the number of token scores does not match the split")
        .at("{}: {}", reader.file()->path().string(), name)
        .expected("{} tokens", size)
        .got("{} log-probabilities and {} flags", split.log_prob.size(), split.seen.size());
  }
  return split;
}

double perplexity_of(double nats, std::int64_t words) {
  return words > 0 ? std::exp(nats / static_cast<double>(words))
                   : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

TokenScores TokenScores::of(const Corpus& corpus) {
  TokenScores scores;
  scores.stream_sha256 = corpus.facts().at("stream_sha256");
  scores.vocabulary_sha256 = corpus.vocabulary().sha256();
  scores.valid_span = corpus.valid();
  scores.test_span = corpus.test();
  scores.valid.seen = seen_in_training(corpus, corpus.valid());
  scores.test.seen = seen_in_training(corpus, corpus.test());
  for (const auto count : corpus.train_counts()) scores.seen.push_back(count > 0);
  return scores;
}

void TokenScores::save(const std::filesystem::path& path) const {
  const nlohmann::json meta = {{"stream_sha256", stream_sha256},
                               {"vocabulary_sha256", vocabulary_sha256},
                               {"valid", {valid_span.begin, valid_span.end}},
                               {"test", {test_span.begin, test_span.end}}};
  ContainerWriter writer(kScoresKind, meta);
  add(writer, "valid", valid);
  add(writer, "test", test);
  writer.add("seen", DType::u8, {static_cast<std::int64_t>(seen.size())}, seen.data());
  writer.write(path);
}

TokenScores TokenScores::load(const std::filesystem::path& path) {
  const ContainerReader reader(path, kScoresKind);
  const auto& meta = reader.meta();
  const auto span = [&](const char* name) {
    return Span{meta.at(name).at(0).get<std::int64_t>(), meta.at(name).at(1).get<std::int64_t>()};
  };
  TokenScores scores;
  scores.stream_sha256 = meta.at("stream_sha256");
  scores.vocabulary_sha256 = meta.at("vocabulary_sha256");
  scores.valid_span = span("valid");
  scores.test_span = span("test");
  scores.valid = read(reader, "valid", scores.valid_span);
  scores.test = read(reader, "test", scores.test_span);
  const auto seen = reader.bytes("seen");
  scores.seen.assign(seen.begin(), seen.end());
  return scores;
}

std::string TokenScores::differs_from(const TokenScores& other) const {
  const auto differ = [](Span a, Span b) { return a.begin != b.begin || a.end != b.end; };
  if (stream_sha256 != other.stream_sha256) return "their corpora differ";
  if (vocabulary_sha256 != other.vocabulary_sha256) return "their vocabularies differ";
  if (differ(valid_span, other.valid_span) || differ(test_span, other.test_span))
    return "their splits differ";
  return {};
}

double Likelihood::perplexity() const { return perplexity_of(nats, words); }
double Likelihood::perplexity_seen() const { return perplexity_of(nats_seen, words_seen); }

Likelihood likelihood(const TokenScores::Split& split) {
  Likelihood sum;
  for (std::size_t i = 0; i < split.log_prob.size(); ++i) {
    const double nats = -static_cast<double>(split.log_prob[i]);
    const bool seen = split.seen[i] != 0;
    sum.nats += nats;
    sum.words += 1;
    sum.nats_seen += seen ? nats : 0;
    sum.words_seen += seen;
  }
  return sum;
}

}  // namespace wordbridge
