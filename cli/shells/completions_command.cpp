#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/print.h"
#include "cli/shells/completions.h"
#include "core/version.h"

namespace wordbridge {

void add_completions_command(CLI::App& program, int& status) {
  const auto shell = std::make_shared<std::string>();
  auto* completions = program.add_subcommand(
      "completions", "Print a script that completes commands, options and settings in a shell");
  completions->footer(
      "Examples:\n"
      "  wordbridge completions bash > ~/.local/share/bash-completion/completions/wordbridge\n"
      "  wordbridge completions zsh > ~/.zfunc/_wordbridge        # with fpath+=~/.zfunc before "
      "compinit\n"
      "  wordbridge completions fish > ~/.config/fish/completions/wordbridge.fish");
  completions->add_option("SHELL", *shell, "the shell")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completions->callback([shell, &program, &status] {
    const Command tree = command_tree(program);
    const auto keys = setting_keys();
    print(*shell == "bash"  ? bash_completions(tree, keys)
          : *shell == "zsh" ? zsh_completions(tree, keys)
                            : fish_completions(tree, keys));
    status = 0;
  });

  auto* manual = program.add_subcommand("manual", "Print the manual page, for `man`");
  manual->footer("Example:\n  wordbridge manual | man -l -");
  manual->callback([&program, &status] {
    print(manual_page(command_tree(program), version()));
    status = 0;
  });
}

}  // namespace wordbridge
