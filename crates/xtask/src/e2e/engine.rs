//! Who answers searches: the engine that was chosen, not the one that stands in for it.

use anyhow::{Context, Result, ensure};

use crate::catalogue;
use crate::count::Count;
use crate::race::{Shop, Target};
use crate::stack::Stack;
use crate::state::SearchEngine;
use crate::ui::Ui;

/// Waits until a server beside the service knows all products: before, the service's own index answers.
pub(super) async fn followed(stack: &Stack, ui: Ui) -> Result<()> {
    if stack.state.search == SearchEngine::Embedded {
        return Ok(());
    }
    let shop = Shop::new(Target::of_stack(stack)?);
    catalogue::followed(&shop, ui).await.map(drop)
}

/// The chosen engine answers, now that everything else was tried.
pub(super) async fn answers(stack: &Stack, ui: Ui) -> Result<Count> {
    let step = ui.step("Who answers searches");
    let shop = Shop::new(Target::of_stack(stack)?);
    let status = catalogue::status(&shop).await?;
    let engines = status["engines"].as_array().context("no `engines`")?;
    let chosen = engines.iter().find(|one| one["chosen"] == true);
    let chosen = chosen.context("no engine is chosen")?;
    let wanted = match stack.state.search {
        SearchEngine::Embedded => "embedded",
        SearchEngine::Opensearch => "opensearch",
    };
    ensure!(
        chosen["engine"] == wanted && chosen["available"] == true && status["degraded"] == false,
        "{wanted} does not answer: {status}"
    );
    step.done(wanted);
    Ok(Count::passed(1))
}
