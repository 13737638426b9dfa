#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/open_table.h"
#include "cli/outputs.h"
#include "cli/torch/torch.h"
#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"
#include "data/vectors/vector_files.h"
#include "eval/postprocess.h"

namespace wordbridge {
namespace {

namespace fs = std::filesystem;

struct ConvertArguments {
  std::string from, to;
  std::string format, tensor, postprocess;
  std::int64_t limit = 0;
  bool overwrite = false;
};

int convert(const ConvertArguments& arguments) {
  const VectorFormat format = vector_output_format(arguments.to, arguments.format);
  const auto files = written_files(arguments.to, format);
  // A single file may replace its input, which stays open; a second file may not.
  std::vector<std::string> outputs;
  for (const auto& file : files)
    if (file != fs::path(arguments.to)) outputs.push_back(file.string());
  std::vector<std::string> new_folders;
  if (is_folder_of_vectors(arguments.to, format)) new_folders.push_back(arguments.to);
  check_outputs(outputs, {arguments.from}, new_folders);
  const auto steps = arguments.postprocess.empty() ? std::vector<PostProcessing>()
                                                   : parse_steps(arguments.postprocess);
  check_outputs({arguments.to}, step_inputs(steps), new_folders);
  check_can_replace(arguments.to, format, arguments.overwrite);
  check_step_files(steps);
  start_threads(0);
  const EmbeddingTable table =
      postprocess(load_table(arguments.from, arguments.limit, arguments.tensor), steps);
  write_output(table, arguments.to, format);
  log("convert", "{}: {} x {}{}", arguments.to, counted(table.size(), "word"), table.dim(),
      table.steps().empty() ? "" : ", after " + table.steps());
  return 0;
}

}  // namespace

void add_convert_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<ConvertArguments>();
  auto* command = program.add_subcommand("convert", "Convert word vectors to another file format");
  command->footer(
      "The input may be in any supported format, which is detected from its content, or a folder "
      "of\n"
      "model2vec or of sentence-transformers' StaticEmbedding. Output "
      "formats, by\n"
      "the extension of TO or by --format:\n" +
      vector_formats_help() +
      "Every format preserves float32 values bit for bit (docs/evaluation.md).\n" +
      post_processing_help() +
      "Examples:\n"
      "  wordbridge convert GoogleNews.bin.gz news.wbv --limit 200000\n"
      "  wordbridge convert runs/nplm nplm.npy\n"
      "  wordbridge convert potion-base-8M potion.wbv\n"
      "  wordbridge convert runs/nplm nplm-static --format model2vec\n"
      "  wordbridge convert runs/nplm retrofitted.wbv --postprocess retrofit:wordnet,normalize");
  command->add_option("FROM", arguments->from, "run folder, static model or file of word vectors")
      ->required();
  command->add_option("TO", arguments->to, "output file (model2vec: folder)")->required();
  std::vector<std::string> names;
  for (const auto& [name, format] : written_vector_formats(false)) names.push_back(name);
  command
      ->add_option("--format", arguments->format, "output format (default: by the extension of TO)")
      ->check(CLI::IsMember(names));
  add_tensor_option(command, arguments->tensor);
  command->add_option("--limit", arguments->limit, "read only the first N words")
      ->check(in_range(at_least(0)));
  command->add_option("--postprocess", arguments->postprocess,
                      "change the vectors by these steps, STEP,STEP,..., before they are written; "
                      "the formats mapped and safetensors store the steps");
  command->add_flag("--overwrite", arguments->overwrite,
                    "replace TO, or its files, and the file of its words, if they exist");
  command->callback([arguments, &status] { status = convert(*arguments); });
}

}  // namespace wordbridge
