#include "models/ngram/ngram_options.h"

#include <algorithm>
#include <memory>

#include "core/io/file.h"
#include "core/process_memory.h"

namespace wordbridge {

FieldGroup NgramOptions::describe() {
  FieldGroup group{"ngram",
                   "n-gram language model of words or of word classes, with Kneser-Ney, "
                   "Witten-Bell, Good-Turing or Jelinek-Mercer smoothing"};
  group
      .add(Field{"order", &order,
                 "n-gram order: a word is predicted from the order-1 preceding words",
                 between(1, kMaxNgramOrder)})
      .add(choice("smoothing", &smoothing.method,
                  "smoothing method; jelinek-mercer interpolates the relative frequencies of all "
                  "orders, with weights by context frequency estimated on the validation split "
                  "(with order: 3, the interpolated trigram of Bengio et al. 2003)",
                  {{"kneser-ney", Smoothing::kneser_ney},
                   {"witten-bell", Smoothing::witten_bell},
                   {"good-turing", Smoothing::good_turing},
                   {"jelinek-mercer", Smoothing::jelinek_mercer}}))
      .add(Field{"interpolate", &smoothing.interpolate,
                 "true: interpolated, seen n-grams also receive a share of the lower order (as in "
                 "KenLM); false: back-off, only unseen n-grams do (default of SRILM)"})
      .add(choice("discounts", &smoothing.discounts,
                  "discounts of kneser-ney; modified: one each for the counts 1, 2, and 3 or more; "
                  "single: one for all counts",
                  {{"modified", SmoothingOptions::DiscountCount::modified},
                   {"single", SmoothingOptions::DiscountCount::single}}))
      .add(Field{"min_counts", &smoothing.min_counts,
                 "count cut-offs, one per order, the last one for all higher orders: n-grams that "
                 "occur less often are dropped; [1, 1, 2] drops n-grams of order 3 and higher that "
                 "occur once, as SRILM does by default; []: no cut-offs",
                 at_least(1)})
      .add(Field{"prune", &prune,
                 "entropy pruning (Stolcke 1998): drops n-grams whose removal increases the "
                 "perplexity of the model by less than this factor, such as 1e-8; 0: none",
                 at_least(0)})
      .add(Field{"boundary", &boundary,
                 "boundary symbol at which contexts end, such as <eos> at the end of lines; empty: "
                 "contexts never end"})
      .add(Field{"memory", &memory,
                 "memory of the process while it counts and smooths, such as 512MB or 2GB; what "
                 "does not fit is kept in temporary files; has no effect on the model"})
      .add(Field{"em_iterations", &em_iterations,
                 "jelinek-mercer: EM iterations to estimate the weights", between(1, 10000)});
  FieldGroup section{
      "classes", "class-based n-grams: P(w | h) = P(w | class of w) P(class of w | classes of h)"};
  section
      .add(Field{"count", &classes.count,
                 "number of classes, learned by the exchange algorithm; 0: word n-grams",
                 at_least(0)})
      .add(Field{"annealing_passes", &classes.annealing_passes,
                 "passes of simulated annealing over the vocabulary, before the exchange "
                 "algorithm; 0: none",
                 at_least(0)})
      .add(Field{"passes", &classes.passes,
                 "maximum number of passes of the exchange algorithm over the vocabulary",
                 at_least(1)})
      .add(Field{
          "file", &classes.file,
          "read the classes from a file of `word TAB class` (such as the classes.tsv of a run)"});
  group.add(section);
  return group;
}

void NgramOptions::validate(Problems& problems, const std::string& prefix) const {
  const bool jelinek_mercer = smoothing.method == Smoothing::jelinek_mercer;
  if (!std::is_sorted(smoothing.min_counts.begin(), smoothing.min_counts.end()))
    problems.add(prefix + ".min_counts", "must not decrease from one order to the next");
  if (!smoothing.min_counts.empty() && smoothing.min_counts.front() > 1) {
    problems.add(prefix + ".min_counts",
                 "the first entry must be 1; data.vocabulary selects the words");
  }
  if (static_cast<std::int64_t>(smoothing.min_counts.size()) > order)
    problems.add(prefix + ".min_counts", "must have at most `order` entries");
  check_memory(problems, prefix + ".memory", memory);
  if (jelinek_mercer && of_classes())
    problems.add(prefix + ".smoothing", "jelinek-mercer does not support classes");
  if (jelinek_mercer && !smoothing.min_counts.empty())
    problems.add(prefix + ".min_counts", "has no effect with smoothing: jelinek-mercer");
  if (jelinek_mercer && prune > 0)
    problems.add(prefix + ".prune", "has no effect with smoothing: jelinek-mercer");
  if (smoothing.discounts != SmoothingOptions::DiscountCount::modified &&
      smoothing.method != Smoothing::kneser_ney)
    problems.add(prefix + ".discounts", "only has an effect with smoothing: kneser-ney");
  if (classes.count == 1) problems.add(prefix + ".classes.count", "must be 0 or at least 2");
  if (classes.file.empty()) return;
  if (classes.count > 0)
    problems.add(prefix + ".classes.file", "can't be combined with classes.count");
  if (const auto problem = file_problem(classes.file); !problem.empty())
    problems.add(prefix + ".classes.file", problem);
}

std::unique_ptr<ModelOptions> make_ngram_options() { return std::make_unique<NgramOptions>(); }

}  // namespace wordbridge
