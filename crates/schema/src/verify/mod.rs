//! Invariants of stock, carts, money, orders and sessions as SQL: each query returns the rows that break it.
//!
//! Map: [`stock`] (I01–I05), [`buying`] (I06–I09, I16–I18, I24), [`money`] (I10, I12–I14), [`orders`] (I15, I19, I20, I32,
//! I33), [`flow`] (I21–I23, I31, I34), [`sessions`] (I28–I30), [`witness`] (I11, I25–I27: against what others wrote down).

use sqlx::{AssertSqlSafe, PgConnection, Row as _};

mod buying;
mod flow;
mod money;
mod orders;
mod sessions;
mod stock;
mod witness;

/// When an invariant holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At any moment, also under load.
    Always,
    /// Once nothing is under way any more: queues are drained and payments settled.
    Quiet,
}

/// What an invariant is compared with, beside the database itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// Nothing: the database alone.
    Database,
    /// The payment provider's own ledger.
    Ledger,
    /// What clients were told.
    History,
}

/// One invariant: a stable name, what must hold, and a query that returns one text per violation.
#[derive(Debug, Clone, Copy)]
pub struct Invariant {
    /// Stable number, for reports and alarms.
    pub id: &'static str,
    /// Stable name.
    pub name: &'static str,
    /// What must hold, as a sentence.
    pub rule: &'static str,
    /// When it holds.
    pub when: When,
    /// What it is compared with; other than the database itself that is `$1`, an array of JSON objects.
    pub against: Against,
    /// Returns one text column: a description of each violation.
    pub sql: &'static str,
}

/// What to check, and with what evidence.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope<'a> {
    /// Whether the system is at rest, so that [`When::Quiet`] counts as well.
    pub quiet: bool,
    /// The provider's ledger: `[{"provider_ref", "captured_minor", "refunded_minor", "currency"}]`.
    pub ledger: Option<&'a str>,
    /// What was acknowledged: `[{"kind": "order", "id"} | {"kind": "cart", "id", "version", "lines": {variant: quantity}}]`,
    /// ids as plain UUIDs.
    pub history: Option<&'a str>,
}

/// An invariant and the violations found.
#[derive(Debug)]
pub struct Finding {
    /// The invariant that was checked.
    pub invariant: &'static Invariant,
    /// At most 20 violations, described.
    pub violations: Vec<String>,
}

/// Every invariant, in the order of their numbers.
pub fn invariants() -> Vec<&'static Invariant> {
    let mut all: Vec<&'static Invariant> = [
        stock::INVARIANTS,
        buying::INVARIANTS,
        money::INVARIANTS,
        orders::INVARIANTS,
        flow::INVARIANTS,
        sessions::INVARIANTS,
        witness::INVARIANTS,
    ]
    .into_iter()
    .flatten()
    .collect();
    all.sort_by_key(|invariant| invariant.id);
    all
}

/// Checks the invariants in scope in one repeatable-read snapshot, so that work in progress is never seen half done.
///
/// # Errors
/// When the database cannot be asked, or the evidence is no array of JSON objects.
pub async fn run(conn: &mut PgConnection, scope: Scope<'_>) -> Result<Vec<Finding>, sqlx::Error> {
    sqlx::raw_sql("begin isolation level repeatable read read only")
        .execute(&mut *conn)
        .await?;
    let mut findings = Vec::new();
    for invariant in invariants() {
        let evidence = match invariant.against {
            Against::Database => None,
            Against::Ledger => scope.ledger,
            Against::History => scope.history,
        };
        let known = invariant.against == Against::Database || evidence.is_some();
        if !known || (invariant.when == When::Quiet && !scope.quiet) {
            continue;
        }
        // The text is a constant of this crate; only the limit is added.
        let sql = AssertSqlSafe(format!(
            "select * from ({}) as violation limit 20",
            invariant.sql
        ));
        let mut query = sqlx::query(sql);
        if let Some(evidence) = evidence {
            query = query.bind(evidence);
        }
        let rows = query.fetch_all(&mut *conn).await?;
        let violations = rows.iter().map(|row| row.get::<String, _>(0)).collect();
        findings.push(Finding {
            invariant,
            violations,
        });
    }
    sqlx::raw_sql("commit").execute(conn).await?;
    Ok(findings)
}
