//! What a customer has to pay, and for what.

use jiff::civil::Date;
use kernel::{Money, Ppm};

use crate::flow::{Align, Flow};
use crate::parts::{self, BODY, BOLD, cell};
use crate::table::{Column, table};
use crate::{
    Address, DocumentError, Payment, Seller, Sheet, Shipping, TaxMode, TaxRow, check, format, pdf,
};

/// Something bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The stock keeping unit; empty if there is none.
    pub sku: String,
    /// The name of the product.
    pub title: String,
    /// The chosen options, name and value.
    pub options: Vec<(String, String)>,
    /// How many.
    pub quantity: u32,
    /// The price of one.
    pub unit_price: Money,
    /// The line's share of all discounts, positive.
    pub discount: Money,
    /// The rate of tax.
    pub tax_rate: Ppm,
    /// Price times quantity less discount; contains the tax where prices do.
    pub amount: Money,
}

/// An invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// How the file is made.
    pub sheet: Sheet,
    /// Who sells.
    pub seller: Seller,
    /// The number with its series, as it is printed: `2026-000123`.
    pub number: String,
    /// The day it is issued.
    pub issued_on: Date,
    /// The day the goods were supplied, where that is another day.
    pub supplied_on: Option<Date>,
    /// The order's number.
    pub order_number: String,
    /// The day of the order.
    pub ordered_on: Date,
    /// Who pays.
    pub billing: Address,
    /// The buyer's tax number.
    pub buyer_tax_id: Option<String>,
    /// Where the goods go; none if there is nothing to ship.
    pub shipping_to: Option<Address>,
    /// The buyer's e-mail address.
    pub email: Option<String>,
    /// What was bought.
    pub lines: Vec<Line>,
    /// What shipping costs.
    pub shipping: Option<Shipping>,
    /// Whether prices contain tax.
    pub tax_mode: TaxMode,
    /// The tax per rate; its net and tax amounts make the total.
    pub taxes: Vec<TaxRow>,
    /// What there is to pay: lines, shipping, and tax that comes on top.
    pub total: Money,
    /// What was paid so far.
    pub payments: Vec<Payment>,
    /// Free text below, for example a legal remark.
    pub notes: Vec<String>,
}

impl Invoice {
    /// The invoice as a PDF file. Takes milliseconds of pure computing; for hundreds of lines run
    /// it where that harms nobody.
    ///
    /// # Errors
    /// [`DocumentError::Inconsistent`] if the parts do not add up, [`DocumentError::Money`] for
    /// mixed currencies, [`DocumentError::TooManyLines`].
    pub fn render(&self) -> Result<Vec<u8>, DocumentError> {
        check::count(self.lines.len())?;
        for line in &self.lines {
            let gross = line.unit_price.checked_mul(line.quantity)?;
            if gross.checked_sub(line.discount)? != line.amount {
                return Err(DocumentError::Inconsistent(
                    "a line's amount is not its price times quantity less discount",
                ));
            }
        }
        let amounts = self.lines.iter().map(|line| &line.amount);
        let shipping = self.shipping.as_ref();
        check::total(self.total, amounts, shipping, self.tax_mode, &self.taxes)?;

        let title = format!("Invoice {}", self.number);
        let running = [
            format!("{} · {title}", self.seller.name),
            format!("Order {}", self.order_number),
        ];
        let mut flow = Flow::new(self.sheet.paper, running);
        parts::masthead(&mut flow, &self.seller, "Invoice", &self.facts());
        self.buyer(&mut flow);
        self.table(&mut flow);
        self.sums(&mut flow)?;
        parts::taxes(&mut flow, &self.taxes, self.total)?;
        parts::payments(&mut flow, "Payments", &self.payments);
        parts::notes(&mut flow, &self.notes);
        let pages = flow.finish(&parts::footer(&self.seller));
        pdf::write(&pages, &self.sheet, &title, &self.seller.name)
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = vec![
            ("Invoice number", self.number.clone()),
            ("Invoice date", format::date(self.issued_on)),
            ("Order number", self.order_number.clone()),
            ("Order date", format::date(self.ordered_on)),
        ];
        if let Some(day) = self.supplied_on {
            facts.push(("Date of supply", format::date(day)));
        }
        facts
    }

    fn buyer(&self, flow: &mut Flow) {
        let mut more: Vec<String> = Vec::new();
        more.extend(self.buyer_tax_id.iter().map(|id| format!("Tax ID {id}")));
        more.extend(self.email.clone());
        let mut blocks = vec![("Bill to", &self.billing, more)];
        if let Some(address) = &self.shipping_to {
            blocks.push(("Ship to", address, Vec::new()));
        }
        parts::addresses(flow, &blocks);
    }

    fn table(&self, flow: &mut Flow) {
        let discounted = self.lines.iter().any(|line| !line.discount.is_zero());
        let mut columns = vec![
            Column::new("Item", 0, Align::Left),
            Column::new("Qty", 30, Align::Right),
            Column::new("Unit price", 66, Align::Right),
        ];
        if discounted {
            columns.push(Column::new("Discount", 62, Align::Right));
        }
        columns.push(Column::new("Tax", 38, Align::Right));
        let unit = self.total.currency();
        columns.push(Column::new(format!("Amount ({unit})"), 74, Align::Right));
        let rows = self.lines.iter().map(|line| {
            let mut row = vec![
                parts::item(&line.title, &line.sku, &line.options),
                cell(line.quantity.to_string(), BODY),
                cell(format::number(line.unit_price), BODY),
            ];
            if discounted {
                row.push(cell(format::less(line.discount), BODY));
            }
            row.push(cell(format::rate(line.tax_rate), BODY));
            row.push(cell(format::number(line.amount), BOLD));
            row
        });
        table(flow, &columns, &rows.collect::<Vec<_>>());
    }

    fn sums(&self, flow: &mut Flow) -> Result<(), DocumentError> {
        let currency = self.total.currency();
        let discount = check::sum(currency, self.lines.iter().map(|line| &line.discount))?;
        let amounts = check::sum(currency, self.lines.iter().map(|line| &line.amount))?;
        let subtotal = amounts.checked_add(discount)?;
        let mut rows = vec![("Subtotal".to_owned(), format::number(subtotal))];
        if !discount.is_zero() {
            rows.push(("Discount".to_owned(), format::less(discount)));
        }
        if let Some(shipping) = &self.shipping {
            let label = format!("Shipping ({})", shipping.method);
            rows.push((label, format::number(shipping.amount)));
        }
        rows.extend(tax_rows(self.tax_mode, &self.taxes));
        let total = ("Total".to_owned(), format::amount(self.total));
        let paid = check::sum(currency, self.payments.iter().map(|p| &p.amount))?;
        let due = self.total.checked_sub(paid)?;
        let due = if due.is_negative() {
            Money::zero(currency)
        } else {
            due
        };
        let after = [
            ("Paid".to_owned(), format::number(paid)),
            ("Amount due".to_owned(), format::number(due)),
        ];
        parts::sums(flow, &rows, &total, &after);
        Ok(())
    }
}

/// The tax of each rate as rows of the sums: contained, or on top.
pub(crate) fn tax_rows(mode: TaxMode, taxes: &[TaxRow]) -> Vec<(String, String)> {
    let label = |row: &TaxRow| {
        let rate = format::rate(row.rate);
        match mode {
            TaxMode::Inclusive => format!("Includes {} {rate}", row.name),
            TaxMode::Exclusive => format!("{} {rate}", row.name),
        }
    };
    let rows = taxes.iter().filter(|row| !row.tax.is_zero());
    rows.map(|row| (label(row), format::number(row.tax)))
        .collect()
}
