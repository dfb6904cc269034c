"""People and their ways in: the network's set-up, appointments, scopes, sign-in, one-time links."""

from audit.usecases.accounts.feeds import count_wrong_feed, feed_hash, make_feed, revoke_feed
from audit.usecases.accounts.handing_over import hand_over, hand_over_by_letter, stay
from audit.usecases.accounts.joining import join
from audit.usecases.accounts.links import (
    TokenPurpose,
    known_token,
    mint_token,
    request_reset,
    reset_password,
)
from audit.usecases.accounts.people import (
    change_network,
    close_tour,
    create_first_administrator,
    create_network,
    disable,
    enable,
    end_appointment,
    first_administrator_link,
    invite,
    open_scope,
    set_issuing_body,
    set_keeps_drafts,
    set_language,
)
from audit.usecases.accounts.sign_in import (
    change_password,
    end_other_sessions,
    keep_alive,
    person_of_token,
    sign_in,
    sign_out,
)

__all__ = [
    "TokenPurpose",
    "change_network",
    "change_password",
    "close_tour",
    "count_wrong_feed",
    "create_first_administrator",
    "create_network",
    "disable",
    "enable",
    "end_appointment",
    "end_other_sessions",
    "feed_hash",
    "first_administrator_link",
    "hand_over",
    "hand_over_by_letter",
    "invite",
    "join",
    "keep_alive",
    "known_token",
    "make_feed",
    "mint_token",
    "open_scope",
    "person_of_token",
    "request_reset",
    "reset_password",
    "revoke_feed",
    "set_issuing_body",
    "set_keeps_drafts",
    "set_language",
    "sign_in",
    "sign_out",
    "stay",
]
