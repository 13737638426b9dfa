#include <unistd.h>

#include <filesystem>

#include "cli/commands.h"
#include "cli/torch/torch.h"
#include "core/error.h"
#include "core/threads.h"

namespace wordbridge {

void need_torch() {
  const auto companion =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "wordbridge-tensor";
  std::vector<char*> arguments;
  for (auto& argument : command_line()) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  ::execv(companion.c_str(), arguments.data());
  throw Error("can't start wordbridge-tensor, the program with LibTorch")
      .at("{}", companion.string())
      .hint("build it: cmake --build --preset release --target wordbridge-tensor");
}

void start_threads(int count) { set_threads(count); }
RunHooks run_hooks() { return {}; }

}  // namespace wordbridge
