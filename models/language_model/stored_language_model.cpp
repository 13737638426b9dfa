#include "models/language_model/stored_language_model.h"

#include <nlohmann/json.hpp>

namespace wordbridge {

void StoredLanguageModel::save(const std::filesystem::path& path) const {
  nlohmann::json meta = facts();
  meta["type"] = type();
  ContainerWriter writer(kKind, meta);
  vocabulary_.add_to(writer);
  add_to(writer);
  writer.write(path);
}

}  // namespace wordbridge
