"""Scores from Python: those of the program."""

import json
import unittest

import numpy as np
from support import FolderTest

import wordbridge as wb


class EvaluationTest(FolderTest):
    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(3)
        words = [f"w{i}" for i in range(40)]
        for name in ("a", "b"):
            wb.Table(words, rng.standard_normal((40, 8))).save(self.folder / f"{name}.bin")
        pairs = "".join(f"w{i}\tw{(i * 7 + 1) % 40}\t{i % 11}\n" for i in range(40))
        (self.folder / "pairs.tsv").write_text(pairs)
        questions = ": things\n" + "".join(f"w{i} w{i + 1} w{i + 2} w{i + 3}\n" for i in range(30))
        (self.folder / "questions.txt").write_text(questions)
        self.options = {
            "similarity": str(self.folder / "pairs.tsv"),
            "analogy": [str(self.folder / "questions.txt")],
            "resamples": 200,
        }

    def test_scores_are_those_of_the_program_to_the_last_digit(self):
        arguments = ("--similarity", "pairs.tsv", "--analogy", "questions.txt", "--resamples", "200")
        self.wordbridge("eval", "a.bin", *arguments, "--json", "scores.json")
        expected = json.loads((self.folder / "scores.json").read_text())["a.bin"]["scores"]
        table = wb.load(self.folder / "a.bin")
        self.assertEqual(wb.evaluate(table, **self.options), expected)
        self.assertEqual(wb.evaluate(self.folder / "a.bin", **self.options), expected)
        self.assertEqual([score["task"] for score in expected], ["similarity", "analogy"])

    def test_comparisons_are_those_of_the_program(self):
        arguments = ("--similarity", "pairs.tsv", "--analogy", "questions.txt", "--resamples", "200")
        self.wordbridge("eval", "a.bin", "b.bin", *arguments, "--compare", "--json", "scores.json")
        expected = json.loads((self.folder / "scores.json").read_text())["comparison"]
        tables = {"a.bin": self.folder / "a.bin", "b.bin": wb.load(self.folder / "b.bin")}
        found = wb.compare(tables, **self.options)
        self.assertEqual(found["tests"], expected["tests"])
        self.assertGreater(len(found["tests"]), 1)

    def test_wrong_options_are_errors(self):
        table = wb.load(self.folder / "a.bin")
        with self.assertRaisesRegex(wb.Error, "similarty.*did you mean"):
            wb.evaluate(table, similarty="pairs.tsv")
        with self.assertRaisesRegex(wb.Error, "resamples"):
            wb.evaluate(table, similarity=self.options["similarity"], resamples=-1)
        with self.assertRaisesRegex(wb.Error, "no benchmark"):
            wb.evaluate(table)
        with self.assertRaisesRegex(wb.Error, "two or more"):
            wb.compare({"a": table}, **self.options)

    @unittest.skipUnless(
        __import__("importlib.util").util.find_spec("pandas"), "needs pandas (Debian: python3-pandas)"
    )
    def test_scores_are_a_data_frame(self):
        frame = wb.evaluate(self.folder / "a.bin", **self.options).to_frame()
        self.assertEqual(list(frame["task"]), ["similarity", "analogy"])


if __name__ == "__main__":
    unittest.main()
