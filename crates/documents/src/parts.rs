//! What the papers are put together from.

use kernel::Money;

use crate::flow::{Align, Flow, LEFT};
use crate::font::{Ink, Length, Style, Weight, pt};
use crate::table::{Cell, Column, table};
use crate::{Address, Payment, Seller, TaxRow, format};

pub(crate) const BODY: Style = Style::new(Weight::Regular, 90, Ink::Strong);
pub(crate) const BOLD: Style = Style::new(Weight::SemiBold, 90, Ink::Strong);
pub(crate) const SOFT: Style = Style::new(Weight::Regular, 80, Ink::Soft);
/// As [`BODY`], grey: the label of a value on the same line.
const FADED: Style = Style::new(Weight::Regular, 90, Ink::Soft);
const LABEL: Style = Style::new(Weight::SemiBold, 75, Ink::Soft);
const BRAND: Style = Style::new(Weight::SemiBold, 130, Ink::Strong);
const TITLE: Style = Style::new(Weight::SemiBold, 200, Ink::Strong);
const TOTAL: Style = Style::new(Weight::SemiBold, 110, Ink::Strong);

/// One cell with one text.
pub(crate) fn cell(text: impl Into<String>, style: Style) -> Cell {
    vec![(text.into(), style)]
}

/// The seller on the left; the name of the paper and its facts on the right.
pub(crate) fn masthead(flow: &mut Flow, seller: &Seller, title: &str, facts: &[(&str, String)]) {
    let half = flow.inner() - pt(270);
    let top = flow.y();
    let left = LEFT;
    let mut used = flow.text(left, half, Align::Left, &seller.name, BRAND) + pt(3);
    for line in seller
        .address
        .iter()
        .chain(&seller.email)
        .chain(&seller.phone)
    {
        flow.set_y(top + used);
        used += flow.text(left, half, Align::Left, line, SOFT);
    }
    let (label_width, value_width) = (pt(90), pt(170));
    let value_x = left + flow.inner() - value_width;
    let label_x = value_x - label_width;
    let title_width = label_width + value_width;
    flow.set_y(top - pt(4));
    let mut y = top - pt(4) + flow.text(label_x, title_width, Align::Right, title, TITLE) + pt(6);
    for (label, value) in facts {
        flow.set_y(y);
        let a = flow.text(label_x, label_width, Align::Left, label, FADED);
        let b = flow.text(value_x, value_width, Align::Right, value, BODY);
        y += a.max(b) + 800;
    }
    flow.set_y(y.max(top + used) + pt(20));
}

/// Addresses side by side, each with its heading.
pub(crate) fn addresses(flow: &mut Flow, blocks: &[(&str, &Address, Vec<String>)]) {
    let width = flow.inner() / 2 - pt(10);
    let top = flow.y();
    let mut lowest = top;
    let mut x = LEFT;
    for (heading, address, more) in blocks {
        flow.set_y(top);
        let mut y = top + flow.text(x, width, Align::Left, heading, LABEL) + pt(2);
        flow.set_y(y);
        y += flow.text(x, width, Align::Left, &address.name, BOLD);
        for line in format::address(address).iter().chain(more) {
            flow.set_y(y);
            y += flow.text(x, width, Align::Left, line, BODY);
        }
        lowest = lowest.max(y);
        x += width + pt(20);
    }
    flow.set_y(lowest + pt(22));
}

/// What was bought: title, then SKU and options in small print.
pub(crate) fn item(title: &str, sku: &str, options: &[(String, String)]) -> Cell {
    let mut cell = cell(title, BOLD);
    let options = format::options(options);
    if !options.is_empty() {
        cell.push((options, SOFT));
    }
    if !sku.is_empty() {
        cell.push((format!("SKU {sku}"), SOFT));
    }
    cell
}

/// Sums on the right, the total emphasised, kept together.
pub(crate) fn sums(
    flow: &mut Flow,
    rows: &[(String, String)],
    total: &(String, String),
    after: &[(String, String)],
) {
    let width = pt(250);
    let step = pt(15);
    let count = Length::try_from(rows.len() + after.len()).unwrap_or(0);
    flow.skip(pt(10));
    flow.make_room((step * count + pt(50)).min(pt(400)));
    let x = LEFT + flow.inner() - width;
    let lines = |flow: &mut Flow, rows: &[(String, String)]| {
        for (label, value) in rows {
            flow.make_room(step);
            let taken = pair(flow, x, width, label, value, [FADED, BODY]);
            flow.skip(taken.max(pt(12)) + pt(2));
        }
    };
    lines(flow, rows);
    flow.skip(pt(2));
    flow.rule(x, width, Ink::Strong);
    flow.skip(pt(5));
    let taken = pair(flow, x, width, &total.0, &total.1, [TOTAL, TOTAL]);
    flow.skip(taken + pt(3));
    lines(flow, after);
    flow.skip(pt(12));
}

fn pair(
    flow: &mut Flow,
    x: Length,
    width: Length,
    label: &str,
    value: &str,
    styles: [Style; 2],
) -> Length {
    let label_width = width * 55 / 100;
    let a = flow.text(x, label_width, Align::Left, label, styles[0]);
    let rest = width - label_width;
    let b = flow.text(x + label_width, rest, Align::Right, value, styles[1]);
    a.max(b)
}

/// The tax of each rate.
pub(crate) fn taxes(
    flow: &mut Flow,
    rows: &[TaxRow],
    total: Money,
) -> Result<(), crate::DocumentError> {
    if rows.is_empty() {
        return Ok(());
    }
    heading(flow, "Tax summary");
    let unit = total.currency();
    let columns = [
        Column::new("Tax", 0, Align::Left),
        Column::new("Rate", 60, Align::Right),
        Column::new(format!("Net ({unit})"), 90, Align::Right),
        Column::new(format!("Tax ({unit})"), 90, Align::Right),
        Column::new(format!("Gross ({unit})"), 90, Align::Right),
    ];
    let mut cells = Vec::with_capacity(rows.len());
    for row in rows {
        cells.push(vec![
            cell(&row.name, BODY),
            cell(format::rate(row.rate), BODY),
            cell(format::number(row.net), BODY),
            cell(format::number(row.tax), BODY),
            cell(format::number(row.net.checked_add(row.tax)?), BODY),
        ]);
    }
    table(flow, &columns, &cells);
    flow.skip(pt(16));
    Ok(())
}

/// How money came, or went back.
pub(crate) fn payments(flow: &mut Flow, title: &str, rows: &[Payment]) {
    let Some(first) = rows.first() else {
        return;
    };
    heading(flow, title);
    let columns = [
        Column::new("Method", 0, Align::Left),
        Column::new("Date", 110, Align::Left),
        Column::new(
            format!("Amount ({})", first.amount.currency()),
            90,
            Align::Right,
        ),
    ];
    let cells = rows.iter().map(|row| {
        vec![
            cell(format::payment(row), BODY),
            cell(format::date(row.on), BODY),
            cell(format::number(row.amount), BODY),
        ]
    });
    table(flow, &columns, &cells.collect::<Vec<_>>());
    flow.skip(pt(16));
}

/// Paragraphs of plain text.
pub(crate) fn notes(flow: &mut Flow, texts: &[String]) {
    for text in texts.iter().filter(|text| !text.trim().is_empty()) {
        let (x, width) = (LEFT, flow.inner());
        let runs = crate::font::wrap(text, SOFT, width);
        let height = runs.iter().map(|run| run.style.line_height()).sum();
        flow.make_room(height);
        let y = flow.y();
        let taken = flow.runs(x, y, width, Align::Left, runs);
        flow.skip(taken + pt(6));
    }
}

/// A heading that keeps with what follows.
pub(crate) fn heading(flow: &mut Flow, text: &str) {
    flow.make_room(pt(70));
    let (x, width) = (LEFT, flow.inner());
    let taken = flow.text(x, width, Align::Left, text, BOLD);
    flow.skip(taken + pt(2));
}

/// The seller's small print for the foot of every page.
pub(crate) fn footer(seller: &Seller) -> String {
    let tax = seller.tax_id.as_ref().map(|id| format!("Tax ID {id}"));
    let parts = [
        Some(seller.name.clone()),
        seller.registration.clone(),
        tax,
        seller.website.clone(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
