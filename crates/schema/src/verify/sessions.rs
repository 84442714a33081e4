//! Sessions: one live token, none after the end, no child without a used parent.

use super::{Against, Invariant, When};

pub(super) const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "I28",
        name: "one_live_refresh_token",
        rule: "A session has at most one refresh token that is neither used nor expired.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('session %s has %s live tokens', session_id, count(*)) from auth.refresh_token
               where used_at is null and expires_at > now() group by session_id having count(*) > 1",
    },
    Invariant {
        id: "I29",
        name: "no_token_outlives_its_session",
        rule: "Nothing is issued for a session that was revoked.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('session %s was revoked at %s, a token issued at %s', s.session_id, s.revoked_at, t.issued_at)
                from auth.session s join auth.refresh_token t using (session_id) where t.issued_at > s.revoked_at + interval '30 seconds'",
    },
    Invariant {
        id: "I30",
        name: "children_have_used_parents",
        rule: "A token that replaced another one belongs to the same session, and the other one is used.",
        when: When::Always,
        against: Against::Database,
        sql: "select format('token of session %s', c.session_id) from auth.refresh_token c join auth.refresh_token p on p.token_hash = c.parent_hash
               where p.session_id <> c.session_id or p.used_at is null",
    },
];
