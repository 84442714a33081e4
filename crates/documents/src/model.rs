//! What the papers share.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{CountryCode, Money, Ppm};

/// Who sells: comes from the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seller {
    /// The name of the company, as the register has it.
    pub name: String,
    /// Street, city and country, one entry per printed line.
    pub address: Vec<String>,
    /// The VAT or sales tax number.
    pub tax_id: Option<String>,
    /// The entry in the company register.
    pub registration: Option<String>,
    /// Where customers write to.
    pub email: Option<String>,
    /// Where customers call.
    pub phone: Option<String>,
    /// The shop's address on the web.
    pub website: Option<String>,
}

/// Where a parcel or an invoice goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The person or company.
    pub name: String,
    /// Street and number.
    pub line1: String,
    /// What does not fit in the first line.
    pub line2: Option<String>,
    /// The town.
    pub city: String,
    /// State or province.
    pub region: Option<String>,
    /// The postal code; empty in countries without.
    pub postal_code: String,
    /// The country.
    pub country: CountryCode,
}

/// The size of the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paper {
    /// 210 × 297 mm.
    #[default]
    A4,
    /// 8.5 × 11 in.
    Letter,
}

/// How the file is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The size of the pages.
    pub paper: Paper,
    /// When the file was made; goes into its metadata.
    pub created_at: Timestamp,
}

/// What shipping costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipping {
    /// The name of the method.
    pub method: String,
    /// Its price after discounts, with tax where prices contain it.
    pub amount: Money,
}

/// Whether the prices of lines and shipping contain the tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxMode {
    /// Prices contain the tax.
    Inclusive,
    /// Tax comes on top of the prices.
    Exclusive,
}

/// The tax of one rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxRow {
    /// What the tax is called where it is paid, for example `VAT`.
    pub name: String,
    /// The rate.
    pub rate: Ppm,
    /// What the tax was computed on, without the tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
}

/// Money that was paid or paid back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// How.
    pub method: PaymentMethod,
    /// How much, never negative.
    pub amount: Money,
    /// On which day.
    pub on: Date,
    /// The payment's or refund's reference, if the shopper knows one.
    pub reference: Option<String>,
}

/// How money was paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentMethod {
    /// A card.
    Card {
        /// The network, for example `Visa`.
        brand: Option<String>,
        /// The last four digits.
        last4: String,
    },
    /// A gift card.
    GiftCard {
        /// The last four characters of its code.
        last4: String,
    },
    /// The customer's credit with the shop.
    StoreCredit,
    /// Anything else, in words.
    Other(String),
}
