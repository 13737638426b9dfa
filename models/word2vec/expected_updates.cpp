#include "models/word2vec/expected_updates.h"

#include "core/index.h"

namespace wordbridge {

double input_updates(const Word2vecOptions& options) {
  const auto window = static_cast<double>(options.window);
  if (options.architecture == Word2vecOptions::Architecture::cbow &&
      options.cbow_update == Word2vecOptions::CbowUpdate::corrected)
    return 1;
  return options.window_type == Word2vecOptions::WindowType::dynamic ? window + 1 : 2 * window;
}

std::vector<double> with_partners(const std::vector<double>& shares,
                                  const PositiveSampling& sampling) {
  std::vector<double> updates = shares;
  if (sampling.per_word() == 0) return updates;
  for (std::size_t w = 0; w < shares.size(); ++w) {
    const auto add = [&](const RelatedWords::Partners& partners, double weight) {
      for (const std::int32_t partner : partners)
        updates[at(partner)] += shares[w] * weight / static_cast<double>(partners.size());
    };
    const auto word = static_cast<std::int32_t>(w);
    add(sampling.related->strong(word),
        sampling.strong_weight * static_cast<double>(sampling.strong_draws));
    add(sampling.related->weak(word),
        sampling.weak_weight * static_cast<double>(sampling.weak_draws));
  }
  return updates;
}

ExpectedUpdates expected_updates(const Word2vecOptions& options, const std::vector<double>& shares,
                                 const std::vector<double>& noise, const OutputRows& outputs,
                                 const Subwords& parts, const PositiveSampling& sampling) {
  const double inputs = input_updates(options);
  const std::vector<double> positive = with_partners(shares, sampling);
  const auto V = static_cast<std::int32_t>(shares.size());
  const std::int64_t first = V + outputs.rows();  // row of the n-grams
  ExpectedUpdates updates;
  updates.words.resize(shares.size());
  updates.contexts.resize(at(outputs.rows()));
  updates.ngrams.resize(parts.buckets().size());
  for (std::int32_t w = 0; w < V; ++w) {
    const auto input = static_cast<float>(inputs * shares[at(w)]);
    updates.words[at(w)] += input;
    if (parts.any())
      for (const std::int32_t row : parts.of(w))
        if (row >= first) updates.ngrams[at(row - first)] += input;
    for (const std::int32_t row : outputs.of(w))
      updates.contexts[at(row)] += static_cast<float>(inputs * positive[at(w)]);
    if (!noise.empty())
      updates.contexts[at(w)] +=
          static_cast<float>(inputs * static_cast<double>(options.negatives) * noise[at(w)]);
  }
  return updates;
}

}  // namespace wordbridge
