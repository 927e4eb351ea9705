"""The whole measurement, on a few photographs."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.services import NewCredential
from bench import accuracy
from bench.accuracy import ask, run, write_pairs
from bench.evaluation import make
from bench.evaluation.folder import Folder, FolderQuery, IndexedPicture
from bench.evaluation.make import Amounts
from bench.matchers import default_cut, hashes
from bench.matchers.hashes import NearestPdq
from bench.matchers.lookalike import LocalLookalike
from bench.matchers.over_http import RemoteLookalike
from bench.metrics import Threshold, measured
from bench.tables import MatcherRun
from tests.photos import photo

EASY = ("jpeg_30", "to_400_px")
PAIRS_HEAD = ["matcher", "query", "item", "is_right", "score", "transform", "family"]
PLUGIN = '''
class ByName:
    """Finds the item whose name is in the name of the query."""

    name = "by name"
    default_threshold = 1.0
    concurrency = 2

    def add(self, items):
        self.ids = [item_id for item_id, _ in items]

    def query(self, path):
        return [(each, float(path.endswith(f"-{each}.jpg"))) for each in self.ids]
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an evaluation folder of two originals, one other item and two scenes."""
    images, out = tmp_path_factory.mktemp("images"), tmp_path_factory.mktemp("folder")
    rows = [("id", "file", "role", "kind")]
    names = {"astronaut": "base", "coffee": "base", "rocket": "distractor"}
    for name, role in {**names, "chelsea": "reserve", "coins": "reserve"}.items():
        photo(name).save(images / f"{name}.jpg", quality=92)
        rows.append((name, f"{name}.jpg", role, "photo"))
    with (images / "manifest.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    make.make(images, out, Amounts(per=2, hard=0, unmatched=0, only=(*EASY, "crop_35")))
    return out


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_all_matchers_are_measured_side_by_side(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plugin, figures, wrong = tmp_path / "plugin.py", tmp_path / "out.json", tmp_path / "wrong.csv"
    plugin.write_text(PLUGIN)
    options = ["--plugin", f"{plugin}:ByName", "--json", str(figures), "--wrong", str(wrong)]
    monkeypatch.setattr(sys, "argv", ["accuracy", str(folder), *options])
    accuracy.main()
    printed = capsys.readouterr().out
    assert "D  by name" in printed
    assert "6 queries x 3 items = 18 comparisons" in printed
    recall = {run["matcher"]: run["recall"]["default"] for run in json.loads(figures.read_text())}
    assert len(recall) == 4
    for name, by_edit in recall.items():
        assert [by_edit[edit] for edit in EASY] == [1, 1], name
    assert recall["imagehash.phash, 10 of 64 bits"]["crop_35"] == 0
    assert recall["by name"]["crop_35"] == 1
    assert wrong.read_text().startswith("matcher,score,query,transform,source,item,role,family\n")


@pytest.mark.django_db(transaction=True)
def test_answers_come_in_the_order_of_the_queries_however_they_are_asked(folder: Path) -> None:
    read = Folder.read(folder)
    matcher = LocalLookalike()
    matcher.add([(item.id, str(read.path / item.file)) for item in read.items])
    by_processes = ask(matcher, read.path, read.queries)
    assert by_processes == [matcher.query(str(read.path / each.file)) for each in read.queries]


def test_pdq_is_the_same_with_and_without_the_library_up_to_a_few_bits(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pdqhash")
    path = str(folder / "items" / "astronaut.jpg")
    library = NearestPdq().hash_of(path)
    monkeypatch.setattr(hashes, "pdqhash", None)
    ours = NearestPdq().hash_of(path)
    assert library is not None
    assert ours is not None
    assert int.from_bytes((library ^ ours).tobytes()).bit_count() <= 6


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_running_server_finds_what_the_same_code_finds_in_process(
    folder: Path, live_server: LiveServer, credential: NewCredential
) -> None:
    read = Folder.read(folder)
    remote = run(RemoteLookalike(live_server.url, credential.token), read)
    local = run(LocalLookalike(), read)
    assert remote.measurement.recall == local.measurement.recall
    assert remote.measurement.judged.right == local.measurement.judged.right
    assert remote.measurement.macro(Threshold.DEFAULT) >= 2 / 3


@pytest.mark.django_db(transaction=True)
def test_a_matcher_says_from_which_score_on_it_matches() -> None:
    assert default_cut(LocalLookalike()) == 0.5
    assert -32 < default_cut(NearestPdq()) < -31


def test_pairs_of_two_runs_can_be_compared_line_by_line(tmp_path: Path) -> None:
    items = (IndexedPicture("a", "a.png", "base", "k"), IndexedPicture("b", "b.png", "base", "k"))
    queries = tuple(
        FolderQuery(f"{name}.png", "crop", "g", "a", "a", "k", "receipt") for name in ("one", "two")
    )
    answers = [[("a", 0.7), ("b", 0.21)], [("b", 0.2)]]
    found = measured(Folder(Path(), items, queries, frozenset()), answers, 0.5)
    write_pairs(tmp_path / "pairs.csv", [MatcherRun("m", found, 1, 1)])
    with (tmp_path / "pairs.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        PAIRS_HEAD,
        ["m", "one.png", "a", "1", "0.7000", "crop", "receipt"],
        ["m", "one.png", "b", "0", "0.2100", "crop", "receipt"],
        ["m", "two.png", "a", "1", "", "crop", "receipt"],
    ]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--matchers", "phash,dhash"], "no such matcher: dhash"),
        (["--matchers", "", "--plugin", "nowhere.py:A"], "give a plug-in as FILE"),
        (["--matchers", "", "--plugin", f"{__file__}:Nothing"], "has no class Nothing"),
    ],
)
def test_wrong_arguments_are_answered_with_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], sentence: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["accuracy", str(folder), *options])
    with pytest.raises(SystemExit, match=sentence):
        accuracy.main()
