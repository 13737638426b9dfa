#include <cmath>
#include <fstream>

#include "tests/cli/cli_test.h"

// Tests of `wordbridge contexts` and of `export: contexts`.

namespace wordbridge {
namespace {

using testing::HasSubstr;
using testing::Not;

class ContextsTest : public CliTest {
 protected:
  void train(const std::string& out, const Arguments& more = {}) const {
    Arguments arguments = {"-q",
                           "train",
                           "small.yaml",
                           "model.type=transformer",
                           "model.transformer.dim=8",
                           "model.transformer.layers=2",
                           "model.transformer.heads=2",
                           "model.transformer.dropout=0",
                           "model.transformer.sequences.length=16",
                           "--out",
                           out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    succeed(arguments);
  }
};

TEST_F(ContextsTest, MeanVectorsAreReadByOtherCommands) {
  train("run");
  for (const char* const layer : {"0", "1", "2", "mean", "input", "output"}) {
    const std::string file = std::string("layer-") + layer + ".txt";
    const auto result = succeed({"contexts", "run", "--vectors", file, "--layer", layer});
    EXPECT_THAT(result.err, HasSubstr(file + ": ")) << layer;
    EXPECT_THAT(content(file), HasSubstr("\nman ")) << layer;
  }
  EXPECT_NE(content("layer-1.txt"), content("layer-2.txt"));
  EXPECT_EQ(content("layer-input.txt"), content("run/vectors.txt"));   // export: features
  EXPECT_EQ(content("layer-input.txt"), content("layer-output.txt"));  // tied: true
  succeed({"contexts", "run", "--vectors", "mean.npy", "--layer", "mean"});
  succeed({"convert", "mean.npy", "again.txt"});
  EXPECT_EQ(content("again.txt"), content("layer-mean.txt"));
  EXPECT_THAT(succeed({"neighbors", "mean.npy", "man"}).out, HasSubstr("woman"));
}

TEST_F(ContextsTest, AnExportedLayerIsTheSameAsOneWrittenLater) {
  const Arguments exports = {"model.transformer.export=contexts",
                             "model.transformer.contexts.layer=1",
                             "model.transformer.contexts.occurrences=7"};
  Arguments more = exports;
  more.emplace_back("threads=1");
  train("one", more);
  more.back() = "threads=3";
  train("three", more);
  expect_same_run("one", "three");
  succeed({"contexts", "one", "--vectors", "later.txt", "--layer", "1", "--occurrences", "7"});
  EXPECT_EQ(content("later.txt"), content("one/vectors.txt"));
  succeed({"contexts", "one", "--vectors", "all.txt", "--layer", "1"});
  EXPECT_NE(content("all.txt"), content("one/vectors.txt"));
}

TEST_F(ContextsTest, WordsOfAnotherText) {
  train("run");
  write("letter.txt", "man eats apple\nzebra sees man\n");
  const auto result = succeed({"contexts", "run", "--text", "letter.txt", "-o", "few.txt"});
  EXPECT_THAT(result.err, HasSubstr("words do not occur in the text and have no vector"));
  EXPECT_THAT(content("few.txt"), HasSubstr("man "));
  EXPECT_THAT(content("few.txt"), Not(HasSubstr("woman ")));
  fail({"contexts", "run", "--text", "letter.txt", "--words", "man,woman"},
       {"the word does not occur in the text", "letter.txt", "woman"});
  const auto shown = succeed({"contexts", "run", "--text", "letter.txt", "--words", "man",
                              "--width", "2", "--json", "shown.json", "--layer", "2"});
  EXPECT_THAT(shown.out, HasSubstr("man: 2 of 2 occurrences"));
  EXPECT_THAT(shown.out, HasSubstr("[man] eats apple"));
  EXPECT_THAT(shown.out, HasSubstr("<unk> sees [man]"));
  const auto contexts = json("shown.json").at("contexts");
  EXPECT_EQ(contexts.at("layer"), "layer 2");
  const auto word = contexts.at("words").at(0);
  EXPECT_EQ(word.at("shown").at(1).at("position"), 5);
  EXPECT_EQ(word.at("shown").at(1).at("nearest").size(), 4u) << "the other words of the text";
  for (const auto& near : word.at("shown").at(0).at("nearest")) EXPECT_NE(near.at("word"), "man");
}

TEST_F(ContextsTest, OccurrencesAmongOccurrences) {
  train("run");
  const auto result =
      succeed({"contexts", "run", "--words", "man,woman", "--among", "occurrences", "--count", "3",
               "-k", "2", "--occurrences", "20", "--layer", "1", "--json", "shown.json"});
  EXPECT_THAT(result.out, HasSubstr("woman: 3 of 20 occurrences"));
  const auto words = json("shown.json").at("contexts").at("words");
  ASSERT_EQ(words.size(), 2u);
  const auto shown = words.at(0).at("shown");
  ASSERT_EQ(shown.size(), 3u);
  const auto near = shown.at(0).at("nearest");
  ASSERT_EQ(near.size(), 2u);
  EXPECT_GE(near.at(0).at("cosine"), near.at(1).at("cosine"));
  EXPECT_NE(near.at(0).at("position"), shown.at(0).at("position"));
}

TEST_F(ContextsTest, MeasuresAreStoredForReports) {
  train("run", {"data.boundaries.line=<eos>"});
  const Arguments measure = {"contexts", "run", "--measures", "--sample", "6", "--json", "a.json"};
  const auto result = succeed(measure);
  EXPECT_THAT(result.out, HasSubstr("6 words (5 to 20 occurrences each), 6 sentences (lines)"));
  EXPECT_FALSE(exists("run/context_measures.json"));
  const auto measures = json("a.json").at("measures");
  ASSERT_EQ(measures.at("layers").size(), 3u);
  for (const auto& layer : measures.at("layers")) {
    for (const char* const name :
         {"self_similarity", "intra_sentence_similarity", "explainable_variance"}) {
      const auto& of = layer.at(name);
      EXPECT_NEAR(of.at("value").get<double>() - of.at("baseline").get<double>(),
                  of.at("adjusted").get<double>(), 1e-12);
    }
  }
  Arguments save = measure;
  save.insert(save.end(), {"--save", "--seed", "1"});
  succeed(save);
  EXPECT_EQ(json("run/context_measures.json"), measures);
  succeed({"report", "run", "-o", "r.html", "--map-words", "5"});
  EXPECT_THAT(content("r.html"), HasSubstr("6 sentences (lines)"));
  succeed({"report", "run", "-o", "r.md"});
  EXPECT_THAT(content("r.md"), HasSubstr("Contextual embeddings of run (6 words, 6 sentences"));
  // Another seed measures other words; a new run of the folder has no measures.
  succeed({"contexts", "run", "--measures", "--sample", "6", "--json", "b.json", "--seed", "2"});
  EXPECT_NE(json("b.json").at("measures").at("layers"), measures.at("layers"));
  train("run", {"--overwrite"});
  EXPECT_FALSE(exists("run/context_measures.json"));
}

TEST_F(ContextsTest, MistakesAreErrors) {
  train("run");
  fail({"contexts", "run"}, {"nothing to do", "--vectors FILE, --words WORD,... or --measures"}, 2);
  fail({"contexts", "run", "-o", "v.txt", "--layer", "3"},
       {"the model does not have this layer", "0 (the input of the layers) to 2, or mean", "3"}, 2);
  fail({"contexts", "run", "-o", "v.unheard"}, {"unknown output format"}, 2);
  fail({"contexts", "run", "-o", "run/vectors.txt"}, {"the output would replace an input"}, 2);
  fail({"contexts", "run", "--words", "mann"}, {"not in the model's vocabulary", "mean man?"});
  fail({"contexts", "run", "--words", "man", "--layer", "input"}, {"contexts are shown in a layer"},
       2);
  fail({"contexts", "run", "--save", "-o", "v.txt"}, {"add --measures"}, 2);
  fail({"contexts", "run", "--measures", "--save", "--text", "text.txt"},
       {"--save stores the measures of the training text", "--text text.txt"}, 2);
  write("short.txt", "man eats\n");
  fail({"contexts", "run", "--measures", "--text", "short.txt"},
       {"the text is too short to measure contexts", "a word that occurs 5 times"});
  write("empty.txt", "");
  fail({"contexts", "run", "--measures", "--text", "empty.txt"}, {"the text has no tokens"});
  write("v.txt", "kept");
  fail({"contexts", "run", "-o", "v.txt"}, {"the file already exists", "--overwrite"});
  succeed({"-q", "train", "small.yaml", "--out", "nplm"});
  fail({"contexts", "nplm", "--measures"}, {"no layers that read a text", "model.type: nplm"});
  succeed({"-q", "train", "small.yaml", "model.type=ngram", "--out", "ngram"});
  fail({"contexts", "ngram", "--measures"}, {"no layers that read a text", "model.type: ngram"});
  succeed({"-q", "train", "small.yaml", "model.type=pca", "--out", "pca"});
  fail({"contexts", "pca", "--measures"}, {"not a language model", "model.type: pca"});
  fail({"train", "small.yaml", "model.type=transformer", "model.transformer.layers=2",
        "model.transformer.export=contexts", "model.transformer.contexts.layer=3", "--out", "bad"},
       {"model.transformer.contexts.layer", "must be 0 to 2 or mean, got 3"});
}

}  // namespace
}  // namespace wordbridge
