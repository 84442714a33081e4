//! What stands on invoices and credit notes. A document is written once and kept as it was printed.

use contract_checkout::PaymentKind;
use jiff::Timestamp;
use kernel::{CountryCode, Currency, Ppm};
use serde::{Deserialize, Serialize};

use super::view::Address;
use crate::error::Error;

/// What documents say about the shop, from the settings.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seller {
    /// The name of the company, as the register has it.
    pub name: String,
    /// Street, city and country, one entry per printed line.
    pub address: Vec<String>,
    /// The VAT or sales tax number.
    #[serde(default)]
    pub tax_id: Option<String>,
    /// The entry in the company register.
    #[serde(default)]
    pub registration: Option<String>,
    /// Where customers write to.
    #[serde(default)]
    pub email: Option<String>,
    /// Where customers call.
    #[serde(default)]
    pub phone: Option<String>,
    /// The shop's address on the web.
    #[serde(default)]
    pub website: Option<String>,
}

/// How documents are made.
#[derive(Debug, Clone)]
pub struct Papers {
    /// Who sells.
    pub seller: Seller,
    /// The size of the pages.
    pub paper: documents::Paper,
    /// What a tax is called.
    pub tax_name: String,
}

/// A line of a document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaperLine {
    /// Stock keeping unit; empty where there is none.
    pub sku: String,
    /// What it is.
    pub title: String,
    /// What tells it from its siblings.
    pub variant: String,
    /// Units; 0 where only an amount is given back.
    pub quantity: i32,
    /// Price of one.
    pub unit_price_minor: i64,
    /// What was taken off.
    pub discount_minor: i64,
    /// Rate of the tax in parts per million.
    pub tax_rate_ppm: i32,
    /// What it costs; with tax where prices hold it.
    pub amount_minor: i64,
}

/// The tax of one rate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaperTax {
    /// In parts per million.
    pub rate_ppm: i64,
    /// What it was computed on.
    pub net_minor: i64,
    /// The tax.
    pub tax_minor: i64,
}

/// How money moved.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaperPayment {
    /// What paid; `None` for what cannot be told from one another.
    pub kind: Option<PaymentKind>,
    /// The card's brand.
    pub brand: Option<String>,
    /// The last digits or characters.
    pub last4: Option<String>,
    /// How much.
    pub amount_minor: i64,
    /// When.
    pub at: Timestamp,
}

/// What a credit note corrects.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Credited {
    /// Number of the invoice.
    pub invoice_number: String,
    /// When that was issued.
    pub invoiced_at: Timestamp,
    /// The refund, as the shopper knows it.
    pub refund_reference: String,
    /// Why.
    pub reason: Option<String>,
}

/// All that is printed on a document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Snapshot {
    /// Who sells.
    pub seller: Seller,
    /// What a tax is called.
    pub tax_name: String,
    /// Number of the order.
    pub order_number: String,
    /// When it was placed.
    pub ordered_at: Timestamp,
    /// When it left, where all of it had left.
    pub supplied_at: Option<Timestamp>,
    /// Who pays.
    pub billing: Address,
    /// Where it goes.
    pub shipping_to: Address,
    /// Where messages go.
    pub email: String,
    /// Currency of every amount.
    pub currency: Currency,
    /// Whether prices hold the tax.
    pub tax_included: bool,
    /// The lines.
    pub lines: Vec<PaperLine>,
    /// Name and price of the way it is sent, where it costs something.
    pub shipping: Option<(String, i64)>,
    /// The tax by rate.
    pub taxes: Vec<PaperTax>,
    /// What it adds up to.
    pub total_minor: i64,
    /// How it was paid or paid back.
    pub payments: Vec<PaperPayment>,
    /// What a credit note corrects; `None` on an invoice.
    pub credited: Option<Credited>,
}

/// A rate as documents print it.
pub fn ppm(rate: i64) -> Ppm {
    u32::try_from(rate)
        .ok()
        .and_then(|rate| Ppm::new(rate).ok())
        .unwrap_or_default()
}

/// A country as documents print it; the shop's addresses were checked when the order was made.
pub fn country(code: &str) -> Result<CountryCode, Error> {
    code.parse()
        .map_err(|_| Error::Internal("a stored address has no country"))
}
