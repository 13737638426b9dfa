#include "models/ngram/arpa.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "models/ngram/smoothing.h"
#include "tests/support/temp_folder.h"
#include "tests/support/toy_corpus.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;
using Ids = std::vector<std::int32_t>;

/// A model with sentence markers, whose probabilities are computed by hand below.
constexpr const char* kSentences =
    "a comment\n"
    "\\data\\\n"
    "ngram 1=5\n"
    "ngram 2=4\n"
    "ngram 3=1\n"
    "\n"
    "\\1-grams:\n"
    "-1.5\t<unk>\n"
    "-99\t<s>\t-0.5\n"
    "-0.75\t</s>\n"
    "-0.5\ta\t-0.25\n"
    "-1\tb\t-0.125\n"
    "\n"
    "\\2-grams:\n"
    "-0.375\t<s> a\t-0.0625\n"
    "-0.625 a b -1\n"
    "-0.1875\tb </s>\t0\n"
    "-0.7\tb a\n"
    "\n"
    "\\3-grams:\n"
    "-0.03125\t<s> a b\n"
    "\n"
    "\\end\\\n";

class ArpaTest : public testing::Test {
 protected:
  std::shared_ptr<BackoffModel> read(const std::string& text) {
    return read_arpa(folder_.write("model.arpa", text));
  }
  void refuse(const std::string& text, const std::string& line, const std::string& what) {
    try {
      read(text);
      ADD_FAILURE() << "read: " << what;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("model.arpa:" + line));
      EXPECT_THAT(error.what(), HasSubstr(what));
    }
  }
  static std::string with(const std::string& from, const std::string& to) {
    std::string text = kSentences;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }
  static double log10_prob(const BackoffModel& model, const std::string& words) {
    Ids ids;
    for (const auto word : split(words, ' '))
      ids.push_back(static_cast<std::int32_t>(model.vocabulary().find(word)));
    double log_prob = 0;
    const auto size = static_cast<std::int64_t>(ids.size());
    model.log_probs(ids.data(), {size - 1, size}, &log_prob);
    return log_prob / std::log(10);
  }

  TempFolder folder_;
};

TEST_F(ArpaTest, ProbabilitiesByHand) {
  const auto model = read(kSentences);
  EXPECT_EQ(model->vocabulary().words(), (std::vector<std::string>{"<unk>", "</s>", "a", "b"}));
  EXPECT_EQ(model->vocabulary().unknown(), "<unk>");
  // The stream begins after a sentence.
  EXPECT_NEAR(log10_prob(*model, "a"), -0.375, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "b"), -0.5 - 1, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "a b"), -0.03125, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "a a"), -0.0625 - 0.25 - 0.5, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "a b </s>"), -1 - 0.1875, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "b a b"), -0.625, 1e-6);  // "b a" needs no back-off weight
  EXPECT_NEAR(log10_prob(*model, "b </s> a b"), -0.03125, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "a <unk>"), -0.0625 - 0.25 - 1.5, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "<unk> b"), -1, 1e-6);
}

TEST_F(ArpaTest, AnNgramWhoseLastWordsAreNotListedIsFound) {
  // "x a b" without "a b", as in pruned models.
  const auto model = read(
      "\\data\\\nngram 1=3\nngram 2=1\nngram 3=1\n\n\\1-grams:\n-0.5\tx\t-0.25\n-0.6\ta\t-0.125\n"
      "-0.7\tb\t0\n\n\\2-grams:\n-0.3\tx a\t-0.0625\n\n\\3-grams:\n-0.2\tx a b\n\n\\end\\\n");
  EXPECT_NEAR(log10_prob(*model, "x a b"), -0.2, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "a a b"), -0.125 - 0.7, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "x a a"), -0.0625 - 0.125 - 0.6, 1e-6);
  write_arpa(*model, folder_ / "again.arpa");
  EXPECT_THAT(slurp(folder_ / "again.arpa"), HasSubstr("ngram 2=1\n"));
  EXPECT_NEAR(log10_prob(*read_arpa(folder_ / "again.arpa"), "x a b"), -0.2, 1e-6);
}

TEST_F(ArpaTest, RefusesWhatIsWrongWithItsLine) {
  refuse("nothing\n", "1", "not an ARPA file");
  refuse(with("\\end\\\n", ""), "22", "truncated");
  refuse(std::string(kSentences).substr(0, 180), "17", "");
  refuse(with("ngram 2=4", "ngram 2=5"), "20", "does not match the header");
  refuse(with("ngram 2=4", "ngram 2=3"), "18", "more n-grams than the header states");
  refuse(with("ngram 2=4", "ngram 3=4"), "4", "invalid n-gram count");
  refuse(with("ngram 2=4", "ngram 2=-4"), "4", "invalid n-gram count");
  refuse(with("\\2-grams:", "\\3-grams:"), "14", "out of order");
  refuse(with("-0.625 a b -1", "nan a b -1"), "16", "invalid probability");
  refuse(with("-0.625 a b -1", "0.5 a b -1"), "16", "invalid probability");
  refuse(with("-0.625 a b -1", "-0.625 a b inf"), "16", "invalid back-off weight");
  refuse(with("-0.625 a b -1", "-0.625 a"), "16", "malformed n-gram");
  refuse(with("-0.625 a b -1", "-0.625 a b a b"), "16", "malformed n-gram");
  refuse(with("-0.625 a b -1", "-0.625 a c -1"), "16", "not in the unigrams");
  refuse(with("-0.03125\t<s> a b", "-0.03125\t<s> a b\t0"), "21", "malformed n-gram");
  refuse(with("-0.03125\t<s> a b", "-0.03125\ta a b"), "21",
         "the history of an n-gram is not listed");
  refuse(with("<s> a\t-0.0625", "<s> a"), "15", "has no back-off weight");
  refuse(with("-0.7\tb a", "-0.7\ta b\t0"), "18", "duplicate n-gram");
  refuse(with("-1\tb\t", "-1\ta\t"), "12", "duplicate word");
}

BackoffModel kneser_ney(const Corpus& corpus, std::int32_t boundary) {
  return BackoffModel(
      corpus.vocabulary(),
      smooth(count_ngrams({corpus.ids(), corpus.tokens(), corpus.vocabulary().size(), boundary}, 4),
             SmoothingOptions()));
}

void expect_same(const BackoffModel& a, const BackoffModel& b, const Corpus& corpus) {
  Ids ids;  // in the vocabulary of the second model
  for (std::int64_t t = 0; t < corpus.tokens(); ++t)
    ids.push_back(
        static_cast<std::int32_t>(b.vocabulary().find(corpus.vocabulary().word(corpus.ids()[t]))));
  const Span all{0, corpus.tokens()};
  std::vector<double> of_a(ids.size()), of_b(ids.size());
  a.log_probs(corpus.ids(), all, of_a.data());
  b.log_probs(ids.data(), all, of_b.data());
  EXPECT_EQ(of_a, of_b);
}

TEST_F(ArpaTest, WrittenAndReadItIsTheSameModelToTheBit) {
  const Corpus corpus = toy_corpus(60);
  const auto model = kneser_ney(corpus, -1);
  for (const char* name : {"model.arpa", "model.arpa.gz"}) {
    write_arpa(model, folder_ / name);
    EXPECT_TRUE(is_arpa(folder_ / name));
    const auto again = read_arpa(folder_ / name);
    EXPECT_EQ(again->vocabulary().size(), corpus.vocabulary().size());
    EXPECT_EQ(again->table().boundary(), -1);
    expect_same(model, *again, corpus);
    write_arpa(*again, folder_ / "again.arpa");
    expect_same(model, *read_arpa(folder_ / "again.arpa"), corpus);
  }
  EXPECT_THAT(slurp(folder_ / "model.arpa"), HasSubstr("-99\t<s>\t0\n-99\t</s>\t0\n"));
}

TEST_F(ArpaTest, ABoundaryIsWrittenAsSentenceMarks) {
  const Corpus corpus = toy_corpus(60);
  const auto end = static_cast<std::int32_t>(corpus.vocabulary().find("."));
  const auto model = kneser_ney(corpus, end);
  write_arpa(model, folder_ / "model.arpa");
  const std::string text = slurp(folder_ / "model.arpa");
  EXPECT_THAT(text, HasSubstr("\t<s> the\t"));
  EXPECT_THAT(text, testing::Not(HasSubstr("\t.")));
  const auto again = read_arpa(folder_ / "model.arpa");
  EXPECT_EQ(again->vocabulary().word(again->table().boundary()), "</s>");
  Ids ids;
  for (std::int64_t t = 0; t < corpus.tokens(); ++t) {
    const auto& word = corpus.vocabulary().word(corpus.ids()[t]);
    ids.push_back(static_cast<std::int32_t>(again->vocabulary().find(word == "." ? "</s>" : word)));
  }
  std::vector<double> before(ids.size()), after(ids.size());
  model.log_probs(corpus.ids(), {0, corpus.tokens()}, before.data());
  again->log_probs(ids.data(), {0, corpus.tokens()}, after.data());
  EXPECT_EQ(before, after);
}

TEST_F(ArpaTest, AWordThatTheFormCanNotHoldIsRefused) {
  const BackoffModel model(
      Vocabulary({"a b", "c"}, {1, 1}, ""),
      smooth(count_ngrams({Ids{0, 1, 0}.data(), 3, 2, -1}, 1), SmoothingOptions()));
  EXPECT_THROW(write_arpa(model, folder_ / "model.arpa"), Error);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "model.arpa"));
}

}  // namespace
}  // namespace wordbridge
