#include "cli/language_models/open_model.h"

#include "cli/torch/torch.h"
#include "train/runs/load_language_model.h"

namespace wordbridge {

std::shared_ptr<const LanguageModel> open_model(const std::string& path) {
  if (needs_torch(path)) need_torch();
  start_threads(0);
  return load_language_model(path, run_hooks());
}

}  // namespace wordbridge
