"""The annotations of the package: mypy accepts the package, and a program that uses all of it, in its strict mode."""

import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import wordbridge as wb


@unittest.skipUnless(importlib.util.find_spec("mypy"), "needs mypy (scripts/setup --mypy)")
class TypingTest(unittest.TestCase):
    def test_the_package_and_its_use_have_complete_types(self):
        file = Path(__file__).parent / "typed_use.py"
        with tempfile.TemporaryDirectory() as cache:
            environment = {**os.environ, "MYPYPATH": str(Path(wb.__file__).parent.parent)}
            command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, str(file)]
            result = subprocess.run(command, env=environment, capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_the_example_uses_every_public_name(self):
        text = (Path(__file__).parent / "typed_use.py").read_text()
        missing = [name for name in wb.__all__ if f"wb.{name}" not in text]
        for kind in (wb.Table, wb.LanguageModel, wb.Score, wb.Run):
            names = [name for name in vars(kind) if not name.startswith("_")]
            missing += [f"{kind.__name__}.{name}" for name in names if f".{name}" not in text]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
