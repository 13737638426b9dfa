#include "tests/cli/language_models_test.h"

#include <cmath>

namespace wordbridge {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(LanguageModelsCliTest, NgramsOfAllKindsAreTrainedAndScoreTheirText) {
  for (const Arguments& kind :
       {Arguments{"model.ngram.order=3"},
        {"model.ngram.order=3", "model.ngram.interpolate=false", "model.ngram.min_counts=[1,1,2]"},
        {"model.ngram.smoothing=witten-bell"},
        {"model.ngram.smoothing=good-turing", "model.ngram.interpolate=false"},
        {"model.ngram.smoothing=jelinek-mercer", "model.ngram.order=3"},
        {"model.ngram.classes.count=4", "model.ngram.order=3"}}) {
    Arguments arguments = kind;
    arguments.emplace_back("--overwrite");
    train("run", arguments);
    EXPECT_LT(test_perplexity("run"), 9) << kind.front();
    EXPECT_GT(test_perplexity("run"), 3) << kind.front();
    const auto result = succeed({"score", "run", "--split", "test"});
    EXPECT_NEAR(scored(result.out), test_perplexity("run"), 1e-3);
  }
  EXPECT_TRUE(exists("run/token_scores.wb") && exists("run/model.wb") && exists("run/classes.tsv"));
  EXPECT_FALSE(exists("run/vectors.txt"));
  EXPECT_THAT(content("run/metrics.jsonl"), HasSubstr("\"final\":true"));
}

TEST_F(LanguageModelsCliTest, TheSameBytesOnAnyNumberOfThreadsAndForAnyMemory) {
  for (const Arguments& kind : {Arguments{"model.ngram.order=4"},
                                {"model.ngram.smoothing=jelinek-mercer"},
                                {"model.ngram.classes.count=5"}}) {
    Arguments one = kind, three = kind;
    one.insert(one.end(), {"threads=1", "--overwrite"});
    three.insert(three.end(), {"threads=3", "model.ngram.memory=1MB", "--overwrite"});
    train("one", one);
    train("three", three);
    for (const char* file : {"model.wb", "token_scores.wb", "metrics.jsonl"})
      EXPECT_EQ(content(std::string("one/") + file), content(std::string("three/") + file)) << file;
  }
}

TEST_F(LanguageModelsCliTest, ClassesAreTheSameWithinAnyMemory) {
  std::string text;
  std::uint64_t state = 1;
  for (int i = 0; i < 120'000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const auto word = (state >> 33) % (1 + (state >> 50) % 500);
    text += "w" + std::to_string(word) + (i % 20 == 19 ? "\n" : " ");
  }
  write("text.txt", text);
  for (const std::string memory : {"1GB", "16MB", "1MB"}) {
    train(memory, {"model.ngram.classes.count=8", "model.ngram.classes.passes=2",
                   "model.ngram.order=4", "model.ngram.memory=" + memory});
    for (const char* file : {"model.wb", "classes.tsv", "token_scores.wb"})
      EXPECT_EQ(content(memory + "/" + file), content(std::string("1GB/") + file))
          << memory << " " << file;
  }
}

TEST_F(LanguageModelsCliTest, AModelWithoutVectorsHasAReportButNoNeighbors) {
  train("run", {"model.ngram.order=2"});
  succeed({"train", "small.yaml", "model.type=pca", "--out", "pca"});
  succeed({"report", "run", "pca", "-o", "report.md"});
  EXPECT_THAT(content("report.md"), HasSubstr("test perplexity"));
  succeed({"report", "run", "-o", "report.html"});
  fail({"neighbors", "run", "man"}, {"the run's model has no word vectors", "wordbridge score"});
}

TEST_F(LanguageModelsCliTest, ScoresAnyText) {
  train("run", {"model.ngram.order=3"});
  write("other.txt", "the man eats a zebra .\n");
  const auto result = succeed({"score", "run", "other.txt", "--tokens", "--json", "scores.json"});
  EXPECT_THAT(result.out, HasSubstr("man\t-"));
  EXPECT_THAT(result.out, HasSubstr("<unk>\t-"));
  const auto scores = json("scores.json");
  EXPECT_EQ(scores.at("all tokens").at("tokens"), 6);
  EXPECT_EQ(scores.at("known words").at("tokens"), 5);
  EXPECT_LT(scores.at("known words").at("perplexity").get<double>(),
            scores.at("all tokens").at("perplexity").get<double>());
  double nats = 0;
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);)
    if (const auto tab = line.find('\t'); tab != line.npos) nats -= std::stod(line.substr(tab));
  EXPECT_NEAR(nats, scores.at("all tokens").at("nats").get<double>(), 1e-4);
  EXPECT_NEAR(std::exp(nats / 6), scores.at("all tokens").at("perplexity").get<double>(), 1e-2);
  // Settings of the data section can be overridden.
  write("upper.txt", "THE MAN EATS A ZEBRA .\n");
  EXPECT_EQ(succeed({"score", "run", "upper.txt", "data.tokenizer.lowercase=true"}).out,
            succeed({"score", "run", "other.txt"}).out);
  fail({"score", "run", "other.txt", "--unknown-as-fitting"},
       {"--unknown-as-fitting is now --oov-from-context"}, 2);
}

TEST_F(LanguageModelsCliTest, WordsThatAModelWithoutUnknownSymbolLacksAreLeftOutOrHaveAFloor) {
  write("m.arpa", small_arpa(""));
  write("t.txt", "cat fish dog\n");
  // <s> cat, dog after the unknown word, dog </s>.
  const auto skipped = succeed({"score", "m.arpa", "t.txt", "--tokens", "--json", "s.json"});
  EXPECT_THAT(skipped.out, HasSubstr("fish\tleft out\n"));
  EXPECT_THAT(skipped.out, HasSubstr("1 word is not in the vocabulary (fish)"));
  EXPECT_THAT(skipped.out, HasSubstr("--oov skip"));
  EXPECT_NEAR(scored(skipped.out), std::pow(10, (0.3 + 0.5 + 0.3) / 3), 1e-3);
  EXPECT_EQ(json("s.json").at("not in the vocabulary").at("tokens"), 1);
  EXPECT_EQ(json("s.json").at("all tokens").at("tokens"), 3);
  // KenLM: -100 and the back-off weight of "cat".
  const auto floor = succeed({"score", "m.arpa", "t.txt", "--tokens", "--oov", "floor"});
  EXPECT_NEAR(scored(floor.out) / std::pow(10, (1.1 + 100.2) / 4), 1, 1e-4);
  EXPECT_NEAR(scored(floor.out, "known words"), std::pow(10, 1.1 / 3), 1e-3);
  EXPECT_THAT(floor.out, HasSubstr("--oov floor"));
  write("all.txt", "fish fish\n");
  EXPECT_THAT(succeed({"score", "m.arpa", "all.txt"}).out, HasSubstr("2 words are not in the"));
  succeed({"arpa", "m.arpa", "-o", "m.wb"});
  EXPECT_EQ(succeed({"score", "m.wb", "t.txt", "--tokens"}).out,
            succeed({"score", "m.arpa", "t.txt", "--tokens"}).out);
  // A run leaves such words out of the text, as its training did.
  train("run", {"model.ngram.order=2", "data.vocabulary.unknown=", "data.vocabulary.min_count=2"});
  write("zebra.txt", "the man zebra eats\n");
  write("short.txt", "the man eats\n");
  const auto run = succeed({"score", "run", "zebra.txt"});
  EXPECT_THAT(run.out, HasSubstr("left out of the text, as in the run's training"));
  EXPECT_EQ(scored(run.out), scored(succeed({"score", "run", "short.txt"}).out));
  fail({"score", "run", "zebra.txt", "--oov", "floor"}, {"--oov floor is for"}, 2);
}

TEST_F(LanguageModelsCliTest, MarksThatAreInTheTextAlreadyAreNotScoredTwice) {
  write("m.arpa", small_arpa("<unk>"));
  for (const char* text : {"cat dog\n", "<s> cat dog </s>\n", "cat dog </s>\n", "<s> cat dog",
                           "\t<s>  cat dog </s> \r\n"}) {
    write("t.txt", text);
    const auto result = succeed({"score", "m.arpa", "t.txt"});
    EXPECT_NEAR(scored(result.out), 1.995, 1e-3) << text;
    EXPECT_THAT(result.out, HasSubstr("3 tokens")) << text;
    EXPECT_EQ(result.out.find("the text has marks of sentences") != std::string::npos,
              std::string(text).find('<') != std::string::npos);
  }
  // Two sentences on a line.
  write("two.txt", "cat dog\n<s> cat dog </s> <s> cat dog </s>\n");
  const auto two = succeed({"score", "m.arpa", "two.txt"});
  EXPECT_NEAR(scored(two.out), 1.995, 1e-3);
  EXPECT_THAT(two.out, HasSubstr("9 tokens"));
  EXPECT_THAT(two.out, HasSubstr("2 marks taken off the ends of 1 line"));
  EXPECT_THAT(two.err, HasSubstr("two.txt:2: </s>"));
  write("inside.txt", "cat dog\ncat <s> dog\n");
  fail({"score", "m.arpa", "inside.txt"}, {"a mark of sentences inside a line", "inside.txt:2"});
  // A model without sentences has no marks either.
  write("none.arpa", "\\data\\\nngram 1=2\n\n\\1-grams:\n-0.3\tcat\n-0.3\tdog\n\n\\end\\\n");
  write("t.txt", "<s> cat dog </s>\n");
  EXPECT_NEAR(scored(succeed({"score", "none.arpa", "t.txt"}).out), 1.995, 1e-3);
  EXPECT_EQ(succeed({"generate", "m.arpa", "--prompt", "<s> cat"}).out,
            succeed({"generate", "m.arpa", "--prompt", "cat"}).out);
}

TEST_F(LanguageModelsCliTest, BoundarySymbolsInATextThatARunScoresAreNotDoubled) {
  for (const char* tokenizer : {"whitespace", "words"}) {
    train("run",
          {"model.ngram.order=2", "data.boundaries.line=<eos>", "data.boundaries.document=<d>",
           std::string("data.tokenizer.type=") + tokenizer, "--overwrite"});
    write("plain.txt", "the man eats\na cat\n");
    write("marked.txt", "the man eats <eos>\na cat <eos>\n");
    const auto plain = succeed({"score", "run", "plain.txt"}).out;
    const auto marked = succeed({"score", "run", "marked.txt"}).out;
    EXPECT_THAT(marked, testing::StartsWith(plain));
    EXPECT_THAT(marked, HasSubstr("2 marks taken off the ends of 2 lines"));
    write("inside.txt", "the man eats <eos> a cat\n");
    const auto inside = succeed({"score", "run", "inside.txt"});
    EXPECT_EQ(inside.out, plain);
    EXPECT_THAT(inside.err, HasSubstr("inside.txt:1: <eos>"));
    write("document.txt", "the man eats\n<d>\n");
    EXPECT_THAT(succeed({"score", "run", "document.txt"}).err, HasSubstr("document.txt:2: <d>"));
  }
}

TEST_F(LanguageModelsCliTest, MarksOfSentencesAreNotWordsForAnyTokenizer) {
  write("plain.txt", "the man eats\na cat\n");
  write("marked.txt", "<s> the man eats </s>\n<s> a cat </s>\n");
  for (const char* line : {"", "<eos>"}) {
    for (const char* tokenizer : {"whitespace", "words"}) {
      train("run", {"model.ngram.order=2", std::string("data.boundaries.line=") + line,
                    std::string("data.tokenizer.type=") + tokenizer, "--overwrite"});
      const auto plain = succeed({"score", "run", "plain.txt"}).out;
      const auto marked = succeed({"score", "run", "marked.txt"}).out;
      EXPECT_THAT(marked, testing::StartsWith(plain)) << tokenizer << " '" << line << "'";
      EXPECT_THAT(marked, HasSubstr("4 marks taken off the ends of 2 lines"));
      const auto begin = [&](const std::string& prompt) {
        return succeed({"generate", "run", "--prompt", prompt, "--length", "5"}).out;
      };
      EXPECT_EQ(begin("<s> the man"), begin("the man"));
      EXPECT_EQ(begin("<s> the </s> <s> man"), begin(std::string("the ") + line + " man"));
      EXPECT_THAT(begin("the </s> man"),
                  testing::StartsWith(*line == 0 ? "the man " : "the <eos>\nman "));
    }
  }
  // Words of the training text are words.
  write("marked_corpus.txt", "<s> the man eats </s>\n" + content("text.txt"));
  train("run", {"model.ngram.order=2", "data.path=marked_corpus.txt", "--overwrite"});
  EXPECT_THAT(succeed({"score", "run", "marked.txt", "--tokens"}).out, HasSubstr("</s>\t-"));
}

TEST_F(LanguageModelsCliTest, ARunWithBenchmarksIsAModelInAnyFolder) {
  write("groups.tsv", "word\tgroup\nman\tone\ncat\ttwo\n");
  write("t.txt", "the man eats\n");
  train("run", {"model.ngram.order=2", "eval.groups=groups.tsv"});
  train("classes", {"model.ngram.order=2", "model.ngram.classes.count=4"});
  train("read", {"model.ngram.order=2", "model.ngram.classes.file=classes/classes.tsv"});
  const auto here = succeed({"score", "run", "t.txt"}).out;
  const auto read = succeed({"score", "read", "t.txt"}).out;
  std::filesystem::create_directory(folder_ / "other");
  for (const char* moved : {"run", "read", "t.txt"})
    std::filesystem::rename(folder_ / moved, folder_ / "other" / moved);
  std::filesystem::remove(folder_ / "groups.tsv");
  std::filesystem::remove_all(folder_ / "classes");
  EXPECT_EQ(succeed({"score", "other/run", "other/t.txt"}).out, here);
  EXPECT_EQ(succeed({"score", "other/run/model.wb", "other/t.txt"}).out, here);
  EXPECT_EQ(succeed({"score", "other/read", "other/t.txt"}).out, read);
  succeed({"score", "other/run", "--split", "test"});
  succeed({"arpa", "other/run", "-o", "m.arpa"});
  succeed({"generate", "other/run", "--length", "3"});
}

TEST_F(LanguageModelsCliTest, BlankLinesAreSkippedOrEmptySentences) {
  write("m.arpa", small_arpa("<unk>"));
  write("t.txt", "cat dog\n\ncat dog\n \n");
  const auto skipped = succeed({"score", "m.arpa", "t.txt"});
  EXPECT_NEAR(scored(skipped.out), 1.995, 1e-3);
  EXPECT_THAT(skipped.out, HasSubstr("2 blank lines: not scored"));
  // <s> </s> is backed off: -0.3 - 0.6.
  const auto empty = succeed({"score", "m.arpa", "t.txt", "--blank-lines", "score"});
  EXPECT_NEAR(scored(empty.out), std::pow(10, (6 * 0.3 + 2 * 0.9) / 8), 1e-3);
  EXPECT_THAT(empty.out, HasSubstr("2 blank lines: an end of sentence each"));
}

TEST_F(LanguageModelsCliTest, GeneratesSeededText) {
  train("run", {"model.ngram.order=3"});
  const auto text = [&](Arguments more) {
    Arguments arguments = {"generate", "run", "--length", "40"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return succeed(arguments).out;
  };
  EXPECT_EQ(text({"--seed", "1"}), text({"--seed", "1"}));
  EXPECT_NE(text({"--seed", "1"}), text({"--seed", "2"}));
  EXPECT_EQ(text({"--temperature", "0"}), text({"--top-k", "1", "--seed", "5"}));
  EXPECT_THAT(text({"--prompt", "the man eats"}), testing::StartsWith("the man eats "));
  EXPECT_THAT(text({"--prompt", "the man", "--stop", "."}), testing::EndsWith(" .\n"));
  EXPECT_NE(text({"--count", "2"}).find('\n'), text({"--count", "2"}).size() - 1);
  fail({"generate", "run", "--stop", "zebra"}, {"not in the model's vocabulary"}, 2);
}

TEST_F(LanguageModelsCliTest, MixesRunsFromWhatTheyKept) {
  train("trigram", {"model.ngram.smoothing=jelinek-mercer", "model.ngram.order=3"});
  train("kn", {"model.ngram.order=2"});
  succeed({"train", "small.yaml", "model.type=cache", "model.cache.window=30", "--out", "cache"});
  const Arguments mixture = {"train", "small.yaml", "model.type=mixture",
                             "model.mixture.components=[trigram,kn,cache]",
                             "model.mixture.em_iterations=20000"};
  for (const char* weights : {"fixed", "likelihood", "bins"}) {
    Arguments arguments = mixture;
    arguments.insert(arguments.end(), {std::string("model.mixture.weights=") + weights, "--out",
                                       std::string("mix-") + weights});
    succeed(arguments);
    const auto run = std::string("mix-") + weights;
    EXPECT_NEAR(scored(succeed({"score", run, "--split", "test"}).out), test_perplexity(run), 2e-3);
  }
  const auto valid = [&](const std::string& run) {
    return json(run + "/summary.json").at("results").at("valid_perplexity").get<double>();
  };
  EXPECT_LE(valid("mix-likelihood"), valid("mix-fixed") + 1e-9);
  EXPECT_LE(valid("mix-likelihood"), valid("trigram") + 1e-6);
  EXPECT_LE(valid("mix-likelihood"), valid("kn") + 1e-6);
  succeed({"generate", "mix-bins", "--length", "5"});
  // Mixtures can be components of a mixture.
  succeed({"train", "small.yaml", "model.type=mixture",
           "model.mixture.components=[mix-bins,mix-fixed]", "--out", "mix-mix"});
  EXPECT_NEAR(scored(succeed({"score", "mix-mix", "--split", "valid"}).out), valid("mix-mix"),
              2e-3);
}

TEST_F(LanguageModelsCliTest, RefusesWhatCanNotBeMixed) {
  train("kn", {"model.ngram.order=2"});
  train("short", {"model.ngram.order=2", "data.split.train=0.7"});
  succeed({"train", "small.yaml", "model.type=pca", "--out", "pca"});
  const auto mix = [](const std::string& components, const std::string& more = "seed=1") {
    return Arguments{"train", "small.yaml", "model.type=mixture",
                     "model.mixture.components=" + components, more};
  };
  fail(mix("[kn]"), {"a mixture needs at least two components"});
  fail(mix("[kn,pca]"), {"'pca' is not a complete run of a language model"});
  fail(mix("[kn,gone]"), {"'gone' is not a complete run"});
  fail(mix("[kn,short]"), {"scored on different data", "short"});
  Arguments fixed = mix("[kn,kn]", "model.mixture.fixed=[0.5,0.6]");
  fixed.emplace_back("model.mixture.weights=fixed");
  fail(fixed, {"must sum to 1"});
}

TEST_F(LanguageModelsCliTest, BadModelsAndTextsAreRefused) {
  train("run", {"model.ngram.order=3"});
  succeed({"train", "small.yaml", "model.type=pca", "--out", "pca"});
  fail({"score", "gone", "text.txt"}, {"model not found", "gone"});
  fail({"score", "pca", "text.txt"}, {"not a language model", "pca"});
  fail({"score", "run", "gone.txt"}, {"gone.txt"});
  write("empty.txt", "\n");
  fail({"score", "run", "empty.txt"}, {"no tokens"});
  fail({"score", "run"}, {"nothing to score"}, 2);
  succeed({"arpa", "run", "-o", "model.arpa"});
  const std::string arpa = content("model.arpa");
  write("cut.arpa", arpa.substr(0, arpa.size() / 2));
  fail({"score", "cut.arpa", "text.txt"}, {"cut.arpa:"});
  write("cut.wb", content("run/model.wb").substr(0, 500));
  fail({"score", "cut.wb", "text.txt"}, {"cut.wb"});
  fail({"arpa", "pca", "-o", "x.arpa"}, {"not a language model"});
  train("classes", {"model.ngram.classes.count=3"});
  fail({"arpa", "classes", "-o", "x.arpa"}, {"can't be written as an ARPA file"});
}

TEST_F(LanguageModelsCliTest, ImpossibleOptionsAreRefused) {
  int count = 0;
  const auto ngram = [&](const std::string& one, const std::string& two = "seed=1") {
    return Arguments{"train",
                     "small.yaml",
                     "model.type=ngram",
                     one,
                     two,
                     "--out",
                     "run-" + std::to_string(++count)};
  };
  fail(ngram("model.ngram.order=17"), {"order"});
  fail(ngram("model.ngram.boundary=nowhere"), {"not in the vocabulary", "nowhere"});
  fail(ngram("model.ngram.min_counts=[1,3,2]"), {"must not decrease"});
  fail(ngram("model.ngram.min_counts=[2,2]"), {"data.vocabulary"});
  fail(ngram("model.ngram.smoothing=jelinek-mercer", "data.split.valid=0"), {"validation split"});
  fail(ngram("model.ngram.classes.count=1000"), {"classes", "1000"});
  fail(ngram("model.ngram.classes.file=gone.tsv"), {"gone.tsv"});
  fail(ngram("model.ngram.smooothing=x"), {"did you mean model.ngram.smoothing"});
}

#ifdef WB_HAS_TORCH
TEST_F(LanguageModelsCliTest, ANetworkIsALanguageModelToo) {
  succeed({"train", "small.yaml", "--out", "net"});
  EXPECT_NEAR(scored(succeed({"score", "net", "--split", "test"}).out), test_perplexity("net"),
              1e-3);
  EXPECT_EQ(succeed({"generate", "net", "--seed", "3"}).out,
            succeed({"generate", "net", "--seed", "3"}).out);
  train("kn", {"model.ngram.order=3"});
  succeed({"train", "small.yaml", "model.type=mixture", "model.mixture.components=[net,kn]",
           "--out", "mix"});
  EXPECT_NEAR(scored(succeed({"score", "mix", "--split", "test"}).out), test_perplexity("mix"),
              2e-3);
  EXPECT_THAT(succeed({"compare", "net", "kn", "mix"}).out, HasSubstr("perplexity"));
}
#endif

}  // namespace
}  // namespace wordbridge
