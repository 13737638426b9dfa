#include <pybind11/stl.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "data/vectors/parsed_vectors.h"
#include "data/vectors/vector_files.h"
#include "eval/neighbors/neighbors.h"
#include "eval/postprocess.h"
#include "eval/statistics/cosine.h"
#include "python/bindings.h"
#include "train/runs/load_table.h"

namespace wordbridge::python {
namespace {

using FloatArray = py::array_t<float, py::array::c_style>;
using Vector = py::array_t<double, py::array::c_style | py::array::forcecast>;

/// Keeps a Python object alive from any thread.
std::shared_ptr<const void> keeper_of(py::object object) {
  return {object.release().ptr(), [](const void* pointer) {
            const py::gil_scoped_acquire gil;
            Py_DECREF(static_cast<PyObject*>(const_cast<void*>(pointer)));
          }};
}

std::unique_ptr<Table> table_of(const std::vector<py::str>& words, const FloatArray& vectors,
                                const std::string& origin) {
  if (vectors.ndim() != 2)
    throw Error("vectors must be a matrix").expected("2 dimensions").got("{}", vectors.ndim());
  if (vectors.shape(0) != static_cast<py::ssize_t>(words.size()))
    throw Error("each word needs a vector")
        .expected("{} rows", words.size())
        .got("{}", vectors.shape(0));
  if (const auto bad = first_not_finite_of_all(vectors.data(), vectors.size()); bad >= 0)
    throw Error("a vector is not finite")
        .at("row {}, '{}'", bad / vectors.shape(1),
            printable(to_bytes(words[static_cast<std::size_t>(bad / vectors.shape(1))])));
  return std::make_unique<Table>(EmbeddingTable(to_bytes(words), vectors.data(), vectors.shape(1),
                                                origin, keeper_of(vectors)));
}

/// A read-only view of the rows, which keeps `self` alive.
py::array view_of(const py::object& self, std::vector<std::int64_t> shape, const float* values) {
  py::array_t<float> array(std::move(shape), values, self);
  array.attr("setflags")(py::arg("write") = false);
  return array;
}

py::array vectors_of(const py::object& self) {
  const EmbeddingTable& table = self.cast<const Table&>().table();
  return view_of(self, {table.size(), table.dim()}, table.data());
}

py::array row_of(const py::object& self, std::int64_t row) {
  const EmbeddingTable& table = self.cast<const Table&>().table();
  return view_of(self, {table.dim()}, table.verified_row(row));
}

/// The vector of a word that the table lacks, from its character n-grams.
std::optional<FloatArray> unseen_vector(const Table& self, const py::str& word) {
  const auto& unseen = self.table().unseen();
  FloatArray row(self.table().dim());
  if (unseen == nullptr || !unseen->vector_of(to_bytes(word), row.mutable_data()))
    return std::nullopt;
  return row;
}

py::list words_of(const Table& self, std::int64_t begin, std::int64_t end) {
  py::list words(static_cast<std::size_t>(std::max<std::int64_t>(0, end - begin)));
  for (std::int64_t i = begin; i < end; ++i)
    words[static_cast<std::size_t>(i - begin)] = to_text(self.table().word(i));
  return words;
}

NeighborQuery query_of_vector(const Table& self, const Vector& vector) {
  const std::int64_t dim = self.table().dim();
  if (vector.ndim() != 1 || vector.size() != dim)
    throw Error("the vector has another size than those of the table")
        .at("{}", self.table().origin())
        .expected("{} numbers", dim)
        .got("{}", vector.size());
  NeighborQuery query;
  query.direction.assign(vector.data(), vector.data() + dim);
  double squares = 0;
  for (const double value : query.direction) squares += value * value;
  if (!(squares > 0 && std::isfinite(squares)))
    throw Error("a vector without a direction has no neighbours")
        .expected("finite numbers, not all of them 0");
  for (double& value : query.direction) value /= std::sqrt(squares);
  return query;
}

py::list nearest_lists(const Table& self, const std::vector<NeighborQuery>& queries,
                       std::int64_t count) {
  std::vector<std::vector<Neighbor>> found;
  {
    const py::gil_scoped_release release;
    found = nearest_of_all(self.table(), queries, count, self.neighbors());
  }
  py::list all;
  for (const auto& neighbors : found) {
    py::list list;
    for (const auto& neighbor : neighbors)
      list.append(py::make_tuple(to_text(neighbor.word), neighbor.cosine));
    all.append(list);
  }
  return all;
}

/// Bytes that ExactNeighbors may take for rows in 8 bits.
std::atomic<double> search_memory{ExactNeighbors::kMostMemory};

void save(const Table& self, const std::string& path, const std::string& format) {
  std::optional<VectorFormat> chosen;
  std::vector<std::string> names;
  for (const auto& [name, known] : written_vector_formats(false)) {
    names.push_back(name);
    if (name == format) chosen = known;
  }
  if (!format.empty() && !chosen)
    throw Error("unknown format of vectors").expected("{}", join(names, ", ")).got("{}", format);
  if (!chosen) chosen = vector_format_of_ending(path);
  if (!chosen)
    throw Error("unknown output format")
        .at("{}", path)
        .expected("the extension {}, or a format: {}", vector_file_endings(), join(names, ", "));
  write_vectors(self.verified(), path, *chosen);
}

}  // namespace

const EmbeddingTable& Table::verified() const {
  table_.verify();
  return table_;
}

const ExactNeighbors& Table::neighbors() const {
  std::call_once(searched_, [this] { neighbors_.emplace(table_, search_memory.load()); });
  return *neighbors_;
}

void bind_tables(py::module_& module) {
  module.def("set_search_memory", [](double bytes) { search_memory = bytes; });
  using Release = py::call_guard<py::gil_scoped_release>;
  py::class_<NeighborQuery>(module, "Query", py::module_local());
  py::class_<Table>(module, "Table", py::module_local())
      .def_static(
          "load",
          [](const std::string& path, std::int64_t limit, const std::string& tensor, bool verify) {
            return std::make_unique<Table>(
                load_table(path, limit, tensor, verify ? Verify::now : Verify::when_used));
          },
          Release())
      .def_static("of", &table_of, py::arg("words"), py::arg("vectors").noconvert(),
                  py::arg("origin"))
      .def_property_readonly("size", [](const Table& self) { return self.table().size(); })
      .def_property_readonly("dim", [](const Table& self) { return self.table().dim(); })
      .def_property_readonly("origin",
                             [](const Table& self) { return to_text(self.table().origin()); })
      .def_property_readonly("vectors", &vectors_of)
      .def("row", &row_of)
      .def("word", [](const Table& self, std::int64_t i) { return to_text(self.table().word(i)); })
      .def("words", &words_of)
      .def("find",
           [](const Table& self, const py::str& word) { return self.table().find(to_bytes(word)); })
      .def("unseen_vector", &unseen_vector)
      .def_property_readonly("has_unseen",
                             [](const Table& self) { return self.table().unseen() != nullptr; })
      .def("query_of_expression",
           [](const Table& self, const py::str& text) {
             const auto words = words_of_expression(self.table(), to_bytes(text));
             return neighbor_query(self.table(), words, true);
           })
      .def("query_of_words",
           [](const Table& self, const std::vector<std::pair<py::str, double>>& signed_words) {
             std::vector<SignedWord> words;
             for (const auto& [word, sign] : signed_words) words.push_back({to_bytes(word), sign});
             return neighbor_query(self.table(), words, true);
           })
      .def("query_of_vector", &query_of_vector)
      .def("nearest", &nearest_lists)
      .def("cosine",
           [](const Table& self, const FloatArray& a, const FloatArray& b) {
             if (a.size() != self.table().dim() || b.size() != self.table().dim())
               throw Error("a vector has another size than those of the table")
                   .expected("{} numbers", self.table().dim())
                   .got("{} and {}", a.size(), b.size());
             return cosine(a.data(), b.data(), self.table().dim());
           })
      .def(
          "postprocess",
          [](const Table& self, const std::string& steps) {
            return std::make_unique<Table>(postprocess(self.verified(), parse_steps(steps)));
          },
          Release())
      .def(
          "verify", [](const Table& self) { (void)self.verified(); }, Release())
      .def("save", &save, Release());
}

}  // namespace wordbridge::python
