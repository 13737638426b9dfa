#include "tests/cli/cli_test.h"
#include "tests/support/xml.h"

// Tests of `wordbridge plot`: figures of runs and vector files.

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class PlotTest : public CliTest {
 protected:
  PlotTest() {
    write("plane.txt", "5 3\nking 1 0 2\nqueen 0.8 0.6 1\ncat 0 1 4\n<unk> 3 1 0\nR&D 2 2 2\n");
    write("line.txt", "3 1\nking 1\nqueen 2\ncat -3\n");
    write("groups.tsv", "king\tpeople\nqueen\tpeople\ncat\tanimals\nzebra\tanimals\n");
    write_run("runs/nplm", {300, 200, 150});
    write("runs/seeds/seeds.json", "{\"seeds\": [1, 2]}");
    write_run("runs/seeds/seed-1", {310, 210});
    write_run("runs/seeds/seed-2", {330, 230});
    write("runs/pca/config.yaml", "model: {type: pca}\n");
    write("runs/pca/metrics.jsonl", "{\"explained_variance_ratio\":0.5}\n");
  }

  /// Writes the files of a complete run that are plotted.
  void write_run(const std::string& folder, const std::vector<int>& perplexities) const {
    write(folder + "/config.yaml", "model: {type: nplm}\n");
    write(folder + "/summary.json", "{\"results\": {}}");
    write(folder + "/vectors.txt", "2 2\nking 1 2\ncat 2 3\n");
    std::string lines;
    for (std::size_t i = 0; i < perplexities.size(); ++i) {
      lines += "{\"epoch\":" + std::to_string(i + 1) +
               ",\"train_loss\":5.5,\"valid_perplexity\":" + std::to_string(perplexities[i]) +
               "}\n";
    }
    write(folder + "/metrics.jsonl", lines);
  }
};

TEST_F(PlotTest, MapsOfFilesSideBySide) {
  succeed({"plot", "map", "plane.txt", "line.txt", "--words", "king,queen,cat", "-o", "m.svg"});
  const auto texts = texts_of(content("m.svg"), "text");
  for (const char* const text : {"king", "queen", "cat", "plane.txt", "line.txt", "1 dimension"})
    EXPECT_THAT(texts, Contains(text));
  succeed({"plot", "map", "plane.txt", "-o", "all.svg", "--title", "All & more"});
  EXPECT_THAT(texts_of(content("all.svg"), "text"),
              AllOf(Contains("<unk>"), Contains("R&D"), Contains("All & more")));
  succeed({"plot", "map", "plane.txt", "-o", "again.svg", "--title", "All & more"});
  EXPECT_EQ(content("again.svg"), content("all.svg"));
  succeed({"plot", "map", "plane.txt", "--count", "2", "--method", "tsne", "--width", "85mm",
           "--height", "288", "-o", "two.svg"});
  EXPECT_THAT(content("two.svg"), HasSubstr("width=\"85mm\" height=\"76.2mm\""));
  EXPECT_THAT(texts_of(content("two.svg"), "text"), AllOf(Contains("king"), Not(Contains("cat"))));
}

TEST_F(PlotTest, MapsOfRunsAndGroups) {
  const auto result =
      succeed({"plot", "map", "runs/seeds", "plane.txt", "--groups", "groups.tsv", "-o", "m.svg"});
  EXPECT_THAT(result.err, HasSubstr("1 of 4 words of the groups are not in plane.txt"));
  EXPECT_THAT(texts_of(content("m.svg"), "text"),
              AllOf(Contains("seeds"), Contains("people"), Contains("animals"),
                    Not(Contains("zebra")), Not(Contains("other words"))));
  succeed(
      {"plot", "map", "plane.txt", "--groups", "groups.tsv", "--words", "king,R&D", "-o", "m.svg"});
  EXPECT_THAT(texts_of(content("m.svg"), "text"),
              AllOf(Contains("people"), Contains("other words")));
}

TEST_F(PlotTest, CurvesOfRuns) {
  succeed({"plot", "curves", "runs/nplm", "runs/seeds", "-o", "c.svg"});
  EXPECT_THAT(texts_of(content("c.svg"), "text"),
              AllOf(Contains("nplm"), Contains("seeds (mean of 2)"), Contains("Epoch"),
                    Contains("Validation perplexity")));
  succeed({"plot", "curves", "runs/nplm", "--metric", "train_loss", "-o", "c.svg"});
  EXPECT_THAT(texts_of(content("c.svg"), "text"), Contains("Train loss"));
}

TEST_F(PlotTest, SaysWhatIsWrong) {
  fail({"plot", "map", "plane.txt", "--words", "quen", "-o", "x.svg"},
       {"plane.txt", "not in the table", "'quen'", "'queen'"});
  fail({"plot", "map", "gone.txt", "-o", "x.svg"}, {"gone.txt"});
  fail({"plot", "map", "runs/pca", "-o", "x.svg"}, {"runs/pca", "holds no word vectors"});
  write("others.tsv", "zebra\tanimals\n");
  fail({"plot", "map", "plane.txt", "--groups", "others.tsv", "-o", "x.svg"},
       {"plane.txt", "none of the words of the groups", "'zebra'"});
  fail({"plot", "map", "plane.txt", "-o", "x.svg", "--height", "20px"}, {"height is too small"});
  fail({"plot", "map", "plane.txt", "-o", "no folder/x.svg"}, {"no folder/x.svg"});
  fail({"plot", "curves", "runs/pca", "-o", "x.svg"}, {"runs/pca", "no epochs"});
  fail({"plot", "curves", "plane.txt", "-o", "x.svg"}, {"plane.txt", "not a run folder"});
  EXPECT_FALSE(exists("x.svg"));
}

TEST_F(PlotTest, RefusesWrongCommandLines) {
  constexpr int kUsage = 2;
  fail({"plot", "curves", "runs/nplm", "--metric", "valid_perplexty", "-o", "x.svg"},
       {"no run has this metric", "train_loss, valid_perplexity", "did you mean valid_perplexity"},
       kUsage);
  for (const char* const width : {"wide", "-3", "0", "1e9", "mm", "nan", "85 mm"})
    fail({"plot", "map", "plane.txt", "-o", "x.svg", "--width", width}, {"--width", "85mm"},
         kUsage);
  fail({"plot", "map", "plane.txt", "--words", "king,king", "-o", "x.svg"}, {"repeated"}, kUsage);
  fail({"plot", "map", "plane.txt", "--words", "king", "--count", "3", "-o", "x.svg"}, {"--count"},
       kUsage);
  fail({"plot", "map", "plane.txt", "--method", "umap", "-o", "x.svg"}, {"umap"}, kUsage);
  fail({"plot", "map", "plane.txt"}, {"--out"}, kUsage);
  fail({"plot", "map", "plane.txt", "-o", "x.png"}, {"x.png", "FILE.svg"}, kUsage);
  fail({"plot"}, {"subcommand"}, kUsage);
  EXPECT_FALSE(exists("x.svg"));
}

TEST_F(PlotTest, DamagedLinesOfMetricsAreSaid) {
  const Arguments plot = {"plot", "curves", "runs/nplm", "-o", "c.svg"};
  const std::string whole = content("runs/nplm/metrics.jsonl");
  EXPECT_THAT(succeed(plot).err, Not(HasSubstr("warning")));
  // The last line of a run that is running.
  write("runs/nplm/metrics.jsonl", whole + "{\"epoch\":4,");
  EXPECT_THAT(succeed(plot).err, Not(HasSubstr("warning")));
  const auto second = whole.find('\n') + 1;
  std::string damaged = whole;
  damaged[second] = 'x';
  write("runs/nplm/metrics.jsonl", damaged);
  EXPECT_THAT(succeed(plot).err,
              HasSubstr("runs/nplm/metrics.jsonl:2: a damaged line is left out"));
  write("runs/nplm/metrics.jsonl", damaged + "{\n");
  EXPECT_THAT(succeed(plot).err, HasSubstr("metrics.jsonl:2: this and 1 other damaged line are"));
}

}  // namespace
}  // namespace wordbridge
