# SPDX-License-Identifier: AGPL-3.0-or-later
"""Collections of a given size, the same bytes each time; made once below build/bench."""
import random
from pathlib import Path

from support.wire import load, open_path, vector_file

FOLDER = Path(__file__).parents[1] / "build/bench"
WORDS = [a + b + c for a in "b br d k l m pl s st t".split() for b in "a e i o u".split() for c in "n r s t x".split()]


def collection(cards, reviews_each=10, words_each=6):
    """The path of a file with so many cards, as many notes, and reviews."""
    path = FOLDER / f"{cards}-{reviews_each}-{words_each}.anki2"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".new")
        unfinished.write_bytes(vector_file(load("base_collection.json")["file_gz_b64"]))
        fill(open_path(unfinished), cards, reviews_each, words_each)
        unfinished.rename(path)
    return path


def fill(database, cards, reviews_each, words_each):
    chance = random.Random(cards)
    database.execute("pragma journal_mode=delete")
    database.execute("begin")
    database.executemany("insert into notes values (?,?,1000,1,1,'',?,?,?,0,'')", (
        (i, f"g{i}", f"front {i}\x1f{' '.join(chance.choices(WORDS, k=words_each))}", f"front {i}", i)
        for i in range(1, cards + 1)))
    database.executemany("insert into cards values (?,?,1,0,1,1,2,2,5,3,2500,1,0,0,0,0,0,'{}')",
                         ((i, i) for i in range(1, cards + 1)))
    database.executemany("insert into revlog values (?,?,1,3,1,1,2500,5000,1)",
                         ((i, i % cards + 1) for i in range(1, cards * reviews_each + 1)))
    database.execute("commit")
    database.close()


def counts(path):
    """As the sanity check has them: due counts, cards, notes, reviews, graves, notetypes, decks, presets."""
    database = open_path(path)
    numbers = [database.execute(f"select count(*) from {table}").fetchone()[0]
               for table in ("cards", "notes", "revlog", "graves", "notetypes", "decks", "deck_config")]
    database.close()
    return [[0, 0, 0], *numbers]
