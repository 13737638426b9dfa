"""The threads of the compiled modules, each of which has its own."""

import os
from types import ModuleType

from . import _core
from ._error import Error

_modules: list[ModuleType] = []
_count = 0


def add(module: ModuleType) -> None:
    """The threads of a module follow set_threads() from now on."""
    _modules.append(module)
    # The threads of a process do not exist in one that is forked from it (multiprocessing on Linux).
    os.register_at_fork(after_in_child=module.forget_threads)


def set_threads(count: int) -> None:
    """Sets the number of threads of searches, evaluations and language models; 0: one for each core.

    Results do not depend on it. Waits for work that other threads are doing.
    """
    global _count
    if count < 0:
        raise Error(f"the number of threads can't be negative: got {count}")
    for module in _modules:
        module.set_threads(count)
    _count = count


def add_with_torch(module: ModuleType) -> None:
    """The same for the module with LibTorch, whose own threads are limited as they start."""
    module.set_threads(_count)
    add(module)


add(_core)
