"""Sharing the work and notes on pages: who sees what, what a form does, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from audit.persistence.queries import teamwork as queries
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Note, Person
from audit.usecases import teamwork
from tests.building import AT, an_assessment, fill, small_set, submit
from tests.web.line.conftest import Draft
from tests.web.strict import StrictVisitor

NOTE = "Who still has the signed mandate of last spring?"


def _shares(desk: Sessions) -> dict[str, int]:
    with desk.reading() as session:
        return {name: one.id for name, one in queries.shares_of(session, an_assessment(session).id).items()}


def _given(desk: Sessions, draft: Draft, *criteria: str) -> None:
    with desk.writing() as session:
        teamwork.share_out(
            session,
            an_assessment(session),
            small_set(),
            dict.fromkeys(criteria, draft.contributor.public_id),
            actor=draft.manager,
            at=AT,
        )


def test_a_manager_gives_a_theme_and_single_criteria(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    page = manager.get(f"{draft.round}/share").text
    assert "The whole theme goes to" in page and page.count("<select") >= 10
    answer = manager.send(
        f"{draft.round}/share",
        {"seen": "", "theme-ACC": draft.contributor.public_id, "of-GOV-01": draft.manager.public_id},
        follow_redirects=True,
    )
    assert answer.status_code == 200 and "one letter" in answer.text
    shares = _shares(desk)
    assert shares["GOV-01"] == draft.manager.id
    assert {name for name, keeper in shares.items() if keeper == draft.contributor.id} == {
        one.id for one in small_set().of_theme("ACC")
    }
    manager.send(f"{draft.round}/share", {"seen": f"GOV-01={draft.manager.public_id}", "theme-GOV": "nobody"})
    assert "GOV-01" not in _shares(desk)


def test_what_another_manager_chose_meanwhile_is_not_undone(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    _given(desk, draft, "ACC-01")
    manager.send(f"{draft.round}/share", {"seen": "", "of-ACC-01": "", "of-GOV-01": draft.contributor.public_id})
    assert _shares(desk) == {"ACC-01": draft.contributor.id, "GOV-01": draft.contributor.id}


def test_a_stranger_cannot_be_chosen_and_the_rest_stays_as_it_was_typed(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    answer = manager.send(
        f"{draft.round}/share",
        {"seen": "", "of-GOV-01": draft.stranger.public_id, "of-ACC-01": draft.contributor.public_id},
    )
    assert answer.status_code == 422 and "Choose one of the people of your line" in answer.text
    assert f'value="{draft.contributor.public_id}" dir="auto" selected' in answer.text
    assert _shares(desk) == {}


def test_a_contributor_reads_who_takes_care_of_what(desk: Sessions, draft: Draft, contributor: StrictVisitor) -> None:
    _given(desk, draft, "GOV-01")
    page = contributor.get(f"{draft.round}/share").text
    assert "<select" not in page and draft.contributor.name in page
    assert contributor.send(f"{draft.round}/share", {"seen": ""}).status_code == 403


def test_ones_own_part_is_one_click_away_and_in_the_address(
    desk: Sessions, draft: Draft, contributor: StrictVisitor, manager: StrictVisitor
) -> None:
    assert "in your care" not in contributor.get(f"{draft.round}/GOV").text
    _given(desk, draft, "GOV-01", "ACC-01")
    page = contributor.get(f"{draft.round}/GOV").text
    assert "Show only the 2 criteria in your care" in page and "In your care" in page and 'id="GOV-02"' in page
    own = contributor.get(f"{draft.round}/GOV?mine=1").text
    assert 'id="GOV-01"' in own and 'id="GOV-02"' not in own
    assert f"{draft.round}/ACC?mine=1" in own and f"{draft.round}/HND" not in own
    empty = contributor.get(f"{draft.round}/HND?mine=1").text
    assert "Nothing in this theme is in your care" in empty
    missing = contributor.get(f"{draft.round}/missing?mine=1").text
    assert "GOV-01" in missing and "GOV-02" not in missing and "Show everything" in missing
    home = contributor.get(draft.home).text
    assert "2 criteria are in your care." in home and "2 still need something." in home
    others = manager.get(f"{draft.round}/GOV").text
    assert f"<bdi>{draft.contributor.name}</bdi> takes care of this" in others
    assert "are in your care" not in manager.get(draft.home).text


def test_after_submission_nothing_is_shared_out(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    with desk.writing() as session:
        assessment = an_assessment(session)
        fill(session, assessment)
        submit(session, assessment)
    assert "<select" not in manager.get(f"{draft.round}/share").text
    answer = manager.send(f"{draft.round}/share", {"seen": "", "of-GOV-01": draft.contributor.public_id})
    assert answer.status_code == 409


# Notes ------------------------------------------------------------------------------------------------------


def test_a_note_is_written_at_the_card_and_read_by_the_line(
    desk: Sessions, draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    answer = manager.send(
        f"{draft.criterion('GOV-01')}/notes",
        {"text": NOTE, "mentioned": draft.contributor.public_id, "at": "card"},
    )
    assert answer.status_code == 303 and answer.location.endswith("/GOV?open=GOV-01#GOV-01-notes")
    for reader in (manager, contributor):
        page = reader.get(f"{draft.round}/GOV?open=GOV-01").text
        assert NOTE in page and "for <bdi>Contributor Austria</bdi>" in page
        assert NOTE in reader.get(f"{draft.criterion('GOV-01')}/notes").text
    assert "Take back" not in contributor.get(f"{draft.criterion('GOV-01')}/notes").text
    with desk.reading() as session:
        note = session.scalars(select(Note.public_id)).one()
    path = f"{draft.criterion('GOV-01')}/notes/{note}/taken-back"
    assert contributor.send(path).status_code == 403
    gone = manager.send(path, follow_redirects=True)
    assert gone.status_code == 200 and NOTE not in gone.text and "took a note back" in gone.text


def test_an_empty_note_is_refused_and_a_long_one_kept(draft: Draft, manager: StrictVisitor) -> None:
    path = f"{draft.criterion('GOV-01')}/notes"
    empty = manager.send(path, {"text": "  ", "mentioned": draft.contributor.public_id})
    assert empty.status_code == 422 and "Write a few words first" in empty.text and "checked" in empty.text
    long = manager.send(path, {"text": "word " * 500})
    assert long.status_code == 422 and "word word word" in long.text
    stranger = manager.send(path, {"text": NOTE, "mentioned": draft.stranger.public_id})
    assert stranger.status_code == 422 and NOTE in stranger.text


def test_what_looks_like_a_person_is_pointed_out_and_kept(draft: Draft, manager: StrictVisitor) -> None:
    answer = manager.send(
        f"{draft.criterion('GOV-01')}/notes",
        {"text": "Ask under +43 660 123 45 67."},
        follow_redirects=True,
    )
    assert "Please look once more" in answer.text and answer.text.count("+43 660 123 45 67") >= 2


def test_what_is_written_in_a_note_stays_text(draft: Draft, manager: StrictVisitor) -> None:
    manager.send(f"{draft.criterion('GOV-01')}/notes", {"text": "<script>alert(1)</script> @everyone"})
    page = manager.get(f"{draft.criterion('GOV-01')}/notes").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; @everyone" in page


@pytest.mark.parametrize("path", ["/GOV", "/missing", "/share", "/criteria/GOV-01/notes"])
def test_more_notes_and_shares_need_no_more_statements(
    desk: Sessions, draft: Draft, manager: StrictVisitor, counted: Callable[[], Any], path: str
) -> None:
    def statements() -> int:
        with counted() as found:
            assert manager.get(f"{draft.round}{path}").status_code == 200
        return len(found)

    manager.get(f"{draft.round}{path}")
    before = statements()
    _given(desk, draft, "GOV-01", "GOV-02", "ACC-01")
    with desk.writing() as session:
        for number in range(12):
            teamwork.write_note(
                session,
                an_assessment(session),
                small_set(),
                "GOV-01",
                f"Note {number}",
                mentioned=[draft.contributor.public_id],
                actor=draft.manager,
                at=AT,
            )
    assert statements() == before


def test_the_letter_of_a_share_leads_to_ones_own_part(draft: Draft, signed_in: Callable[[Person], Any]) -> None:
    from audit.domain.letters import LINKS, LetterKind

    path = LINKS[LetterKind.DELEGATED].format(line_id=draft.line, assessment_id=draft.assessment)
    assert signed_in(draft.contributor).get(path).status_code == 200
    path = LINKS[LetterKind.MENTIONED].format(line_id=draft.line, assessment_id=draft.assessment, criterion="GOV-01")
    assert signed_in(draft.contributor).get(path).status_code == 200
