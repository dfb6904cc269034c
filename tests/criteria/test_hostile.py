"""Hostile and careless files: each is refused in under a second, with a place, and never with a traceback."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.criteria_files import CriteriaMistakes, parse, read
from audit.domain.criteria import CriteriaSet

SMALL = (Path(__file__).parent / "small" / "set.yaml").read_text(encoding="utf-8")
TIME_LIMIT = 1.0  # seconds of this process

ALIAS_BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGE_BOMB = "a: &a {k: v}\n" + "".join(
    f"{b}: &{b} {{<<: [*{a}, *{a}]}}\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)

HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "only a comment": b"# nothing\n",
    "only null": b"null\n",
    "a single word": b"criteria\n",
    "a list": b"- a\n- b\n",
    "alias bomb": ALIAS_BOMB.encode(),
    "merge bomb": MERGE_BOMB.encode(),
    "an alias to itself": b"a: &a [*a]\n",
    "sexagesimal flood": b"a: " + b"1:59:59" * 500 + b"\n",
    "sexagesimal lines": b"a:\n" + b"  - 1:59:59\n" * 19_000,
    "brackets in one line": b"[" * 20_000,
    "brackets in short lines": b"[\n" * 15_000,
    "braces": b"{a: " * 900 + b"\n",
    "nested questions": b"? " * 1_500,
    "nested dashes": b"- " * 1_500,
    "deep by indentation": "\n".join(" " * i + "a:" for i in range(300)).encode(),
    "many keys": b"".join(b"k%d: v\n" % i for i in range(19_000)),
    "one key many times": b"format: 1\n" * 19_000,
    "many unknown keys in a criterion": b"criteria:\n  - id: x\n"
    + b"".join(b"    asks%d: v\n" % i for i in range(5_900)),
    "many empty criteria": b"format: 1\ncriteria:\n" + b"  - {}\n" * 11_900,
    "many unknown references": b"format: 1\nindices:\n  a:\n    title: x\n    criteria:\n"
    + b"    - nothing-of-this-name\n" * 11_900,
    "many unknown themes": b"criteria:\n" + b"  - {id: a, theme: some-theme-or-other}\n" * 2_300,
    "flow of commas": b"[" + b"a," * 1_900 + b"]\n",
    "one very long line": b"a: " + b"x" * 900_000,
    "one very long quoted text": b'a: "' + b"\\n\\\n" * 15_000 + b'"',
    "one very long block": b"a: >\n" + b"  words and words and words and words and words\n" * 19_000,
    "a flood of comments": b"# comment\n" * 100_000,
    "a flood of blank lines": b"\n" * 900_000,
    "too large": b"a: b\n" * 250_000,
    "larger than memory likes": b" " * (1024 * 1024 + 1),
    "NUL": b"format: 1\0\n",
    "not UTF-8": b"format: 1\nset: \xff\xfe\n",
    "UTF-16": "format: 1\n".encode("utf-16"),
    "an overlong encoding": b"a: \xc0\xaf\n",
    "surrogate halves": b"a: \xed\xa0\x80\n",
    "control characters": b"a: \x1b[2J\n",
    "escaped NUL": b'set: {title: "a\\0b"}\n',
    "escaped surrogate": b'set: {title: "a\\ud800b"}\n',
    "escape beyond Unicode": b'set: {title: "\\UFFFFFFFF"}\n',
    "line separator": "a: b\u2028c: d\n".encode(),
    "byte order mark inside": "a: b\n\ufeffc: d\n".encode(),
    "tabs for indentation": b"set:\n\tid: x\n",
    "a Python object": b"a: !!python/object/apply:os.system [echo]\n",
    "a local tag": b"a: !thing b\n",
    "a verbatim tag": b"a: !<tag:example.org,2026:x> b\n",
    "a binary tag": b"a: !!binary aGVsbG8=\n",
    "a directive": b"%YAML 1.1\n---\nformat: 1\n",
    "a tag directive": b"%TAG ! tag:example.org,2026:\n---\nformat: 1\n",
    "an unknown YAML version": b"%YAML 9.9\n---\nformat: 1\n",
    "two documents": b"format: 1\n---\nformat: 1\n",
    "a thousand documents": b"---\na\n" * 1_000,
    "an unclosed bracket": b"a: [b\n",
    "an unclosed quote": b'a: "b\n',
    "a stray colon": b"a: b: c\n",
    "a list as a key": b"? [a, b]\n: c\n",
    "a mapping as a key": b"? {a: b}\n: c\n",
    "a number without end": b"format: " + b"9" * 3_000 + b"\n",
    "an exponent without end": b"format: 1e999999999\n",
    "infinity": b"format: .inf\n",
    "not a number": b"format: .nan\n",
    "an HTML page": b"<!DOCTYPE html>\n<html><body>Not found</body></html>\n",
    "JSON of another thing": b'{"a": [1, 2, {"b": null}]}\n',
    "a ZIP": b"PK\x03\x04\x14\x00\x00\x00\x08\x00",
    "percent signs": b'"%(key)s%n%%": "%s%d"\n',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_quickly_with_a_place(name: str) -> None:
    spent = []
    while not spent or (min(spent) >= TIME_LIMIT and len(spent) < 3):  # a busy machine may be slow once
        begun = time.process_time()
        with pytest.raises(CriteriaMistakes) as caught:
            parse(HOSTILE[name], "set.yaml")
        spent.append(time.process_time() - begun)
    assert min(spent) < TIME_LIMIT, f"{min(spent):.2f} s"
    assert 0 < len(caught.value.mistakes) <= 501
    for mistake in caught.value.mistakes:
        assert mistake.line >= 1
        assert mistake.column >= 1
        assert mistake.message
        assert "\n" not in str(mistake)
        assert len(str(mistake)) < 1000
        str(mistake).encode()  # can be printed


def test_a_file_that_never_ends_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "set.yaml"
    with file.open("wb") as stream:
        stream.truncate(50 * 1024**3)  # sparse: 50 GiB of nothing
    with pytest.raises(CriteriaMistakes):
        read(file)


def _read_or_refused(data: bytes) -> None:
    try:
        assert isinstance(parse(data, "set.yaml"), CriteriaSet)
    except CriteriaMistakes as refusal:
        assert all(m.line >= 1 and m.column >= 1 and m.message for m in refusal.mistakes)


@given(st.text(alphabet=st.sampled_from("abn019:-?,[]{}&*!|>'\"%@`#\n \t~.<=\\/é\u2028\x85\0"), max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    _read_or_refused(text.encode())


@given(st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    _read_or_refused(data)


@given(
    at=st.integers(0, len(SMALL) - 1),
    length=st.integers(0, 12),
    instead=st.text(alphabet=st.sampled_from("ab019:-?,[]{}&*!|>'\"#\n ~.<no yes"), max_size=8),
)
@settings(max_examples=150, deadline=None)
def test_a_good_file_with_a_slip_is_read_or_refused(at: int, length: int, instead: str) -> None:
    _read_or_refused((SMALL[:at] + instead + SMALL[at + length :]).encode())
