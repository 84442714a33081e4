//! `?limit=` and `?cursor=` of lists.

use kernel::PageSize;
use serde::Deserialize;

use super::query::refuse;
use crate::problem::Problem;

/// The query of a list without filters. Lists with filters have fields `limit` and `cursor` of the
/// same types and call [`page`].
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// Items per page, 1 to 100. 24 if not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// The size of the page and the cursor. 400 `invalid_query` if the size is out of range.
    pub fn page(&self) -> Result<(PageSize, Option<&str>), Problem> {
        page(self.limit, self.cursor.as_deref())
    }
}

/// The size of the page and the cursor. 400 `invalid_query` if the size is out of range.
/// An empty cursor is none.
pub fn page(limit: Option<i64>, cursor: Option<&str>) -> Result<(PageSize, Option<&str>), Problem> {
    let size = limit
        .map_or(Ok(PageSize::DEFAULT), PageSize::new)
        .map_err(|error| refuse("limit", &error.to_string()))?;
    Ok((size, cursor.filter(|cursor| !cursor.is_empty())))
}

impl From<kernel::InvalidCursor> for Problem {
    fn from(_: kernel::InvalidCursor) -> Self {
        Self::invalid_cursor()
    }
}
