#include "models/output/class_softmax_options.h"

#include <filesystem>

namespace wordbridge {

FieldGroup ClassSoftmaxOptions::describe() {
  FieldGroup group{"classes", "a class of words first, then a word of the class, exact"};
  group.add(Field{"count", &count, "number of classes; 0: round(sqrt(V))", at_least(0)})
      .add(choice("by", &by,
                  "frequency: words of similar frequency; learned: by the exchange algorithm from "
                  "the training text, as n-grams of classes",
                  {{"frequency", By::frequency}, {"learned", By::learned}}))
      .add(Field{"file", &file,
                 "classes from a file instead, word TAB class (as a run's classes.tsv)"});
  return group;
}

void ClassSoftmaxOptions::validate(Problems& problems, const std::string& prefix) const {
  if (file.empty()) return;
  if (count > 0 || by != By::frequency)
    problems.add(prefix + ".file", "either count and by or file says which classes");
  if (!std::filesystem::is_regular_file(file))
    problems.add(prefix + ".file", "there is no file '" + file + "'");
}

}  // namespace wordbridge
