#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/io/container.h"
#include "models/language_model/language_model.h"

namespace wordbridge {

/// A language model that is a file of its own (a run's model.wb), mapped when it is loaded.
class StoredLanguageModel : public LanguageModel {
 public:
  static constexpr const char* kKind = "language model";

  explicit StoredLanguageModel(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}
  const Vocabulary& vocabulary() const override { return vocabulary_; }
  /// Atomically.
  void save(const std::filesystem::path& path) const;

 protected:
  /// Name of its form in the file ("mixture").
  virtual std::string type() const = 0;
  /// What the arrays do not say.
  virtual nlohmann::json facts() const = 0;
  /// The arrays must live as long as the model.
  virtual void add_to(ContainerWriter& writer) const = 0;

 private:
  Vocabulary vocabulary_;
};

/// Loads what a mixture is made of, by its path.
using LanguageModelLoader =
    std::function<std::shared_ptr<const LanguageModel>(const std::string& path)>;

}  // namespace wordbridge
