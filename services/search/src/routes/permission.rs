//! What staff may do with search.

common::permissions! {
    /// Reads what shoppers search for, and previews rankings.
    pub(crate) SearchRead = contract_auth::permission::SEARCH_READ;
    /// Changes synonyms and search rules.
    pub(crate) SearchWrite = contract_auth::permission::SEARCH_WRITE;
}
