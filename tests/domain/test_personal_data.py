"""Signs of personal data: found where they are, and not where an honest answer speaks of how a line works."""

from __future__ import annotations

import pytest

from audit.domain.personal_data import Kind, signs

FOUND = [
    ("Write to maria.sample@mail.example at once.", Kind.EMAIL, "maria.sample@mail.example"),
    ("The reporter gave +43 660 123 45 67 as number.", Kind.PHONE, "+43 660 123 45 67"),
    ("Call 0660 123 45 67 after six.", Kind.PHONE, "0660 123 45 67"),
    ("She was born on 12 March 2014 in the south.", Kind.BIRTH, "born on 12 March 2014"),
    ("Geburtsdatum: 03.04.2012", Kind.BIRTH, "Geburtsdatum: 03.04.2012"),
    ("née le 3/4/2012 à Lyon", Kind.BIRTH, "née le 3/4/2012"),
    ("Suspect with passport no. X1234567.", Kind.IDENTITY_NUMBER, "passport no. X1234567"),
    ("BSN 123456782 was in the report", Kind.IDENTITY_NUMBER, "BSN 123456782"),
    ("We helped Anna, aged 12, and her mother.", Kind.AGE_AND_NAME, "Anna, aged 12"),
    ("The report on Luka Sample (aged 9) came by phone.", Kind.AGE_AND_NAME, "Luka Sample (aged 9)"),
    ("A girl called Mila wrote to us.", Kind.AGE_AND_NAME, "girl called Mila"),
    ("Seen at https://host.example/a/b/picture.jpg yesterday", Kind.REPORTED_ADDRESS, "https://host.example/a/b/picture.jpg"),
    ("The profile instagram.com/someone.there was blocked", Kind.REPORTED_ADDRESS, "instagram.com/someone.there"),
    ("It was on t.me/groupname and removed.", Kind.REPORTED_ADDRESS, "t.me/groupname"),
    ("hxxp://bad.example/path", Kind.REPORTED_ADDRESS, "hxxp://bad.example/path"),
]  # fmt: skip

HONEST = [
    "",
    "Two analysts share the inbox; six reports waited over a holiday.",
    "In 2025 we received 1,204 reports, 1 180 of them within 24 hours (98.0%).",
    "The mandate of 12 March 2024 names us; it was renewed on 2025-03-12 until 2027-03-11.",
    "Open from Monday to Friday, 9:00-17:00, on 116 111 and on 0800 123 456 free of charge.",
    "Reports reach us at report@line.example and info@line.example.",
    "Our form stands on https://line.example/en/report and in eleven languages.",
    "Training on 3.4.2025, 5.6.2025 and 7.8.2025 with 12 people, aged 25 to 60.",
    "We work with children aged 12 to 17 in schools.",
    "Section 4.2.1 of the handbook, version 2.0, ISO 27001:2022, pages 10-12.",
    "IND-01 stands at 118 of 120; GOV-01 and HND-02 follow the policy of 2024-2026.",
    "Staff in Vienna, 3 people, and in Graz, 2 people, share the on-call list.",
    "In Austria, 12 months pass between two audits.",
    "Funding of 120 000 000 a year is fixed until 31.12.2027.",
    "We follow facebook.com pages of hotels and speak of instagram.com in trainings.",
    "Our ID badges are numbered; an identity card is asked for at the door.",
    "نعمل مع الشرطة منذ عام 2019 ولدينا 12 موظفا.",
    "เรามีเจ้าหน้าที่ 5 คน และทำงานตั้งแต่ปี 2562",
    "Nous avons 2 analystes depuis 2023, joignables 7 jours sur 7.",
    "Unsere Leitlinie vom 01.02.2024 gilt bis 31.01.2026; 47 Kriterien, 8 Themen.",
    "Answered within 00:30 to 02:00 hours; the median is 4.5.",
]


@pytest.mark.parametrize(("text", "kind", "passage"), FOUND)
def test_a_sign_is_found_with_its_kind_and_place(text: str, kind: Kind, passage: str) -> None:
    found = signs(text)
    assert [(one.kind, one.text) for one in found] == [(kind, passage)]
    assert text[found[0].at :].startswith(passage)


@pytest.mark.parametrize("text", HONEST)
def test_honest_answers_are_left_in_peace(text: str) -> None:
    assert signs(text) == ()


def test_several_signs_come_in_the_order_of_the_text() -> None:
    found = signs("Call 0660 123 45 67 or write to maria@mail.example.")
    assert [one.kind for one in found] == [Kind.PHONE, Kind.EMAIL]


@pytest.mark.parametrize("text", ["0" * 6000, "+1 " * 2000, "a@" * 3000, "Anna " * 1200, "born " * 1200, "1.1." * 1500])
def test_odd_texts_end(text: str) -> None:
    signs(text)
