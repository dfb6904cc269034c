"""`./dev bench`, or some of it: `./dev bench pages savers imports weights`. Exits 1 when a row is over its limit."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from bench.timing import Row

PARTS = ("imports", "pages", "savers", "weights")
RESULTS = Path(__file__).parent / "results.json"


def said(row: Row) -> str:
    limit = f"{'≥' if row.at_least else '≤'} {row.limit:g}"
    return f"{'' if row.holds else 'OVER':5}{row.name:52}{row.figure:9.3g} {row.unit:3}{limit:8}{row.beside}"


def main(parts: tuple[str, ...]) -> int:
    rows: list[Row] = []
    for part in parts or PARTS:
        if part not in PARTS:
            print(f"There is no part {part!r}: {', '.join(PARTS)}.", file=sys.stderr)
            return 2
        for row in import_module(f"bench.{part}").rows():
            print(said(row), flush=True)
            rows.append(row)
    found = [{**asdict(row), "holds": row.holds} for row in rows]
    machine = {"python": platform.python_version(), "system": platform.system(), "kernel": platform.release()}
    RESULTS.write_text(json.dumps({"machine": machine, "rows": found}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return int(not all(row.holds for row in rows))


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:])))
