"""Values of Python and NumPy as JSON."""

import json
import os
from typing import Any

import numpy as np


def json_of(value: Any) -> str:
    """JSON, of paths (as strings), of NumPy's numbers and of arrays (as lists), too."""
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, (tuple, set, frozenset)):
        return list(value)
    raise TypeError(f"not the value of a setting: {value!r}")
