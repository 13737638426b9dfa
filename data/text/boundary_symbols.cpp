#include "data/text/boundary_symbols.h"

#include <utility>

#include "core/error.h"

namespace wordbridge {

FieldGroup BoundarySymbols::describe() {
  FieldGroup group{"boundaries",
                   "symbols inserted at the ends of lines, paragraphs and documents; empty: none"};
  group.add({"line", &line, "after each line that has tokens"})
      .add({"paragraph", &paragraph, "after each paragraph (blank lines separate paragraphs)"})
      .add({"document", &document, "after each document"});
  return group;
}

void BoundarySymbols::validate(Problems& problems, const std::string& prefix) const {
  for (const auto& [name, symbol] : {std::pair("line", &line), std::pair("paragraph", &paragraph),
                                     std::pair("document", &document)}) {
    if (symbol->find_first_of(" \t\r\n") != std::string::npos) {
      problems.add(fmt::format("{}.{}", prefix, name), "a symbol can't contain whitespace");
    }
  }
}

}  // namespace wordbridge
