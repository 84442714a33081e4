//! The sentence model of search: fetched, checked and converted once per user, by the service's own command.

use std::path::PathBuf;

use anyhow::Result;

use crate::instance::{self, Instance};
use crate::tool;
use crate::ui::Ui;

/// Where the converted model lies.
pub(crate) fn file() -> Result<PathBuf> {
    Ok(instance::cache_home(false)?.join("models/minilm-int8.bin"))
}

/// Makes sure that the model is there. Without it search works by words only, which is said and is no error.
pub(crate) async fn ensure(instance: &Instance, ui: Ui) -> Result<()> {
    let file = file()?;
    let step = ui.step("Sentence model");
    if file.exists() {
        step.done(file.display().to_string());
        return Ok(());
    }
    let folder = file.parent().unwrap_or(&file).display().to_string();
    match tool::capture(instance, "search", &["model", "fetch", &folder], Vec::new()).await {
        Ok(_) => step.done(file.display().to_string()),
        Err(error) => step.warn(format!(
            "vectors are off, search works by words only ({error:#})"
        )),
    }
    Ok(())
}
