//! Rebuilds the index that all instances share, beside the live one.

use futures::future::BoxFuture;
use search_core::Place;
use search_opensearch::{OpenSearch, Swapped};

use super::source::{Next, Source};
use crate::jobs::follow::changes;

/// Fills a new index from the first change on and lets it answer. `go_on` is asked before every step. If it is cut off,
/// whoever comes next goes on where it was, unless that lies in another past than the database.
///
/// # Errors
/// When the database or the server is away, or `go_on` says no; the live index stays then.
pub async fn rebuild(
    remote: &OpenSearch,
    source: &Source,
    go_on: impl Fn(i64) -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync,
) -> anyhow::Result<()> {
    let beginning = source.begin().await?.place;
    let mut rebuild = remote.begin_rebuild().await?;
    loop {
        let place = match rebuild.place() {
            Place { cursor: 0, .. } => beginning,
            place => place,
        };
        go_on(place.cursor).await?;
        match source.read(place).await? {
            Next::Changes(rows, next) => rebuild.apply(&changes(rows).await?, next).await?,
            Next::OtherPast if place == beginning => {
                anyhow::bail!("the database was put back once more")
            }
            Next::OtherPast => {
                rebuild.abandon().await?;
                rebuild = remote.begin_rebuild().await?;
            }
            Next::Nothing(next) => {
                rebuild.apply(&[], next).await?;
                let swapped = match rebuild.swap().await? {
                    Swapped::Behind { place } if is_lost(source, place).await? => {
                        rebuild.swap_over(place).await?
                    }
                    swapped => swapped,
                };
                if swapped == Swapped::Done {
                    return Ok(());
                }
            }
        }
    }
}

/// Whether a place lies in another past than the database.
async fn is_lost(source: &Source, place: Place) -> anyhow::Result<bool> {
    Ok(matches!(source.read(place).await?, Next::OtherPast))
}
