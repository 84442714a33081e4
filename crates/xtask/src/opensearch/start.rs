//! OpenSearch as a part of the stack.

use std::time::Duration;

use anyhow::{Context, Result};

use super::{MISSING, Program, VERSION};
use crate::stack::Stack;
use crate::state::SearchEngine;

/// How long it may take to answer on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(3);

impl Stack {
    /// The server that answers searches, where it was chosen: the one that was given, or one of our own.
    pub(crate) async fn start_search_engine(&mut self) -> Result<()> {
        if self.state.search != SearchEngine::Opensearch || !self.includes("search") {
            return Ok(());
        }
        if let Some(url) = &self.state.opensearch_url {
            let step = self.ui.step("OpenSearch (yours)");
            let name = super::check_given(url).await?;
            step.done(format!("{name}, {}", super::without_login(url)));
            return Ok(());
        }
        let program = super::find(self.ui)?.context(MISSING)?;
        self.start_opensearch(program).await
    }

    /// Starts a server of OpenSearch.
    pub(crate) async fn start_opensearch(&mut self, program: Program) -> Result<()> {
        let step = self.ui.step(format!("OpenSearch {VERSION}"));
        super::assign_ports(&mut self.state)?;
        self.state.save(&self.instance)?;
        self.supervisor
            .start(program.spec(&self.instance, &self.state)?);
        self.supervisor
            .wait_ready("opensearch", START_LIMIT)
            .await?;
        super::check_own(&self.instance, &self.state).await?;
        step.done(format!("127.0.0.1:{}", self.port("opensearch")?));
        Ok(())
    }
}
