#include "python/bindings.h"
#include "train/gradient_language_model.h"
#include "train/processes/gloo_processes.h"
#include "train/restarted_learner.h"
#include "train/torch_runtime.h"

namespace wordbridge::python {

RunHooks run_hooks() {
  return {make_gradient_learner, load_gradient_language_model, describe_torch, connect_processes};
}
void start_threads(int count) { start_torch(count); }

}  // namespace wordbridge::python
