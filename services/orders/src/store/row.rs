//! Rows of orders, and how they become views.

use contract_catalog::Media;
use contract_orders::OrderState;
use kernel::{Currency, Money, MoneyError, OrderId};
use pricing::Totals;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::domain::view::{Order, OrderLine, OrderSummary, TimelineEntry};

pub(super) struct OrderRow {
    pub(super) order_id: Uuid,
    pub(super) order_number: Option<String>,
    pub(super) state: String,
    pub(super) payment_state: String,
    pub(super) fulfilment_state: String,
    pub(super) email: String,
    pub(super) currency: String,
    pub(super) subtotal_minor: i64,
    pub(super) discount_minor: i64,
    pub(super) shipping_minor: i64,
    pub(super) tax_minor: i64,
    pub(super) total_minor: i64,
    pub(super) shipping_address: Value,
    pub(super) billing_address: Value,
    pub(super) shipping_method: Value,
    pub(super) version: i64,
    pub(super) placed_at: Option<jiff_sqlx::Timestamp>,
    pub(super) created_at: jiff_sqlx::Timestamp,
    pub(super) lines: Value,
    pub(super) timeline: Value,
}

pub(super) struct SummaryRow {
    pub(super) order_id: Uuid,
    pub(super) order_number: Option<String>,
    pub(super) state: String,
    pub(super) payment_state: String,
    pub(super) fulfilment_state: String,
    pub(super) email: String,
    pub(super) currency: String,
    pub(super) total_minor: i64,
    pub(super) placed_at: Option<jiff_sqlx::Timestamp>,
    pub(super) created_at: jiff_sqlx::Timestamp,
    pub(super) item_count: i64,
    pub(super) product_id: Option<Uuid>,
    pub(super) title: Option<String>,
    pub(super) art: Option<String>,
    pub(super) color: Option<String>,
}

#[derive(Deserialize)]
struct LineRow {
    line_id: Uuid,
    variant_id: Uuid,
    product_id: Uuid,
    slug: String,
    title: String,
    variant_title: String,
    sku: Option<String>,
    art: String,
    color: Option<String>,
    quantity: i32,
    unit_price_minor: i64,
    discount_minor: i64,
    tax_minor: i64,
    total_minor: i64,
}

fn undecodable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

fn decode<T: DeserializeOwned>(json: Value) -> Result<T, sqlx::Error> {
    serde_json::from_value(json).map_err(undecodable)
}

fn decode_state(text: &str) -> Result<OrderState, sqlx::Error> {
    OrderState::from_stored(text).ok_or_else(|| undecodable(format!("unknown order state {text}")))
}

fn decode_currency(code: &str) -> Result<Currency, sqlx::Error> {
    code.parse()
        .map_err(|e: kernel::CurrencyError| undecodable(e))
}

impl OrderRow {
    pub(super) fn view(self) -> Result<Order, sqlx::Error> {
        let currency = decode_currency(&self.currency)?;
        let money = |minor| Money::new(minor, currency).map_err(undecodable);
        let lines: Vec<LineRow> = decode(self.lines)?;
        let timeline: Vec<TimelineEntry> = decode(self.timeline)?;
        Ok(Order {
            id: OrderId::from(self.order_id),
            number: self.order_number,
            state: decode_state(&self.state)?,
            payment_state: self.payment_state,
            fulfilment_state: self.fulfilment_state,
            email: self.email,
            currency,
            lines: lines
                .into_iter()
                .map(|l| l.view(currency))
                .collect::<Result<_, _>>()
                .map_err(undecodable)?,
            totals: Totals {
                subtotal: money(self.subtotal_minor)?,
                discount: money(self.discount_minor)?,
                shipping: Some(money(self.shipping_minor)?),
                tax: Some(money(self.tax_minor)?),
                total: money(self.total_minor)?,
            },
            shipping_address: decode(self.shipping_address)?,
            billing_address: decode(self.billing_address)?,
            shipping_method: decode(self.shipping_method)?,
            timeline,
            placed_at: self.placed_at.map(jiff_sqlx::Timestamp::to_jiff),
            created_at: self.created_at.to_jiff(),
            version: self.version,
        })
    }
}

impl LineRow {
    fn view(self, currency: Currency) -> Result<OrderLine, MoneyError> {
        let product_id = self.product_id.into();
        Ok(OrderLine {
            id: self.line_id.into(),
            variant_id: self.variant_id.into(),
            product_id,
            image: Media::art(&self.art, product_id, self.color.as_deref(), &self.title),
            slug: self.slug,
            title: self.title,
            variant_title: self.variant_title,
            sku: self.sku,
            quantity: self.quantity,
            unit_price: Money::new(self.unit_price_minor, currency)?,
            discount: Money::new(self.discount_minor, currency)?,
            tax: Money::new(self.tax_minor, currency)?,
            total: Money::new(self.total_minor, currency)?,
        })
    }
}

impl SummaryRow {
    pub(super) fn view(self) -> Result<OrderSummary, sqlx::Error> {
        let currency = decode_currency(&self.currency)?;
        let image = match (self.art, self.product_id) {
            (Some(art), Some(product_id)) => {
                let alt = self.title.unwrap_or_default();
                Some(Media::art(
                    &art,
                    product_id.into(),
                    self.color.as_deref(),
                    &alt,
                ))
            }
            _ => None,
        };
        Ok(OrderSummary {
            id: self.order_id.into(),
            number: self.order_number,
            state: decode_state(&self.state)?,
            payment_state: self.payment_state,
            fulfilment_state: self.fulfilment_state,
            email: Some(self.email),
            total: Money::new(self.total_minor, currency).map_err(undecodable)?,
            item_count: self.item_count,
            image,
            placed_at: self.placed_at.map(jiff_sqlx::Timestamp::to_jiff),
            created_at: self.created_at.to_jiff(),
        })
    }
}
