"""Language models and trainings from Python."""

import json
import math
import os
import signal
import subprocess
import sys
import unittest

import numpy as np
from support import HAS_TORCH, FolderTest

import wordbridge as wb
from wordbridge._training import program

NPLM = {
    "model.type": "nplm",
    "model.nplm.n": 3,
    "model.nplm.dim": 4,
    "model.nplm.hidden": [6],
    "train.epochs": 2,
}


class LanguageModelTest(FolderTest):
    def train(self, name, settings, **options):
        settings = {"data.path": str(self.folder / "text.txt"), "threads": 1, **settings}
        return wb.train(out=self.folder / name, **options, **settings)

    def expect_those_of_the_program(self, run):
        model = run.language_model()
        text = "the man eats the pear .\nthe queen likes the plum .\n"
        (self.folder / "other.txt").write_text(text)
        lines = self.wordbridge("score", run.path, "other.txt", "--tokens", "--json", "score.json").splitlines()
        score = model.score(text)
        expected = json.loads((self.folder / "score.json").read_text())["all tokens"]
        self.assertEqual(score.perplexity, expected["perplexity"])
        self.assertEqual(score.nats, expected["nats"])
        self.assertEqual(len(score.tokens), expected["tokens"])
        printed = [line.split("\t")[:2] for line in lines if "\t" in line]
        self.assertEqual(printed, [[t, f"{p:.6f}"] for t, p in zip(score.tokens, score.log_probs)])
        np.testing.assert_array_equal(model.log_probs(text), score.log_probs)
        # The chain rule, word by word, with the unrounded probabilities of next_words().
        first = dict(model.next_words("the man", k=len(model)))
        self.assertAlmostEqual(math.fsum(first.values()), 1, places=6)
        self.assertEqual(sorted(first), sorted(model.words))
        self.assertAlmostEqual(math.log(first["eats"]), score.log_probs[2], places=5)
        generated = model.generate("the man", 8, seed=3, temperature=0.7, top_k=5)
        expected = self.wordbridge(
            "generate", run.path, "--prompt", "the man", "-n", 8, "--seed", 3, "--temperature", 0.7, "--top-k", 5
        )
        self.assertEqual(f"the man {generated}".split(), expected.split())

    def test_ngrams_are_those_of_the_program(self):
        self.expect_those_of_the_program(self.train("kn", {"model.type": "ngram"}))

    @unittest.skipUnless(HAS_TORCH, "built without LibTorch")
    def test_networks_are_those_of_the_program(self):
        lines = []
        run = self.train("nplm", NPLM, progress=lines.append)
        self.assertEqual([line["epoch"] for line in lines if "epoch" in line], [1, 2])
        self.assertEqual(lines, run.metrics)
        self.assertTrue(run.complete)
        self.assertEqual(run.table().dim, 4)
        self.expect_those_of_the_program(run)

    @unittest.skipUnless(HAS_TORCH, "built without LibTorch")
    def test_networks_follow_set_threads_and_forks(self):
        run = self.train("run", NPLM)
        script = (
            "import os, sys, wordbridge as wb\n"
            "model = wb.open_language_model(sys.argv[1])\n"
            "from wordbridge import _tensor\n"
            "wb.set_threads(3)\n"
            "text = 'the man eats the apple . ' * 300\n"
            "expected = model.score(text).nats\n"
            "print(_tensor.threads(), flush=True)\n"
            "if os.fork() == 0:\n"
            "    print(model.score(text).nats == expected, _tensor.threads(), flush=True)\n"
            "    os._exit(0)\n"
            "os.wait()\n"
        )
        command = [sys.executable, "-c", script, run.path]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(result.stdout, "3\nTrue 3\n", result.stderr)

    def test_words_without_a_probability_are_told(self):
        self.wordbridge("train", "data.path=text.txt", "model.type=ngram", "data.vocabulary.unknown=", "--out", "kn")
        self.wordbridge("arpa", "kn", "-o", "kn.arpa")
        score = wb.open_language_model(self.folder / "kn.arpa").score("the ship eats the plum\n")
        self.assertEqual(score.unknown, ["ship"])
        self.assertEqual(score.tokens[1], "ship")
        self.assertTrue(math.isnan(score.log_probs[1]))
        self.assertFalse(math.isnan(score.perplexity))

    def test_errors_are_those_of_the_program(self):
        with self.assertRaisesRegex(wb.Error, "train.epochs"):
            self.train("run", {**NPLM, "train.epochs": -1})
        with self.assertRaisesRegex(wb.Error, "model not found"):
            wb.open_language_model(self.folder / "none")
        run = self.train("kn", {"model.type": "ngram"})
        with self.assertRaisesRegex(wb.Error, "already|exists"):
            self.train("kn", {"model.type": "ngram"})
        self.train("kn", {"model.type": "ngram"}, overwrite=True)
        with self.assertRaisesRegex(wb.Error, "no tokens"):
            run.language_model().score("")
        with self.assertRaisesRegex(wb.Error, "temperature"):
            run.language_model().generate(temperature=-1)
        with self.assertRaisesRegex(wb.Error, "no word vectors"):
            run.table()

    def test_settings_arrive_as_they_are(self):
        for name in ("a #b.txt", "[1].txt", "k: v.txt", "'q.txt", "x, y.txt", "café.txt"):
            path = self.folder / name
            path.write_text((self.folder / "text.txt").read_text())
            settings = {"data.path": path, "model.type": "pca", "model.pca.dim": np.int64(2)}
            run = wb.train(out=self.folder / "run", overwrite=True, **settings)
            manifest = json.loads((self.folder / "run/manifest.json").read_text())
            self.assertEqual(manifest["data"]["source"]["files"][0]["name"], name)
            self.assertTrue(run.complete)
        with self.assertRaisesRegex(wb.Error, "empty"):
            wb.train(out="", **settings)
        with self.assertRaisesRegex(wb.Error, "there is no run"):
            wb.Run(self.folder / "none").summary

    @unittest.skipUnless(HAS_TORCH, "built without LibTorch")
    def test_a_training_is_stopped_and_resumed(self):
        long = {**NPLM, "train.epochs": 60}
        whole = self.train("whole", long)
        script = (
            "import sys, wordbridge as wb\n"
            "settings = eval(sys.argv[2])\n"
            "try:\n"
            "    wb.train(out=sys.argv[1], progress=lambda line: print(line['epoch'], flush=True), **settings)\n"
            "except KeyboardInterrupt:\n"
            "    print('stopped')\n"
        )
        settings = {"data.path": str(self.folder / "text.txt"), "threads": 1, **long}
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(self.folder / "run"), repr(settings)], stdout=subprocess.PIPE, text=True
        )
        self.assertEqual(process.stdout.readline(), "1\n")
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
        self.assertTrue(rest.endswith("stopped\n"), rest)
        run = wb.Run(self.folder / "run")
        self.assertFalse(run.complete)
        with self.assertRaisesRegex(wb.Error, "not complete"):
            run.summary
        wb.resume(run.path)
        self.assertEqual(run.metrics, whole.metrics)
        np.testing.assert_array_equal(run.table().vectors, whole.table().vectors)

    @unittest.skipUnless(HAS_TORCH, "built without LibTorch")
    def test_a_killed_training_tells_only_new_metrics(self):
        settings = {**NPLM, "train.epochs": 20, "train.log_steps": 1, "train.batch_size": 32}
        whole = self.train("whole", settings)
        arguments = [f"{key}={json.dumps(value) if not isinstance(value, str) else value}" for key, value in settings.items()]
        process = subprocess.Popen(
            [program(), "--quiet", "train", f"data.path={self.folder}/text.txt", "threads=1", *arguments, "--out", "run"], cwd=self.folder
        )
        run = wb.Run(self.folder / "run")
        while len(run.metrics) < 40:
            self.assertIsNone(process.poll())
        process.kill()
        process.wait()
        with open(self.folder / "run" / "metrics.jsonl", "a") as file:
            file.write('{"step":')  # killed while it wrote a line
        known = len(run.metrics)
        lines = []
        wb.resume(run.path, progress=lines.append)
        self.assertEqual(run.metrics, whole.metrics)
        self.assertEqual(lines, whole.metrics[known:])

    @unittest.skipUnless(HAS_TORCH, "built without LibTorch")
    def test_an_error_of_the_callback_stops_the_training(self):
        class Enough(Exception):
            pass

        def stop(line):
            raise Enough

        with self.assertRaises(Enough):
            self.train("run", {**NPLM, "train.epochs": 100000}, progress=stop)
        self.assertTrue((self.folder / "run" / "checkpoints" / "latest.wb").exists())


if __name__ == "__main__":
    unittest.main()
