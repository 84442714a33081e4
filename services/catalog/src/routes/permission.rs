//! What staff may do here.

common::permissions! {
    /// Reads products that shoppers do not see, and stock.
    pub(crate) CatalogRead = contract_auth::permission::CATALOG_READ;
    /// Makes and changes products, prices and attributes.
    pub(crate) CatalogWrite = contract_auth::permission::CATALOG_WRITE;
    /// Changes stock, with a reason.
    pub(crate) StockAdjust = contract_auth::permission::STOCK_ADJUST;
    /// Changes tax zones and rates.
    pub(crate) TaxesWrite = contract_auth::permission::TAXES_WRITE;
}
