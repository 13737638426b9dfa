#pragma once

#include <filesystem>
#include <string>

#include "tests/support/temp_folder.h"

namespace wordbridge {

/// Programs sbatch, squeue, scancel and parallel for tests, in the folder bin/. They run the tasks
/// one after another on this machine.
///
/// Files in the folder fake/ control them:
///     calls          arguments of each call, one line per call (written by the programs)
///     refuse         sbatch fails
///     lose-answer    sbatch fails after the job was accepted
///     slow           sbatch takes seconds after the job was accepted
///     silent         squeue fails
///     forget         squeue does not know tasks that have ended
///     hold           no task starts
///     lose-N         the next task N is lost with its node
///     no-host        parallel can't reach its machines
///     account        what sacct prints; it fails without this file
inline void write_fake_launchers(const TempFolder& folder) {
  const std::string start =
      "#!/bin/sh\n"
      "fake='" +
      (folder / "fake").string() +
      "'\n"
      "echo \"${0##*/} $*\" >>\"$fake/calls\"\n"
      "set_state() { echo \"$2\" >\"${1%/*}/.new.$$\" && mv \"${1%/*}/.new.$$\" \"$1\"; }\n";
  const auto program = [&](const std::string& name, const std::string& text) {
    namespace fs = std::filesystem;
    fs::permissions(folder.write("bin/" + name, start + text), fs::perms::owner_exec,
                    fs::perm_options::add);
  };
  folder.write("fake/calls", "");
  program("sbatch", R"sh(
[ -e "$fake/refuse" ] && { echo "sbatch: error: invalid partition specified: x" >&2; exit 1; }
for option; do
  case $option in
    --array=*) count=${option#--array=1-}; count=${count%%%*} ;;
    --job-name=*) name=${option#--job-name=} ;;
    --output=*) output=${option#--output=} ;;
    --chdir=*) folder=${option#--chdir=} ;;
    --wrap=*) wrap=${option#--wrap=} ;;
  esac
done
id=$(ls -d "$fake"/job-* 2>/dev/null | wc -l)
id=$((id + 101))
job=$fake/job-$id
mkdir "$job"
echo "$name" >"$job/name"
for task in $(seq "$count"); do set_state "$job/task-$task" PENDING; done
(
  cd "$folder"
  for task in $(seq "$count"); do
    while [ -e "$fake/hold" ] && [ "$(cat "$job/task-$task")" = PENDING ]; do sleep 0.02; done
    [ "$(cat "$job/task-$task")" = PENDING ] || continue
    if [ -e "$fake/lose-$task" ]; then
      rm "$fake/lose-$task"
      set_state "$job/task-$task" NODE_FAIL
      continue
    fi
    set_state "$job/task-$task" RUNNING
    echo "$id $task" >>"$fake/started"
    SLURM_ARRAY_TASK_ID=$task SLURM_CPUS_ON_NODE=1 sh -c "$wrap" >>"${output%%%a.log}$task.log" 2>&1 &
    echo $! >"$job/process-$task"
    if wait $!; then end=COMPLETED; else end=FAILED; fi
    [ "$(cat "$job/task-$task")" = CANCELLED ] || set_state "$job/task-$task" $end
  done
) >/dev/null 2>&1 &
[ -e "$fake/lose-answer" ] && { echo "sbatch: error: Socket timed out" >&2; exit 1; }
[ -e "$fake/slow" ] && sleep 3
echo "$id"
)sh");
  program("squeue", R"sh(
[ -e "$fake/silent" ] && { echo "slurm_load_jobs error: Unable to contact slurm controller" >&2; exit 1; }
for option; do
  case $option in --name=*) names=,${option#--name=}, ;; esac
done
for job in "$fake"/job-*; do
  [ -e "$job/name" ] || continue
  name=$(cat "$job/name")
  case $names in *,$name,*) ;; *) continue ;; esac
  for task in "$job"/task-*; do
    state=$(cat "$task")
    case $state in PENDING | RUNNING) ;; *) [ -e "$fake/forget" ] && continue ;; esac
    echo "$name|${job##*-}|${task##*-}|$state"
  done
done
)sh");
  program("sacct", R"sh(
[ -e "$fake/account" ] || { echo "Slurm accounting storage is disabled" >&2; exit 1; }
cat "$fake/account"
)sh");
  program("scancel", R"sh(
for id; do
  for task in "$fake/job-$id"/task-*; do
    state=$(cat "$task")
    case $state in PENDING | RUNNING) set_state "$task" CANCELLED ;; esac
    [ "$state" = RUNNING ] && kill -TERM "$(cat "$fake/job-$id/process-${task##*-}")"
  done
done
exit 0
)sh");
  program("parallel", R"sh(
while [ $# -gt 0 ]; do
  case $1 in
    --joblog) joblog=$2 ;;
    --workdir) cd "$2" || exit 1 ;;
    -I) place=$2 command=$3 ;;
    :::) shift; break ;;
  esac
  shift
done
printf 'Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n' >"$joblog"
trap 'kill -INT $process; wait $process; exit 255' INT
for task; do
  line=$(printf '%s' "$command" | sed "s/$place/$task/")
  if [ -e "$fake/no-host" ]; then
    printf '%s\tssh: connect to host far port 22: Connection refused\n' "$task"
    status=255
  else
    sh -c "exec env $line" >"$joblog.out" 2>&1 &
    process=$!
    wait $process
    status=$?
    sed "s/^/$task\t/" "$joblog.out"
    rm "$joblog.out"
  fi
  printf '%s\tfar\t1.0\t   0.5\t0\t0\t%s\t0\t%s\n' "$task" "$status" "$line" >>"$joblog"
done
)sh");
}

}  // namespace wordbridge
