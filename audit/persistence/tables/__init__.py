"""The tables, one module per noun; importing this package maps them all."""

from audit.persistence.tables.assessments import (
    AnswerHistory,
    AnswerRow,
    EvidenceItem,
    EvidenceLink,
    SelfAssessment,
    Submission,
    answer_values,
)
from audit.persistence.tables.base import Base, new_public_id, random_bytes, seeded
from audit.persistence.tables.certificates import (
    Audience,
    Certificate,
    CertificateEvent,
    Decision,
    Document,
    DocumentKind,
)
from audit.persistence.tables.network import (
    Cycle,
    CycleKind,
    FrozenCriteriaSet,
    IssuingBodyEntry,
    Network,
    ReportingLine,
)
from audit.persistence.tables.people import (
    Appointment,
    Attempt,
    OneTimeToken,
    Person,
    Scope,
    ScopeLine,
    SignInSession,
)
from audit.persistence.tables.reviews import (
    ConfirmedAnswer,
    CriterionVerdict,
    EvidenceVerdictRow,
    FindingRow,
    Review,
    Settled,
)
from audit.persistence.tables.work import DuePeriod, JournalEntry, Letter, PeriodState

__all__ = [
    "AnswerHistory",
    "AnswerRow",
    "Appointment",
    "Attempt",
    "Audience",
    "Base",
    "Certificate",
    "CertificateEvent",
    "ConfirmedAnswer",
    "CriterionVerdict",
    "Cycle",
    "CycleKind",
    "Decision",
    "Document",
    "DocumentKind",
    "DuePeriod",
    "EvidenceItem",
    "EvidenceLink",
    "EvidenceVerdictRow",
    "FindingRow",
    "FrozenCriteriaSet",
    "IssuingBodyEntry",
    "JournalEntry",
    "Letter",
    "Network",
    "OneTimeToken",
    "PeriodState",
    "Person",
    "ReportingLine",
    "Review",
    "Scope",
    "ScopeLine",
    "SelfAssessment",
    "Settled",
    "SignInSession",
    "Submission",
    "answer_values",
    "new_public_id",
    "random_bytes",
    "seeded",
]
