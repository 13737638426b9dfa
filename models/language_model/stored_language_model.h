#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/io/container.h"
#include "models/language_model/language_model.h"

namespace wordbridge {

/// A language model stored in its own file (a run's model.wb), which is memory-mapped when loaded.
class StoredLanguageModel : public LanguageModel {
 public:
  static constexpr const char* kKind = "language model";

  explicit StoredLanguageModel(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}
  const Vocabulary& vocabulary() const override { return vocabulary_; }
  /// Writes the file atomically.
  void save(const std::filesystem::path& path) const;

 protected:
  /// Name of the model type in the file ("mixture").
  virtual std::string type() const = 0;
  /// Metadata that is not in the arrays.
  virtual nlohmann::json facts() const = 0;
  /// Adds the model's arrays to the file. They must stay valid as long as the model.
  virtual void add_to(ContainerWriter& writer) const = 0;

 private:
  Vocabulary vocabulary_;
};

/// Loads a component of a mixture, given its path.
using LanguageModelLoader =
    std::function<std::shared_ptr<const LanguageModel>(const std::string& path)>;

}  // namespace wordbridge
