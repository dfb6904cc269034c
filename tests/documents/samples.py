"""Facts of invented lines, for the tests of the print shop."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from audit.domain.certification import AssessedTheme, CertificateFacts, CriteriaSetReference, IssuingBody

ISSUER = IssuingBody(
    name="Sample Network of Reporting Lines",
    address="1 Sample Street, 1000 Sample Town",
    website="https://network.example",
    signatory="Chair of the certification committee",
    place="Sample Town",
)
CRITERIA_SET = CriteriaSetReference(
    id="sectt-lines",
    version="0.1.0",
    status="draft",
    title="Quality criteria for reporting lines",
    hash="5f" * 32,
    published=date(2026, 2, 1),
)
THEMES = (
    AssessedTheme(id="GOV", title="Mandate, governance and independence", criteria=5),
    AssessedTheme(id="ACC", title="Access and reach", criteria=6),
    AssessedTheme(id="INT", title="Intake and the reporter’s experience", criteria=7),
    AssessedTheme(id="HND", title="Assessment, urgency and case tracking", criteria=7),
    AssessedTheme(id="REF", title="Referral and cooperation", criteria=5),
    AssessedTheme(id="DAT", title="Data protection, confidentiality and security", criteria=7),
    AssessedTheme(id="PPL", title="People: vetting, competence, welfare", criteria=5),
    AssessedTheme(id="LRN", title="Accountability, statistics and learning", criteria=5),
)
AUSTRIA = CertificateFacts(
    serial="PL-2026-AT-0042-2",
    verification_code="74JC-WPM5-JHHQ",
    revision=1,
    supersedes=None,
    line_name="Sample line Austria",
    line_name_latin="",
    country="AT",
    operator="Sample Association Austria",
    operator_address="1 Example Lane, 1010 Sample Town",
    scope="Taking, assessing and passing on reports from the public, in German and English",
    channels="Web form, telephone, e-mail",
    web_address="https://report.example/at",
    level="certified",
    level_title="Certified",
    level_wording="Meets the core criteria",
    decided_on=date(2026, 9, 15),
    valid_from=date(2026, 10, 1),
    valid_until=date(2029, 9, 30),
    first_certified_on=date(2023, 10, 1),
    conditions=0,
    conditions_due_on=None,
    criteria_set=CRITERIA_SET,
    themes=THEMES,
    core_criteria=23,
    reviewers=2,
    cycle_name="2026",
    verification_url="https://plumbline.example/c/74JC-WPM5-JHHQ",
    issuing_body=ISSUER,
    language="en",
    sample=True,
    snapshot_hash="9d41c07e" * 8,
    decision_reference="6c1d0a5f",
    journal_checkpoint="3f2a9c0177be04d1" * 4,
)
THAILAND = replace(
    AUSTRIA,
    serial="PL-2026-TH-0057-0",
    line_name="สายด่วนแห่งชาติเพื่อรับแจ้งเหตุต้องสงสัยการแสวงหาประโยชน์ทางเพศจากเด็กในการเดินทางและการท่องเที่ยว ตัวอย่าง",
    line_name_latin="Sample National Reporting Line for the Protection of Children in Travel and Tourism of Thailand",
    country="TH",
    operator="Sample Foundation for the Protection of Children and Young Travellers (มูลนิธิตัวอย่าง)",
    operator_address="1 Sample Road, Sample District, Bangkok 10200",
    scope="Taking, assessing and passing on reports from the public about places in Thailand and residents of Thailand "
    "abroad, in Thai and English",
    channels="Web form, telephone, messaging account of the line",
    web_address="https://report.example/th",
    level="conditional",
    level_title="Conditional",
    level_wording="Meets the stopper criteria; conditions are due by a stated date",
    decided_on=date(2026, 9, 11),
    valid_from=date(2026, 9, 15),
    valid_until=date(2027, 3, 14),
    first_certified_on=date(2026, 9, 15),
    conditions=2,
    conditions_due_on=date(2027, 3, 14),
)
_WORDS = (
    "Sample National Reporting Line for Reports of Suspected Exploitation of Children in Travel, Transport and Tourism "
)
LONGEST = replace(
    THAILAND,
    line_name=("خط الإبلاغ الوطني النموذجي عن الاشتباه في الاستغلال الجنسي للأطفال في السفر والسياحة " * 3)[
        :160
    ].strip(),
    line_name_latin=(_WORDS * 2)[:160].strip(),
    operator=("Sample Foundation for the Protection of Children and of Young Travellers in All Provinces " * 2)[:160],
    operator_address=("Sample Building, 1234 Sample Boulevard of the Republic, Sample District, " * 4)[:240],
    scope=("Taking, assessing and passing on reports from the public, from hotels and from transport, " * 3)[:240],
    channels=("Web form, telephone, short message, messaging account, letter, walk-in desk, partner’s app, " * 3)[:240],
    web_address=("https://report.example/national/reporting-line/children/travel-and-tourism/" * 3)[:200],
    supersedes="PL-2026-TH-0057-0",
    revision=12,
    issuing_body=replace(
        ISSUER,
        name=("Sample Network of National Reporting Lines for the Protection of Children in Tourism " * 2)[:160],
        address=("1 Sample Street of the Sample Quarter, 1000 Sample Town, Sample Country, " * 4)[:240],
        signatory=("Chair of the certification committee of the sample network of reporting lines " * 2)[:160],
    ),
)
