"""Lines and cycles: who is asked, with which criteria, by when; more time, and practice that counts nowhere."""

from audit.usecases.cycles.lines import (
    INSTRUCTION_LIMIT,
    NAME_LIMIT,
    TEXT_LIMIT,
    change_line,
    create_line,
    instruct_on_wrong_files,
)
from audit.usecases.cycles.more_time import LONGEST_REASON, ask_time, decline_time, give_time
from audit.usecases.cycles.opening import CLOSE_OF_CYCLE, close_cycle, open_cycle, plan_cycle
from audit.usecases.cycles.practice import empty_practice, leave_practice, start_practice

__all__ = [
    "CLOSE_OF_CYCLE",
    "INSTRUCTION_LIMIT",
    "LONGEST_REASON",
    "NAME_LIMIT",
    "TEXT_LIMIT",
    "ask_time",
    "change_line",
    "close_cycle",
    "create_line",
    "decline_time",
    "empty_practice",
    "give_time",
    "instruct_on_wrong_files",
    "leave_practice",
    "open_cycle",
    "plan_cycle",
    "start_practice",
]
