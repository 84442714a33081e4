//! What a refund or cancellation gives back. Amounts are minor units of the order's currency.
//!
//! Invariants: a draft never gives back more of a line, of shipping or of the order than was paid and is left.

use kernel::{Money, OrderLineId, Quantity};
use pricing::{PaidLine, Portion, RefundError, Refunded, spread};

use super::record::{LineRecord, OrderRecord, Units};
use super::refusal::{Lacking, Refusal, Use};

/// What is asked to go back of a line.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The line; of a replacement the money of the line that it came for goes back.
    pub line_id: OrderLineId,
    /// Units.
    pub quantity: Option<i32>,
    /// An amount in place of the units' share.
    pub amount: Option<Money>,
}

/// What goes back of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftLine {
    /// The line.
    pub line_id: OrderLineId,
    /// Units; 0 where only an amount goes back.
    pub quantity: i32,
    /// The amount, tax in it.
    pub amount_minor: i64,
    /// The tax in it.
    pub tax_minor: i64,
}

/// What goes back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Of lines.
    pub lines: Vec<DraftLine>,
    /// Of shipping, tax in it.
    pub shipping_minor: i64,
    /// The tax in that.
    pub shipping_tax_minor: i64,
    /// Beyond lines and shipping.
    pub goodwill_minor: i64,
}

/// Units of a line that are cancelled, and the part of them that nobody paid for yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelledLine {
    /// The line.
    pub line_id: OrderLineId,
    /// Units that are cancelled.
    pub quantity: i32,
    /// Those of them that will not be charged.
    pub uncharged: i32,
    /// What will not be charged.
    pub uncharged_minor: i64,
    /// The tax in that.
    pub uncharged_tax_minor: i64,
}

/// What a cancellation does to the money.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cancellation {
    /// The lines.
    pub lines: Vec<CancelledLine>,
    /// The part of shipping that will not be charged.
    pub uncharged_shipping_minor: i64,
    /// What was paid already and goes back.
    pub draft: Draft,
}

impl Draft {
    /// All of it.
    pub fn amount_minor(&self) -> i64 {
        let lines: i64 = self.lines.iter().map(|line| line.amount_minor).sum();
        lines + self.shipping_minor + self.goodwill_minor
    }

    /// The same, scaled down to `most`, where an amount beyond lines went back before.
    fn capped(mut self, order: &OrderRecord, most: i64) -> Result<Self, Refusal> {
        if self.amount_minor() <= most {
            return Ok(self);
        }
        let money = |minor| order.money(minor).map_err(|_| Refusal::NothingToRefund);
        let mut parts: Vec<Money> = self
            .lines
            .iter()
            .map(|l| money(l.amount_minor))
            .collect::<Result<_, _>>()?;
        parts.push(money(self.shipping_minor)?);
        let mut shares = spread(money(most)?, &parts)
            .map_err(|_| Refusal::NothingToRefund)?
            .into_iter();
        let mut next = |amount: &mut i64, tax: &mut i64| {
            let share = shares.next().map_or(0, Money::minor);
            *tax = scaled(*tax, share, *amount);
            *amount = share;
        };
        for line in &mut self.lines {
            next(&mut line.amount_minor, &mut line.tax_minor);
        }
        next(&mut self.shipping_minor, &mut self.shipping_tax_minor);
        self.lines
            .retain(|line| line.quantity > 0 || line.amount_minor > 0);
        Ok(self)
    }
}

/// `part / whole` of a tax, rounded down.
fn scaled(tax: i64, part: i64, whole: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    let exact = i128::from(tax) * i128::from(part) / i128::from(whole);
    i64::try_from(exact).unwrap_or(0)
}

/// Adds what goes back of a line to what goes back of it already.
fn add(lines: &mut Vec<DraftLine>, given: DraftLine) {
    match lines
        .iter_mut()
        .find(|known| known.line_id == given.line_id)
    {
        Some(known) => {
            known.quantity += given.quantity;
            known.amount_minor += given.amount_minor;
            known.tax_minor += given.tax_minor;
        }
        None => lines.push(given),
    }
}

/// The lines of an order while parts of them are given back.
struct Book<'a> {
    order: &'a OrderRecord,
    lines: Vec<LineRecord>,
}

impl<'a> Book<'a> {
    fn new(order: &'a OrderRecord) -> Self {
        Self {
            order,
            lines: order.lines.clone(),
        }
    }

    fn refundable_units(&self, line_id: OrderLineId) -> i32 {
        let line = self.lines.iter().find(|line| line.line_id == line_id);
        line.map_or(0, LineRecord::refundable_units)
    }

    fn portion(&self, total: i64, tax: i64) -> Result<Portion, Refusal> {
        let money = |minor| {
            self.order
                .money(minor)
                .map_err(|_| Refusal::NothingToRefund)
        };
        Ok(Portion {
            total: money(total)?,
            tax: money(tax)?,
        })
    }

    /// Gives back `units` of a line (their share, or `amount` where one is given) and remembers it.
    fn give(
        &mut self,
        line_id: OrderLineId,
        units: i32,
        amount: Option<Money>,
    ) -> Result<DraftLine, Refusal> {
        let at = self.lines.iter().position(|line| line.line_id == line_id);
        let Some(line) = at.and_then(|at| self.lines.get(at)) else {
            return Err(Refusal::Unknown("/lines".to_owned()));
        };
        let lacking = Refusal::Units(
            Use::Refund,
            vec![Lacking {
                line_id,
                requested: units,
                available: line.refundable_units(),
            }],
        );
        if units > line.refundable_units() {
            return Err(lacking);
        }
        let paid = PaidLine {
            quantity: Quantity::new(line.quantity).map_err(|_| lacking.clone())?,
            paid: self.portion(line.total_minor, line.tax_minor.min(line.total_minor))?,
        };
        let before = Refunded {
            units: u16::try_from(line.refunded + line.uncharged).unwrap_or(u16::MAX),
            portion: self.portion(
                line.refunded_minor + line.uncharged_minor,
                line.given_tax_minor,
            )?,
        };
        let left = line.refundable_minor();
        let given = match (amount, Quantity::new(units)) {
            (Some(amount), _) => paid.refund_amount(&before, amount),
            (None, Ok(units)) => paid.refund_units(&before, units),
            (None, Err(_)) => return Err(Refusal::NothingToRefund),
        };
        let given = given.map_err(|error| match error {
            RefundError::TooManyUnits { .. } => lacking,
            RefundError::TooMuch { left } => Refusal::LineTooMuch { line_id, left },
            RefundError::NotPositive => Refusal::NothingToRefund,
            RefundError::Inconsistent => match self.order.money(left) {
                Ok(left) => Refusal::LineTooMuch { line_id, left },
                Err(_) => Refusal::NothingToRefund,
            },
        })?;
        let draft = DraftLine {
            line_id,
            quantity: units,
            amount_minor: given.total.minor(),
            tax_minor: given.tax.minor(),
        };
        if let Some(line) = at.and_then(|at| self.lines.get_mut(at)) {
            line.refunded += units;
            line.refunded_minor += draft.amount_minor;
            line.given_tax_minor += draft.tax_minor;
        }
        Ok(draft)
    }

    fn shipping(&self, amount: Option<i64>) -> Result<(i64, i64), Refusal> {
        let left = self.order.shipping_total_minor - self.order.shipping_refunded_minor;
        let tax_left = (self.order.shipping_tax_minor() - self.order.shipping_tax_given_minor())
            .clamp(0, left);
        let amount = amount.unwrap_or(left);
        if amount > left {
            let left = self
                .order
                .money(left)
                .map_err(|_| Refusal::NothingToRefund)?;
            return Err(Refusal::RefundTooMuch { left });
        }
        let tax = if amount == left {
            tax_left
        } else {
            scaled(tax_left, amount, left)
        };
        Ok((amount, tax))
    }
}

/// What a refund gives back.
///
/// # Errors
/// Where it were more than was paid and is left, or nothing.
pub fn draft(
    order: &OrderRecord,
    asked: &[Asked],
    shipping_minor: i64,
    goodwill_minor: i64,
) -> Result<Draft, Refusal> {
    let mut book = Book::new(order);
    let mut lines: Vec<DraftLine> = Vec::with_capacity(asked.len());
    for (place, ask) in asked.iter().enumerate() {
        let line = order.line(ask.line_id, &format!("/lines/{place}/line_id"))?;
        let paid = order.paid_line(line).line_id;
        let given = book.give(paid, ask.quantity.unwrap_or(0), ask.amount)?;
        add(&mut lines, given);
    }
    let (shipping_minor, shipping_tax_minor) = book.shipping(Some(shipping_minor))?;
    let draft = Draft {
        lines,
        shipping_minor,
        shipping_tax_minor,
        goodwill_minor,
    };
    let left = order.refundable_minor();
    if draft.amount_minor() > left {
        let left = order.money(left).map_err(|_| Refusal::NothingToRefund)?;
        return Err(Refusal::RefundTooMuch { left });
    }
    if draft.amount_minor() == 0 {
        return Err(Refusal::NothingToRefund);
    }
    Ok(draft)
}

/// What units that came back, or went wrong, give back: at most what is left of them.
///
/// # Errors
/// Where amounts contradict each other.
pub fn draft_units(
    order: &OrderRecord,
    units: &[Units],
    with_shipping: bool,
) -> Result<Option<Draft>, Refusal> {
    let mut book = Book::new(order);
    let mut draft = Draft::default();
    for unit in units {
        let line = order.line(unit.line_id, "/lines")?;
        let paid = order.paid_line(line).line_id;
        let quantity = unit.quantity.min(book.refundable_units(paid));
        if quantity == 0 {
            continue;
        }
        let given = book.give(paid, quantity, None)?;
        add(&mut draft.lines, given);
    }
    if with_shipping {
        (draft.shipping_minor, draft.shipping_tax_minor) = book.shipping(None)?;
    }
    let draft = draft.capped(order, order.refundable_minor())?;
    Ok((draft.amount_minor() > 0).then_some(draft))
}

/// What cancelling units does to the money: what is only authorised is not charged, what was taken goes back.
///
/// # Errors
/// Where amounts contradict each other.
pub fn cancellation(
    order: &OrderRecord,
    units: &[Units],
    with_shipping: bool,
) -> Result<Cancellation, Refusal> {
    let mut book = Book::new(order);
    let mut held = order.capturable_minor();
    let mut result = Cancellation::default();
    for unit in units {
        let line = order.line(unit.line_id, "/lines")?;
        // Of a replacement that is not sent the money of the line that it came for goes back.
        let paid = order.paid_line(line).line_id;
        let quantity = unit.quantity.min(book.refundable_units(paid));
        let given = if quantity > 0 {
            book.give(paid, quantity, None)?
        } else {
            DraftLine {
                line_id: paid,
                quantity: 0,
                amount_minor: 0,
                tax_minor: 0,
            }
        };
        let own = paid == line.line_id;
        let kept = if own { given.amount_minor.min(held) } else { 0 };
        let kept_tax = if kept == given.amount_minor {
            given.tax_minor
        } else {
            scaled(given.tax_minor, kept, given.amount_minor)
        };
        let all_kept = own && kept == given.amount_minor && (kept > 0 || order.captured_minor == 0);
        held -= kept;
        result.lines.push(CancelledLine {
            line_id: line.line_id,
            quantity: unit.quantity,
            uncharged: if all_kept { given.quantity } else { 0 },
            uncharged_minor: kept,
            uncharged_tax_minor: if own { kept_tax } else { 0 },
        });
        if !all_kept && given.quantity > 0 {
            let rest = DraftLine {
                amount_minor: given.amount_minor - kept,
                tax_minor: if own {
                    given.tax_minor - kept_tax
                } else {
                    given.tax_minor
                },
                ..given
            };
            add(&mut result.draft.lines, rest);
        }
    }
    if with_shipping {
        let (amount, tax) = book.shipping(None)?;
        let kept = amount.min(held);
        result.uncharged_shipping_minor = kept;
        result.draft.shipping_minor = amount - kept;
        result.draft.shipping_tax_minor = if kept == 0 {
            tax
        } else {
            scaled(tax, amount - kept, amount)
        };
    }
    result.draft = result.draft.capped(order, order.refundable_minor())?;
    Ok(result)
}

impl Cancellation {
    /// What will not be charged.
    pub fn uncharged_minor(&self) -> i64 {
        let lines: i64 = self.lines.iter().map(|line| line.uncharged_minor).sum();
        lines + self.uncharged_shipping_minor
    }
}
