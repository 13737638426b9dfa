#include <pybind11/stl.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/io/container.h"
#include "data/text/text_in_memory.h"
#include "models/language_model/sample_word.h"
#include "python/bindings.h"
#include "train/runs/load_language_model.h"
#include "train/runs/model_text.h"

namespace wordbridge::python {
namespace {

/// A trained language model and how it reads text.
class Model {
 public:
  explicit Model(const std::string& path)
      : path_(path),
        model_(load_language_model(path, run_hooks())),
        options_(text_options(path, *model_, {}, {})) {}

  const LanguageModel& model() const { return *model_; }
  std::vector<std::int32_t> ids(const std::string& text) const {
    return ids_of(text, *model_, options_);
  }

  struct Scores {
    ModelText text;
    std::vector<double> log_probs;  // of each of its tokens
    std::vector<bool> left_out;     // out-of-vocabulary words without a probability
  };
  /// The scores of `wordbridge score` for a file with this text.
  Scores scores(std::string text) const {
    Scores scores;
    scores.text = read_model_text(path_, *model_, options_,
                                  std::make_unique<TextInMemory>("text", std::move(text)));
    const auto& ids = scores.text.ids;
    scores.log_probs.resize(ids.size());
    model_->log_probs(ids.data(), {0, static_cast<std::int64_t>(ids.size())},
                      scores.log_probs.data());
    for (const auto id : ids) scores.left_out.push_back(id < 0);
    return scores;
  }

  /// P of each word after `context`, by its id.
  std::vector<double> distribution(const std::string& context) const {
    const auto history = ids(context);
    std::vector<double> p(at(model_->vocabulary().size()));
    model_->distribution(history.data(), static_cast<std::int64_t>(history.size()), p.data());
    return p;
  }

  /// The `count` most probable words after `context` with their probabilities, best first.
  std::vector<std::pair<std::string, double>> next_words(const std::string& context,
                                                         std::int64_t count) const {
    const std::vector<double> p = distribution(context);
    const std::size_t size = p.size();
    std::vector<std::int32_t> order(size);
    std::iota(order.begin(), order.end(), 0);
    const std::size_t k = std::min(size, at(count));
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(k);
    std::partial_sort(order.begin(), end, order.end(), [&](std::int32_t a, std::int32_t b) {
      return p[at(a)] != p[at(b)] ? p[at(a)] > p[at(b)] : a < b;
    });
    std::vector<std::pair<std::string, double>> words;
    for (auto id = order.begin(); id != end; ++id)
      words.emplace_back(model_->vocabulary().word(*id), p[at(*id)]);
    return words;
  }

  /// The words after `prompt`, up to and with the first of the stop words.
  std::vector<std::string> generate(const std::string& prompt, std::int64_t length,
                                    const SamplingOptions& sampling, std::int64_t seed,
                                    const std::vector<std::string>& stop) const {
    const Vocabulary& vocabulary = model_->vocabulary();
    for (const auto& word : stop)
      if (vocabulary.find(word) < 0)
        throw Error("the word is not in the model's vocabulary").at("stop").got("'{}'", word);
    Rng rng(static_cast<std::uint64_t>(seed), "generate", 0);
    auto text = ids(prompt);
    std::vector<std::string> words;
    for (std::int64_t i = 0; i < length; ++i) {
      text.push_back(sample_word(*model_, text, sampling, rng));
      words.push_back(vocabulary.word(text.back()));
      if (std::find(stop.begin(), stop.end(), words.back()) != stop.end()) break;
    }
    return words;
  }

 private:
  std::string path_;
  std::shared_ptr<const LanguageModel> model_;
  DataOptions options_;
};

/// {"tokens", "ids", "log_probs", "unknown"}: the ids are -1 and the logarithms NaN for words that
/// are left out.
py::dict scores_dict(const Model& self, const py::str& text) {
  std::string bytes = to_bytes(text);
  Model::Scores scores;
  {
    const py::gil_scoped_release release;
    scores = self.scores(std::move(bytes));
  }
  std::size_t unknown = 0;
  py::list tokens;
  for (std::size_t i = 0; i < scores.log_probs.size(); ++i) {
    const auto id = scores.text.ids[i];
    if (scores.left_out[i]) scores.log_probs[i] = std::numeric_limits<double>::quiet_NaN();
    tokens.append(to_text(scores.left_out[i] ? scores.text.unknown.at(unknown++)
                                             : self.model().vocabulary().word(id)));
  }
  py::dict result;
  result["tokens"] = tokens;
  result["log_probs"] = py::array_t<double>(static_cast<py::ssize_t>(scores.log_probs.size()),
                                            scores.log_probs.data());
  result["unknown"] = to_list(scores.text.unknown);
  return result;
}

py::list next_words_list(const Model& self, const py::str& context, std::int64_t count) {
  const std::string bytes = to_bytes(context);
  std::vector<std::pair<std::string, double>> words;
  {
    const py::gil_scoped_release release;
    words = self.next_words(bytes, count);
  }
  py::list list;
  for (const auto& [word, p] : words) list.append(py::make_tuple(to_text(word), p));
  return list;
}

py::array_t<double> next_log_probs(const Model& self, const py::str& context) {
  const std::string bytes = to_bytes(context);
  std::vector<double> values;
  {
    const py::gil_scoped_release release;
    values = self.distribution(bytes);
    for (double& value : values) value = std::log(value);
  }
  return py::array_t<double>(static_cast<py::ssize_t>(values.size()), values.data());
}

/// Read-only views of the arrays by name, which keep the checkpoint open.
py::dict parameters_of(const std::string& run) {
  using Checkpoint = std::shared_ptr<const ContainerReader>;
  NetworkParameters network;
  {
    const py::gil_scoped_release release;
    network = network_parameters(run);
  }
  py::dict parameters;
  for (const auto& [name, array] : network.arrays) {
    const py::capsule keeper(new Checkpoint(network.checkpoint),
                             [](void* checkpoint) { delete static_cast<Checkpoint*>(checkpoint); });
    const py::dtype type(fmt::format("{}{}", dtype_name(array.type)[0], dtype_size(array.type)));
    py::array view(type, array.shape, array.data, keeper);
    view.attr("setflags")(py::arg("write") = false);
    parameters[to_text(name)] = view;
  }
  return parameters;
}

py::list generated_words(const Model& self, const py::str& prompt, std::int64_t length,
                         double temperature, std::int64_t top_k, std::int64_t seed,
                         const std::vector<py::str>& stop) {
  const std::string bytes = to_bytes(prompt);
  const std::vector<std::string> stop_words = to_bytes(stop);
  std::vector<std::string> words;
  {
    const py::gil_scoped_release release;
    words = self.generate(bytes, length, {temperature, top_k}, seed, stop_words);
  }
  return to_list(words);
}

}  // namespace

void bind_language_models(py::module_& module) {
  module.def("parameters", &parameters_of);
  py::class_<Model>(module, "LanguageModel", py::module_local())
      .def(py::init<const std::string&>(), py::call_guard<py::gil_scoped_release>())
      .def_property_readonly("size",
                             [](const Model& self) { return self.model().vocabulary().size(); })
      .def("words", [](const Model& self) { return to_list(self.model().vocabulary().words()); })
      .def("scores", &scores_dict)
      .def("next_words", &next_words_list)
      .def("next_log_probs", &next_log_probs)
      .def("generate", &generated_words);
}

}  // namespace wordbridge::python
