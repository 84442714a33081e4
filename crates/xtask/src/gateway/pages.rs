//! What the gateway must know of the built pages.

use std::path::Path;

use anyhow::{Context, Result};

/// The hashes of the scripts written into `index.html` itself; none where there are no pages.
pub(crate) fn inline_hashes(dist: &Path) -> Result<Vec<String>> {
    let index = dist.join("index.html");
    if !index.is_file() {
        return Ok(Vec::new());
    }
    let html = std::fs::read_to_string(&index)
        .with_context(|| format!("cannot read {}", index.display()))?;
    Ok(edge::headers::inline_hashes(&html))
}
