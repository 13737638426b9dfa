#pragma once

#include <filesystem>
#include <vector>

#include "eval/report/report.h"

namespace wordbridge {

/// Whether the folder holds a run, of one seed or several, complete or not.
bool is_run(const std::filesystem::path& folder);

/// What a run's files say of it (docs/runs.md), all but its table: `vectors` says where that is, of
/// several seeds that of the first complete one. Of a run that is not complete, what is there:
/// `missing` says what is not. Of several seeds, those that are complete, and where none is the
/// first. Error if the folder is no run or a file is damaged.
ReportRun read_run(const std::filesystem::path& folder);

/// The folders of the trainings that read_run() reads: the run itself, or its complete seeds; if
/// there is none, the first that has begun.
std::vector<std::filesystem::path> training_folders(const std::filesystem::path& folder);

}  // namespace wordbridge
