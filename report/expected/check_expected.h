#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "report/expected/expected_file.h"

namespace wordbridge {

struct ExpectedOptions {
  bool scripts = false;        // also runs the scripts of the folder that expected.json names
  std::filesystem::path runs;  // folder of runs that are compared with the results; empty: none
};

/// What was checked, and what disagrees.
struct ExpectedCheck {
  std::vector<std::string> complaints;  // messages of Errors
  std::size_t figures = 0;              // values that are expected
  std::size_t places = 0;               // printed numbers that were compared with them
  std::size_t runs = 0;                 // runs that were compared
  std::size_t left_out = 0;             // tables that need a script
  std::size_t numbers = 0;              // in the tables of the folder's README.md, without labels
  std::vector<std::string> uncovered;  // those of them that no entry covers, as "file:line: number"
};

/// Checks the committed results, what is printed, and the runs. Continues after a complaint.
ExpectedCheck check_expected(const ExpectedFile& file, const ExpectedOptions& options);

}  // namespace wordbridge
