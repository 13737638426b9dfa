#include "data/text/source_options.h"

#include <algorithm>

#include "core/error.h"

namespace wordbridge {

FieldGroup SourceOptions::describe() {
  FieldGroup group{"source", "location and format of the corpus"};
  group
      .add(choice("reader", &reader,
                  "text: files, folders, archives (.zip, .tar.*), compressed files, - for standard "
                  "input; brown: NLTK's brown.zip; ptb: the three files of the Penn Treebank; "
                  "wordnet: glosses; gcide: dictionary entries; log-linear, xor: synthetic text "
                  "generated from a file of word groups (word TAB group), see synthetic",
                  text_reader_names()))
      .add({"path", &paths,
            "path or list of paths; dataset:NAME: a dataset fetched by `wordbridge data fetch "
            "NAME`; empty: the reader's default location, the fetched dataset, or the folder "
            "$WORDBRIDGE_MIRROR"})
      .add({"valid_path", &valid_paths, "reader text: validation files (split.by: files)"})
      .add({"test_path", &test_paths, "reader text: test files (split.by: files)"})
      .add(synthetic.describe())
      .rename("drawn", "data.synthetic");
  return group;
}

void SourceOptions::validate(Problems& problems, const std::string& prefix) const {
  const bool text = reader == TextReader::text;
  if (text && paths.empty()) problems.add(prefix + ".path", "the reader 'text' needs a path");
  if (synthetic_reader(reader) != nullptr && paths.empty()) {
    problems.add(prefix + ".path",
                 fmt::format("the reader '{}' needs a file of word groups (word TAB group)",
                             name_of(reader)));
  }
  if (!text && paths.size() > 1) {
    problems.add(prefix + ".path",
                 fmt::format("the reader '{}' accepts only one path", name_of(reader)));
  }
  if (!text && !valid_paths.empty()) {
    problems.add(prefix + ".valid_path", "only the reader 'text' supports validation files");
  }
  if (!text && !test_paths.empty()) {
    problems.add(prefix + ".test_path", "only the reader 'text' supports test files");
  }
  std::int64_t standard_inputs = 0;
  for (const auto* list : {&paths, &valid_paths, &test_paths}) {
    standard_inputs += std::count(list->begin(), list->end(), "-");
  }
  if (standard_inputs > 1) problems.add(prefix + ".path", "standard input can be read only once");
}

}  // namespace wordbridge
