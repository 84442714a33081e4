//! What lies in a parcel. Without prices, since a parcel may be a gift.

use jiff::civil::Date;

use crate::flow::{Align, Flow};
use crate::parts::{self, BODY, BOLD, cell};
use crate::table::{Column, table};
use crate::{Address, DocumentError, Seller, Sheet, check, format, pdf};

/// Something in the parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedLine {
    /// The stock keeping unit; empty if there is none.
    pub sku: String,
    /// The name of the product.
    pub title: String,
    /// The chosen options, name and value.
    pub options: Vec<(String, String)>,
    /// How many are in this parcel.
    pub quantity: u32,
    /// How many were ordered.
    pub ordered: u32,
}

/// A packing slip of one shipment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackingSlip {
    /// How the file is made.
    pub sheet: Sheet,
    /// Who sends.
    pub seller: Seller,
    /// The order's number.
    pub order_number: String,
    /// The day of the order.
    pub ordered_on: Date,
    /// The shipment's number.
    pub shipment_number: String,
    /// The day it is sent, if known.
    pub shipped_on: Option<Date>,
    /// Where the parcel goes.
    pub ship_to: Address,
    /// Who carries it.
    pub carrier: Option<String>,
    /// The carrier's number of the parcel.
    pub tracking_number: Option<String>,
    /// What is in it.
    pub lines: Vec<PackedLine>,
    /// How to send something back.
    pub return_hint: Option<String>,
    /// Free text below.
    pub notes: Vec<String>,
}

impl PackingSlip {
    /// The packing slip as a PDF file.
    ///
    /// # Errors
    /// [`DocumentError::TooManyLines`], and [`DocumentError::Inconsistent`] if a line has more in
    /// the parcel than was ordered.
    pub fn render(&self) -> Result<Vec<u8>, DocumentError> {
        check::count(self.lines.len())?;
        if self.lines.iter().any(|line| line.quantity > line.ordered) {
            return Err(DocumentError::Inconsistent(
                "a line has more in the parcel than was ordered",
            ));
        }
        let title = format!("Packing slip {}", self.shipment_number);
        let running = [
            format!("{} · {title}", self.seller.name),
            format!("Order {}", self.order_number),
        ];
        let mut flow = Flow::new(self.sheet.paper, running);
        parts::masthead(&mut flow, &self.seller, "Packing slip", &self.facts());
        parts::addresses(&mut flow, &[("Ship to", &self.ship_to, Vec::new())]);
        self.table(&mut flow);
        flow.skip(parts::SOFT.line_height());
        if let Some(hint) = &self.return_hint {
            parts::heading(&mut flow, "Returns");
            parts::notes(&mut flow, std::slice::from_ref(hint));
        }
        parts::notes(&mut flow, &self.notes);
        let pages = flow.finish(&parts::footer(&self.seller));
        pdf::write(&pages, &self.sheet, &title, &self.seller.name)
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = vec![
            ("Order number", self.order_number.clone()),
            ("Order date", format::date(self.ordered_on)),
            ("Shipment", self.shipment_number.clone()),
        ];
        let shipped = self.shipped_on.map(format::date);
        facts.extend(shipped.map(|day| ("Shipped", day)));
        facts.extend(self.carrier.clone().map(|carrier| ("Carrier", carrier)));
        let tracking = self.tracking_number.clone();
        facts.extend(tracking.map(|number| ("Tracking", number)));
        facts
    }

    fn table(&self, flow: &mut Flow) {
        let columns = [
            Column::new("Item", 0, Align::Left),
            Column::new("Ordered", 60, Align::Right),
            Column::new("In this parcel", 80, Align::Right),
        ];
        let rows = self.lines.iter().map(|line| {
            vec![
                parts::item(&line.title, &line.sku, &line.options),
                cell(line.ordered.to_string(), BODY),
                cell(line.quantity.to_string(), BOLD),
            ]
        });
        table(flow, &columns, &rows.collect::<Vec<_>>());
    }
}
