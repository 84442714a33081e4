//! What staff need for which path.

use contract_auth::permission;

common::permissions! {
    /// Reads payments and the ledger.
    pub PaymentsRead = permission::PAYMENTS_READ;
    /// Issues gift cards and store credit.
    pub GiftcardsWrite = permission::GIFTCARDS_WRITE;
    /// Changes shipping.
    pub ShippingWrite = permission::SHIPPING_WRITE;
}
