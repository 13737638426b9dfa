#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/print.h"
#include "cli/runs/train_processes.h"
#include "cli/torch/torch.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/log.h"
#include "train/runs/reproduction.h"
#include "train/runs/run_directory.h"
#include "train/runs/run_files.h"

namespace wordbridge {
namespace {

struct ReproduceArguments {
  std::string run, out;
  int threads = 0;
  bool keep = false, overwrite = false, resume = false;
};

/// runs/nplm-reproduced
fs::path folder_beside(const fs::path& run) {
  fs::path folder = run.lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  if (folder.filename() == "." || folder.filename() == ".." || !folder.has_filename())
    folder = fs::canonical(run);
  return folder.parent_path() / (folder.filename().string() + "-reproduced");
}

void check_outside(const fs::path& out, const fs::path& run) {
  const fs::path inner = fs::weakly_canonical(fs::absolute(out)), outer = fs::canonical(run);
  const auto relative = inner.lexically_relative(outer);
  if (!relative.empty() && *relative.begin() == "..") return;
  throw UsageError("the second training would write into the run")
      .at("{}", run.string())
      .expected("a folder outside of it")
      .got("--out {}", out.string());
}

/// Error if the folder to be continued does not hold a training of the same configuration.
void check_same_run(RunConfig& config, const fs::path& out) {
  if (stored_config(out).dump() == config.dump()) return;
  throw Error("the folder holds a run of another configuration")
      .at("{}", out.string())
      .expected("a training that `wordbridge reproduce` has begun");
}

int reproduce(const ReproduceArguments& arguments) {
  const fs::path run = arguments.run;
  RunConfig config = reproducible_config(run);
  const fs::path out = arguments.out.empty() ? folder_beside(run) : fs::path(arguments.out);
  check_outside(out, run);
  using Mode = RunDirectory::Mode;
  const Mode mode = arguments.resume      ? Mode::resume
                    : arguments.overwrite ? Mode::overwrite
                                          : Mode::create;
  if (mode == Mode::create && fs::exists(out / run_files::kConfig)) {
    throw Error("the folder of the second training already exists")
        .at("{}", out.string())
        .hint("--resume continues it and compares; --overwrite replaces it");
  }
  RunDirectory::check(out, mode);
  if (arguments.resume) check_same_run(config, out);
  const ProcessPlace place = own_place(config);
  if (config.needs_torch() || place.size > 1) need_torch();
  start_threads(arguments.threads > 0 ? arguments.threads
                : place.size > 1      ? thread_count(config, place)
                                      : stored_threads(run));
  const auto stored = nlohmann::json(read_json_file(run / run_files::kManifest));
  log("run", "training {} again, in {}", run.string(), out.string());
  bool is_complete = false;
  try {
    is_complete = with_processes(config, place, [&](RunHooks& hooks) {
      hooks.check_manifest = [&](const auto& own) { check_data(stored, valid_utf8(own)); };
      return run_experiment(config, out, mode, {}, hooks);
    });
  } catch (const ChangedData& changed) {
    print(fmt::format("{} is not reproduced; nothing was trained\n{}\n", run.string(),
                      changed.what()));
    return kDiffers;
  }
  if (place.rank > 0) return 0;
  if (!is_complete) {
    log("run", "to continue and compare: wordbridge reproduce {} --out {} --resume", run.string(),
        out.string());
    return interrupted() ? kInterrupted : kFailure;
  }
  const Reproduction reproduction = compare_reproduction(run, out);
  print(reproduction_text(reproduction));
  if (!reproduction.is_identical()) {
    print(fmt::format("the second training: {}\n", out.string()));
    return kDiffers;
  }
  if (arguments.out.empty() && !arguments.keep) RunDirectory::remove(out);
  return 0;
}

}  // namespace

void add_reproduce_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<ReproduceArguments>();
  auto* command = program.add_subcommand(
      "reproduce", "Train a run again and check that the results have the same bytes");
  command->footer(
      "Trains with the run's config.yaml, in the same working folder, on as many threads as its "
      "manifest.json records. If the\n"
      "text or another input is not the one that was read then, says which file and trains "
      "nothing. Otherwise compares all\n"
      "results: if they differ, prints what has changed (program, processor, LibTorch), the epoch "
      "at which the metrics part,\n"
      "and the largest difference of each array of parameters. RUN is not changed "
      "(docs/determinism.md).\n"
      "Exit status: 0 identical, 3 different, 1 failure.");
  command->add_option("RUN", arguments->run, "folder of a complete run")->required();
  command->add_option("-o,--out", arguments->out,
                      "folder of the second training (default: RUN-reproduced, which is removed if "
                      "the results are identical)");
  command->add_flag("--keep", arguments->keep, "keep the second training if it is identical");
  command
      ->add_option("--threads", arguments->threads,
                   "number of threads (default: those of the first training)")
      ->check(in_range(between(1, 1024)));
  auto* overwrite = command->add_flag("--overwrite", arguments->overwrite,
                                      "replace an existing run in the folder");
  command
      ->add_flag("--resume", arguments->resume,
                 "continue a second training that was stopped, then compare")
      ->excludes(overwrite);
  command->callback([arguments, &status] { status = reproduce(*arguments); });
}

}  // namespace wordbridge
