#include "models/output/class_softmax_options.h"

#include "core/io/file.h"

namespace wordbridge {

FieldGroup ClassSoftmaxOptions::describe() {
  FieldGroup group{"classes",
                   "class-based softmax, P(class | context) P(word | class, context) (exact)"};
  group.add(Field{"count", &count, "number of classes; 0: round(sqrt(V))", at_least(0)})
      .add(choice("by", &by,
                  "frequency: classes of words of similar frequency; learned: by the exchange "
                  "algorithm on the training split, as for class-based n-grams",
                  {{"frequency", By::frequency}, {"learned", By::learned}}))
      .add(Field{
          "file", &file,
          "read the classes from a file of `word TAB class` (such as the classes.tsv of a run)"});
  return group;
}

void ClassSoftmaxOptions::validate(Problems& problems, const std::string& prefix) const {
  if (file.empty()) return;
  if (count > 0 || by != By::frequency)
    problems.add(prefix + ".file", "can't be combined with count or by");
  if (const auto problem = file_problem(file); !problem.empty())
    problems.add(prefix + ".file", problem);
}

}  // namespace wordbridge
