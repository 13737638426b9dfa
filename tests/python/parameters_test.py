"""A network's parameters from Python: with them, NumPy alone computes what the program does."""

import gc
import json
import shutil
import subprocess
import sys
import unittest

import numpy as np
from support import HAS_TORCH, FolderTest

import wordbridge as wb

NPLM = {
    "model.type": "nplm",
    "model.nplm.n": 4,
    "model.nplm.dim": 5,
    "model.nplm.hidden": [7],
    "model.nplm.direct": True,
    "model.nplm.bags": [],
    "model.nplm.output.type": "full",
    "train.epochs": 3,
    "train.lr": 0.02,
}


def log_softmax(y):
    return y - y.max() - np.log(np.exp(y - y.max()).sum())


def tensors_of(path):
    """The tensors of a safetensors file, by its published format: a JSON header with types, shapes and places."""
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    header, data = json.loads(content[8 : 8 + size]), content[8 + size :]
    metadata = header.pop("__metadata__")
    types = {"F32": np.float32, "F64": np.float64, "I64": np.int64}
    places = sorted(entry["data_offsets"] for entry in header.values())
    assert [begin for begin, _ in places] == [0] + [end for _, end in places[:-1]] and places[-1][1] == len(data)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        assert begin % np.dtype(types[entry["dtype"]]).itemsize == 0 and size % 8 == 0, name
        tensors[name] = np.frombuffer(data[begin:end], types[entry["dtype"]]).reshape(entry["shape"])
    return tensors, metadata


@unittest.skipUnless(HAS_TORCH, "built without LibTorch")
class ParametersTest(FolderTest):
    def train(self, name, **settings):
        settings = {"data.path": str(self.folder / "text.txt"), "threads": 1, **NPLM, **settings}
        return wb.train(out=self.folder / name, **settings)

    def test_the_equation_of_bengio_et_al_gives_the_log_probabilities(self):
        for direct in (True, False):
            run = self.train(f"direct-{direct}", **{"model.nplm.direct": direct})
            model = run.language_model()
            p = model.parameters()
            V, m, h, n = len(model), 5, 7, 4
            shapes = {"C": (V, m), "H": (h, (n - 1) * m), "d": (h,), "output.U": (V, h), "output.b": (V,)}
            if direct:
                shapes["output.W"] = (V, (n - 1) * m)
            self.assertEqual({name: value.shape for name, value in p.items()}, shapes)
            self.assertEqual({value.dtype for value in p.values()}, {np.dtype(np.float32)})

            def log_probs(context):
                """y = b + W x + U tanh(d + H x), with x = [C(w[t-1]); C(w[t-2]); C(w[t-3])]"""
                x = np.concatenate([p["C"][word] for word in reversed(context)]).astype(float)
                y = p["output.b"] + p["output.U"] @ np.tanh(p["d"] + p["H"] @ x)
                return log_softmax(y + p["output.W"] @ x if direct else y)

            id_of = {word: i for i, word in enumerate(model.words)}
            context = "king likes the".split()
            np.testing.assert_allclose(
                log_probs([id_of[word] for word in context]), model.next_log_probs(" ".join(context)), atol=1e-5
            )
            # Before the text are start words.
            start = id_of[json.loads((self.folder / f"direct-{direct}" / "manifest.json").read_text())["data"]["start"]]
            score = model.score("the queen eats the plum .\nthe man likes the pear .\n")
            ids = [start] * (n - 1) + [id_of[token] for token in score.tokens]
            own = [log_probs(ids[i - n + 1 : i])[ids[i]] for i in range(n - 1, len(ids))]
            np.testing.assert_allclose(own, score.log_probs, atol=1e-5)

    def test_the_next_words_are_those_of_all_log_probabilities(self):
        model = self.train("run").language_model()
        log_probs = model.next_log_probs("the man")
        self.assertAlmostEqual(np.exp(log_probs).sum(), 1, places=12)
        expected = [(model.words[i], np.exp(log_probs[i])) for i in np.argsort(-log_probs, kind="stable")[:3]]
        for (word, p), (own_word, own_p) in zip(model.next_words("the man", 3), expected):
            self.assertEqual(word, own_word)
            self.assertAlmostEqual(p, own_p, places=12)

    def test_parameters_are_views_that_outlive_the_run(self):
        run = self.train("run")
        p = wb.parameters(run.path)
        self.assertIsNotNone(p["C"].base)
        with self.assertRaises(ValueError):
            p["C"][0, 0] = 1
        np.testing.assert_array_equal(p["C"], run.table().vectors)
        kept, copy = p["C"], p["C"].copy()
        del p
        shutil.rmtree(run.path)
        gc.collect()
        np.testing.assert_array_equal(kept, copy)

    def test_parameters_need_no_libtorch(self):
        run = self.train("run")
        script = f"import sys, wordbridge as wb; wb.parameters({run.path!r})['C']; print('wordbridge._tensor' in sys.modules)"
        printed = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
        self.assertEqual(printed, "False\n")

    def test_safetensors_hold_the_same(self):
        # Buffers of int64 too: the classes of the words.
        run = self.train("run", **{"model.nplm.output.type": "classes"})
        self.wordbridge("export", "run", "--safetensors", "nplm.safetensors")
        tensors, metadata = tensors_of(self.folder / "nplm.safetensors")
        parameters = wb.parameters(run.path)
        self.assertEqual(set(tensors), set(parameters))
        self.assertLess(1, len({value.dtype for value in tensors.values()}))
        for name, value in parameters.items():
            np.testing.assert_array_equal(tensors[name], value, name)
            self.assertEqual(tensors[name].dtype, value.dtype)
        words = list(run.language_model().words)
        self.assertEqual((metadata["format"], metadata["model"], json.loads(metadata["words"])), ("pt", "nplm", words))
        table = wb.load(self.folder / "nplm.safetensors", tensor="C")
        self.assertEqual(list(table.words), words)
        np.testing.assert_array_equal(table.vectors, parameters["C"])

    def test_what_has_no_parameters_is_refused(self):
        self.wordbridge("train", "data.path=text.txt", "model.type=word2vec", "train.epochs=1", "--out", "w2v")
        settings = [f"{key}={value}" for key, value in NPLM.items() if "bags" not in key]
        self.wordbridge("train", "data.path=text.txt", *settings, "--out", "part", "--stop-after-epoch", 1)
        for run, problem in (("w2v", "not a network"), ("part", "incomplete"), ("none", "no language model|not a run")):
            with self.assertRaisesRegex(wb.Error, problem):
                wb.parameters(self.folder / run)
            with self.assertRaises(subprocess.CalledProcessError) as failed:
                self.wordbridge("export", run, "--safetensors", "a.safetensors")
            self.assertRegex(failed.exception.stderr, problem)
        self.assertFalse((self.folder / "a.safetensors").exists())
        self.train("run")
        for target in ("text.txt", "run/checkpoints/best.wb"):
            before = (self.folder / target).read_bytes()
            with self.assertRaises(subprocess.CalledProcessError):
                self.wordbridge("export", "run", "--safetensors", target)
            self.assertEqual((self.folder / target).read_bytes(), before)


if __name__ == "__main__":
    unittest.main()
