//! What a shopper is told.

use std::fmt::Write as _;

use super::view::{Address, Order};

/// Name of the message that confirms an order.
pub const CONFIRMATION: &str = "order_confirmation";

/// A message ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// Confirms a placed order. `link` opens it.
pub fn confirmation(order: &Order, link: &str) -> Message {
    let number = order.number.as_deref().unwrap_or_default();
    let mut body = format!("Thank you for your order {number}.\n\n");
    for line in &order.lines {
        let variant = if line.variant_title.is_empty() {
            String::new()
        } else {
            format!(" ({})", line.variant_title)
        };
        let (quantity, title, total) = (line.quantity, &line.title, line.total);
        // Writing to a string does not fail.
        let _written = writeln!(body, "{quantity} × {title}{variant}  {total}");
    }
    let totals = &order.totals;
    let mut sum = |label: &str, amount: Option<kernel::Money>| {
        if let Some(amount) = amount.filter(|a| !a.is_zero()) {
            let _written = writeln!(body, "{label}  {amount}");
        }
    };
    sum("\nSubtotal", Some(totals.subtotal));
    sum("Discount", Some(totals.discount));
    sum("Shipping", totals.shipping);
    sum("Tax", totals.tax);
    let _written = writeln!(body, "Total  {}", totals.total);
    let _written = writeln!(
        body,
        "\nWe send it by {} to:\n{}\n\nYour order: {link}",
        order.shipping_method.name,
        address(&order.shipping_address)
    );
    Message {
        subject: format!("Your order {number}"),
        body,
    }
}

fn address(a: &Address) -> String {
    let city = [
        Some(a.city.as_str()),
        a.region.as_deref(),
        Some(a.postal_code.as_str()),
    ];
    let city = city
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    [
        Some(a.name.as_str()),
        Some(a.line1.as_str()),
        a.line2.as_deref(),
        Some(&city),
        Some(a.country.as_str()),
    ]
    .into_iter()
    .flatten()
    .filter(|line| !line.is_empty())
    .collect::<Vec<_>>()
    .join("\n")
}
