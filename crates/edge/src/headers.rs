//! `deploy/headers.toml`: what is dropped from requests, and what pages carry.

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The file as it was when this program was built.
const SHIPPED: &str = include_str!("../../../deploy/headers.toml");

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Headers {
    /// Identity and forwarding headers that only the edge may set; what a client sends is dropped.
    pub stripped: Vec<String>,
    page: Vec<Header>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    name: String,
    value: String,
}

impl Headers {
    /// The shipped file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn shipped() -> Result<Self> {
        toml::from_str(SHIPPED).context("deploy/headers.toml")
    }

    /// Security headers of pages that load the payment provider's script from `payment` (origins) and hold inline
    /// scripts with these hashes ([`inline_hashes`]).
    pub fn of_pages(&self, payment: &[String], inline: &[String]) -> Vec<(&str, String)> {
        let list = |sources: &[String]| {
            sources
                .iter()
                .fold(String::new(), |all, source| all + " " + source)
        };
        let (payment, inline) = (list(payment), list(inline));
        let filled = self.page.iter().map(|header| {
            let value = header.value.replace("{payment}", &payment);
            (header.name.as_str(), value.replace("{inline}", &inline))
        });
        filled.collect()
    }
}

/// The `sha256-…` sources of the scripts written into `index.html` itself (such as one that sets the theme before the
/// first paint), so that the content security policy lets exactly them run.
pub fn inline_hashes(html: &str) -> Vec<String> {
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
    use super::*;

    #[test]
    fn only_inline_scripts_are_hashed() {
        let html =
            "<script>alert(1)</script><script type=\"module\" src=\"/assets/a.js\"></script>";
        // echo -n 'alert(1)' | openssl dgst -sha256 -binary | base64
        assert_eq!(
            inline_hashes(html),
            ["'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"]
        );
    }

    #[test]
    fn the_policy_names_the_provider_and_the_scripts() {
        let headers = Headers::shipped().unwrap();
        let policy = |payment: &[String], inline: &[String]| {
            let all = headers.of_pages(payment, inline);
            let found = all
                .into_iter()
                .find(|(name, _)| *name == "Content-Security-Policy");
            found.unwrap().1
        };
        let full = policy(&["https://pay.test".to_owned()], &["'sha256-x'".to_owned()]);
        for part in [
            "script-src 'self' https://pay.test 'sha256-x';",
            "connect-src 'self' https://pay.test;",
            "frame-src https://pay.test;",
        ] {
            assert!(full.contains(part), "{part} is missing in {full}");
        }
        // A list without sources lets nothing in.
        assert!(policy(&[], &[]).contains("frame-src;"));
    }

    #[test]
    fn headers_are_listed_once() {
        let headers = Headers::shipped().unwrap();
        let mut names: Vec<String> = headers.stripped.clone();
        names.extend(headers.page.iter().map(|header| header.name.clone()));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
