#include "models/ngram/ngram_options.h"

#include <algorithm>
#include <filesystem>
#include <memory>

namespace wordbridge {

FieldGroup NgramOptions::describe() {
  FieldGroup group{"ngram",
                   "n-gram language model from counts: Kneser-Ney, Witten-Bell, Good-Turing or "
                   "Jelinek-Mercer, of words or of classes of words"};
  group
      .add(Field{"order", &order,
                 "words of an n-gram: a word is predicted from the order-1 before it",
                 between(1, kMaxNgramOrder)})
      .add(
          choice("smoothing", &smoothing.method,
                 "jelinek-mercer mixes the relative frequencies of all orders, with weights by the "
                 "frequency of the context from the validation split (the interpolated trigram of "
                 "Bengio et al. 2003, with order: 3)",
                 {{"kneser-ney", Smoothing::kneser_ney},
                  {"witten-bell", Smoothing::witten_bell},
                  {"good-turing", Smoothing::good_turing},
                  {"jelinek-mercer", Smoothing::jelinek_mercer}}))
      .add(
          Field{"interpolate", &smoothing.interpolate,
                "n-grams that occur get a share of the lower order too (as KenLM's models); false: "
                "back-off, only those that do not occur (as SRILM's by default)"})
      .add(choice("discounts", &smoothing.discounts,
                  "kneser-ney: modified, of counts 1, 2, 3 and more; or single, one for all",
                  {{"modified", SmoothingOptions::DiscountCount::modified},
                   {"single", SmoothingOptions::DiscountCount::single}}))
      .add(
          Field{"min_counts", &smoothing.min_counts,
                "n-grams that occur less often are left out, one number an order, the last one for "
                "all higher orders; [1, 1, 2] leaves out what occurs once in order 3 and more, as "
                "SRILM does by default; []: none is left out",
                at_least(1)})
      .add(Field{"boundary", &boundary,
                 "word at which contexts end, as the marker of a line's end; empty: they run over "
                 "everything"})
      .add(Field{"em_iterations", &em_iterations,
                 "jelinek-mercer: steps of expectation maximisation for the weights",
                 between(1, 10000)});
  FieldGroup section{"classes", "P(w | h) = P(w | class of w) P(class of w | classes of h)"};
  section
      .add(Field{"count", &classes.count,
                 "number of classes, learned by the exchange algorithm; 0: n-grams of words",
                 at_least(0)})
      .add(Field{"annealing_passes", &classes.annealing_passes,
                 "of simulated annealing over the words, before the exchange; 0: none",
                 at_least(0)})
      .add(Field{"passes", &classes.passes, "of the exchange algorithm over the words, at most",
                 at_least(1)})
      .add(Field{"file", &classes.file,
                 "classes from a file instead, word TAB class (as a run's classes.tsv)"});
  group.add(section);
  return group;
}

void NgramOptions::validate(Problems& problems, const std::string& prefix) const {
  const bool jelinek_mercer = smoothing.method == Smoothing::jelinek_mercer;
  if (!std::is_sorted(smoothing.min_counts.begin(), smoothing.min_counts.end()))
    problems.add(prefix + ".min_counts", "must not fall from one order to the next");
  if (!smoothing.min_counts.empty() && smoothing.min_counts.front() > 1) {
    problems.add(prefix + ".min_counts",
                 "the first is 1: which single words there are is data.vocabulary's to say");
  }
  if (static_cast<std::int64_t>(smoothing.min_counts.size()) > order)
    problems.add(prefix + ".min_counts", "more numbers than orders");
  if (jelinek_mercer && of_classes())
    problems.add(prefix + ".smoothing", "jelinek-mercer is for words, not for classes");
  if (jelinek_mercer && !smoothing.min_counts.empty())
    problems.add(prefix + ".min_counts", "has no effect with jelinek-mercer");
  if (smoothing.discounts != SmoothingOptions::DiscountCount::modified &&
      smoothing.method != Smoothing::kneser_ney)
    problems.add(prefix + ".discounts", "has an effect with smoothing: kneser-ney only");
  if (classes.count == 1) problems.add(prefix + ".classes.count", "expected 0, or at least 2");
  if (classes.file.empty()) return;
  if (classes.count > 0)
    problems.add(prefix + ".classes.file", "either count or file says which classes");
  if (!std::filesystem::is_regular_file(classes.file))
    problems.add(prefix + ".classes.file", "there is no file '" + classes.file + "'");
}

std::unique_ptr<ModelOptions> make_ngram_options() { return std::make_unique<NgramOptions>(); }

}  // namespace wordbridge
