#!/usr/bin/python3
"""Checks whether gensim and wordbridge compute the same scores for the same vectors.

    wordbridge data fetch all --to DATA               # or --from a local mirror
    bench/evaluation/agreement.py DATA VECTORS... [--tsv FILE] [--tolerance 1e-4] [--keep FOLDER]

Requires Debian's python3-gensim and a release build of wordbridge. For each file of VECTORS (word2vec text or
binary, GloVe, fastText), prints the scores on all similarity and analogy benchmarks in DATA and the number of
items used. The exit status is 1 if a correlation differs by more than the tolerance, or if the number of
correct answers in a section differs. Both programs use gensim's defaults: case-insensitive lookup, and answers
among the first 300,000 words.
"""
import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import warnings

from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_vectors

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ANSWERS = 300000
COLUMNS = ["vectors", "set", "score", "gensim", "wordbridge", "difference", "used by gensim", "used by wordbridge",
           "total", "agree"]


def load(path):
    """Loads a vector file with the gensim function for its format."""
    with open(path, "rb") as file:
        start = file.read(4096)
    first, _, rest = start.partition(b"\n")
    if b"\0" in first:
        return load_facebook_vectors(str(path))
    if len(first.split()) != 2:
        return KeyedVectors.load_word2vec_format(str(path), binary=False, no_header=True)
    try:
        [float(value) for value in rest.partition(b"\n")[0].split()[1:3]]
        binary = False
    except ValueError:
        binary = True
    return KeyedVectors.load_word2vec_format(str(path), binary=binary, unicode_errors="replace")


def by_gensim(path, pairs, questions):
    """Returns {(set, score): (value, used)}, without the scores that gensim does not compute."""
    vectors, scores = load(path), {}
    for file in pairs:
        total = sum(1 for line in file.open()) - 1  # without the header
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about undefined correlations
                pearson, spearman, unknown = vectors.evaluate_word_pairs(
                    str(file), delimiter="\t", restrict_vocab=len(vectors), case_insensitive=True)
        except ValueError:  # fewer than two pairs
            continue
        used = round(total * (1 - unknown / 100))
        scores[file.stem, "spearman"] = (float(spearman[0]), used)
        scores[file.stem, "pearson"] = (float(pearson[0]), used)
    for file in questions:
        _, sections = vectors.evaluate_word_analogies(str(file), restrict_vocab=ANSWERS, case_insensitive=True)
        for section in sections:
            right, wrong = len(section["correct"]), len(section["incorrect"])
            name = "all" if section["section"] == "Total accuracy" else section["section"]
            scores[file.stem, name] = (right, right + wrong)
    return scores


def kept_by_gensim(path, pairs, questions, folder):
    """The same as by_gensim(), cached in the folder: cached scores are used if they are newer than the vectors."""
    if folder is None:
        return by_gensim(path, pairs, questions)
    file = folder / f"{path.name}.json"
    if not file.exists() or file.stat().st_mtime < path.stat().st_mtime:
        scores = by_gensim(path, pairs, questions)
        file.write_text(json.dumps([[*key, *value] for key, value in scores.items()]))
    return {(benchmark, score): (value, used) for benchmark, score, value, used in json.loads(file.read_text())}


def by_wordbridge(program, path, pairs, questions):
    """Returns {(set, score): (value, used, total)}."""
    command = [str(program), "eval", str(path), "--case", "insensitive", "--analogy-vocabulary", str(ANSWERS),
               "--analogy-as-gensim", "--resamples", "0"]
    command += [word for file in pairs for word in ("--similarity", str(file))]
    command += [word for file in questions for word in ("--analogy", str(file))]
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "scores.json"
        subprocess.run(command + ["--json", str(file)], check=True, stdout=subprocess.DEVNULL)
        results = json.loads(file.read_text())[str(path)]["scores"]
    scores = {}
    for result in results:
        if result["task"] == "similarity":
            for score in ("spearman", "pearson"):
                scores[result["name"], score] = (result[score], result["used"], result["total"])
        elif result["task"] == "analogy":
            for section in result["sections"] + [dict(result, name="all")]:
                scores[result["name"], section["name"]] = (section["correct_add"], section["used"], section["total"])
    return scores


def is_undefined(value):
    return value is None or math.isnan(value)


def compare(name, theirs, ours, tolerance):
    """Rows of the table; all values are strings."""
    rows = []
    for (benchmark, score), (value, used, total) in ours.items():
        peer, peer_used = theirs.get((benchmark, score), (None, 0))
        is_count = score not in ("spearman", "pearson")
        if is_undefined(value) or is_undefined(peer):
            difference, agree = "", is_undefined(value) and is_undefined(peer)
            if is_count:  # gensim omits sections without questions
                agree = not value and not peer
        else:
            gap = abs(value - peer)
            difference = str(gap) if is_count else f"{gap:.1e}"
            agree = used == peer_used and gap <= (0 if is_count else tolerance)
        text = str if is_count else (lambda number: "nan" if is_undefined(number) else f"{number:.6f}")
        rows.append([name, benchmark, score, text(0 if is_count and peer is None else peer), text(value), difference,
                     str(peer_used), str(used), str(total), "yes" if agree else "NO"])
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=pathlib.Path, help="folder of fetched datasets")
    parser.add_argument("vectors", type=pathlib.Path, nargs="+")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/bin/wordbridge")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--keep", type=pathlib.Path, help="folder in which gensim's scores are cached")
    parser.add_argument("--tsv", type=pathlib.Path, help="also write the table to this file")
    a = parser.parse_args()
    pairs, questions = [], []
    for folder in sorted(a.data.iterdir()):
        facts = folder / "dataset.json"
        kind = json.loads(facts.read_text())["kind"] if facts.exists() else ""
        if kind == "similarity":
            pairs.append(folder / f"{folder.name}.tsv")
        elif kind == "analogy":
            questions.append(folder / f"{folder.name}.txt")
    lines, disagreements = ["\t".join(COLUMNS)], 0
    print(lines[0])
    for path in a.vectors:
        ours = by_wordbridge(a.program, path, pairs, questions)
        for row in compare(path.name, kept_by_gensim(path, pairs, questions, a.keep), ours, a.tolerance):
            disagreements += row[-1] == "NO"
            lines.append("\t".join(row))
            print(lines[-1], flush=True)
    if a.tsv:
        a.tsv.write_text("\n".join(lines) + "\n")
    print(f"{disagreements} of {len(lines) - 1} scores differ", file=sys.stderr)
    return 1 if disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
