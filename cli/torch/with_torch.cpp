#include "cli/torch/torch.h"
#include "models/join/joined_table.h"
#include "models/join/train_autoencoder.h"
#include "train/gradient_language_model.h"
#include "train/processes/gloo_processes.h"
#include "train/restarted_learner.h"
#include "train/torch_runtime.h"

namespace wordbridge {

void need_torch() {}
void start_threads(int count) {
  start_torch(count);
  set_autoencoder_trainer(train_autoencoder);
}
RunHooks run_hooks() {
  return {make_gradient_learner, load_gradient_language_model, describe_torch, connect_processes};
}

}  // namespace wordbridge
