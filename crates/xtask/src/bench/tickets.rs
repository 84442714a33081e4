//! Purchases that pgbench is to make: the statements of one that was recorded, with the values of others.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, Result, ensure};
use regex::Regex;
use sqlx::{PgConnection, Row as _};

use super::capture::Statement;
use crate::race::shop::{Buyer, text};

/// What tells the rows of one purchase from those of another.
#[derive(Debug, Clone)]
pub(super) struct Ticket {
    checkout_id: String,
    cart_id: String,
    token_hash: String,
    checkout_uuid: String,
    cart_uuid: String,
    variant_uuid: String,
    product_uuid: String,
    key: String,
}

impl Ticket {
    /// Of a buyer whose checkout lacks only the payment.
    pub(super) async fn of(admin: &mut PgConnection, buyer: &Buyer<'_>) -> Result<Self> {
        let row = sqlx::query(
            "select c.checkout_id::text, c.cart_id::text, encode(c.token_hash, 'hex'), l.variant_id::text, v.product_id::text
               from checkout.checkout c join cart.line l using (cart_id) join catalog.variant v using (variant_id)
              where c.email = $1",
        )
        .bind(format!("{}@example.com", buyer.key))
        .fetch_one(admin)
        .await
        .context("the checkout of a buyer")?;
        Ok(Self {
            checkout_id: text(&buyer.checkout, "id")?,
            cart_id: buyer.cart_id.clone(),
            token_hash: row.get(2),
            checkout_uuid: row.get(0),
            cart_uuid: row.get(1),
            variant_uuid: row.get(3),
            product_uuid: row.get(4),
            key: buyer.key.clone(),
        })
    }

    /// What its statements can be recognised by.
    pub(super) fn marks(&self) -> Vec<String> {
        vec![
            self.checkout_uuid.clone(),
            self.cart_uuid.clone(),
            self.checkout_id.clone(),
        ]
    }

    fn values(&self) -> [&String; 8] {
        [
            &self.checkout_id,
            &self.cart_id,
            &self.token_hash,
            &self.checkout_uuid,
            &self.cart_uuid,
            &self.variant_uuid,
            &self.product_uuid,
            &self.key,
        ]
    }
}

/// A recorded purchase.
#[derive(Debug)]
pub(super) struct Template {
    ticket: Ticket,
    statements: Vec<Statement>,
    /// Ids that were made for this purchase: each other one needs its own.
    made: Vec<String>,
}

impl Template {
    /// Of two purchases of the same variant: what is in both is the same for all.
    pub(super) fn of(
        ticket: Ticket,
        statements: Vec<Statement>,
        other: &[Statement],
    ) -> Result<Self> {
        ensure!(
            !statements.is_empty(),
            "the purchase left no statements in the server's log"
        );
        let shapes =
            |list: &[Statement]| list.iter().map(|one| one.sql.clone()).collect::<Vec<_>>();
        let (mut ours, mut theirs) = (shapes(&statements), shapes(other));
        ours.sort();
        theirs.sort();
        ensure!(
            ours == theirs,
            "two purchases sent different statements: {} and {}",
            ours.len(),
            theirs.len()
        );
        let known: BTreeSet<&String> = ticket.values().into_iter().collect();
        let constant = ids(other)?;
        let made = ids(&statements)?
            .into_iter()
            .filter(|id| !constant.contains(id) && !known.contains(id))
            .collect();
        Ok(Self {
            ticket,
            statements,
            made,
        })
    }

    /// How many statements a purchase takes.
    pub(super) fn len(&self) -> usize {
        self.statements.len()
    }

    /// The script of one purchase; its values are the columns of a row of `bench.ticket`.
    pub(super) fn script(&self) -> Result<String> {
        let placeholder = Regex::new(r"\$(\d+)")?;
        let mut script = self.ticket_script();
        let mut column = 0;
        for statement in &self.statements {
            let mut names = HashMap::new();
            for (index, value) in statement.parameters.iter().enumerate() {
                let name = if value.is_some() {
                    column += 1;
                    format!(":s{column}")
                } else {
                    "null".to_owned()
                };
                names.insert((index + 1).to_string(), name);
            }
            let sql = placeholder.replace_all(&statement.sql, |found: &regex::Captures<'_>| {
                names
                    .get(&found[1])
                    .cloned()
                    .unwrap_or_else(|| found[0].to_owned())
            });
            script.push_str(sql.trim().trim_end_matches(';'));
            script.push_str(";\n");
        }
        Ok(script)
    }

    /// Only the fetching of a purchase's values: what is taken off as pgbench's own cost.
    pub(super) fn ticket_script(&self) -> String {
        let count = self
            .statements
            .iter()
            .flat_map(|one| &one.parameters)
            .flatten()
            .count();
        let columns: Vec<String> = (1..=count)
            .map(|column| format!("v[{column}] as s{column}"))
            .collect();
        format!(
            "select {} from bench.ticket where n = (select nextval('bench.next')) \\gset\n",
            columns.join(", ")
        )
    }

    /// The values of another purchase.
    pub(super) fn values(&self, ticket: &Ticket) -> Vec<String> {
        let mut pairs: Vec<(&String, String)> = self
            .ticket
            .values()
            .into_iter()
            .zip(ticket.values().into_iter().cloned())
            .collect();
        pairs.extend(self.made.iter().map(|id| (id, like(id))));
        let parameters = self
            .statements
            .iter()
            .flat_map(|one| &one.parameters)
            .flatten();
        parameters
            .map(|value| {
                pairs.iter().fold(value.clone(), |value, (from, to)| {
                    value.replace(from.as_str(), to)
                })
            })
            .collect()
    }
}

/// The ids in the parameters of statements: UUIDs, ids with a prefix, and the provider's.
fn ids(statements: &[Statement]) -> Result<BTreeSet<String>> {
    let shape = Regex::new(
        r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}\b|\b(?:pi|ch|evt|req|txn|re)_[0-9A-Za-z]{8,}(?:_secret_[0-9A-Za-z]+)?",
    )?;
    let values = statements.iter().flat_map(|one| &one.parameters).flatten();
    Ok(values
        .flat_map(|value| {
            shape
                .find_iter(value)
                .map(|found| found.as_str().to_owned())
        })
        .collect())
}

/// A fresh id of the same form: hexadecimal digits anew, prefix and length as they were.
fn like(id: &str) -> String {
    let digits = |length: usize| -> String {
        (0..length)
            .map(|_| char::from_digit(rand::random_range(0..16), 16).unwrap_or('0'))
            .collect()
    };
    match id.split_once('_') {
        Some((prefix, rest)) => format!("{prefix}_{}", digits(rest.len())),
        None => [8, 4, 4, 4, 12].map(digits).join("-"),
    }
}
