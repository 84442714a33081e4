//! What can be said of an order by counting: what is left to ship, to charge, to give back.

use contract_catalog::Media;
use kernel::{ClaimId, Money, MoneyError, OrderLineId, RefundId, ReturnId, ShipmentId};

use super::record::{
    ClaimRecord, LineRecord, OrderRecord, RefundRecord, ReturnRecord, ShipmentRecord,
};
use super::refusal::Refusal;

impl OrderRecord {
    /// An amount in the order's currency.
    pub fn money(&self, minor: i64) -> Result<Money, MoneyError> {
        Money::new(minor, self.currency)
    }

    /// A line; the refusal names the place of the body that asked for it.
    pub fn line(&self, line_id: OrderLineId, pointer: &str) -> Result<&LineRecord, Refusal> {
        self.find_line(line_id)
            .ok_or_else(|| Refusal::Unknown(pointer.to_owned()))
    }

    /// A line, if the order has it.
    pub fn find_line(&self, line_id: OrderLineId) -> Option<&LineRecord> {
        self.lines.iter().find(|line| line.line_id == line_id)
    }

    /// The line that was paid for: itself, or the one that a replacement came for.
    pub fn paid_line<'a>(&'a self, line: &'a LineRecord) -> &'a LineRecord {
        let mut at = line;
        // A replacement of a replacement leads to the first one; lines never point in a circle.
        for _ in 0..self.lines.len() {
            match at.replaces_line_id.and_then(|id| self.find_line(id)) {
                Some(before) => at = before,
                None => break,
            }
        }
        at
    }

    /// A shipment of the order.
    pub fn shipment(&self, shipment_id: ShipmentId) -> Option<&ShipmentRecord> {
        self.shipments.iter().find(|s| s.shipment_id == shipment_id)
    }

    /// A refund of the order.
    pub fn refund(&self, refund_id: RefundId) -> Option<&RefundRecord> {
        self.refunds.iter().find(|r| r.refund_id == refund_id)
    }

    /// A return of the order.
    pub fn find_return(&self, return_id: ReturnId) -> Option<&ReturnRecord> {
        self.returns.iter().find(|r| r.return_id == return_id)
    }

    /// A claim of the order.
    pub fn claim(&self, claim_id: ClaimId) -> Option<&ClaimRecord> {
        self.claims.iter().find(|c| c.claim_id == claim_id)
    }

    /// Whether a shipment ever left.
    pub fn has_shipped(&self) -> bool {
        self.lines.iter().any(|line| line.shipped > 0)
    }

    /// Whether units are on a shipment, planned or gone.
    pub fn has_planned(&self) -> bool {
        self.lines.iter().any(|line| line.planned > 0)
    }

    /// Whether all that is to be paid is taken.
    pub fn is_paid(&self) -> bool {
        self.authorized_minor == 0 && self.captured_minor + self.cancelled_minor >= self.total_minor
    }

    /// What a capture takes: what is authorised less what was cancelled of it.
    pub fn capturable_minor(&self) -> i64 {
        (self.authorized_minor - self.cancelled_minor).max(0)
    }

    /// What of the money taken may be given back yet.
    pub fn refundable_minor(&self) -> i64 {
        let counted: i64 = self
            .refunds
            .iter()
            .filter(|refund| refund.state.counts())
            .map(|refund| refund.amount_minor)
            .sum();
        (self.captured_minor - counted.max(self.refunded_minor)).max(0)
    }

    /// The tax in what is paid for shipping: what the lines do not have of the order's tax.
    pub fn shipping_tax_minor(&self) -> i64 {
        let of_lines: i64 = self.lines.iter().map(|line| line.tax_minor).sum();
        (self.tax_minor - of_lines).clamp(0, self.shipping_total_minor)
    }

    /// The tax in what was given back of shipping.
    pub fn shipping_tax_given_minor(&self) -> i64 {
        let counted = self.refunds.iter().filter(|refund| refund.state.counts());
        counted.map(|refund| refund.shipping_tax_minor).sum()
    }
}

impl LineRecord {
    /// Units that can be put on a shipment, or cancelled.
    pub fn open_units(&self) -> i32 {
        self.quantity - self.cancelled - self.planned
    }

    /// Units whose money may be given back yet.
    pub fn refundable_units(&self) -> i32 {
        self.quantity - self.refunded - self.uncharged
    }

    /// What may be given back of the line yet.
    pub fn refundable_minor(&self) -> i64 {
        self.total_minor - self.refunded_minor - self.uncharged_minor
    }

    /// Units that are with the shopper, or on their way there.
    pub fn out_units(&self) -> i32 {
        self.shipped - self.lost - self.coming_back
    }

    /// The picture.
    pub fn image(&self) -> Media {
        Media::art(
            &self.art,
            self.product_id,
            self.color.as_deref(),
            &self.title,
        )
    }
}
