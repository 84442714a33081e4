//! What the command line does before there are settings.

use std::process::{Command, Output};

/// Runs `techmart-search` where nothing is set and no program can be found.
fn run(arguments: &[&str]) -> (bool, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_techmart-search"))
        .env_clear()
        .env("PATH", "/nowhere")
        .env("TECHMART_SEARCH__HTTP__OPS_ADDRESS", "127.0.0.1:1")
        .args(arguments)
        .output()
        .expect("the program");
    let said = [stdout, stderr].concat();
    (
        status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[test]
fn only_a_command_that_asks_the_database_needs_its_address() {
    assert!(run(&["settings"]).0);
    #[cfg(debug_assertions)]
    assert!(run(&["openapi"]).0);
    for (arguments, reason) in [
        (
            &["healthcheck"][..],
            "techmart-search: no answer from 127.0.0.1:1",
        ),
        (
            &[
                "model",
                "fetch",
                concat!(env!("CARGO_TARGET_TMPDIR"), "/model"),
            ],
            "techmart-search: pip is not installed",
        ),
        (
            &["reindex"],
            "techmart-search: TECHMART_SEARCH__DB__URL: is required and not set",
        ),
        (
            &["serve"],
            "techmart-search: TECHMART_SEARCH__DB__URL: is required and not set",
        ),
    ] {
        let (done, said) = run(arguments);
        assert!(!done, "{arguments:?}: {said}");
        assert!(said.starts_with(reason), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
    }
}
