//! Papers to test with, and a reader for what came out.

use documents::{
    Address, CreditLine, CreditNote, Invoice, Line, PackedLine, PackingSlip, Paper, Payment,
    PaymentMethod, Seller, Sheet, Shipping, TaxMode, TaxRow,
};
use jiff::civil::date;
use kernel::{Money, Ppm};

pub(crate) fn usd(minor: i64) -> Money {
    Money::new(minor, "USD".parse().unwrap()).unwrap()
}

pub(crate) fn sheet() -> Sheet {
    Sheet {
        paper: Paper::A4,
        created_at: "2026-11-23T10:15:00Z".parse().unwrap(),
    }
}

pub(crate) fn seller() -> Seller {
    Seller {
        name: "TechMart Ltd".to_owned(),
        address: vec![
            "12 Harbour Street".to_owned(),
            "Dublin D02 XY45".to_owned(),
            "Ireland".to_owned(),
        ],
        tax_id: Some("IE1234567T".to_owned()),
        registration: Some("Registered in Ireland, no. 123456".to_owned()),
        email: Some("service@techmart.example".to_owned()),
        phone: None,
        website: Some("techmart.example".to_owned()),
    }
}

pub(crate) fn address(name: &str) -> Address {
    Address {
        name: name.to_owned(),
        line1: "Λεωφόρος Αλεξάνδρας 5".to_owned(),
        line2: Some("2nd floor".to_owned()),
        city: "Αθήνα".to_owned(),
        region: None,
        postal_code: "114 73".to_owned(),
        country: "GR".parse().unwrap(),
    }
}

pub(crate) fn line(title: &str, quantity: u32, unit: i64, discount: i64) -> Line {
    Line {
        sku: "TM-HP-0042".to_owned(),
        title: title.to_owned(),
        options: vec![
            ("Colour".to_owned(), "Graphite".to_owned()),
            ("Storage".to_owned(), "256 GB".to_owned()),
        ],
        quantity,
        unit_price: usd(unit),
        discount: usd(discount),
        tax_rate: Ppm::new(230_000).unwrap(),
        amount: usd(unit * i64::from(quantity) - discount),
    }
}

/// Tax of 23 % within `gross`.
pub(crate) fn tax_in(gross: i64) -> TaxRow {
    let rate = Ppm::new(230_000).unwrap();
    let tax = rate.contained_in(gross);
    TaxRow {
        name: "VAT".to_owned(),
        rate,
        net: usd(gross - tax),
        tax: usd(tax),
    }
}

pub(crate) fn invoice(lines: Vec<Line>) -> Invoice {
    let total = lines.iter().map(|line| line.amount.minor()).sum::<i64>() + 499;
    Invoice {
        sheet: sheet(),
        seller: seller(),
        number: "2026-000123".to_owned(),
        issued_on: date(2026, 11, 23),
        supplied_on: Some(date(2026, 11, 24)),
        order_number: "TM7K3Q9X".to_owned(),
        ordered_on: date(2026, 11, 22),
        billing: address("Παπαδόπουλος Γιώργος"),
        buyer_tax_id: None,
        shipping_to: Some(address("Ольга Шевченко")),
        email: Some("g@example.com".to_owned()),
        lines,
        shipping: Some(Shipping {
            method: "Standard".to_owned(),
            amount: usd(499),
        }),
        tax_mode: TaxMode::Inclusive,
        taxes: vec![tax_in(total)],
        total: usd(total),
        payments: vec![
            Payment {
                method: PaymentMethod::GiftCard {
                    last4: "9KQX".to_owned(),
                },
                amount: usd(5_000),
                on: date(2026, 11, 22),
                reference: None,
            },
            Payment {
                method: PaymentMethod::Card {
                    brand: Some("Visa".to_owned()),
                    last4: "4242".to_owned(),
                },
                amount: usd(total - 5_000),
                on: date(2026, 11, 22),
                reference: None,
            },
        ],
        notes: vec![
            "Thank you for your order. Goods stay our property until they are paid in full."
                .to_owned(),
        ],
    }
}

pub(crate) fn credit_note() -> CreditNote {
    CreditNote {
        sheet: sheet(),
        seller: seller(),
        number: "C2026-000007".to_owned(),
        issued_on: date(2026, 12, 1),
        invoice_number: "2026-000123".to_owned(),
        invoiced_on: date(2026, 11, 23),
        order_number: "TM7K3Q9X".to_owned(),
        refund_reference: "rfd_01kq4w8zj5e2vtm3c9x7a6b0dn".to_owned(),
        reason: Some("Returned: does not fit".to_owned()),
        billing: address("Παπαδόπουλος Γιώργος"),
        buyer_tax_id: Some("EL123456789".to_owned()),
        email: None,
        lines: vec![
            CreditLine {
                sku: "TM-HP-0042".to_owned(),
                title: "Aurora X2 headphones".to_owned(),
                options: vec![("Colour".to_owned(), "Graphite".to_owned())],
                quantity: Some(1),
                tax_rate: Ppm::new(230_000).unwrap(),
                amount: usd(12_999),
            },
            CreditLine {
                sku: String::new(),
                title: "Goodwill".to_owned(),
                options: Vec::new(),
                quantity: None,
                tax_rate: Ppm::new(230_000).unwrap(),
                amount: usd(1_000),
            },
        ],
        shipping: Some(Shipping {
            method: "Standard".to_owned(),
            amount: usd(499),
        }),
        tax_mode: TaxMode::Inclusive,
        taxes: vec![tax_in(14_498)],
        total: usd(14_498),
        refunds: vec![Payment {
            method: PaymentMethod::Card {
                brand: None,
                last4: "4242".to_owned(),
            },
            amount: usd(14_498),
            on: date(2026, 12, 1),
            reference: None,
        }],
        notes: Vec::new(),
    }
}

pub(crate) fn packing_slip() -> PackingSlip {
    PackingSlip {
        sheet: Sheet {
            paper: Paper::Letter,
            ..sheet()
        },
        seller: seller(),
        order_number: "TM7K3Q9X".to_owned(),
        ordered_on: date(2026, 11, 22),
        shipment_number: "TM7K3Q9X-2".to_owned(),
        shipped_on: Some(date(2026, 11, 24)),
        ship_to: address("Ольга Шевченко"),
        carrier: Some("Posten".to_owned()),
        tracking_number: Some("JJD0099887766".to_owned()),
        lines: vec![PackedLine {
            sku: "TM-HP-0042".to_owned(),
            title: "Aurora X2 headphones".to_owned(),
            options: vec![("Colour".to_owned(), "Graphite".to_owned())],
            quantity: 1,
            ordered: 3,
        }],
        return_hint: Some(
            "Something not right? Start a return within 30 days in your account under Orders."
                .to_owned(),
        ),
        notes: Vec::new(),
    }
}

/// The text of every page, white space as single spaces.
pub(crate) fn pages(file: &[u8]) -> Vec<String> {
    let document = lopdf::Document::load_mem(file).unwrap();
    let numbers = document.get_pages().into_keys();
    let text = numbers.map(|number| document.extract_text(&[number]).unwrap());
    text.map(|page| page.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

/// Keeps a file to look at, where a folder for that is named.
pub(crate) fn keep(name: &str, file: &[u8]) {
    if let Some(folder) = std::env::var_os("DOCUMENTS_SAMPLES") {
        let path = std::path::Path::new(&folder).join(format!("{name}.pdf"));
        std::fs::write(path, file).unwrap();
    }
}
