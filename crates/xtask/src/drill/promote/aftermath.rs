//! After a promotion: what was lost, what holds, and that the old primary stays down.

use std::collections::BTreeSet;
use std::time::Instant;

use anyhow::{Context, Result};
use sqlx::{Connection, PgConnection};

use super::{Pair, streaming};
use crate::drill::evidence::{Findings, Witness, shown, verify};
use crate::drill::servers::{self, Room};
use crate::drill::shoppers::{Bought, Shoppers};
use crate::drill::{copy, provider};
use crate::postgres::DATABASE;
use crate::race::{Shop, Target, ledger, now, quiet, uuid};
use crate::stack::Stack;

/// What was acknowledged is there, or is what the time without the standby explains; all else holds.
pub(super) async fn judge(
    stack: &Stack,
    old: &Shop,
    shoppers: &Shoppers<'_>,
    killed: Instant,
    waits: bool,
    findings: &mut Findings,
) -> Result<()> {
    let shop = Shop::new(Target::of_stack(stack)?);
    quiet(&shop).await?;
    let mut database = shop.target.connect().await?;
    let bought = shoppers.bought();
    let lost = lost(&bought, &mut database).await?;
    findings.fact(format!(
        "{} orders acknowledged, {} of them after the kill; {} lost",
        bought.len(),
        bought.iter().filter(|one| one.at > killed).count(),
        lost.len()
    ));
    if let Some(first) = lost.iter().map(|one| one.at).min() {
        let age = killed.saturating_duration_since(first);
        findings.fact(format!(
            "RPO {}: the oldest lost order's age at the kill",
            shown(age)
        ));
    } else {
        findings.fact("RPO 0: nothing acknowledged was lost");
    }
    let refused = shoppers.refused();
    let books = ledger(&shop.target).await?;
    if waits {
        findings.check("no acknowledged order is lost", lost.is_empty(), || {
            format!("{lost:?}")
        });
        findings.check(
            "every purchase that was begun ended in an order",
            refused.is_empty(),
            || format!("{refused:?}"),
        );
        let told = old.wire.history();
        let witness = Witness {
            quiet: true,
            history: Some(&told),
            books: Some(&books),
        };
        let broken = verify(stack, witness).await?;
        findings.check(
            "all invariants hold, with what clients were told and the provider's books",
            broken.is_empty(),
            || broken.join("; "),
        );
        return Ok(());
    }
    findings.fact(format!(
        "purchases under way that were refused: {refused:?}"
    ));
    let named: BTreeSet<String> = provider::unknown(&books, &mut database)
        .await?
        .into_iter()
        .map(|payment| payment.order_id)
        .collect();
    let unnamed: Vec<_> = lost
        .iter()
        .filter(|one| !named.contains(&one.order_id))
        .collect();
    findings.check(
        "the provider's books name every lost order",
        unnamed.is_empty(),
        || format!("{unnamed:?}"),
    );
    give_back(stack, &shop, killed, findings).await
}

/// Acknowledged orders that the database does not have.
async fn lost<'a>(bought: &'a [Bought], database: &mut PgConnection) -> Result<Vec<&'a Bought>> {
    let query = "select exists (select from orders.sales_order where order_id = $1::uuid and placed_at is not null)";
    let mut lost = Vec::new();
    for one in bought {
        let id = uuid(&one.order_id).context("an order's id")?;
        let there: bool = sqlx::query_scalar(query)
            .bind(id)
            .fetch_one(&mut *database)
            .await?;
        if !there {
            lost.push(one);
        }
    }
    Ok(lost)
}

/// The rest holds, and staff's script gives back what was taken for orders that are lost.
async fn give_back(
    stack: &Stack,
    shop: &Shop,
    killed: Instant,
    findings: &mut Findings,
) -> Result<()> {
    let witness = Witness {
        quiet: true,
        ..Witness::default()
    };
    let broken = verify(stack, witness).await?;
    findings.check("all invariants hold", broken.is_empty(), || {
        broken.join("; ")
    });
    let since = now().saturating_sub(killed.elapsed().as_secs() + 120);
    provider::by_script(stack, shop, since, true).await?;
    let mut database = shop.target.connect().await?;
    let left = provider::unknown(&ledger(&shop.target).await?, &mut database).await?;
    findings.check(
        "unknown-payments.sh gives their money back",
        left.is_empty(),
        || format!("{left:?}"),
    );
    Ok(())
}

/// The old primary comes back as a standby that takes no write, and a new copy follows the new primary.
pub(super) async fn fence(
    stack: &mut Stack,
    room: &Room,
    pair: &Pair,
    findings: &mut Findings,
) -> Result<()> {
    copy::write(
        &pair.primary,
        &pair.primary.data().join("standby.signal"),
        "",
    )?;
    servers::serve(stack, "fenced", &pair.primary).await?;
    let mut connection = servers::connect(&pair.primary, DATABASE).await?;
    let refused = sqlx::query("create table public.written_twice ()")
        .execute(&mut connection)
        .await
        .err();
    let code = refused.as_ref().and_then(|error| {
        let error = error.as_database_error()?;
        error.code().map(std::borrow::Cow::into_owned)
    });
    findings.check(
        "the old primary, started again behind `standby.signal`, takes no write",
        code.as_deref() == Some("25006"),
        || format!("{refused:?}"),
    );
    connection.close().await?;
    stack.supervisor.stop(&["fenced".to_owned()]).await;
    let (rebuilt, copied) = servers::standby(
        &pair.standby,
        &room.path("rebuilt"),
        servers::free_port()?,
        "rebuilt",
    )
    .await?;
    servers::serve(stack, "rebuilt", &rebuilt).await?;
    let follows = streaming(&pair.standby, "rebuilt").await;
    findings.check(
        "a new standby follows the new primary",
        follows.is_ok(),
        || format!("{follows:?}"),
    );
    findings.fact(format!("copied anew in {}", shown(copied.took)));
    // What needs the promoted server goes first.
    servers::stop_services(stack).await;
    Ok(())
}
