#include <exception>

#include "core/error.h"
#include "core/log.h"
#include "core/threads.h"
#include "core/version.h"
#include "python/bindings.h"
#include "train/runs/load_language_model.h"

// The modules _core and _tensor, the second with LibTorch: WB_PYTHON_MODULE is the name.

namespace wordbridge::python {

py::str to_text(std::string_view bytes) {
  PyObject* const text =
      PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "surrogateescape");
  if (text == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(text);
}

std::string to_bytes(const py::str& text) {
  const auto bytes = py::reinterpret_steal<py::bytes>(
      PyUnicode_AsEncodedString(text.ptr(), "utf-8", "surrogateescape"));
  if (!bytes) throw py::error_already_set();
  return bytes;
}

std::vector<std::string> to_bytes(const std::vector<py::str>& texts) {
  std::vector<std::string> all;
  all.reserve(texts.size());
  for (const auto& text : texts) all.push_back(to_bytes(text));
  return all;
}

py::list to_list(const std::vector<std::string>& words) {
  py::list list;
  for (const auto& word : words) list.append(to_text(word));
  return list;
}

namespace {

/// Error becomes wordbridge.Error, with the same text.
void raise_error(std::exception_ptr pointer) {
  try {
    if (pointer) std::rethrow_exception(pointer);
  } catch (const Error& error) {
    const py::object type = py::module_::import("wordbridge._error").attr("Error");
    PyErr_SetObject(type.ptr(), to_text(error.what()).ptr());
  }
}

}  // namespace

PYBIND11_MODULE(WB_PYTHON_MODULE, module) {
  module.doc() = "wordbridge's C++ functions; use the package wordbridge instead.";
  set_log_level(LogLevel::quiet);
  py::register_local_exception_translator(&raise_error);
  module.def("version", &version);
  module.def("set_threads", &start_threads, py::call_guard<py::gil_scoped_release>());
  module.def("threads", &threads, py::call_guard<py::gil_scoped_release>());
  module.def("forget_threads", &forget_threads);
  module.def("needs_torch", &needs_torch, py::call_guard<py::gil_scoped_release>());
  bind_tables(module);
  bind_evaluation(module);
  bind_language_models(module);
}

}  // namespace wordbridge::python
