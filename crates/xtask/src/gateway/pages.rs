//! What the gateway must know of the built pages.

use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use sha2::{Digest, Sha256};

/// The `sha256-…` sources of the scripts written into `index.html` itself (the one that sets the
/// theme before the first paint), so that the content security policy lets exactly them run.
pub(crate) fn inline_hashes(dist: &Path) -> Result<Vec<String>> {
    let index = dist.join("index.html");
    if !index.is_file() {
        return Ok(Vec::new());
    }
    let html = std::fs::read_to_string(&index)
        .with_context(|| format!("cannot read {}", index.display()))?;
    Ok(hashes(&html))
}

fn hashes(html: &str) -> Vec<String> {
    // Our own build's output, not arbitrary HTML: attributes hold no angle brackets.
    let Ok(script) = Regex::new(r"(?s)<script([^>]*)>(.*?)</script>") else {
        return Vec::new();
    };
    script
        .captures_iter(html)
        .filter(|found| !found[1].contains("src=") && !found[2].is_empty())
        .map(|found| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(&found[2]))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::hashes;

    #[test]
    fn only_inline_scripts_are_hashed() {
        let html =
            "<script>alert(1)</script><script type=\"module\" src=\"/assets/a.js\"></script>";
        // echo -n 'alert(1)' | openssl dgst -sha256 -binary | base64
        assert_eq!(
            hashes(html),
            ["'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"]
        );
    }
}
