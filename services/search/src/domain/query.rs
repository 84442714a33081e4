//! What a search asks for.

use kernel::PageSize;
use search_core::{Filters, Sort};

/// A search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest {
    /// What was typed.
    pub text: String,
    /// What a result must have.
    pub filters: Filters,
    /// The order of results.
    pub sort: Sort,
    /// Results per page.
    pub size: PageSize,
    /// Where the page before ended.
    pub cursor: Option<String>,
}
