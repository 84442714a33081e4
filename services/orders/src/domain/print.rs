//! From what is kept of a document to the document itself.

use contract_checkout::PaymentKind;
use documents::{
    CreditLine, CreditNote, Invoice, Line, PackedLine, PackingSlip, Sheet, TaxMode, TaxRow,
};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Money, MoneyError};

use super::paper::{PaperLine, PaperPayment, Papers, Seller, Snapshot, country, ppm};
use super::record::{OrderRecord, ShipmentRecord};
use super::view::Address;
use crate::error::Error;

fn date(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

fn seller(seller: &Seller) -> documents::Seller {
    documents::Seller {
        name: seller.name.clone(),
        address: seller.address.clone(),
        tax_id: seller.tax_id.clone(),
        registration: seller.registration.clone(),
        email: seller.email.clone(),
        phone: seller.phone.clone(),
        website: seller.website.clone(),
    }
}

fn address(address: &Address) -> Result<documents::Address, Error> {
    Ok(documents::Address {
        name: address.name.clone(),
        line1: address.line1.clone(),
        line2: address.line2.clone(),
        city: address.city.clone(),
        region: address.region.clone(),
        postal_code: address.postal_code.clone(),
        country: country(&address.country)?,
    })
}

fn options(variant: &str) -> Vec<(String, String)> {
    if variant.is_empty() {
        return Vec::new();
    }
    vec![("Variant".to_owned(), variant.to_owned())]
}

fn count(units: i32) -> u32 {
    u32::try_from(units).unwrap_or(0)
}

impl Snapshot {
    /// The document as a PDF file. Takes milliseconds of computing.
    ///
    /// # Errors
    /// Where the parts do not add up.
    pub fn render(
        &self,
        paper: documents::Paper,
        number: &str,
        issued_at: Timestamp,
    ) -> Result<Vec<u8>, Error> {
        let sheet = Sheet {
            paper,
            created_at: issued_at,
        };
        let file = match &self.credited {
            None => self.invoice(sheet, number, issued_at)?.render()?,
            Some(_) => self.credit_note(sheet, number, issued_at)?.render()?,
        };
        Ok(file)
    }

    fn money(&self, minor: i64) -> Result<Money, MoneyError> {
        Money::new(minor, self.currency)
    }

    fn tax_mode(&self) -> TaxMode {
        if self.tax_included {
            TaxMode::Inclusive
        } else {
            TaxMode::Exclusive
        }
    }

    fn taxes(&self) -> Result<Vec<TaxRow>, MoneyError> {
        let rows = self.taxes.iter().map(|row| {
            Ok(TaxRow {
                name: self.tax_name.clone(),
                rate: ppm(row.rate_ppm),
                net: self.money(row.net_minor)?,
                tax: self.money(row.tax_minor)?,
            })
        });
        rows.collect()
    }

    fn shipping(&self) -> Result<Option<documents::Shipping>, MoneyError> {
        let shipping = self.shipping.as_ref().map(|(method, minor)| {
            Ok(documents::Shipping {
                method: method.clone(),
                amount: self.money(*minor)?,
            })
        });
        shipping.transpose()
    }

    fn payments(&self) -> Result<Vec<documents::Payment>, MoneyError> {
        let payment = |payment: &PaperPayment| {
            let last4 = payment.last4.clone().unwrap_or_default();
            Ok(documents::Payment {
                method: match payment.kind {
                    Some(PaymentKind::Card) => documents::PaymentMethod::Card {
                        brand: payment.brand.clone(),
                        last4,
                    },
                    Some(PaymentKind::GiftCard) => documents::PaymentMethod::GiftCard { last4 },
                    Some(PaymentKind::StoreCredit) => documents::PaymentMethod::StoreCredit,
                    None => documents::PaymentMethod::Other("What was paid with".to_owned()),
                },
                amount: self.money(payment.amount_minor)?,
                on: date(payment.at),
                reference: None,
            })
        };
        self.payments.iter().map(payment).collect()
    }

    fn invoice(&self, sheet: Sheet, number: &str, issued_at: Timestamp) -> Result<Invoice, Error> {
        let line = |line: &PaperLine| {
            Ok(Line {
                sku: line.sku.clone(),
                title: line.title.clone(),
                options: options(&line.variant),
                quantity: count(line.quantity),
                unit_price: self.money(line.unit_price_minor)?,
                discount: self.money(line.discount_minor)?,
                tax_rate: ppm(line.tax_rate_ppm.into()),
                amount: self.money(line.amount_minor)?,
            })
        };
        Ok(Invoice {
            sheet,
            seller: seller(&self.seller),
            number: number.to_owned(),
            issued_on: date(issued_at),
            supplied_on: self.supplied_at.map(date),
            order_number: self.order_number.clone(),
            ordered_on: date(self.ordered_at),
            billing: address(&self.billing)?,
            buyer_tax_id: None,
            shipping_to: Some(address(&self.shipping_to)?),
            email: Some(self.email.clone()),
            lines: self
                .lines
                .iter()
                .map(line)
                .collect::<Result<_, MoneyError>>()?,
            shipping: self.shipping()?,
            tax_mode: self.tax_mode(),
            taxes: self.taxes()?,
            total: self.money(self.total_minor)?,
            payments: self.payments()?,
            notes: Vec::new(),
        })
    }

    fn credit_note(
        &self,
        sheet: Sheet,
        number: &str,
        issued_at: Timestamp,
    ) -> Result<CreditNote, Error> {
        let credited = self
            .credited
            .as_ref()
            .ok_or(Error::Internal("a credit note without an invoice"))?;
        let line = |line: &PaperLine| {
            Ok(CreditLine {
                sku: line.sku.clone(),
                title: line.title.clone(),
                options: options(&line.variant),
                quantity: Some(count(line.quantity)).filter(|units| *units > 0),
                tax_rate: ppm(line.tax_rate_ppm.into()),
                amount: self.money(line.amount_minor)?,
            })
        };
        Ok(CreditNote {
            sheet,
            seller: seller(&self.seller),
            number: number.to_owned(),
            issued_on: date(issued_at),
            invoice_number: credited.invoice_number.clone(),
            invoiced_on: date(credited.invoiced_at),
            order_number: self.order_number.clone(),
            refund_reference: credited.refund_reference.clone(),
            reason: credited.reason.clone(),
            billing: address(&self.billing)?,
            buyer_tax_id: None,
            email: Some(self.email.clone()),
            lines: self
                .lines
                .iter()
                .map(line)
                .collect::<Result<_, MoneyError>>()?,
            shipping: self.shipping()?,
            tax_mode: self.tax_mode(),
            taxes: self.taxes()?,
            total: self.money(self.total_minor)?,
            refunds: self.payments()?,
            notes: Vec::new(),
        })
    }
}

/// What lies in a parcel.
///
/// # Errors
/// Where the stored address has no country.
pub fn packing_slip(
    papers: &Papers,
    order: &OrderRecord,
    shipment: &ShipmentRecord,
) -> Result<PackingSlip, Error> {
    let number = order.order_number.clone().unwrap_or_default();
    let lines = shipment.lines.iter().filter_map(|units| {
        order.find_line(units.line_id).map(|line| PackedLine {
            sku: line.sku.clone().unwrap_or_default(),
            title: line.title.clone(),
            options: options(&line.variant_title),
            quantity: count(units.quantity),
            ordered: count(line.quantity),
        })
    });
    Ok(PackingSlip {
        sheet: Sheet {
            paper: papers.paper,
            created_at: shipment.created_at,
        },
        seller: seller(&papers.seller),
        shipment_number: format!("{number}-{}", shipment.seq),
        order_number: number,
        ordered_on: date(order.placed_at.unwrap_or(order.created_at)),
        shipped_on: shipment.shipped_at.map(date),
        ship_to: address(&order.shipping_address)?,
        carrier: shipment.carrier.clone(),
        tracking_number: shipment.tracking_number.clone(),
        lines: lines.collect(),
        return_hint: papers
            .seller
            .website
            .as_ref()
            .map(|site| format!("Returns: {site}")),
        notes: Vec::new(),
    })
}
