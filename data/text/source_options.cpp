#include "data/text/source_options.h"

#include <algorithm>

#include "core/error.h"

namespace wordbridge {

FieldGroup SourceOptions::describe() {
  FieldGroup group{"source", "where the text is read from"};
  group
      .add(choice(
          "reader", &reader,
          "text: files, folders, archives (.zip, .tar.*), compressed files, - for standard "
          "input; brown: NLTK's brown.zip; ptb: the Penn Treebank's three files; wordnet: "
          "glosses; gcide: entries of the dictionary; log-linear, xor: a text drawn from the words "
          "of a file of groups (word TAB group), see synthetic",
          text_reader_names()))
      .add({"path", &paths,
            "one path or a list; dataset:NAME: what `wordbridge data fetch NAME` got; empty: the "
            "reader's usual place, the fetched dataset, or the folder $WORDBRIDGE_MIRROR"})
      .add({"valid_path", &valid_paths, "text: what is validated on (split.by: files)"})
      .add({"test_path", &test_paths, "text: what is tested on (split.by: files)"})
      .add(synthetic.describe())
      .rename("drawn", "data.synthetic");
  return group;
}

void SourceOptions::validate(Problems& problems, const std::string& prefix) const {
  const bool text = reader == TextReader::text;
  if (text && paths.empty()) problems.add(prefix + ".path", "the reader 'text' needs a path");
  if (synthetic_reader(reader) != nullptr && paths.empty()) {
    problems.add(
        prefix + ".path",
        fmt::format("the reader '{}' needs a file of words and their groups", name_of(reader)));
  }
  if (!text && paths.size() > 1) {
    problems.add(prefix + ".path", fmt::format("the reader '{}' takes one path", name_of(reader)));
  }
  if (!text && !valid_paths.empty()) {
    problems.add(prefix + ".valid_path", "only the reader 'text' splits by paths");
  }
  if (!text && !test_paths.empty()) {
    problems.add(prefix + ".test_path", "only the reader 'text' splits by paths");
  }
  std::int64_t standard_inputs = 0;
  for (const auto* list : {&paths, &valid_paths, &test_paths}) {
    standard_inputs += std::count(list->begin(), list->end(), "-");
  }
  if (standard_inputs > 1) problems.add(prefix + ".path", "standard input can be read only once");
}

}  // namespace wordbridge
