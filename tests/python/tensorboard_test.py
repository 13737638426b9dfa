"""TensorBoard's files of a training: they hold what metrics.jsonl and the vectors do."""

import json
import os
import struct
import subprocess
import unittest
import warnings
from pathlib import Path

import numpy as np
from event_reader import Events
from support import HAS_TORCH, FolderTest

import wordbridge as wb
from wordbridge._training import program

WORD2VEC = {
    "model.type": "word2vec",
    "model.word2vec.dim": 6,
    "model.word2vec.log_steps": 1,
    "model.word2vec.sample": 0,
    "train.epochs": 3,
    "vectors_epochs": 1,
}
NPLM = {
    "model.type": "nplm",
    "model.nplm.n": 3,
    "model.nplm.dim": 4,
    "model.nplm.hidden": [6],
    "model.nplm.direct": True,
    "train.epochs": 3,
    "train.batch_size": 64,
    "train.log_steps": 2,
    "train.patience": 0,
}


def float32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def expected_scalars(run):
    """The numbers of metrics.jsonl and timing.jsonl, by the rules of docs/runs.md."""
    timing = [json.loads(line) for line in (Path(run.path) / "timing.jsonl").read_text().splitlines()]
    scalars, step = {}, 0
    for line in run.metrics:
        step = line.get("step", step)
        ends = "epoch" in line or "start_epoch" in line or ("final" in line and timing and "epoch" not in timing[0])
        numbers = {**(timing.pop(0) if ends else {}), **line}
        prefix = f"start_{line['start']}/" if "start" in line else "final/" if "final" in line else ""
        for key, value in numbers.items():
            if key not in ("step", "start", "final") and isinstance(value, (int, float)):
                scalars.setdefault(prefix + key, []).append((step, float32(value)))
    return scalars


class TensorboardTest(FolderTest):
    def train(self, name, settings, **options):
        settings = {"data.path": str(self.folder / "text.txt"), "threads": 1, "tensorboard": True, **settings}
        return wb.train(out=self.folder / name, **options, **settings)

    def event_file(self, run):
        *emptied, file = sorted((self.folder / run).glob("**/*tfevents*"))
        self.assertEqual([old.stat().st_size for old in emptied], [0] * len(emptied))
        self.assertLessEqual(len(emptied), 1)
        return file

    def events(self, run):
        return Events(self.event_file(run))

    def expect_norms(self, histogram, vectors):
        norms = np.linalg.norm(vectors, axis=1)
        self.assertEqual(histogram["num"], len(norms))
        for name, value in {
            "min": norms.min(),
            "max": norms.max(),
            "sum": norms.sum(),
            "sum_squares": (norms**2).sum(),
        }.items():
            self.assertAlmostEqual(histogram[name], value, delta=1e-5 * value, msg=name)
        counts, limits = np.histogram(norms, bins=len(histogram["limits"]))
        np.testing.assert_allclose(histogram["limits"], limits[1:], rtol=1e-6)
        # A length at the limit of two bins may be in either.
        self.assertLessEqual(np.abs(np.cumsum(histogram["counts"]) - np.cumsum(counts)).max(), 1)

    def test_holds_the_metrics_and_the_lengths_of_all_vectors(self):
        run = self.train("run", {**WORD2VEC, "model.word2vec.keep_contexts": True})
        events = self.events("run")
        self.assertEqual((events.version, events.starts), ("brain.Event:2", [0]))
        self.assertEqual(events.scalars, expected_scalars(run))
        self.assertEqual([step for step, _ in events.scalars["train_loss"]], [1, 2, 3])
        self.assertLessEqual(
            {"loss", "learning_rate", "words_per_second", "final/train_loss"}, set(events.scalars)
        )
        self.assertEqual(events.times, sorted(events.times))
        self.assertEqual(set(events.histograms), {"norms/words", "norms/contexts"})
        words = events.histograms["norms/words"]
        self.assertEqual([step for step, _ in words], [1, 2, 3])
        for epoch, (_, histogram) in enumerate(words, 1):
            self.expect_norms(histogram, wb.load(f"{run.path}/epochs/vectors-000{epoch}.txt").vectors)
        self.expect_norms(events.histograms["norms/contexts"][-1][1], wb.load(f"{run.path}/contexts.txt").vectors)

    def test_the_projector_has_the_vectors_and_the_words(self):
        run = self.train("run", WORD2VEC)
        folder = self.folder / "run" / "tensorboard"
        config = (folder / "projector_config.pbtxt").read_text()
        self.assertIn('tensor_path: "vectors.tsv"', config)
        self.assertIn('metadata_path: "vectors.metadata.tsv"', config)
        self.assertEqual((folder / "vectors.metadata.tsv").read_text().splitlines(), list(run.table().words))
        rows = np.loadtxt(folder / "vectors.tsv", delimiter="\t", dtype=np.float32)
        np.testing.assert_array_equal(rows, run.table().vectors)

    def test_a_model_without_epochs_has_only_final_values(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # few n-grams
            run = self.train("run", {"model.type": "ngram"})
        events = self.events("run")
        self.assertEqual(events.scalars, expected_scalars(run))
        self.assertIn("final/test_perplexity", events.scalars)
        self.assertEqual(events.histograms, {})
        self.assertFalse((self.folder / "run" / "tensorboard" / "vectors.tsv").exists())

    @unittest.skipUnless(HAS_TORCH, "built without LibTorch")
    def test_changes_no_byte_of_the_model(self):
        runs = [self.train(f"run-{on}", {**NPLM, "tensorboard": on}) for on in (True, False)]
        self.assertFalse((self.folder / "run-False" / "tensorboard").exists())
        for name in ("metrics.jsonl", "vectors.txt", "vocabulary.tsv", "token_scores.wb"):
            contents = [(self.folder / f"run-{on}" / name).read_bytes() for on in (True, False)]
            self.assertEqual(*contents, name)
        text = "the man eats the pear ."
        np.testing.assert_array_equal(*(run.language_model().log_probs(text) for run in runs))

    @unittest.skipUnless(HAS_TORCH, "built without LibTorch")
    def test_a_network_is_stopped_and_resumed_without_a_trace(self):
        whole = self.train("whole", NPLM)
        expected = self.events("whole")
        self.assertEqual(expected.scalars, expected_scalars(whole))
        self.assertEqual(set(expected.histograms), {"norms/C", "norms/output.U", "norms/output.W"})
        self.assertLessEqual({"loss", "learning_rate", "valid_perplexity"}, set(expected.scalars))
        settings = {"data.path": "text.txt", "threads": 1, "tensorboard": True, **NPLM}
        arguments = [f"{key}={json.dumps(value) if not isinstance(value, str) else value}" for key, value in settings.items()]
        steps = expected.scalars["valid_perplexity"][0][0]  # of an epoch
        self.wordbridge("train", *arguments, "--out", "run", "--stop-after-step", steps + 3)
        first = self.event_file("run")
        # A killed training may have written events after its last checkpoint, and a part of one.
        with open(first, "ab") as file:
            file.write(first.read_bytes()[-100:])
        self.wordbridge("resume", "run", "--stop-after-step", steps + 5)
        self.wordbridge("resume", "run")
        self.assertGreater(self.event_file("run").name, first.name)
        self.expect_same("run", expected)
        # Without its event file, a training has that of its logs.
        self.wordbridge("train", *arguments, "--out", "run", "--overwrite", "--stop-after-step", steps + 3)
        os.remove(self.event_file("run"))
        self.wordbridge("resume", "run")
        self.expect_same("run", expected, histograms=False)
        self.assertEqual(len(self.events("run").histograms["norms/C"]), 2)

    def expect_same(self, run, expected, histograms=True):
        events = self.events(run)
        for measured in ("seconds", "words_per_second"):
            found = events.scalars.pop(measured)
            self.assertEqual([step for step, _ in found], [step for step, _ in expected.scalars[measured]])
        for tag, values in events.scalars.items():
            self.assertEqual(values, expected.scalars[tag], tag)
        self.assertEqual(set(events.scalars) | {"seconds", "words_per_second"}, set(expected.scalars))
        self.assertEqual(events.starts, [0])
        if histograms:
            self.assertEqual(events.histograms, expected.histograms)

    @unittest.skipUnless(HAS_TORCH, "built without LibTorch")
    def test_a_killed_training_repeats_no_event(self):
        settings = {**NPLM, "train.epochs": 20, "train.log_steps": 1}
        expected = Events(self.event_file(self.train("whole", settings).path))
        arguments = [f"{key}={json.dumps(value) if not isinstance(value, str) else value}" for key, value in settings.items()]
        process = subprocess.Popen(
            [program(), "--quiet", "train", f"data.path={self.folder}/text.txt", "threads=1", "tensorboard=true", *arguments, "--out", "run"],
            cwd=self.folder,
        )
        run = wb.Run(self.folder / "run")
        while len(run.metrics) < 60:
            self.assertIsNone(process.poll())
        process.kill()
        process.wait()
        wb.resume(run.path)
        self.expect_same("run", expected)

    @unittest.skipUnless(HAS_TORCH, "built without LibTorch")
    def test_starts_have_tags_of_their_own(self):
        run = self.train("run", {**NPLM, "train.restarts": 2, "train.restart_epochs": 1})
        events = self.events("run")
        self.assertEqual(events.scalars, expected_scalars(run))
        self.assertLessEqual({"start_1/train_loss", "start_2/loss", "start_2/words_per_second"}, set(events.scalars))

    def test_events_are_made_of_the_logs_of_any_run(self):
        run = self.train("run", {**WORD2VEC, "tensorboard": False})
        self.wordbridge("export", "run", "--tensorboard", "events/run")
        events = Events(self.event_file("events/run"))
        self.assertEqual(events.scalars, expected_scalars(run))
        self.assertEqual(events.times, sorted(events.times))
        written = os.path.getmtime(os.path.join(run.path, "metrics.jsonl"))
        self.assertAlmostEqual(events.times[-1], written, delta=0.1)
        self.assertAlmostEqual(
            events.times[-1] - events.times[0], sum(value for _, value in events.scalars["seconds"]), delta=0.01
        )
        self.assertTrue((self.folder / "events" / "run" / "projector_config.pbtxt").exists())
        for arguments, problem in (
            (("run", "--tensorboard", "events/run"), "holds other files"),
            (("text.txt", "--tensorboard", "other"), "not a run folder"),
        ):
            with self.assertRaises(subprocess.CalledProcessError) as failed:
                self.wordbridge("export", *arguments)
            self.assertIn(problem, failed.exception.stderr)
        self.assertFalse((self.folder / "other").exists())


if __name__ == "__main__":
    unittest.main()
