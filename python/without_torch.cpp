#include "core/threads.h"
#include "python/bindings.h"

namespace wordbridge::python {

RunHooks run_hooks() { return {}; }
void start_threads(int count) { set_threads(count); }

}  // namespace wordbridge::python
