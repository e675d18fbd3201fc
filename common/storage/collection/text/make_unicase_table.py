#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes unicase_table.inc from the golden folding in tests/vectors/unicase.json.

Usage: make_unicase_table.py, from anywhere in a clone. The folding is frozen (collections are
indexed by it), so this has run once and is here to show where the table comes from.
"""
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parents[3] / "tests" / "vectors" / "unicase.json"


def main():
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    runs = sorted(vectors["folding_runs"])
    assert all(a[1] < b[0] for a, b in zip(runs, runs[1:])), "a binary search needs disjoint runs"
    longer = sorted(vectors["folding_multi"])
    lines = [
        "// SPDX-License-Identifier: AGPL-3.0-or-later",
        "// Written by make_unicase_table.py: Unicode 12.1 case folding as the reference has it.",
        "// clang-format off",
        f"constexpr std::array<FoldingRun, {len(runs)}> kFoldingRuns{{{{"
        "  // first, last, step, delta",
        *columns([f"{hexed(a)}, {hexed(b)}, {step}, {d}" for a, b, step, d in runs]),
        "}};",
        f"constexpr std::array<LongFolding, {len(longer)}> kLongFoldings{{{{  // from, to",
        *columns([f"{hexed(c)}, {{{', '.join(map(hexed, to))}}}" for c, to in longer]),
        "}};",
        "// clang-format on",
    ]
    (HERE / "unicase_table.inc").write_text("\n".join(lines) + "\n", encoding="utf-8")


def hexed(code_point):
    return f"0x{code_point:04X}"


def columns(cells):
    cells = [f"{{{cell}}}," for cell in cells]
    return ["    " + " ".join(cells[i : i + 3]) for i in range(0, len(cells), 3)]


if __name__ == "__main__":
    main()
