//! docs/ERRORS.md lists every code that the sources can answer with, and no code twice.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What stands right before a code, white space aside.
const BEFORE: [&str; 4] = [
    "conflict(\"",
    "bad_request(\"",
    "unauthorized(\"",
    "version_conflict(\"",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is = |name: &str| path.file_name().is_some_and(|file| file == name);
        if path.is_dir() && !is("tests") {
            sources(&path, found)?;
        } else if path.extension().is_some_and(|kind| kind == "rs") && !is("tests.rs") {
            found.push(path);
        }
    }
    Ok(())
}

/// The codes in a source text: after a constructor, or after a status.
fn codes(text: &str, found: &mut BTreeSet<String>) {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(str::chars)
        .filter(|letter| !letter.is_whitespace())
        .collect();
    // Unit tests at the end of a file make up their own.
    let code = code
        .split("#[cfg(test)]modtests{")
        .next()
        .unwrap_or_default();
    let after_status = code.split("StatusCode::").skip(1).filter_map(|rest| {
        let (status, rest) = rest.split_once(",\"")?;
        status
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
            .then_some(rest)
    });
    let after_names = BEFORE.iter().flat_map(|before| code.split(before).skip(1));
    for rest in after_status.chain(after_names) {
        let word = rest.split('"').next().unwrap_or_default();
        if !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        {
            found.insert(word.to_owned());
        }
    }
}

#[test]
fn every_code_is_in_the_document() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    sources(&root.join("crates/common/src"), &mut files).unwrap();
    for service in fs::read_dir(root.join("services")).unwrap() {
        sources(&service.unwrap().path().join("src"), &mut files).unwrap();
    }
    let mut answered = BTreeSet::new();
    for file in files {
        codes(&fs::read_to_string(file).unwrap(), &mut answered);
    }
    assert!(answered.len() > 20, "{answered:?}");
    let document = fs::read_to_string(root.join("docs/ERRORS.md")).unwrap();
    let listed: BTreeSet<String> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(code, _)| code.to_owned())
        .collect();
    let missing: Vec<_> = answered.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "docs/ERRORS.md does not list {missing:?}"
    );
}
