#include "models/ngram/arpa.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/error.h"
#include "core/text.h"
#include "models/ngram/smoothing.h"
#include "tests/support/temp_folder.h"
#include "tests/support/toy_corpus.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;
using testing::Not;
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
      EXPECT_THAT(error.what(), HasSubstr(line.empty() ? "model.arpa" : "model.arpa:" + line));
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

TEST_F(ArpaTest, LogarithmsBelowMinus99AreKept) {
  const auto model = read(
      "\\data\\\nngram 1=3\nngram 2=1\n\n\\1-grams:\n-120\t<unk>\t0\n-0.5\ta\t-110\n-0.25\tb\t0\n"
      "\n\\2-grams:\n-150.5\ta a\n\n\\end\\\n");
  EXPECT_NEAR(log10_prob(*model, "<unk>"), -120, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "a a"), -150.5, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "a b"), -110.25, 1e-6);
  write_arpa(*model, folder_ / "again.arpa");
  EXPECT_NEAR(log10_prob(*read_arpa(folder_ / "again.arpa"), "a b"), -110.25, 1e-6);
}

TEST_F(ArpaTest, RefusesWhatIsWrongWithItsLine) {
  refuse("nothing\n", "", "a line \\data\\ (ARPA), or a run's folder or its model.wb");
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
  refuse(with("-0.625 a b -1", "-0.625 a b -inf"), "16", "invalid back-off weight");
  refuse(with("-0.625 a b -1", "-inf a b -1"), "16", "invalid probability");
  refuse(with("-0.625 a b -1", "-1e39 a b -1"), "16", "invalid probability");
  refuse(with("-0.625 a b -1", "-0.625 a"), "16", "malformed n-gram");
  refuse(with("-0.625 a b -1", "-0.625 a b a b"), "16", "malformed n-gram");
  refuse(with("-0.625 a b -1", "-0.625 a c -1"), "16", "not in the unigrams");
  refuse(with("-0.03125\t<s> a b", "-0.03125\t<s> a b\t-0.1"), "21", "malformed n-gram");
  EXPECT_NEAR(log10_prob(*read(with("<s> a b", "<s> a b\t0")), "a b"), -0.03125, 1e-6);
  refuse(with("-0.03125\t<s> a b", "-0.03125\ta a b"), "21",
         "the history of an n-gram is not listed");
  refuse(with("-0.7\tb a", "-0.7\ta b\t0"), "18", "duplicate n-gram");
  refuse(with("-1\tb\t", "-1\ta\t"), "12", "duplicate word");
}

TEST_F(ArpaTest, UnkInCapitalsIsTheUnknownSymbolIfThereIsNoOther) {
  const auto capitals = read(with("<unk>", "<UNK>"));
  EXPECT_EQ(capitals->vocabulary().unknown(), "<UNK>");
  EXPECT_NEAR(log10_prob(*capitals, "a <UNK>"), -0.0625 - 0.25 - 1.5, 1e-6);
  write_arpa(*capitals, folder_ / "again.arpa");
  EXPECT_EQ(read_arpa(folder_ / "again.arpa")->vocabulary().words(),
            capitals->vocabulary().words());
  EXPECT_EQ(read_arpa(folder_ / "again.arpa")->vocabulary().unknown(), "<UNK>");
  // Next to <unk>, it is a word.
  EXPECT_EQ(read("\\data\\\nngram 1=2\n\n\\1-grams:\n-0.5\t<UNK>\n-0.5\t<unk>\n\n\\end\\\n")
                ->vocabulary()
                .unknown(),
            "<unk>");
}

TEST_F(ArpaTest, AMissingBackoffWeightIsZeroWithAWarningThatNamesItsLine) {
  const auto warning = [&](const std::string& text, std::shared_ptr<BackoffModel>& model) {
    testing::internal::CaptureStderr();
    model = read(text);
    return testing::internal::GetCapturedStderr();
  };
  std::shared_ptr<BackoffModel> model;
  EXPECT_THAT(warning(with("<s> a\t-0.0625", "<s> a"), model), HasSubstr("(line 15: <s> a)"));
  EXPECT_NEAR(log10_prob(*model, "a a"), -0.25 - 0.5, 1e-6);
  EXPECT_THAT(warning(with("<s>\t-0.5", "<s>"), model), HasSubstr("(line 9: <s>)"));
  EXPECT_NEAR(log10_prob(*model, "b"), -1, 1e-6);
  EXPECT_THAT(warning(with("</s>", "</s>\t0"), model), Not(HasSubstr("back-off")));
  EXPECT_NEAR(log10_prob(*model, "b"), -0.5 - 1, 1e-6);
  EXPECT_THAT(warning(with("a\t-0.25", "a"), model), HasSubstr("one n-gram without a back-off"));
}

TEST_F(ArpaTest, TextBeforeTheDataAndAByteOrderMarkAreSkipped) {
  std::string licence;
  for (int line = 0; line < 400; ++line) licence += "the text of a licence, \\data\\ inside\n";
  for (const std::string& start : {std::string("\xef\xbb\xbf"), licence, "\xef\xbb\xbf" + licence})
    EXPECT_NEAR(log10_prob(*read(start + kSentences), "a b"), -0.03125, 1e-6);
  const auto start = std::string(kSentences).find("\\data");
  EXPECT_NEAR(log10_prob(*read("\xef\xbb\xbf" + std::string(kSentences).substr(start)), "a b"),
              -0.03125, 1e-6);
  write_arpa(*read(kSentences), folder_ / "packed.gz");
  EXPECT_TRUE(is_arpa(folder_ / "packed.gz"));
}

TEST_F(ArpaTest, BinaryModelsOfOtherProgramsAreNamed) {
  const auto named = [&](const std::string& start, const std::string& name) {
    refuse(start + std::string(20, '\0'), "", name);
  };
  named("mmap lm http://kheafield.com/code format version 5\n", "KenLM");
  named("blmt 3 2689 7136 7858\n", "binary model of IRSTLM");
  named("Qblmt 3 2689 7136 7858\n", "quantised binary model of IRSTLM");
  named("Trie Language Model", "Sphinx");
  named(std::string("\x10\0\0\0", 4) + "Darpa Trigram LM", "Sphinx");
  named(std::string("\0B", 2) + "<ConstArpaLm> ", "Kaldi");
  named("something", "is a binary file");
  refuse("\xff\xfe\\\0d\0", "", "UTF-16");
}

TEST_F(ArpaTest, NgramsAcrossTheEndOfASentenceAreLeftOut) {
  // As the CMU-Cambridge toolkit and IRSTLM write them. They are never the context of a line.
  const auto model = read(
      "\\data\\\nngram 1=4\nngram 2=5\nngram 3=2\n\n\\1-grams:\n-99\t<s>\t-0.5\n-0.75\t</s>\t-3\n"
      "-0.5\ta\t-0.25\n-1\tb\t-0.125\n\n\\2-grams:\n-0.1\t</s> <s>\t-1\n-0.2\t<s> <s>\t-1\n"
      "-0.3\t</s> a\t-1\n-0.375\t<s> a\t-0.0625\n-0.2\tb </s>\t-1\n\n\\3-grams:\n-0.1\t</s> <s> a\n"
      "-0.2\t<s> a b\n\n\\end\\\n");
  EXPECT_EQ(model->vocabulary().words(), (std::vector<std::string>{"</s>", "a", "b"}));
  EXPECT_EQ(model->table().levels()[1].size(), 3);  // "a b" is the suffix of "<s> a b"
  EXPECT_NEAR(log10_prob(*model, "a"), -0.375, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "</s>"), -0.5 - 0.75, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "b </s> a"), -0.375, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "a b"), -0.2, 1e-6);
}

TEST_F(ArpaTest, AnEndOfSentenceOfProbabilityZeroIsOneIfLongerNgramsEndInIt) {
  const auto model = read(with("-0.75\t</s>", "-99.999\t</s>"));
  EXPECT_NEAR(log10_prob(*model, "b </s>"), -0.1875, 1e-6);
  auto none = with("-0.75\t</s>", "-99\t</s>");
  none.replace(none.find("-0.1875\tb"), 7, "-99");
  refuse(none, "15", "a sentence marker in a model without sentences");
}

TEST_F(ArpaTest, ProbabilitiesOfIrstlmsIntermediateFormAreInterpolated) {
  // P(b | a) = 10^-0.6 + 10^-0.2 10^-0.5, P(b | <s> a) = 10^-0.7 + 10^-0.1 P(b | a).
  const std::string text =
      "ngram 1=4\nngram 2=2\nngram 3=2\n\n\\1-grams:\n-99\t<s>\t-0.3\n-0.4\t</s>\n-0.5\ta\t-0.2\n"
      "-0.5\tb\t-0.25\n\n\\2-grams:\n-0.4\t<s> a\t-0.1\n-0.6\ta b\n\n\\3-grams:\n-0.7\t<s> a b\n"
      "-0.8\t<s> a </s>\n\n\\end\\\n";
  const auto model = read("iARPA\n\n\\data\\\n" + text);
  const double a = std::pow(10, -0.4) + std::pow(10, -0.3 - 0.5);
  const double ab = std::pow(10, -0.6) + std::pow(10, -0.2 - 0.5);
  EXPECT_NEAR(log10_prob(*model, "a"), std::log10(a), 1e-6);
  EXPECT_NEAR(log10_prob(*model, "b a b"), std::log10(ab), 1e-6);
  EXPECT_NEAR(log10_prob(*model, "a b"), std::log10(std::pow(10, -0.7) + std::pow(10, -0.1) * ab),
              1e-6);
  // "a </s>" is not listed: P(</s> | a) is backed off.
  EXPECT_NEAR(log10_prob(*model, "a </s>"),
              std::log10(std::pow(10, -0.8) + std::pow(10, -0.1 - 0.2 - 0.4)), 1e-6);
  EXPECT_NEAR(log10_prob(*model, "b a a"), -0.2 - 0.5, 1e-6);
  // Without the name, the same numbers are probabilities.
  EXPECT_NEAR(log10_prob(*read("\\data\\\n" + text), "a b"), -0.7, 1e-6);
  EXPECT_NEAR(log10_prob(*read("a line\niARPA\n\\data\\\n" + text), "a b"), -0.7, 1e-6);
}

TEST_F(ArpaTest, CodesOfIrstlmsQuantisedFormAreDecoded) {
  const std::string text =
      "qARPA 2 3 2\n\n\\data\\\nngram 1=4\nngram 2=3\n\n\\1-grams:\n3\n-0.5 -0.25\n-99 0\n-1 "
      "-0.125\n"
      "1\t<s>\t0\n0\t</s>\t1\n0\ta\t2\n2\t<unk>\t2\n\n\\2-grams:\n2\n-0.3\n-0.4\n1\t<s> a\n"
      "0\ta </s>\n0\t<unk> </s>\n\n\\end\\\n";
  const auto model = read(text);
  EXPECT_NEAR(log10_prob(*model, "a"), -0.4, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "a </s>"), -0.3, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "a a"), -0.125 - 0.5, 1e-6);
  EXPECT_NEAR(log10_prob(*model, "<unk>"), -0.25 - 1, 1e-6);
  // IRSTLM drops the back-off weight of a history that ends in an unknown word.
  EXPECT_NEAR(log10_prob(*model, "<unk> a"), -0.5, 1e-6);
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string other = text;
    return other.replace(other.find(from), from.size(), to);
  };
  refuse(changed("0\ta </s>", "2\ta </s>"), "22", "invalid code");
  refuse(changed("0\ta\t2", "0\ta\t3"), "14", "invalid code");
  refuse(changed("-1 -0.125", "-1"), "11", "invalid codebook");
  refuse(changed("\n3\n", "\nx\n"), "8", "invalid codebook");
  refuse(changed("\n3\n", "\n9\n"), "12", "invalid codebook");
}

TEST_F(ArpaTest, AWordOutsideOfTheModelEndsContextsAndHasTheFloor) {
  const auto model = read(kSentences);
  const Ids ids = {2, -1, 3};  // a, a word outside of the vocabulary, b
  std::vector<double> log_probs(3);
  model->log_probs(ids.data(), {0, 3}, log_probs.data());
  EXPECT_NEAR(log_probs[1] / std::log(10), -100 - 0.0625 - 0.25, 1e-5);
  EXPECT_NEAR(log_probs[2] / std::log(10), -1, 1e-6);
}

/// The n-grams of an order in a file, as ids in the order of its 1-grams.
std::vector<std::vector<std::size_t>> ids_of_section(const std::string& text, std::size_t order) {
  const auto words_of = [&](std::size_t k) {
    std::vector<std::vector<std::string>> ngrams;
    const std::string heading = fmt::format("\\{}-grams:\n", k);
    const auto begin = text.find(heading) + heading.size();
    const std::string lines = text.substr(begin, text.find("\n\n", begin) - begin);
    for (const auto line : split(lines, '\n')) {
      ngrams.emplace_back();
      for (const auto word : split(split(line, '\t')[1], ' ')) ngrams.back().emplace_back(word);
    }
    return ngrams;
  };
  std::map<std::string, std::size_t> id;
  for (const auto& word : words_of(1)) id.emplace(word.front(), id.size());
  std::vector<std::vector<std::size_t>> ids;
  for (const auto& ngram : words_of(order)) {
    ids.emplace_back();
    for (const auto& word : ngram) ids.back().push_back(id.at(word));
  }
  return ids;
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
  EXPECT_THAT(text, Not(HasSubstr("\t.")));
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

TEST_F(ArpaTest, NgramsAreWrittenInTheOrderOfTheirFirstWords) {
  const Corpus corpus = toy_corpus(60);
  for (const char* boundary : {".", ""}) {
    const auto id = static_cast<std::int32_t>(corpus.vocabulary().find(boundary));
    write_arpa(kneser_ney(corpus, id), folder_ / "model.arpa");
    const std::string text = slurp(folder_ / "model.arpa");
    for (std::size_t order = 2; order <= 4; ++order) {
      const auto ids = ids_of_section(text, order);
      EXPECT_GT(ids.size(), 10u);
      EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end())) << order;
    }
  }
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
