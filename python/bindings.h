#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "eval/neighbors/exact_neighbors.h"
#include "train/runs/run_experiment.h"

namespace wordbridge::python {

namespace py = pybind11;

/// Words may hold any bytes: those that are not UTF-8 become lone surrogates in Python, as in the
/// names of files, and are the same bytes again on the way back.
py::str to_text(std::string_view bytes);
std::string to_bytes(const py::str& text);
std::vector<std::string> to_bytes(const std::vector<py::str>& texts);
py::list to_list(const std::vector<std::string>& words);

/// An embedding table, and what is computed when it is searched for the first time.
class Table {
 public:
  explicit Table(EmbeddingTable table) : table_(std::move(table)) {}
  /// Rows of a mapped file are not verified yet.
  const EmbeddingTable& table() const { return table_; }
  /// The table, after all of it is verified.
  const EmbeddingTable& verified() const;
  const ExactNeighbors& neighbors() const;

 private:
  EmbeddingTable table_;
  mutable std::once_flag searched_;
  mutable std::optional<ExactNeighbors> neighbors_;
};

/// What differs between the module with LibTorch and the one without.
RunHooks run_hooks();
void start_threads(int count);

void bind_tables(py::module_& module);
void bind_evaluation(py::module_& module);
void bind_language_models(py::module_& module);

}  // namespace wordbridge::python
