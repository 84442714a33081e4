//! What a customer gets back of an invoice.

use jiff::civil::Date;
use kernel::{Money, Ppm};

use crate::flow::{Align, Flow};
use crate::invoice::tax_rows;
use crate::parts::{self, BODY, BOLD, cell};
use crate::table::{Column, table};
use crate::{
    Address, DocumentError, Payment, Seller, Sheet, Shipping, TaxMode, TaxRow, check, format, pdf,
};

/// Something credited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditLine {
    /// The stock keeping unit; empty if there is none.
    pub sku: String,
    /// The name of the product, or what the amount is for.
    pub title: String,
    /// The chosen options, name and value.
    pub options: Vec<(String, String)>,
    /// How many; none where an amount is credited and nothing comes back.
    pub quantity: Option<u32>,
    /// The rate of tax.
    pub tax_rate: Ppm,
    /// What is credited, positive; contains the tax where prices do.
    pub amount: Money,
}

/// A credit note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditNote {
    /// How the file is made.
    pub sheet: Sheet,
    /// Who sold.
    pub seller: Seller,
    /// The number with its series, as it is printed.
    pub number: String,
    /// The day it is issued.
    pub issued_on: Date,
    /// The number of the invoice that it corrects.
    pub invoice_number: String,
    /// The day of that invoice.
    pub invoiced_on: Date,
    /// The order's number.
    pub order_number: String,
    /// The refund's reference.
    pub refund_reference: String,
    /// Why, in words for the customer.
    pub reason: Option<String>,
    /// Who paid.
    pub billing: Address,
    /// The buyer's tax number.
    pub buyer_tax_id: Option<String>,
    /// The buyer's e-mail address.
    pub email: Option<String>,
    /// What is credited.
    pub lines: Vec<CreditLine>,
    /// What is credited of shipping.
    pub shipping: Option<Shipping>,
    /// Whether amounts contain tax.
    pub tax_mode: TaxMode,
    /// The tax per rate; its net and tax amounts make the total.
    pub taxes: Vec<TaxRow>,
    /// What the customer gets back, positive.
    pub total: Money,
    /// How it goes back.
    pub refunds: Vec<Payment>,
    /// Free text below.
    pub notes: Vec<String>,
}

impl CreditNote {
    /// The credit note as a PDF file.
    ///
    /// # Errors
    /// [`DocumentError::Inconsistent`] if the parts do not add up, [`DocumentError::Money`] for
    /// mixed currencies, [`DocumentError::TooManyLines`].
    pub fn render(&self) -> Result<Vec<u8>, DocumentError> {
        check::count(self.lines.len())?;
        let amounts = self.lines.iter().map(|line| &line.amount);
        let shipping = self.shipping.as_ref();
        check::total(self.total, amounts, shipping, self.tax_mode, &self.taxes)?;
        check::sum(
            self.total.currency(),
            self.refunds.iter().map(|refund| &refund.amount),
        )?;

        let title = format!("Credit note {}", self.number);
        let running = [
            format!("{} · {title}", self.seller.name),
            format!("Order {}", self.order_number),
        ];
        let mut flow = Flow::new(self.sheet.paper, running);
        parts::masthead(&mut flow, &self.seller, "Credit note", &self.facts());
        let mut more: Vec<String> = Vec::new();
        more.extend(self.buyer_tax_id.iter().map(|id| format!("Tax ID {id}")));
        more.extend(self.email.clone());
        parts::addresses(&mut flow, &[("Credit to", &self.billing, more)]);
        self.table(&mut flow);
        self.sums(&mut flow);
        parts::taxes(&mut flow, &self.taxes, self.total)?;
        parts::payments(&mut flow, "Refunded to", &self.refunds);
        parts::notes(&mut flow, &self.notes);
        let pages = flow.finish(&parts::footer(&self.seller));
        pdf::write(&pages, &self.sheet, &title, &self.seller.name)
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let invoiced = format::date(self.invoiced_on);
        let mut facts = vec![
            ("Credit note number", self.number.clone()),
            ("Date", format::date(self.issued_on)),
            ("For invoice", self.invoice_number.clone()),
            ("Invoice date", invoiced),
            ("Order number", self.order_number.clone()),
            ("Refund reference", self.refund_reference.clone()),
        ];
        if let Some(reason) = &self.reason {
            facts.push(("Reason", reason.clone()));
        }
        facts
    }

    fn table(&self, flow: &mut Flow) {
        let unit = self.total.currency();
        let columns = [
            Column::new("Item", 0, Align::Left),
            Column::new("Qty", 40, Align::Right),
            Column::new("Tax", 50, Align::Right),
            Column::new(format!("Credit ({unit})"), 90, Align::Right),
        ];
        let rows = self.lines.iter().map(|line| {
            let quantity = line.quantity.map_or("–".to_owned(), |q| q.to_string());
            vec![
                parts::item(&line.title, &line.sku, &line.options),
                cell(quantity, BODY),
                cell(format::rate(line.tax_rate), BODY),
                cell(format::number(line.amount), BOLD),
            ]
        });
        table(flow, &columns, &rows.collect::<Vec<_>>());
    }

    fn sums(&self, flow: &mut Flow) {
        let mut rows = Vec::new();
        if let Some(shipping) = &self.shipping {
            let label = format!("Shipping ({})", shipping.method);
            rows.push((label, format::number(shipping.amount)));
        }
        rows.extend(tax_rows(self.tax_mode, &self.taxes));
        let total = ("Total credit".to_owned(), format::amount(self.total));
        parts::sums(flow, &rows, &total, &[]);
    }
}
