#include "models/ngram/interpolate_models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "models/ngram/arpa.h"
#include "models/ngram/ngram_counts.h"
#include "models/ngram/smoothing.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;
using Ids = std::vector<std::int32_t>;

std::shared_ptr<const BackoffModel> model(const std::vector<std::string>& words,
                                          const std::vector<std::string>& text, std::int64_t order,
                                          const std::string& boundary = "") {
  const Vocabulary vocabulary(words, std::vector<std::int64_t>(words.size()), words[0]);
  Ids ids;
  for (const auto& word : text) ids.push_back(static_cast<std::int32_t>(vocabulary.find(word)));
  const auto mark = boundary.empty() ? -1 : static_cast<std::int32_t>(vocabulary.find(boundary));
  return std::make_shared<BackoffModel>(
      vocabulary, smooth(count_ngrams({ids.data(), static_cast<std::int64_t>(ids.size()),
                                       vocabulary.size(), mark},
                                      order),
                         SmoothingOptions()));
}

/// P of the last word given the others, by their names.
double probability(const BackoffModel& model, const std::vector<std::string>& words) {
  NgramHistory history;
  for (std::size_t k = words.size() - 1; k-- > 0 && history.size + 1 < model.table().order();) {
    history.back[static_cast<std::size_t>(history.size++)] =
        static_cast<std::int32_t>(model.vocabulary().find(words[k]));
  }
  const auto word = model.vocabulary().find(words.back());
  return word < 0
             ? 0
             : std::pow(10, model.table().log10_prob(static_cast<std::int32_t>(word), history));
}

const std::vector<std::string> kFirst = {"<unk>", "a", "b", "c"},
                               kSecond = {"<unk>", "c", "d", "a"};
const std::vector<std::string> kFirstText = {"a", "b", "c", "a", "b", "a", "c", "b", "a", "b"},
                               kSecondText = {"d", "c", "a", "d", "c", "d", "a", "c", "d", "d"};

TEST(InterpolateModelsTest, ListedNgramsHaveTheProbabilitiesOfTheMixture) {
  const auto first = model(kFirst, kFirstText, 3), second = model(kSecond, kSecondText, 2);
  const auto both = interpolate_models({first, second}, {0.7, 0.3});
  EXPECT_EQ(both->vocabulary().size(), 5);
  EXPECT_EQ(both->table().order(), 3);
  const auto expected = [&](const std::vector<std::string>& words) {
    return 0.7 * probability(*first, words) + 0.3 * probability(*second, words);
  };
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"a"},
                                             {"d"},
                                             {"<unk>"},
                                             {"a", "b"},       // in the first
                                             {"d", "c"},       // in the second
                                             {"c", "a"},       // in both
                                             {"a", "b", "c"},  // the second has no trigrams
                                             {"b", "c", "a"}}) {
    EXPECT_NEAR(probability(*both, words), expected(words), 1e-6) << words.front();
  }
  // Not listed: backed off to the interpolated lower order.
  EXPECT_GT(std::abs(probability(*both, {"b", "d"}) - expected({"b", "d"})), 1e-4);
}

TEST(InterpolateModelsTest, SumsToOneAfterAnything) {
  for (const std::string boundary : {"", "c"}) {
    const auto first = model(kFirst, kFirstText, 3, boundary);
    const auto second = model(kSecond, kSecondText, 4, boundary);
    const auto both = interpolate_models({first, second}, {0.25, 0.75});
    const auto& words = both->vocabulary();
    for (std::int64_t u = 0; u < words.size(); ++u) {
      for (std::int64_t v = 0; v < words.size(); ++v) {
        double sum = 0;
        for (std::int64_t w = 0; w < words.size(); ++w) {
          sum += probability(*both, {std::string(words.word(u)), std::string(words.word(v)),
                                     std::string(words.word(w))});
        }
        EXPECT_NEAR(sum, 1, 1e-5) << boundary << words.word(u) << words.word(v);
      }
    }
  }
}

void expect_itself(const std::shared_ptr<const BackoffModel>& one,
                   const std::vector<double>& weights) {
  const auto both = interpolate_models({one, one}, weights);
  ASSERT_EQ(both->table().order(), one->table().order());
  for (std::size_t k = 0; k < one->table().levels().size(); ++k) {
    const auto &mixed = both->table().levels()[k], &own = one->table().levels()[k];
    ASSERT_EQ(mixed.size(), own.size());
    for (std::int64_t i = 0; i < own.size(); ++i) {
      EXPECT_NEAR(mixed.log10_prob[i], own.log10_prob[i], 1e-6);
      if (own.log10_backoff.size() == 0) continue;
      EXPECT_NEAR(mixed.log10_backoff[i], own.log10_backoff[i], 1e-6) << k << " " << i;
    }
  }
}

TEST(InterpolateModelsTest, AModelWithItselfIsTheModel) {
  const auto one = model(kFirst, kFirstText, 3);
  expect_itself(one, {0.5, 0.5});
  expect_itself(one, {0.3, 0.7});
}

TEST(InterpolateModelsTest, AModelWhoseProbabilitiesDoNotSumToOneStaysTheSame) {
  const TempFolder folder;
  const std::string head = "\\data\\\nngram 1=4\nngram 2=3\n\n\\1-grams:\n-1\t<unk>\n";
  const std::string tail = "\n\\2-grams:\n0.0000\ta b\n-1\ta c\n-0.2\tb c\n\n\\end\\\n";
  // After a: more than 1. In the second model, the unigrams too, so that the weight of a can't be
  // computed.
  for (const char* unigrams : {"-0.5\ta\t-1.5\n-0.5\tb\t-0.3\n-0.6\tc\n",
                               "-0.01\ta\t-1.5\n-0.01\tb\t-0.3\n-0.01\tc\t-2\n"})
    expect_itself(read_arpa(folder.write("m.arpa", head + unigrams + tail)), {0.4, 0.6});
}

TEST(InterpolateModelsTest, AnUnknownSymbolHasANameThatIsNoWord) {
  const TempFolder folder;
  const auto unigrams = [&](const std::string& name,
                            const std::string& words) -> std::shared_ptr<const BackoffModel> {
    const auto count = std::to_string(std::count(words.begin(), words.end(), '\n'));
    return read_arpa(folder.write(
        name, "\\data\\\nngram 1=" + count + "\n\n\\1-grams:\n" + words + "\n\\end\\\n"));
  };
  const std::string half = "-0.30103";
  const auto capitals = unigrams("capitals.arpa", half + "\ta\n" + half + "\t<UNK>\n");
  const auto both = unigrams("both.arpa", "-0.60206\ta\n-0.60206\t<UNK>\n" + half + "\t<unk>\n");
  for (const auto& models : {std::vector{capitals, both}, {both, capitals}}) {
    const auto mixed = interpolate_models(models, {0.5, 0.5});
    const Vocabulary& vocabulary = mixed->vocabulary();
    ASSERT_EQ(vocabulary.size(), 3);
    EXPECT_EQ(vocabulary.unknown(), "<unk>");
    const auto probability = [&](const char* word) {
      return std::pow(10, mixed->table().levels()[0].log10_prob[vocabulary.find(word)]);
    };
    EXPECT_NEAR(probability("a"), 0.375, 1e-5);
    EXPECT_NEAR(probability("<UNK>"), 0.125, 1e-5);  // a word of one model
    EXPECT_NEAR(probability("<unk>"), 0.5, 1e-5);
  }
}

TEST(InterpolateModelsTest, RefusesWrongWeightsAndOneBoundary) {
  const auto one = model(kFirst, kFirstText, 2), other = model(kFirst, kFirstText, 2, "c");
  const auto message = [&](const auto& models, const std::vector<double>& weights) {
    try {
      interpolate_models(models, weights);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  using Models = std::vector<std::shared_ptr<const BackoffModel>>;
  EXPECT_THAT(message(Models{one, one}, {0.5, 0.6}), HasSubstr("the sum 1.1"));
  EXPECT_THAT(message(Models{one, one}, {1}), HasSubstr("2 positive numbers"));
  EXPECT_THAT(message(Models{one, one}, {1.5, -0.5}), HasSubstr("-0.5 as weight 2"));
  EXPECT_THAT(message(Models{one, one}, {std::nan(""), 1}), HasSubstr("nan as weight 1"));
  EXPECT_THAT(message(Models{one, other}, {0.5, 0.5}), HasSubstr("boundary"));
}

}  // namespace
}  // namespace wordbridge
