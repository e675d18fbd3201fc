# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words for large collections: Debian's word lists, and for scripts without a list words put together of its letters."""
import itertools
from pathlib import Path

LISTS = ["american-english", "ngerman", "french", "bulgarian", "ukrainian"]  # packages wamerican, wngerman, …
LETTERS = {
    "greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώΐΰ",
    "hebrew": "אבגדהוזחטיכךלמםנןסעפףצץקרשת",
    "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءآؤئ",
    "devanagari": "कखगघचछजझटठडढतथदधनपफबभमयरलवशसहािीुूेैो्ं",
    "thai": "กขคงจชซญดตถทนบปผฝพฟมยรลวศสหอฮะาิีึืุูเแโใไ่้๊๋",
    "hiragana": "あいうえおかきくけこさしすせそたちつてとなにぬねのがぎぐげござじずぜぞぱぴぷぺぽ",
    "katakana": "アイウエオカキクケコサシスセソタチツテトナニヌネノガギグゲゴｱｲｳｴｵ",
    "kanji": "日月火水木金土山川田人口車門雨学校生先本大小中上下左右男女子空気花草虫犬魚鳥食飲見聞話読書𠮷𡈽",
    "hangul": "가나다라마바사아자차카타파하한글말씀공부",
    "emoji": "😀🎉🐈🍎👩🏽‍🚀🏳️‍🌈➡️①②½",
}


def words(count):
    """[(language, word), …]: the same at every call, languages in turn, most of it from the lists."""
    sources = [from_list(name, count // 6) for name in LISTS]
    sources += [made_up(language, letters, count // 50) for language, letters in LETTERS.items()]
    mixed = [pair for pairs in itertools.zip_longest(*sources) for pair in pairs if pair]
    assert len(mixed) >= count, f"only {len(mixed)} words"
    return mixed[:count]


def from_list(name, count):
    lines = (Path("/usr/share/dict") / name).read_text().splitlines()
    return [(name, word) for word in lines[::len(lines) // count]]


def made_up(language, letters, count):
    size = len(letters)
    return [(language, letters[n % size] + letters[n // size % size] + letters[n * 7 % size] + letters[n * n % size])
            for n in range(count)]
