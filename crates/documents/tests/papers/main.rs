//! The papers as a reader finds them: text taken out of the files again.

#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use documents::{DocumentError, MAX_LINES, TaxMode};
use support::{credit_note, invoice, keep, line, packing_slip, pages, tax_in, usd};

fn has(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "{part:?} is missing in: {page}");
    }
}

#[test]
fn an_invoice_says_everything() {
    let paper = invoice(vec![
        line("Aurora X2 wireless headphones", 2, 12_999, 2_600),
        line("USB-C cable", 1, 999, 0),
    ]);
    let file = paper.render().unwrap();
    keep("invoice", &file);
    let text = pages(&file);
    assert_eq!(text.len(), 1);
    has(
        &text[0],
        &[
            "TechMart Ltd",
            "IE1234567T",
            "2026-000123",
            "TM7K3Q9X",
            "23 November 2026",
        ],
    );
    has(
        &text[0],
        &[
            "Παπαδόπουλος Γιώργος",
            "Ольга Шевченко",
            "114 73 Αθήνα",
            "Greece",
        ],
    );
    has(
        &text[0],
        &[
            "Aurora X2 wireless headphones",
            "TM-HP-0042",
            "Colour: Graphite · Storage: 256 GB",
        ],
    );
    has(&text[0], &["129.99", "-26.00", "233.98", "23%", "9.99"]);
    has(
        &text[0],
        &[
            "Subtotal 269.97",
            "Discount -26.00",
            "Shipping (Standard) 4.99",
        ],
    );
    has(
        &text[0],
        &[
            "Includes VAT 23% 46.55",
            "Total 248.96 USD",
            "Amount due 0.00",
        ],
    );
    has(
        &text[0],
        &[
            "VAT 23% 202.41 46.55 248.96",
            "Gift card ····9KQX",
            "Visa ····4242",
            "198.96",
        ],
    );
    has(&text[0], &["Page 1 of 1"]);
}

#[test]
fn tax_on_top_is_its_own_row() {
    let mut paper = invoice(vec![line("Lamp", 1, 10_000, 0)]);
    paper.tax_mode = TaxMode::Exclusive;
    paper.taxes[0].net = usd(10_499);
    paper.taxes[0].tax = usd(2_415);
    paper.total = usd(12_914);
    let text = pages(&paper.render().unwrap());
    has(&text[0], &["VAT 23% 24.15", "Total 129.14 USD"]);
    assert!(!text[0].contains("Includes"));
}

#[test]
fn what_does_not_add_up_is_refused() {
    let good = invoice(vec![line("Lamp", 2, 1_000, 100)]);
    let mut paper = good.clone();
    paper.lines[0].amount = usd(1_901);
    assert!(matches!(
        paper.render(),
        Err(DocumentError::Inconsistent(_))
    ));
    let mut paper = good.clone();
    paper.total = usd(paper.total.minor() + 1);
    assert!(matches!(
        paper.render(),
        Err(DocumentError::Inconsistent(_))
    ));
    let mut paper = good.clone();
    paper.taxes.push(tax_in(100));
    assert!(matches!(
        paper.render(),
        Err(DocumentError::Inconsistent(_))
    ));
    let mut paper = good.clone();
    paper.shipping.as_mut().unwrap().amount = "EUR".parse().map(kernel::Money::zero).unwrap();
    assert!(matches!(paper.render(), Err(DocumentError::Money(_))));
    let mut note = credit_note();
    note.total = usd(1);
    assert!(matches!(note.render(), Err(DocumentError::Inconsistent(_))));
    let mut slip = packing_slip();
    slip.lines[0].quantity = 4;
    assert!(matches!(slip.render(), Err(DocumentError::Inconsistent(_))));
    let many = invoice(vec![line("x", 1, 1, 0); MAX_LINES + 1]);
    assert_eq!(
        many.render(),
        Err(DocumentError::TooManyLines(MAX_LINES + 1))
    );
    assert!(good.render().is_ok());
}

#[test]
fn a_credit_note_names_what_it_corrects() {
    let file = credit_note().render().unwrap();
    keep("credit-note", &file);
    let text = pages(&file);
    has(
        &text[0],
        &[
            "Credit note",
            "C2026-000007",
            "2026-000123",
            "rfd_01kq4w8zj5e2vtm3c9x7a6b0dn",
        ],
    );
    has(
        &text[0],
        &[
            "Returned: does not fit",
            "Goodwill",
            "10.00",
            "Total credit 144.98 USD",
        ],
    );
    has(&text[0], &["Refunded to", "Card ····4242", "EL123456789"]);
}

#[test]
fn a_packing_slip_has_no_prices() {
    let file = packing_slip().render().unwrap();
    keep("packing-slip", &file);
    let text = pages(&file);
    has(&text[0], &["Packing slip", "TM7K3Q9X-2", "JJD0099887766"]);
    has(&text[0], &["Ordered In this parcel Aurora X2 headphones"]);
    has(&text[0], &["SKU TM-HP-0042 3 1"]);
    has(&text[0], &["Something not right?"]);
    assert!(!text[0].contains("USD"));
}

#[test]
fn long_orders_repeat_their_head_on_every_page() {
    let title = "A very long product title that certainly needs more than one line in its column ";
    let lines = (0..90).map(|n| line(&format!("{title}{n:03}"), 1, 1_000 + n, 0));
    let file = invoice(lines.collect()).render().unwrap();
    keep("long", &file);
    let text = pages(&file);
    assert!(text.len() > 3, "{} pages", text.len());
    for (index, page) in text.iter().enumerate() {
        has(page, &[&format!("Page {} of {}", index + 1, text.len())]);
    }
    let with_rows: Vec<&String> = text
        .iter()
        .filter(|page| page.contains("A very long"))
        .collect();
    assert!(with_rows.len() > 2);
    for page in with_rows {
        has(page, &["Unit price", "Amount (USD)", "TM7K3Q9X"]);
    }
    let all = text.join(" ");
    for n in 0..90 {
        has(&all, &[&format!("{n:03}")]);
    }
}

#[test]
fn hostile_text_stays_text_and_stays_visible() {
    let mut paper = invoice(vec![
        line("<img src=x onerror=alert(1)>", 1, 5_000, 0),
        line("(paren) \\ ) Tj ET %PDF ' \" <</S>>", 1, 5_000, 0),
        line("emoji 👨‍👩‍👧 done", 1, 5_000, 0),
        line("right שלום left", 1, 5_000, 0),
        line("turn\u{202E}ed \u{0}\u{1b}[31m end", 1, 5_000, 0),
        line(&"W".repeat(3_000), 1, 5_000, 0),
    ]);
    paper.billing.name = "\u{1F4A9}".to_owned();
    let file = paper.render().unwrap();
    keep("hostile", &file);
    let text = pages(&file).join(" ");
    has(
        &text,
        &[
            "<img src=x onerror=alert(1)>",
            "(paren) \\ ) Tj ET %PDF ' \" <</S>>",
        ],
    );
    has(
        &text,
        &[
            "emoji \u{FFFD} done",
            "right \u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD} left",
        ],
    );
    has(
        &text,
        &["turn\u{FFFD}ed \u{FFFD}\u{FFFD}[31m end", "WWWW", "…"],
    );
    has(&text, &["Bill to \u{FFFD}", "Total 304.99 USD"]);
}

#[test]
fn letters_of_several_glyphs_say_what_they_mean() {
    // There is no such letter in Unicode: the accent stays apart.
    let file = invoice(vec![line("Lamp x\u{302}", 1, 1_000, 0)])
        .render()
        .unwrap();
    let document = lopdf::Document::load_mem(&file).unwrap();
    let page = document.get_pages()[&1];
    let content = document.get_page_content(page);
    let content = String::from_utf8_lossy(&content);
    assert!(content.contains("/ActualText"), "{content}");
    has(&pages(&file)[0], &["Lamp x\u{302}"]);
}

#[test]
fn files_are_the_same_every_time_and_carry_their_data() {
    let paper = invoice(vec![line("Lamp", 1, 10_000, 0)]);
    let file = paper.render().unwrap();
    assert_eq!(file, paper.render().unwrap());
    assert!(file.len() < 60_000, "{} bytes", file.len());
    let document = lopdf::Document::load_mem(&file).unwrap();
    let info = document
        .trailer
        .get(b"Info")
        .unwrap()
        .as_reference()
        .unwrap();
    let info = document.get_dictionary(info).unwrap();
    let text = |key: &[u8]| lopdf::decode_text_string(info.get(key).unwrap()).unwrap();
    assert_eq!(text(b"Title"), "Invoice 2026-000123");
    assert_eq!(text(b"Author"), "TechMart Ltd");
    assert!(text(b"CreationDate").starts_with("D:20261123101500"));
    let root = document.catalog().unwrap();
    assert_eq!(
        lopdf::decode_text_string(root.get(b"Lang").unwrap()).unwrap(),
        "en"
    );
}
