//! Rows of lists, and how they become views.

use contract_catalog::Media;
use contract_orders::OrderState;
use kernel::{Currency, Money};
use uuid::Uuid;

use crate::domain::view::OrderSummary;

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

fn undecodable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

fn decode_state(text: &str) -> Result<OrderState, sqlx::Error> {
    OrderState::from_stored(text).ok_or_else(|| undecodable(format!("unknown order state {text}")))
}

fn decode_currency(code: &str) -> Result<Currency, sqlx::Error> {
    code.parse()
        .map_err(|e: kernel::CurrencyError| undecodable(e))
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
