//! Pages of objects, newest first.

use serde_json::Value;

use crate::{
    error::ApiError,
    form::Params,
    model,
    state::{Row, Table},
};

/// What kind of objects a page holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind<'a> {
    pub(super) url: &'a str,
    /// The name in "No such …".
    pub(super) name: &'static str,
}

/// One page; takes `limit`, `created`, `starting_after` and `ending_before` and refuses other
/// parameters. `wanted` selects, `view` shows.
pub(super) fn page<T: Row>(
    table: &Table<T>,
    kind: Kind<'_>,
    mut params: Params,
    wanted: impl Fn(&T) -> bool,
    view: impl Fn(&T) -> Value,
) -> Result<Value, ApiError> {
    let limit = params.integer("limit")?.unwrap_or(10);
    let limit = usize::try_from(limit)
        .ok()
        .filter(|limit| (1..=100).contains(limit));
    let limit = limit.ok_or_else(|| {
        ApiError::invalid("Invalid integer: limit must be between 1 and 100").param("limit")
    })?;
    let created = Created::read(&mut params)?;
    let older_than = place(table, kind, &mut params, "starting_after")?;
    let newer_than = place(table, kind, &mut params, "ending_before")?;
    if older_than.is_some() && newer_than.is_some() {
        return Err(ApiError::invalid(
            "You can not set both starting_after and ending_before.",
        ));
    }
    params.finish()?;
    let fits = |row: &&T| created.contains(row.created()) && wanted(row);
    let rows = table.rows();
    let mut found: Vec<&T> = if let Some(place) = newer_than {
        rows[place + 1..]
            .iter()
            .filter(fits)
            .take(limit + 1)
            .collect()
    } else {
        let end = older_than.unwrap_or(rows.len());
        rows[..end]
            .iter()
            .rev()
            .filter(fits)
            .take(limit + 1)
            .collect()
    };
    let has_more = found.len() > limit;
    found.truncate(limit);
    if newer_than.is_some() {
        found.reverse();
    }
    let data: Vec<Value> = found.into_iter().map(view).collect();
    Ok(model::list(kind.url, &data, has_more))
}

fn place<T: Row>(
    table: &Table<T>,
    kind: Kind<'_>,
    params: &mut Params,
    name: &str,
) -> Result<Option<usize>, ApiError> {
    let Some(id) = params.text(name)? else {
        return Ok(None);
    };
    let place = table.place(&id).ok_or_else(|| {
        let status = http::StatusCode::BAD_REQUEST;
        ApiError::missing(kind.name, &id, name).with_status(status)
    })?;
    Ok(Some(place))
}

/// A range of times: `created=…` or `created[gte]=…` and its like.
struct Created {
    from: i64,
    to: i64,
}

impl Created {
    fn read(params: &mut Params) -> Result<Self, ApiError> {
        let mut range = Self {
            from: i64::MIN,
            to: i64::MAX,
        };
        if params.is_text("created") {
            let exactly = params.integer("created")?.unwrap_or_default();
            return Ok(Self {
                from: exactly,
                to: exactly,
            });
        }
        let Some(mut bounds) = params.object("created")? else {
            return Ok(range);
        };
        for (name, step) in [("gt", 1), ("gte", 0)] {
            if let Some(bound) = bounds.integer(name)? {
                range.from = range.from.max(bound.saturating_add(step));
            }
        }
        for (name, step) in [("lt", 1), ("lte", 0)] {
            if let Some(bound) = bounds.integer(name)? {
                range.to = range.to.min(bound.saturating_sub(step));
            }
        }
        bounds.finish()?;
        Ok(range)
    }

    fn contains(&self, time: i64) -> bool {
        (self.from..=self.to).contains(&time)
    }
}
