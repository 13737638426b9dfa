"""Training, by the program `wordbridge`."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import IO, Any, Optional

from ._error import Error
from ._language_models import LanguageModel, open_language_model
from ._tables import Path, Table, load
from ._values import json_of

Metrics = dict[str, Any]
Progress = Callable[[Metrics], object]
_POLL_SECONDS = 0.05


class Run:
    """A run folder: `path`, `metrics` and, once it is complete, `summary`, `table()`, `language_model()`."""

    def __init__(self, path: Path):
        self.path = os.fsdecode(path)

    @property
    def complete(self) -> bool:
        return (FilePath(self.path) / "summary.json").exists()

    @property
    def metrics(self) -> list[Metrics]:
        """The lines of metrics.jsonl: one for each epoch, or as often as train.log_steps says."""
        return list(_lines(FilePath(self.path) / "metrics.jsonl", 0)[0])

    @property
    def summary(self) -> dict[str, Any]:
        """The results. Error if the run is not complete."""
        if not os.path.isdir(self.path):
            raise Error(f"there is no run: at {self.path}")
        if not self.complete:
            raise Error(f"the run is not complete: at {self.path}; wordbridge.resume continues it")
        summary: dict[str, Any] = json.loads((FilePath(self.path) / "summary.json").read_text())
        return summary

    def table(self) -> Table:
        """The word vectors of the run."""
        return load(self.path)

    def language_model(self) -> LanguageModel:
        """The language model of the run. Error if it is none."""
        return open_language_model(self.path)

    def __repr__(self) -> str:
        return f"<Run: {self.path}{'' if self.complete else ', not complete'}>"


def train(
    config: Optional[Path] = None,
    *,
    out: Path,
    overwrite: bool = False,
    progress: Optional[Progress] = None,
    **overrides: Any,
) -> Run:
    """Trains the model of a YAML file, or of the settings alone, in the run folder `out`.

    `overrides`: settings by their keys, `**{"train.lr": 0.01, "model.type": "pca"}`; strings, lists
    and numbers as in Python. `progress` is called with each new line of metrics, a dict with `epoch`
    and its losses. Ctrl-C saves a checkpoint and raises KeyboardInterrupt; `resume` continues. While
    the text is still read, there is nothing to continue. Error with the text of the program if it
    fails.
    """
    if not os.fsdecode(out):
        raise Error("`out`, the folder of the run, is empty")
    arguments = ["train"]
    if config is not None:
        named = os.fsdecode(config)
        if "=" in named:
            raise Error(f"the path of a configuration can't hold '=', which is for settings: got {named}")
        arguments.append(os.path.abspath(named))  # which is not an option
    for key, value in overrides.items():
        if not re.fullmatch(r"\w[\w.]*", key):
            raise Error(f"not the key of a setting: got {key!r}")
        arguments.append(f"{key}={_yaml(value)}")
    arguments += ["--out", os.path.abspath(os.fsdecode(out))] + (["--overwrite"] if overwrite else [])
    return _run(arguments, Run(out), progress, new=True)


def resume(run: Path, *, progress: Optional[Progress] = None) -> Run:
    """Continues a run that was stopped. The result is bit for bit that of one that was not.

    `progress` is called with the lines of metrics that the run did not have before.
    """
    return _run(["resume", os.path.abspath(os.fsdecode(run))], Run(run), progress, new=False)


def program() -> str:
    """The program: $WORDBRIDGE, that of this installation or build, or the one on the PATH."""
    if "WORDBRIDGE" in os.environ:
        named = os.environ["WORDBRIDGE"]
        if not os.access(named, os.X_OK) or os.path.isdir(named):
            raise Error(f"the environment variable WORDBRIDGE does not name a program: got {named!r}")
        return named
    here = FilePath(__file__).resolve().parent
    for folder in here.parents:  # build/release/python/wordbridge, /usr/lib/python3/dist-packages/wordbridge
        candidate = folder / "bin" / "wordbridge"
        if os.access(candidate, os.X_OK) and candidate.is_file():
            return str(candidate)
    found = shutil.which("wordbridge")
    if found is None:
        raise Error("the program wordbridge was not found: set the environment variable WORDBRIDGE to its path")
    return found


_PLAIN = re.compile(r"[\w./~+-][\w./~+@=,:-]*", re.ASCII)


def _yaml(value: Any) -> str:
    """A value as YAML: strings that YAML could read as something else are quoted, but "5" is a number."""
    if isinstance(value, os.PathLike):
        value = os.fsdecode(value)
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in ("null", "~"):
        return value
    return json_of(value)


def _lines(path: FilePath, offset: int) -> tuple[Iterator[Metrics], int]:
    """The complete lines of a file after `offset`, and the offset after them."""
    try:
        with open(path, "rb") as file:
            file.seek(offset)
            content = file.read()
    except FileNotFoundError:
        return iter(()), offset
    end = content.rfind(b"\n") + 1
    return (json.loads(line) for line in content[:end].splitlines()), offset + end


def _run(arguments: list[str], run: Run, progress: Optional[Progress], *, new: bool) -> Run:
    metrics = FilePath(run.path) / "metrics.jsonl"
    before = _state(metrics)  # a new run replaces the file
    offset = 0
    # A resumed run writes the lines after its checkpoint again, which are known already.
    known = 0 if new else sum(1 for _ in _lines(metrics, 0)[0])
    with tempfile.TemporaryFile() as messages:
        process, interrupted = _started([program(), "--quiet", *arguments], messages)
        try:
            if interrupted:
                raise KeyboardInterrupt
            while True:
                ended = process.poll() is not None
                if progress is not None and _state(metrics) != before:
                    lines, offset = _lines(metrics, offset)
                    for line in lines:
                        if known > 0:
                            known -= 1
                        else:
                            progress(line)
                if ended:
                    break
                time.sleep(_POLL_SECONDS)
        except BaseException:
            # Ctrl-C, or an error of the callback: the checkpoint of the current update is saved.
            process.send_signal(signal.SIGINT)
            process.wait()
            raise
        messages.seek(0)
        text = messages.read().decode("utf-8", "surrogateescape").strip()
        if process.returncode != 0:
            raise Error(_error_of(text) or f"wordbridge ended with status {process.returncode}")
        if not run.complete:
            raise Error(f"the program ended without an error, but the run is not complete: at {run.path}\n{text}")
    for message in text.splitlines():
        if message.startswith("warning: "):
            warnings.warn(message[len("warning: ") :], stacklevel=3)
    return run


def _started(command: list[str], messages: IO[bytes]) -> tuple[subprocess.Popen[bytes], bool]:
    """The program, started, and whether Ctrl-C was pressed meanwhile, which must not leave it alone."""
    interrupted = []
    main = threading.current_thread() is threading.main_thread()
    handler = signal.signal(signal.SIGINT, lambda *_: interrupted.append(True)) if main else None
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=messages,
            start_new_session=True,  # Ctrl-C is sent to it by this process alone, once
        )
    finally:
        if main:
            signal.signal(signal.SIGINT, signal.SIG_DFL if handler is None else handler)
    return process, bool(interrupted)


def _state(path: FilePath) -> Optional[tuple[int, int, int]]:
    """What changes with a file: inode, time of the last change, size."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_ctime_ns, found.st_size


def _error_of(messages: str) -> str:
    """What the program says after "error: ", which may have several lines."""
    marker = messages.rfind("error: ")
    return messages[marker + len("error: ") :] if marker >= 0 else messages
