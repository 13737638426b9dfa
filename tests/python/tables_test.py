"""Embedding tables in Python."""

import copy
import gc
import math
import multiprocessing
import pickle
import subprocess
import sys
import threading
import unittest
import warnings

import numpy as np
from support import FolderTest

import wordbridge as wb

# cos(sea, water) = 0.8, cos(sea, fire) = 0, cos(water, fire) = 0.6; cold is opposite to sea.
WORDS = ["sea", "water", "fire", "cold"]
VECTORS = np.array([[2, 0], [0.8, 0.6], [0, 3], [-1, 0]], np.float32)


def pages_in_memory():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1])


def resident_bytes_of(path):
    """Bytes of memory that mappings of the file occupy in this process."""
    size, is_file = 0, False
    with open("/proc/self/smaps") as maps:
        for line in maps:
            if line.startswith("Rss:") and is_file:
                size += 1024 * int(line.split()[1])
            if "-" in line.split()[0]:  # the addresses of a mapping, before its sizes
                is_file = str(path) in line
    return size


shared = {}  # with forked processes


def search_shared_table(word):
    return shared["table"].most_similar(word, 3)


class TableTest(FolderTest):
    def table(self):
        return wb.Table(WORDS, VECTORS)

    def test_is_a_view_of_words_and_rows(self):
        table = self.table()
        self.assertEqual((len(table), table.dim, table.shape), (4, 2, (4, 2)))
        self.assertEqual(list(table.words), WORDS)
        self.assertEqual(table.words[1], "water")
        self.assertEqual(table.words[-1], "cold")
        self.assertEqual(table.words[1:3], ["water", "fire"])
        self.assertEqual(table.words[::2], ["sea", "fire"])
        self.assertEqual(table.words.index("fire"), 2)
        self.assertIn("sea", table)
        self.assertNotIn("Sea", table)
        with self.assertRaises(IndexError):
            table.words[4]
        np.testing.assert_array_equal(table.vectors, VECTORS)
        self.assertTrue(np.shares_memory(table.vectors, VECTORS))
        self.assertFalse(table.vectors.flags.writeable)
        np.testing.assert_array_equal(table["water"], VECTORS[1])
        np.testing.assert_array_equal(table[["fire", "sea"]], VECTORS[[2, 0]])
        self.assertEqual(table.get("ice", 7), 7)
        with self.assertRaisesRegex(KeyError, "ice"):
            table["ice"]

    def test_rows_outlive_the_table(self):
        def rows():
            return wb.Table(list(WORDS), VECTORS.copy()).vectors

        kept = rows()
        gc.collect()
        np.testing.assert_array_equal(kept, VECTORS)

    def test_neighbours_and_similarities_are_cosines(self):
        table = self.table()
        self.assertAlmostEqual(table.similarity("sea", "water"), 0.8, places=7)
        self.assertEqual(table.similarity("sea", "cold"), -1)
        self.assertEqual([word for word, _ in table.most_similar("sea")], ["water", "fire", "cold"])
        self.assertEqual(len(table.most_similar("sea", 2)), 2)
        several = table.most_similar(["sea", "fire", np.array([-1.0, 0.1])], k=1)
        self.assertEqual([found[0][0] for found in several], ["water", "water", "cold"])
        self.assertEqual(several[0], table.most_similar("sea", 1))
        # fire - sea = (-1, 1): cold (0.71), then water (-0.14)
        expected = table.most_similar("fire - sea")
        self.assertEqual([word for word, _ in expected], ["cold", "water"])
        self.assertAlmostEqual(expected[0][1], math.sqrt(0.5), places=6)
        self.assertEqual(table.most_similar("fire", negative="sea"), expected)
        self.assertEqual(table.most_similar(["fire"], negative=["sea"]), expected)
        # sea is to water as fire is to ?: water - sea + fire = (-0.2, 1.6)
        self.assertEqual([word for word, _ in table.analogy("sea", "water", "fire")], ["cold"])

    def test_many_queries_find_what_single_ones_find(self):
        rng = np.random.default_rng(1)
        table = wb.Table([f"w{i}" for i in range(3000)], rng.standard_normal((3000, 20)))
        queries = table.words[:300]
        self.assertEqual(table.most_similar(queries, 5), [table.most_similar(query, 5) for query in queries])

    def test_is_read_and_written_in_every_format(self):
        for name in ("a.txt", "a.bin", "a.wbv", "a.npy", "a.safetensors"):
            self.table().save(self.folder / name)
            again = wb.load(self.folder / name)
            self.assertEqual(list(again.words), WORDS)
            np.testing.assert_array_equal(again.vectors, VECTORS)
        self.assertEqual(list(wb.load(self.folder / "a.bin", limit=2).words), WORDS[:2])
        wb.convert(self.folder / "a.bin", self.folder / "unit.txt", postprocess="normalize")
        np.testing.assert_allclose(np.linalg.norm(wb.load(self.folder / "unit.txt").vectors, axis=1), 1, 1e-6)
        with self.assertRaisesRegex(wb.Error, "already exists"):
            wb.convert(self.folder / "a.bin", self.folder / "unit.txt")

    def test_a_mapped_file_is_read_where_it_is_used(self):
        # 20,000 x 300 float32 are 24 MB. A word needs some pieces of 64 KiB: its vector, its letters, where they
        # start, and its places in the hash table, and the kernel may map more around them. Some words need less than 4 MiB.
        words = [f"w{i}" for i in range(20000)]
        path = self.folder / "big.wbv"
        wb.Table(words, np.tile(np.arange(20000, dtype=np.float32)[:, None], (1, 300))).save(path)
        table = wb.load(path)
        self.assertEqual(len(table), 20000)
        self.assertEqual(table.shape, (20000, 300))
        self.assertLess(resident_bytes_of(path), 1 << 20)
        self.assertEqual(table["w12345"][299], 12345)
        self.assertFalse(table["w12345"].flags.writeable)
        self.assertIn("w3", table)
        self.assertNotIn("w20000", table)
        self.assertEqual(table.similarity("w3", "w19999"), 1)
        self.assertEqual(table.words[7000:7002], ["w7000", "w7001"])
        self.assertEqual(table.vectors[5, 5], 5)
        self.assertTrue(np.shares_memory(table.vectors, table["w7"]))
        self.assertLess(resident_bytes_of(path), 1 << 22)
        self.assertGreater(table.vectors.sum(), 0)
        self.assertGreater(resident_bytes_of(path), 23 << 20)
        self.assertEqual(list(table.words), words)

    def test_a_damaged_mapped_file_is_an_error_where_it_is_used(self):
        rows = np.random.default_rng(1).standard_normal((2000, 100)).astype(np.float32)
        wb.Table([f"w{i}" for i in range(2000)], rows).save(self.folder / "a.wbv")
        content = bytearray((self.folder / "a.wbv").read_bytes())
        content[content.index(rows[1500].tobytes())] ^= 1
        (self.folder / "bad.wbv").write_bytes(content)
        table = wb.load(self.folder / "bad.wbv")
        np.testing.assert_array_equal(table["w3"], rows[3])
        (self.folder / "pairs.tsv").write_text("w1\tw2\t1\nw3\tw4\t2\nw5\tw6\t3\n")
        for name, use in {
            "word": lambda: table["w1500"],
            "similarity": lambda: table.similarity("w1", "w1500"),
            "search": lambda: table.most_similar("w1"),
            "search again": lambda: table.most_similar("w1"),
            "verify": table.verify,
            "load": lambda: wb.load(self.folder / "bad.wbv", verify=True),
            "save": lambda: table.save(self.folder / "copy.txt"),
            "postprocessed": lambda: table.postprocessed("normalize"),
            "evaluate": lambda: wb.evaluate(table, similarity=str(self.folder / "pairs.tsv")),
        }.items():
            with self.subTest(name), self.assertRaisesRegex(wb.Error, "(?s)damaged.*checksum.*bad.wbv"):
                use()
        self.assertFalse((self.folder / "copy.txt").exists())
        wb.load(self.folder / "a.wbv", verify=True).verify()

    def test_neighbours_are_those_of_the_program(self):
        self.table().save(self.folder / "a.txt")
        lines = self.wordbridge("neighbors", "a.txt", "sea", "-k", "2").splitlines()[1:]
        found = [(line.split()[1], line.split()[0]) for line in lines]
        table = wb.load(self.folder / "a.txt")
        self.assertEqual(found, [(word, f"{cosine:.3f}") for word, cosine in table.most_similar("sea", 2)])

    def test_a_word_may_hold_any_bytes(self):
        (self.folder / "latin.txt").write_bytes(b"2 1\ncaf\xe9 1\n\xe6\xb5\xb7 2\n")
        table = wb.load(self.folder / "latin.txt")
        self.assertEqual(list(table.words), ["caf\udce9", "海"])
        self.assertEqual(table["caf\udce9"], [1])
        self.assertEqual(table["海"], [2])

    def test_errors_are_exceptions_with_the_text_of_the_program(self):
        with self.assertRaisesRegex(wb.Error, "can't open the file\n.*none.txt"):
            wb.load(self.folder / "none.txt")
        (self.folder / "bad.txt").write_text("2 2\na 1 2\nb 1 x\n")
        with self.assertRaisesRegex(ValueError, r"bad.txt:3"):
            wb.load(self.folder / "bad.txt")
        with self.assertRaisesRegex(wb.Error, "(?s)word not found.*did you mean 'water'"):
            self.table().most_similar("watre")
        with self.assertRaisesRegex(wb.Error, "(?s)each word needs a vector.*1 rows.*4"):
            wb.Table(["a"], VECTORS)
        with self.assertRaises(wb.Error):
            wb.Table(["a", "a", "b", "c"], VECTORS)  # twice
        with self.assertRaisesRegex(wb.Error, "(?s)not finite.*row 1, 'b'"):
            wb.Table(["a", "b"], np.array([[1], [np.nan]]))
        with self.assertRaisesRegex(wb.Error, "2 dimensions"):
            wb.Table(["a"], np.ones(3))
        with self.assertRaisesRegex(wb.Error, "another size"):
            self.table().most_similar(np.ones(3))
        with self.assertRaisesRegex(wb.Error, "without a direction"):
            self.table().most_similar(np.zeros(2))
        with self.assertRaisesRegex(wb.Error, "k must be"):
            self.table().most_similar("sea", 0)
        with self.assertRaisesRegex(wb.Error, "(?s)can't open the file.*none.txt.gz"):
            wb.load(self.folder / "none.txt.gz")
        for name in ("a.bin", "a.zzz"):
            with self.assertRaisesRegex(wb.Error, "(?s)unknown format.*binary.*got.*text8"):
                self.table().save(self.folder / name, format="text8")
            self.assertFalse((self.folder / name).exists())

    def test_wrong_types_are_told(self):
        table = self.table()
        for wrong, text in (
            (lambda: table[0], "indexed by words, not by int"),
            (lambda: table.similarity("sea", table["sea"]), "two words, not ndarray"),
            (lambda: table.most_similar(table["sea"], negative=["sea"]), "not float32"),
            (lambda: table.most_similar("sea", 2.0), "float"),
            (lambda: wb.compare([table, table], similarity="x.tsv"), "by name"),
        ):
            with self.assertRaisesRegex(TypeError, text):
                wrong()

    def test_a_sum_of_words_may_subtract_none(self):
        table = self.table()
        self.assertEqual(table.most_similar(["sea"], negative=[]), table.most_similar("sea"))
        self.assertEqual(table.most_similar("sea", np.int64(2)), table.most_similar("sea", 2))
        self.assertEqual(len(table.most_similar("sea", 10**20)), len(WORDS) - 1)

    def test_is_pickled_and_copied(self):
        table = self.table()
        for again in (pickle.loads(pickle.dumps(table)), copy.deepcopy(table)):
            self.assertEqual(list(again.words), WORDS)
            np.testing.assert_array_equal(again.vectors, VECTORS)
            self.assertEqual(again.origin, table.origin)

    def test_a_thousand_loads_leave_nothing_behind(self):
        rng = np.random.default_rng(1)
        wb.Table([f"w{i}" for i in range(1000)], rng.standard_normal((1000, 50))).save(self.folder / "a.wbv")
        wb.Table([f"w{i}" for i in range(1000)], rng.standard_normal((1000, 50))).save(self.folder / "a.bin")

        def load(times):
            for _ in range(times):
                for name in ("a.wbv", "a.bin"):
                    table = wb.load(self.folder / name)
                    table.vectors[3].sum()
                    table.most_similar("w1", 3)

        load(100)
        before = pages_in_memory()
        load(500)
        # 500 tables in memory would be 24,000 pages.
        self.assertLess(pages_in_memory() - before, 2000)

    def test_threads_search_at_the_same_time(self):
        rng = np.random.default_rng(1)
        table = wb.Table([f"w{i}" for i in range(2000)], rng.standard_normal((2000, 30)))
        alone = [table.most_similar(f"w{i}", 3) for i in range(50)]
        found = [None] * 4

        def search(thread):
            found[thread] = [table.most_similar(f"w{i}", 3) for i in range(50)]

        threads = [threading.Thread(target=search, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, [alone] * 4)

    def test_threads_may_be_the_first_to_search(self):
        wb.Table(WORDS, VECTORS).save(self.folder / "a.txt")
        script = (
            "import sys, threading, wordbridge as wb\n"
            "start, found = threading.Barrier(8), []\n"
            "def search():\n"
            "    start.wait()\n"
            "    found.append(wb.load(sys.argv[1]).most_similar(['sea', 'fire'], 3))\n"
            "threads = [threading.Thread(target=search) for _ in range(8)]\n"
            "[thread.start() for thread in threads], [thread.join() for thread in threads]\n"
            "print(len(found), found == found[:1] * 8)\n"
        )
        command = [sys.executable, "-c", script, str(self.folder / "a.txt")]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(result.stdout, "8 True\n", result.stderr)

    def test_the_number_of_threads_changes_during_searches(self):
        table = self.table()
        ended, found = threading.Event(), []

        def search():
            while not ended.is_set():
                found.append(table.most_similar("sea", 1)[0][0])

        thread = threading.Thread(target=search)
        thread.start()
        for i in range(100):
            wb.set_threads(1 + i % 3)
        ended.set()
        thread.join()
        wb.set_threads(0)
        self.assertEqual(set(found), {"water"})

    def test_works_in_a_forked_process(self):
        wb.set_threads(2)
        rng = np.random.default_rng(1)
        table = wb.Table([f"w{i}" for i in range(20000)], rng.standard_normal((20000, 30)))
        alone = table.most_similar("w1", 3)
        shared["table"] = table
        with multiprocessing.get_context("fork").Pool(2) as pool:
            self.assertEqual(pool.map(search_shared_table, ["w1"] * 4), [alone] * 4)

    @unittest.skipUnless(
        __import__("importlib.util").util.find_spec("gensim"), "needs gensim (Debian: python3-gensim)"
    )
    def test_exchanges_tables_with_gensim(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of gensim itself
            vectors = self.table().to_gensim()
        self.assertEqual(vectors.index_to_key, WORDS)
        self.assertAlmostEqual(float(vectors.similarity("sea", "water")), 0.8, places=6)
        again = wb.Table.from_gensim(vectors)
        self.assertEqual(list(again.words), WORDS)
        self.assertTrue(np.shares_memory(again.vectors, vectors.vectors))


if __name__ == "__main__":
    unittest.main()
