//! Shipping, as staff change it.

pub mod methods;
pub mod zones;

use axum::response::Response;
use common::audit::Entry;
use common::extract::{CurrentUser, RequestMeta};
use common::{Problem, etag};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;

use crate::domain::shipping::Contradiction;
use crate::error::Error;
use crate::state::{AUDIT, AppState};

const PRIVATE: &str = "private, no-store";

fn coherent(contradiction: Option<Contradiction>) -> Result<(), Error> {
    match contradiction {
        None => Ok(()),
        Some((pointer, detail)) => {
            Err(Problem::invalid_field(pointer, "contradiction", detail).into())
        }
    }
}

/// The code stands in the path and in the body.
fn same_code(path: &str, body: &str) -> Result<(), Error> {
    if path == body {
        return Ok(());
    }
    Err(Problem::invalid_field("/code", "contradiction", "is not the one in the path").into())
}

async fn audit(
    conn: &mut PgConnection,
    state: &AppState,
    (staff, meta): (&CurrentUser, &RequestMeta),
    action: &str,
    code: &str,
    change: (Option<Value>, Option<Value>),
) -> Result<(), Error> {
    let object = action.split('.').next().unwrap_or(action);
    let mut entry = Entry::new(staff, action, object, code)
        .at(state.now())
        .request(meta);
    if let Some(before) = change.0 {
        entry = entry.before(before);
    }
    if let Some(after) = change.1 {
        entry = entry.after(after);
    }
    AUDIT.append(conn, &entry).await?;
    Ok(())
}

fn answer<T: Serialize>(status: StatusCode, version: i64, value: &T) -> Response {
    let mut response = etag::versioned(&HeaderMap::new(), version, PRIVATE, value);
    *response.status_mut() = status;
    response
}
