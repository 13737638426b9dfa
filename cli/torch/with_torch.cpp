#include "cli/torch/torch.h"
#include "train/gradient_language_model.h"
#include "train/restarted_learner.h"
#include "train/torch_runtime.h"

namespace wordbridge {

void need_torch() {}
void start_threads(int count) { start_torch(count); }
RunHooks run_hooks() {
  return {make_gradient_learner, load_gradient_language_model, describe_torch};
}

}  // namespace wordbridge
