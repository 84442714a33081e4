//! The search service with what not every machine has: the sentence model, fetched into the user's cache once, and an
//! `OpenSearch` named by `TECHMART_TEST_OPENSEARCH_URL`. Where one is missing its tests are skipped and counted as such.
#![expect(clippy::print_stderr, reason = "says why tests are skipped")]

#[path = "../api/moment.rs"]
#[expect(dead_code, reason = "the other suite needs the rest")]
mod moment;
#[path = "../api/shop.rs"]
#[expect(dead_code, reason = "the other suite needs the rest")]
mod shop;

mod deep;
mod meaning;
mod server;

use std::future::Future;

use libtest_mimic::{Arguments, Trial};
use search_vectors::fetch;

fn main() {
    let model = model();
    if let Err(reason) = &model {
        eprintln!("skipped: the sentence model cannot be fetched: {reason}");
    }
    let model = model.ok();
    let url = server::url();
    if url.is_none() {
        eprintln!("skipped: TECHMART_TEST_OPENSEARCH_URL names no OpenSearch");
    }
    let mut trials = meaning::trials(model.as_deref());
    trials.extend(deep::trials(model.as_deref()));
    trials.extend(server::trials(url.as_deref(), model.as_deref()));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// The path of the model file.
fn model() -> Result<String, Box<dyn std::error::Error>> {
    let folder = fetch::cache_dir().ok_or("no home folder")?;
    let fetched = fetch(&folder, |step| eprintln!("{step:?} the model …"))?;
    let path = fetched.path.into_os_string().into_string();
    path.map_err(|path| format!("{} is no text", path.display()).into())
}

/// A test that needs something, and is skipped without it.
fn trial<F: Future<Output = ()>>(
    name: &str,
    needed: Option<&str>,
    test: impl FnOnce(String) -> F + Send + 'static,
) -> Trial {
    let is_missing = needed.is_none();
    let needed = needed.unwrap_or_default().to_owned();
    let run = move || {
        let threads = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        threads.block_on(test(needed));
        Ok(())
    };
    Trial::test(name, run).with_ignored_flag(is_missing)
}
