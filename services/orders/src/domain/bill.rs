//! Writing invoices and credit notes.
//!
//! Invariants: an invoice adds up to what was charged, a credit note to what was given back; both to the cent.

use contract_checkout::{OrderPayments, PaymentKind, RefundDestination};
use jiff::Timestamp;
use kernel::Money;
use pricing::spread;

use super::paper::{Credited, PaperLine, PaperPayment, PaperTax, Papers, Snapshot};
use super::record::{OrderRecord, RefundRecord};
use crate::error::Error;

/// A part of a document before it is written: an amount with its tax.
struct Part {
    total: i64,
    tax: i64,
    rate_ppm: i64,
}

impl Part {
    /// What is printed of it.
    fn amount(&self, tax_included: bool) -> i64 {
        if tax_included {
            self.total
        } else {
            self.total - self.tax
        }
    }
}

fn scaled(part: i64, by: i64, of: i64) -> i64 {
    if of == 0 {
        return 0;
    }
    i64::try_from(i128::from(part) * i128::from(by) / i128::from(of)).unwrap_or(0)
}

/// The rate of the tax on shipping; where it is not known one of the order's that fits, for rates are not rounded and taxes are.
fn rate_of(order: &OrderRecord, total: i64, tax: i64) -> i64 {
    let net = total - tax;
    let fits = |rate: i64| {
        (i128::from(net) * i128::from(rate) - i128::from(tax) * 1_000_000).abs() <= 1_000_000
    };
    if let Some(rate) = order.shipping_method.tax_rate_ppm {
        return rate;
    }
    let known = order
        .lines
        .iter()
        .map(|line| i64::from(line.tax_rate_ppm))
        .find(|rate| fits(*rate));
    known.unwrap_or_else(|| scaled(tax, 1_000_000, net))
}

fn tax_rows(parts: &[Part]) -> Vec<PaperTax> {
    if parts.iter().all(|part| part.tax == 0) {
        return Vec::new();
    }
    let mut rows: Vec<PaperTax> = Vec::new();
    for part in parts.iter().filter(|part| part.total != 0) {
        let (net, tax) = (part.total - part.tax, part.tax);
        match rows.iter_mut().find(|row| row.rate_ppm == part.rate_ppm) {
            Some(row) => {
                row.net_minor += net;
                row.tax_minor += tax;
            }
            None => rows.push(PaperTax {
                rate_ppm: part.rate_ppm,
                net_minor: net,
                tax_minor: tax,
            }),
        }
    }
    rows.sort_by_key(|row| row.rate_ppm);
    rows
}

/// Whether an invoice can be written: all that is to be paid is taken.
pub fn is_invoiceable(order: &OrderRecord) -> bool {
    order.order_number.is_some() && order.captured_minor > 0 && order.authorized_minor == 0
}

fn tax_included(order: &OrderRecord) -> bool {
    order.tax_minor > 0 && order.tax_included_minor == order.tax_minor
}

impl Papers {
    fn head(&self, order: &OrderRecord) -> Snapshot {
        Snapshot {
            seller: self.seller.clone(),
            tax_name: self.tax_name.clone(),
            order_number: order.order_number.clone().unwrap_or_default(),
            ordered_at: order.placed_at.unwrap_or(order.created_at),
            supplied_at: None,
            billing: order.billing_address.clone(),
            shipping_to: order.shipping_address.clone(),
            email: order.email.clone(),
            currency: order.currency,
            tax_included: tax_included(order),
            lines: Vec::new(),
            shipping: None,
            taxes: Vec::new(),
            total_minor: 0,
            payments: Vec::new(),
            credited: None,
        }
    }

    /// The invoice of an order: what was charged, without what was cancelled before.
    pub fn invoice(
        &self,
        order: &OrderRecord,
        payments: &OrderPayments,
        now: Timestamp,
    ) -> Result<Snapshot, Error> {
        let mut paper = self.head(order);
        let (mut parts, units) = charged_parts(order);
        let asked: i64 = parts.iter().map(|part| part.total).sum();
        if order.captured_minor != asked {
            // Less was taken than was asked for: the difference is off every part alike.
            let money = |minor: i64| Money::new(minor, order.currency);
            let over: Vec<Money> = parts
                .iter()
                .map(|part| money(part.total))
                .collect::<Result<_, _>>()?;
            let shares = spread(money(order.captured_minor)?, &over)
                .map_err(|_| Error::Internal("a payment cannot be spread over its order"))?;
            for (part, share) in parts.iter_mut().zip(shares) {
                part.tax = scaled(part.tax, share.minor(), part.total);
                part.total = share.minor();
            }
        }
        for ((line, part), units) in order.lines.iter().zip(&parts).zip(units) {
            let amount = part.amount(paper.tax_included);
            if units == 0 && amount == 0 {
                continue;
            }
            let gross = line.unit_price_minor * i64::from(units);
            let whole = units > 0 && gross >= amount;
            paper.lines.push(PaperLine {
                sku: line.sku.clone().unwrap_or_default(),
                title: if whole {
                    line.title.clone()
                } else {
                    format!("{units} × {}", line.title)
                },
                variant: line.variant_title.clone(),
                quantity: if whole { units } else { 1 },
                unit_price_minor: if whole { line.unit_price_minor } else { amount },
                discount_minor: if whole { gross - amount } else { 0 },
                tax_rate_ppm: line.tax_rate_ppm,
                amount_minor: amount,
            });
        }
        if let Some(part) = parts.last().filter(|part| part.total > 0) {
            paper.shipping = Some((
                order.shipping_method.name.clone(),
                part.amount(paper.tax_included),
            ));
        }
        paper.taxes = tax_rows(&parts);
        paper.total_minor = order.captured_minor;
        paper.payments = payments
            .payments
            .iter()
            .filter(|payment| payment.captured_minor > 0)
            .map(|payment| PaperPayment {
                kind: Some(payment.kind),
                brand: payment.brand.clone(),
                last4: payment.last4.clone(),
                amount_minor: payment.captured_minor,
                at: now,
            })
            .collect();
        Ok(paper)
    }

    /// The credit note of a refund.
    pub fn credit_note(
        &self,
        order: &OrderRecord,
        refund: &RefundRecord,
        payments: &OrderPayments,
        credited: Credited,
        now: Timestamp,
    ) -> Snapshot {
        let mut paper = self.head(order);
        let mut parts = Vec::new();
        for given in &refund.lines {
            let Some(line) = order.find_line(given.line_id) else {
                continue;
            };
            let part = Part {
                total: given.amount_minor,
                tax: given.tax_minor,
                rate_ppm: line.tax_rate_ppm.into(),
            };
            paper.lines.push(PaperLine {
                sku: line.sku.clone().unwrap_or_default(),
                title: line.title.clone(),
                variant: line.variant_title.clone(),
                quantity: given.quantity,
                unit_price_minor: 0,
                discount_minor: 0,
                tax_rate_ppm: line.tax_rate_ppm,
                amount_minor: part.amount(paper.tax_included),
            });
            parts.push(part);
        }
        if refund.shipping_minor > 0 {
            let (total, tax) = (refund.shipping_minor, refund.shipping_tax_minor);
            let part = Part {
                total,
                tax,
                rate_ppm: rate_of(order, total, tax),
            };
            paper.shipping = Some((
                order.shipping_method.name.clone(),
                part.amount(paper.tax_included),
            ));
            parts.push(part);
        }
        if refund.goodwill_minor > 0 {
            paper.lines.push(PaperLine {
                sku: String::new(),
                title: "Goodwill".to_owned(),
                variant: String::new(),
                quantity: 0,
                unit_price_minor: 0,
                discount_minor: 0,
                tax_rate_ppm: 0,
                amount_minor: refund.goodwill_minor,
            });
            parts.push(Part {
                total: refund.goodwill_minor,
                tax: 0,
                rate_ppm: 0,
            });
        }
        paper.taxes = tax_rows(&parts);
        paper.total_minor = refund.amount_minor;
        paper.payments = vec![paid_back(refund, payments, now)];
        paper.credited = Some(credited);
        paper
    }
}

/// What was charged of each line, then of shipping; and how many units that is.
fn charged_parts(order: &OrderRecord) -> (Vec<Part>, Vec<i32>) {
    let counted = || order.refunds.iter().filter(|refund| refund.state.counts());
    let mut units = Vec::with_capacity(order.lines.len());
    let mut parts: Vec<Part> = order
        .lines
        .iter()
        .map(|line| {
            let refunded = counted()
                .flat_map(|refund| &refund.lines)
                .filter(|given| given.line_id == line.line_id);
            let refunded_tax: i64 = refunded.map(|given| given.tax_minor).sum();
            units.push(if line.replaces_line_id.is_some() {
                0
            } else {
                line.quantity - line.uncharged
            });
            Part {
                total: line.total_minor - line.uncharged_minor,
                tax: line.tax_minor - (line.given_tax_minor - refunded_tax),
                rate_ppm: line.tax_rate_ppm.into(),
            }
        })
        .collect();
    let refunded_shipping: i64 = counted().map(|refund| refund.shipping_minor).sum();
    let uncharged = order.shipping_refunded_minor - refunded_shipping;
    let total = order.shipping_total_minor - uncharged;
    let tax = scaled(
        order.shipping_tax_minor(),
        total,
        order.shipping_total_minor,
    );
    parts.push(Part {
        total,
        tax,
        rate_ppm: rate_of(order, total, tax),
    });
    (parts, units)
}

fn paid_back(refund: &RefundRecord, payments: &OrderPayments, now: Timestamp) -> PaperPayment {
    let only = match payments.payments.as_slice() {
        [payment] => Some(payment),
        _ => None,
    };
    let credit = refund.destination == RefundDestination::StoreCredit;
    PaperPayment {
        kind: if credit {
            Some(PaymentKind::StoreCredit)
        } else {
            only.map(|payment| payment.kind)
        },
        brand: only
            .filter(|_| !credit)
            .and_then(|payment| payment.brand.clone()),
        last4: only
            .filter(|_| !credit)
            .and_then(|payment| payment.last4.clone()),
        amount_minor: refund.amount_minor,
        at: now,
    }
}
