//! The refusals that many paths have in common, for the document.

use std::collections::BTreeMap;

use common::problem::MEDIA_TYPE;
use utoipa::IntoResponses;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

type Responses = BTreeMap<String, RefOr<Response>>;

fn problems(list: &[(&str, &str)]) -> Responses {
    let response = |text: &str| {
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("Problem")))
            .build();
        ResponseBuilder::new()
            .description(text)
            .content(MEDIA_TYPE, content)
            .build()
    };
    list.iter()
        .map(|(status, text)| ((*status).to_owned(), response(text).into()))
        .collect()
}

const UNAUTHORIZED: (&str, &str) = ("401", "`token_missing`, `token_invalid`, `token_expired`");
const FORBIDDEN: (&str, &str) = ("403", "`forbidden`, `permission_missing` {permission}");
const MISSING: (&str, &str) = ("404", "`not_found`: missing, or not the caller's");

/// Staff read something.
pub(super) enum StaffRead {}

impl IntoResponses for StaffRead {
    fn responses() -> Responses {
        problems(&[UNAUTHORIZED, FORBIDDEN, MISSING])
    }
}

/// Staff list something.
pub(super) enum StaffList {}

impl IntoResponses for StaffList {
    fn responses() -> Responses {
        problems(&[
            ("400", "`invalid_query` {parameter}, `invalid_cursor`"),
            UNAUTHORIZED,
            FORBIDDEN,
        ])
    }
}

/// Staff change something.
pub(super) enum StaffWrite {}

impl IntoResponses for StaffWrite {
    fn responses() -> Responses {
        problems(&[
            (
                "400",
                "`malformed_json`, `if_match_invalid`, `idempotency_key_missing`, `idempotency_key_invalid`",
            ),
            UNAUTHORIZED,
            FORBIDDEN,
            MISSING,
            (
                "412",
                "`version_mismatch` {version}: the order has changed since it was read",
            ),
            (
                "422",
                "`validation_failed` {errors}, `idempotency_key_reused`",
            ),
            ("428", "`if_match_missing`"),
        ])
    }
}

/// A shopper changes something.
pub(super) enum ShopWrite {}

impl IntoResponses for ShopWrite {
    fn responses() -> Responses {
        problems(&[
            (
                "400",
                "`malformed_json`, `idempotency_key_missing`, `idempotency_key_invalid`",
            ),
            UNAUTHORIZED,
            MISSING,
            (
                "412",
                "`version_mismatch` {version}, where `If-Match` was sent",
            ),
            (
                "422",
                "`validation_failed` {errors}, `idempotency_key_reused`",
            ),
        ])
    }
}
