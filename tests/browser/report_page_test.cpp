#include "core/rng.h"
#include "tests/cli/cli_test.h"
#include "tests/support/web_driver.h"

// Reports in a browser: content, interaction, and no network requests.

namespace wordbridge {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

constexpr int kMapWords = 24;
constexpr int kMaps = 3;

class ReportPage : public CliTest {
 protected:
  void SetUp() override {
    if (!WebDriver::is_available())
      GTEST_SKIP() << "chromium or chromedriver not found (scripts/setup --browser)";
    write("odd.txt", text());
    write("groups.tsv", "man\tpeople\nwoman\tpeople\napple\tfruit\norange\tfruit\n");
    const Arguments train = {"-q", "train", "small.yaml", "data.path=odd.txt", "model.type=pca"};
    for (const char* const dim : {"5", "2", "1"}) {
      Arguments arguments = train;
      arguments.insert(arguments.end(), {std::string("model.pca.dim=") + dim, "--out",
                                         "runs/pca" + std::string(dim)});
      succeed(arguments);
    }
    succeed({"report", "runs/pca5", "runs/pca2", "runs/pca1", "--map-words",
             std::to_string(kMapWords), "--groups", "groups.tsv", "--words", "man,</script><b>",
             "--title", "<i>Report</i> & \"more\"", "-o", "report.html"});
    browser_ = std::make_unique<WebDriver>(1280, 900);
    browser_->open("file://" + (folder_ / "report.html").string());
  }

  /// After every test: no messages in the console and no network requests.
  void TearDown() override {
    if (!browser_) return;
    EXPECT_EQ(browser_->log("browser"), Json::array());
    int requests = 0;
    for (const auto& entry : browser_->log("performance")) {
      const Json message = Json::parse(entry.at("message").get<std::string>()).at("message");
      if (message.at("method") != "Network.requestWillBeSent") continue;
      const std::string url = message.at("params").at("request").at("url");
      EXPECT_THAT(url, testing::AnyOf(StartsWith("file://"), StartsWith("data:")));
      ++requests;
    }
    EXPECT_GE(requests, 1);  // the page itself, which shows that requests are logged
  }

  /// Lines of words, including words that a page might not escape.
  static std::string text() {
    std::vector<std::string> words = {
        "man",  "woman",   "apple",  "orange", "dog",   "cat",          "the",
        "a",    "eats",    "sees",   "likes",  "red",   "</script><b>", "\"&'",
        "<!--", "čeština", "日本語", "naïve",  "&amp;", "{{data}}"};
    const auto odd = words.size();  // the frequent words
    for (int i = 0; i < 12; ++i) words.push_back("word" + std::to_string(i));
    Rng rng(1, "report page test");
    std::string text;
    for (int i = 0; i < 500; ++i) {
      for (int j = 0; j < 3; ++j)
        text += words[rng.below(odd)] + " " + words[rng.below(words.size())] + " ";
      text += "\n";
    }
    return text;
  }

  Json js(const std::string& script) const { return browser_->run(script); }
  std::string text_of(const std::string& css) const {
    return js("return document.querySelector(" + Json(css).dump() + ").textContent");
  }
  /// Types a word into the search field.
  void search(const std::string& word) const {
    js("document.querySelector('#search').value = ''");
    browser_->type("#search", word);
  }
  /// The most isolated dot of a map, as {word, x, y} with its position in the window.
  Json lonely_dot(int map) const {
    return js(
        "const figure = document.querySelectorAll('.map')[" + std::to_string(map) +
        "];"
        "figure.querySelector('svg.plane').scrollIntoView({block: 'center'});"
        "const dots = [...figure.querySelectorAll('.dot')].map(dot => {"
        "  const box = dot.getBoundingClientRect();"
        "  return {word: dot.dataset.word, x: box.x + box.width / 2, y: box.y + box.height / 2};"
        "});"
        "const room = a => Math.min(...dots.filter(b => b !== a)"
        "    .map(b => Math.hypot(a.x - b.x, a.y - b.y)));"
        "return dots.sort((a, b) => room(b) - room(a))[0];");
  }
  std::string first_dot(int map) const {
    return js("return document.querySelectorAll('.map')[" + std::to_string(map) +
              "].querySelector('.dot').getAttribute('transform')");
  }

  std::unique_ptr<WebDriver> browser_;
};

TEST_F(ReportPage, ShowsWhatWasAskedFor) {
  EXPECT_EQ(js("return document.title"), "<i>Report</i> & \"more\"");
  EXPECT_EQ(text_of("h1"), "<i>Report</i> & \"more\"");
  EXPECT_EQ(js("return [...document.querySelectorAll('.map')].map("
               "map => map.querySelectorAll('.dot').length)"),
            Json(std::vector<int>(kMaps, kMapWords)));
  EXPECT_EQ(js("return [...document.querySelectorAll('.card h4')].map(h => h.textContent)"),
            Json({"pca5", "pca2", "pca1"}));
  // With few words, all are labelled, on maps and on number lines.
  EXPECT_EQ(js("return [...document.querySelectorAll('.map')].map("
               "map => map.querySelectorAll('.label').length)"),
            Json(std::vector<int>(kMaps, kMapWords)));
  EXPECT_EQ(js("return [...document.querySelectorAll('.legend button')].map(b => b.textContent)"),
            Json({"people", "fruit"}));
  EXPECT_THAT(text_of(".map figcaption"), HasSubstr("of the variance"));
  EXPECT_THAT(text_of(".card pre"), HasSubstr("path: [odd.txt]"));
}

TEST_F(ReportPage, WordsAreTextWhateverTheyHold) {
  for (const char* const word :
       {"</script><b>", "\"&'", "<!--", "čeština", "日本語", "&amp;", "{{data}}"}) {
    search(word);
    EXPECT_EQ(text_of(".map .nearest b"), word);
    EXPECT_EQ(text_of(".map .label.chosen"), word);
  }
  EXPECT_EQ(js("return [...document.querySelectorAll('.near-word h4')].map(h => h.textContent)"),
            Json({"man", "</script><b>"}));
  EXPECT_EQ(js("return document.querySelectorAll('main b b, body > b, main i').length"), 0);
}

TEST_F(ReportPage, APointThatIsHoveredSaysItsWord) {
  for (int map = 0; map < kMaps; ++map) {
    const Json dot = lonely_dot(map);
    browser_->point(dot.at("x"), dot.at("y"));
    EXPECT_EQ(js("return document.querySelector('#tip').hidden"), false);
    EXPECT_EQ(text_of("#tip b"), dot.at("word").get<std::string>());
    EXPECT_EQ(js("return document.querySelectorAll('.dot.chosen').length"), 1);
    EXPECT_GE(js("return document.querySelectorAll('.link').length"), 5);
    browser_->point(5, 5);
    EXPECT_EQ(js("return document.querySelector('#tip').hidden"), true);
    EXPECT_EQ(js("return document.querySelectorAll('.link').length"), 0);
  }
}

TEST_F(ReportPage, AClickChoosesAWordOnEveryMap) {
  const Json dot = lonely_dot(0);
  browser_->point(dot.at("x"), dot.at("y"), {"pointerDown", "pointerUp"});
  EXPECT_EQ(js("return document.querySelector('#search').value"), dot.at("word"));
  EXPECT_EQ(js("return [...document.querySelectorAll('.nearest b')].map(b => b.textContent)"),
            Json(std::vector<std::string>(kMaps, dot.at("word"))));
}

TEST_F(ReportPage, TheSearchFindsAWordAndItsNeighbours) {
  search("MAN");
  EXPECT_EQ(text_of("#found"), "man: on 3 of 3 maps");
  EXPECT_EQ(js("return [...document.querySelectorAll('.dot.chosen')].map(d => d.dataset.word)"),
            Json(std::vector<std::string>(kMaps, "man")));
  EXPECT_THAT(text_of(".map .nearest"), StartsWith("man by cosine: "));
  // A click on a neighbour shows the neighbours of that word.
  const std::string next = text_of(".map .nearest button");
  js("document.querySelector('.map .nearest button').click()");
  EXPECT_EQ(text_of(".map .nearest b"), next);
  search("zebra");
  EXPECT_THAT(text_of("#found"), HasSubstr("no word like"));
  EXPECT_EQ(js("return document.querySelectorAll('.dot.chosen').length"), 0);
  search("man");
  browser_->type("#search", "\uE00C");  // Escape
  EXPECT_EQ(js("return document.querySelectorAll('.dot.chosen').length"), 0);
}

TEST_F(ReportPage, MapsZoomAndMove) {
  const std::string before = first_dot(0), other = first_dot(1);
  js("document.querySelector('.map .tools button').click()");
  const std::string zoomed = first_dot(0);
  EXPECT_NE(zoomed, before);
  EXPECT_EQ(first_dot(1), other);
  const Json box =
      js("const plane = document.querySelector('.map svg.plane');"
         "plane.scrollIntoView({block: 'center'});"
         "const box = plane.getBoundingClientRect(); return {x: box.x + 60, y: box.y + 60};");
  browser_->point(box.at("x"), box.at("y"), {"pointerDown"});
  browser_->point(box.at("x").get<double>() + 50, box.at("y").get<double>() + 40, {"pointerUp"});
  EXPECT_NE(first_dot(0), zoomed);
  js("document.querySelector('.map svg.plane').focus()");
  browser_->type(".map svg.plane", "0");
  EXPECT_EQ(first_dot(0), before);
}

TEST_F(ReportPage, TheKindOfMapIsSwitched) {
  const std::string pca = first_dot(0), two_dimensions = first_dot(1);
  js("document.querySelector('[data-method=tsne]').click()");
  EXPECT_NE(first_dot(0), pca);
  EXPECT_EQ(first_dot(1), two_dimensions);
  EXPECT_THAT(text_of(".map > small"), StartsWith("t-SNE, from 5 dimensions"));
  EXPECT_EQ(js("return document.querySelector('.map').querySelectorAll('.dot').length"), kMapWords);
  js("document.querySelector('[data-method=pca]').click()");
  EXPECT_EQ(first_dot(0), pca);
}

TEST_F(ReportPage, ANarrowWindowIsNeverScrolledSideways) {
  for (const int width : {1280, 400}) {
    browser_->resize(width, 800);
    browser_->open("file://" + (folder_ / "report.html").string());
    js("for (const part of document.querySelectorAll('details')) part.open = true");
    EXPECT_EQ(js("return innerWidth"), width);
    EXPECT_LE(js("return document.scrollingElement.scrollWidth"), width);
  }
}

/// The report of an evaluation of vector files.
class EvaluationPage : public ReportPage {
 protected:
  void SetUp() override {
    if (!WebDriver::is_available())
      GTEST_SKIP() << "chromium or chromedriver not found (scripts/setup --browser)";
    write("a.txt", "king 1 0\nqueen 0.9 0.1\ncat 0 1\ndog 0.1 0.9\nman 1 0.3\nwoman 0.8 0.4\n");
    write("b.txt", "king 1 0\nqueen 0 1\ncat 0.5 1\ndog 0.2 0.9\nman 0.1 0.3\nwoman 0.8 0.4\n");
    write("pairs.tsv", "king\tqueen\t9\nking\tcat\t1\nking\tdog\t2\nman\twoman\t8\nman\tcat\t3\n");
    succeed({"-q", "eval", "a.txt", "b.txt", "--similarity", "pairs.tsv", "--report", "e.html",
             "--json", "e.json"});
    browser_ = std::make_unique<WebDriver>(1280, 900);
    browser_->open("file://" + (folder_ / "e.html").string());
  }
};

TEST_F(EvaluationPage, IntervalsAreShownAndSaid) {
  // One row per correlation and one cell per model. A cell shows the interval as text and as a line
  // through the dot.
  const Json cells = js(
      "return [...document.querySelectorAll('svg.interval')].map(picture => {"
      "  const cell = picture.closest('td'), line = picture.querySelector('line:not(.zero)');"
      "  const place = name => Number(line.getAttribute(name));"
      "  return {text: cell.querySelector('small').textContent, from: place('x1'),"
      "          to: place('x2'), dot: Number(picture.querySelector('circle').getAttribute('cx')),"
      "          said: picture.getAttribute('aria-label'),"
      "          seen: picture.getBoundingClientRect().width};"
      "});");
  ASSERT_EQ(cells.size(), 4u);
  const Json scores = json("e.json");
  int i = 0;
  for (const char* const metric : {"spearman", "pearson"}) {
    for (const char* const file : {"a.txt", "b.txt"}) {
      const Json interval = scores.at(file).at("scores").at(0).at("intervals").at(metric);
      const Json cell = cells[static_cast<std::size_t>(i++)];
      const auto low = js("return (" + interval[0].dump() + ").toFixed(3)").get<std::string>();
      const auto high = js("return (" + interval[1].dump() + ").toFixed(3)").get<std::string>();
      EXPECT_EQ(cell.at("text"), "[" + low + ", " + high + "]") << metric << " " << file;
      EXPECT_EQ(cell.at("said"), "95 % interval " + low + " to " + high);
      // One interval has zero width: the ranks agree with the human scores in every resample.
      EXPECT_EQ(cell.at("from") < cell.at("to"), interval[0] < interval[1]);
      EXPECT_LE(cell.at("from"), cell.at("dot"));
      EXPECT_LE(cell.at("dot"), cell.at("to"));
      EXPECT_GT(cell.at("seen"), 50);
    }
  }
}

}  // namespace
}  // namespace wordbridge
