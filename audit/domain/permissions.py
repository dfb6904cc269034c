"""Who may do what: one table from permission to the relations that carry it; what is not listed is refused.

A role is always held *in* something. Reception asks the archive for a person's relations to one object
(persistence.queries.access) and this module whether one of them carries the permission. No right follows the screen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a person can be appointed to; each appointment names the network, a line, or a scope it holds in."""

    MANAGER = "manager"
    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Relation(StrEnum):
    """How a person stands to one object right now, computed from present rows at each request."""

    SIGNED_IN = "signed_in"
    MANAGER = "manager"  # of the line the object belongs to
    CONTRIBUTOR = "contributor"  # of that line
    REVIEWER = "reviewer"  # assigned to this self-assessment, no conflict, review still open or done
    COORDINATOR = "coordinator"  # of the network, with no tie to the line
    TIED_COORDINATOR = "tied_coordinator"  # of the network, but with a tie to the line (member now or in two years)
    REVIEWING_COORDINATOR = "reviewing_coordinator"  # of the network, but reviewed this self-assessment
    AUDITOR = "auditor"  # the object lies within a scope that is open now
    EVIDENCE_AUDITOR = "evidence_auditor"  # the same, and the scope includes evidence
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    # account
    SEE_OWN_ACCOUNT = "see_own_account"
    CHANGE_OWN_ACCOUNT = "change_own_account"
    # the line
    SEE_LINE = "see_line"
    SEE_ASSESSMENT = "see_assessment"
    ANSWER = "answer"
    ORDER_COPY = "order_copy"  # of the self-assessment, on paper
    SUBMIT = "submit"
    CONFIRM_FACTS = "confirm_facts"
    WITHDRAW = "withdraw"
    ASK_TIME = "ask_time"
    PRACTISE = "practise"  # begin, empty and leave a practice self-assessment that counts nowhere
    SEE_EVIDENCE = "see_evidence"
    ADD_EVIDENCE = "add_evidence"
    DOWNLOAD_EVIDENCE = "download_evidence"
    LOCK_EVIDENCE = "lock_evidence"
    ASK_PURGE = "ask_purge"  # that the bytes of a locked file go for good
    PURGE_EVIDENCE = "purge_evidence"  # confirm it, never one's own asking
    INVITE_TO_LINE = "invite_to_line"  # colleagues, by a manager
    SHARE_WORK = "share_work"  # say who of the line takes care of which criterion
    SEE_NOTES = "see_notes"  # the line's own notes beside its answers, nobody else's to read
    WRITE_NOTE = "write_note"
    HAND_OVER_LINE = "hand_over_line"  # leave as a manager, with somebody to follow
    CHANGE_LINE_PROFILE = "change_line_profile"  # the facts that criteria ask of a line
    MAKE_CALENDAR_FEED = "make_calendar_feed"  # an address for one's own calendar
    SEE_RESULT = "see_result"  # decision, result sheet, certificate of the line
    # review
    SEE_OWN_REVIEWS = "see_own_reviews"
    REVIEW = "review"  # declare, judge, complete
    RECONCILE = "reconcile"
    # network
    SEE_NETWORK = "see_network"
    OPEN_CYCLE = "open_cycle"
    CLOSE_CYCLE = "close_cycle"
    GIVE_TIME = "give_time"
    WITHDRAW_FOR_LINE = "withdraw_for_line"  # a line that cannot, or no longer answers, so that the cycle can close
    CHECK_COMPLETENESS = "check_completeness"
    ASSIGN_REVIEWER = "assign_reviewer"
    SEE_REVIEWS = "see_reviews"
    DECIDE = "decide"
    CHANGE_CERTIFICATE_STATUS = "change_certificate_status"
    SEE_COMPARISON = "see_comparison"
    REQUEST_REPORT = "request_report"
    CHANGE_NETWORK = "change_network"
    INVITE = "invite"
    # auditing
    SEE_SCOPE = "see_scope"
    DOWNLOAD_DOCUMENT = "download_document"
    # administration
    ADMINISTER = "administer"


_LINE = frozenset({Relation.MANAGER, Relation.CONTRIBUTOR})
_NETWORK = frozenset({Relation.COORDINATOR, Relation.TIED_COORDINATOR, Relation.REVIEWING_COORDINATOR})
_FREE = frozenset({Relation.COORDINATOR})
_REVIEWER = frozenset({Relation.REVIEWER})

TABLE: Mapping[Permission, frozenset[Relation]] = {
    Permission.SEE_OWN_ACCOUNT: frozenset({Relation.SIGNED_IN}),
    Permission.CHANGE_OWN_ACCOUNT: frozenset({Relation.SIGNED_IN}),
    Permission.SEE_LINE: _LINE,
    Permission.SEE_ASSESSMENT: _LINE,
    Permission.ANSWER: _LINE,
    Permission.ORDER_COPY: _LINE,
    Permission.SUBMIT: frozenset({Relation.MANAGER}),
    Permission.CONFIRM_FACTS: frozenset({Relation.MANAGER}),
    Permission.WITHDRAW: frozenset({Relation.MANAGER}),
    Permission.ASK_TIME: frozenset({Relation.MANAGER}),
    Permission.PRACTISE: _LINE,
    Permission.SEE_EVIDENCE: _LINE,
    Permission.ADD_EVIDENCE: _LINE,
    Permission.DOWNLOAD_EVIDENCE: _LINE | _REVIEWER | _FREE | frozenset({Relation.EVIDENCE_AUDITOR}),
    Permission.LOCK_EVIDENCE: _LINE | _REVIEWER | _NETWORK | frozenset({Relation.EVIDENCE_AUDITOR}),
    Permission.ASK_PURGE: frozenset({Relation.MANAGER}) | _FREE,
    Permission.PURGE_EVIDENCE: _FREE,
    Permission.INVITE_TO_LINE: frozenset({Relation.MANAGER}),
    Permission.SHARE_WORK: frozenset({Relation.MANAGER}),
    Permission.SEE_NOTES: _LINE,
    Permission.WRITE_NOTE: _LINE,
    Permission.HAND_OVER_LINE: frozenset({Relation.MANAGER}),
    Permission.CHANGE_LINE_PROFILE: frozenset({Relation.MANAGER}),
    Permission.MAKE_CALENDAR_FEED: _LINE,
    Permission.SEE_RESULT: _LINE | _FREE | frozenset({Relation.REVIEWING_COORDINATOR}),
    Permission.SEE_OWN_REVIEWS: frozenset({Relation.SIGNED_IN}),
    Permission.REVIEW: _REVIEWER,
    Permission.RECONCILE: _REVIEWER,
    Permission.SEE_NETWORK: _NETWORK,
    Permission.OPEN_CYCLE: _NETWORK,
    Permission.CLOSE_CYCLE: _NETWORK,
    Permission.GIVE_TIME: _FREE,
    Permission.WITHDRAW_FOR_LINE: _FREE,
    Permission.CHECK_COMPLETENESS: _FREE,
    Permission.ASSIGN_REVIEWER: _FREE,
    Permission.SEE_REVIEWS: _FREE,
    Permission.DECIDE: _FREE,
    Permission.CHANGE_CERTIFICATE_STATUS: _FREE,
    Permission.SEE_COMPARISON: _NETWORK,
    Permission.REQUEST_REPORT: _NETWORK,
    Permission.CHANGE_NETWORK: _NETWORK,
    Permission.INVITE: _NETWORK,
    Permission.SEE_SCOPE: frozenset({Relation.AUDITOR}),
    Permission.DOWNLOAD_DOCUMENT: _LINE | _FREE | frozenset({Relation.REVIEWING_COORDINATOR, Relation.AUDITOR}),
    Permission.ADMINISTER: frozenset({Relation.ADMINISTRATOR}),
}

# Permissions that only read: no state-changing method may stand behind one of these (security.md 0.1, rule 1).
READS = frozenset(
    {
        Permission.SEE_OWN_ACCOUNT,
        Permission.SEE_LINE,
        Permission.SEE_ASSESSMENT,
        Permission.SEE_EVIDENCE,
        Permission.SEE_NOTES,
        Permission.DOWNLOAD_EVIDENCE,
        Permission.SEE_RESULT,
        Permission.SEE_OWN_REVIEWS,
        Permission.SEE_NETWORK,
        Permission.SEE_REVIEWS,
        Permission.SEE_COMPARISON,
        Permission.SEE_SCOPE,
        Permission.DOWNLOAD_DOCUMENT,
    }
)

# Who may know that an object exists: anyone with one of these relations gets "not allowed", everyone else "not found".
MAY_KNOW = frozenset(Relation) - {Relation.SIGNED_IN, Relation.ADMINISTRATOR}


def allows(permission: Permission, relations: Collection[Relation]) -> bool:
    """True when one of the relations carries the permission."""
    return not TABLE[permission].isdisjoint(relations)


def may_know(relations: Collection[Relation]) -> bool:
    return not MAY_KNOW.isdisjoint(relations)
