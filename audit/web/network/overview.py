"""The overview of the network: where every line of a cycle stands, and what waits for the coordinator."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, render_template, request

from audit.domain.errors import N_
from audit.domain.permissions import Permission
from audit.domain.workflow import State
from audit.persistence.queries import evidence, network, reports
from audit.persistence.tables import Audience, Cycle
from audit.usecases import reports as report_desk
from audit.web import visit
from audit.web.guards import requires
from audit.web.network.blueprint import blueprint, cycle_of
from audit.web.replies import said, see
from audit.web.transaction import session

# The stages of the audit as the tally counts them, each with the states that belong to it and its shade.
STAGES = (
    (N_("Self-assessment"), "q3", (State.DRAFT, State.RETURNED)),
    (N_("To be checked for completeness"), "warn", (State.SUBMITTED,)),
    (N_("Under review"), "q4", (State.IN_REVIEW, State.RECONCILIATION, State.FACTUAL_CHECK)),
    (N_("Waiting for the decision"), "warn", (State.AWAITING_DECISION,)),
    (N_("Decided"), "accent", (State.DECIDED,)),
    (N_("Withdrawn"), "", (State.WITHDRAWN,)),
)
SORTS = ("line", "state", "answered", "level", "overall", "findings", "due_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    title: str  # a message id
    shade: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many lines wait for the coordinator, by what has to be done."""

    completeness: int
    reviewers: int
    decisions: int
    late: int
    asks_time: int

    @property
    def nothing(self) -> bool:
        return not (self.completeness or self.reviewers or self.decisions or self.asks_time)


@blueprint.get("")
@requires(Permission.SEE_NETWORK)
def overview() -> str:
    """The latest cycle; without one, the way to open the first."""
    cycle = network.latest_cycle(session())
    if cycle is None:
        return render_template("network/no_cycle.html", lines=network.lines(session()))
    return _page(cycle)


@blueprint.get("/cycles/<cycle>")
@requires(Permission.SEE_NETWORK, load=cycle_of)
def cycle(cycle: Cycle) -> str:
    return _page(cycle)


def _page(cycle: Cycle) -> str:
    filters, sort = _filters(), _sort()
    shown = network.overview(session(), cycle.id, filters, sort, today=visit.today())
    everything = (
        shown if shown.total == len(shown.lines) else network.overview(session(), cycle.id, today=visit.today())
    )
    criteria_set = visit.criteria_set(cycle.criteria_set_hash)
    return render_template(
        "network/overview.html",
        cycle=cycle,
        cycles=network.cycles(session()),
        shown=shown,
        stages=_stages(shown),
        waiting=_waiting(cycle, everything),
        countries=sorted({line.line.country for line in everything.lines}, key=visit.reading().country),
        filters=filters,
        sort=sort,
        criteria_set=criteria_set,
        criteria=len(criteria_set.criteria),
        reports=reports.of_cycle(session(), cycle),
        purges=evidence.purges_waiting(session()),
    )


def _filters() -> network.Filters:
    """What the address asks for; a value that means nothing here filters nothing."""
    state = request.args.get("state", "")
    return network.Filters(
        search=request.args.get("search", "").strip()[:80],
        country=request.args.get("country", "")[:2].upper(),
        state=State(state) if state in set(State) else None,
        level=request.args.get("level", "")[:40],
        late=request.args.get("late") == "1",
        asks_time=request.args.get("asks") == "time",
    )


def _sort() -> str:
    sort = request.args.get("sort", "line")
    return sort if sort.removeprefix("-") in SORTS else "line"


def _stages(shown: network.Overview) -> list[Stage]:
    counted = [
        Stage(title=title, shade=shade, count=sum(shown.states.get(state, 0) for state in states))
        for title, shade, states in STAGES
    ]
    return [stage for stage in counted if stage.count or stage.shade != ""]


def _waiting(cycle: Cycle, everything: network.Overview) -> Waiting:
    lines = everything.lines
    return Waiting(
        completeness=sum(line.assessment.state is State.SUBMITTED for line in lines),
        reviewers=sum(line.assessment.state is State.IN_REVIEW and line.reviewers < cycle.reviewers for line in lines),
        decisions=sum(line.assessment.state is State.AWAITING_DECISION for line in lines),
        late=sum(line.is_late for line in lines),
        asks_time=sum(line.asks_until is not None for line in lines),
    )


@blueprint.post("/cycles/<cycle>/reports")
@requires(Permission.REQUEST_REPORT, load=cycle_of)
def want_report(cycle: Cycle) -> Response:
    """Ask for the comparison report as things stand; a worker makes it within minutes."""
    report_desk.want_report(
        session(),
        cycle,
        audience=Audience.COORDINATOR,
        occasion=f"asked {visit.today().isoformat()}",
        actor=visit.actor(),
        at=visit.now(),
        language=visit.reading().code,
    )
    message = N_("The report is being made. It stands here as soon as it is ready, usually within a minute.")
    return see("cycle", said(message), cycle=cycle.public_id, anchor="reports")
