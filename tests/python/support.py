"""What the tests of the Python package have in common."""

import importlib.util
import subprocess
import tempfile
import unittest
from pathlib import Path

from wordbridge._training import program

HAS_TORCH = importlib.util.find_spec("wordbridge._tensor") is not None

TEXT = "".join(
    f"the {who} {does} the {what} .\n"
    for who in ("man", "woman", "king", "queen")
    for does in ("eats", "likes")
    for what in ("apple", "pear", "plum", "orange")
) * 5


class FolderTest(unittest.TestCase):
    """A test with a folder of its own, which holds text.txt."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "text.txt").write_text(TEXT)

    def wordbridge(self, *arguments):
        """Runs the program, which must succeed; returns its standard output."""
        return subprocess.run(
            [program(), "--quiet", *map(str, arguments)],
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
