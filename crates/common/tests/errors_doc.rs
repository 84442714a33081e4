//! docs/ERRORS.md lists every code that the sources can answer with, in a row of its own or among the codes of fields.

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
    // `const fn code(self) -> &'static str { match self { … => "a_code", … } }`
    let in_tables = code
        .split("fncode(self)->&'staticstr{")
        .skip(1)
        .filter_map(|rest| rest.split("}}").next())
        .flat_map(|table| table.split("=>\"").skip(1));
    // `invalid_field(pointer, "a_code", …)`, where the pointer is a literal or a name.
    let in_fields = code
        .split("invalid_field(")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(",\"")?.1));
    for rest in after_status
        .chain(after_names)
        .chain(in_tables)
        .chain(in_fields)
    {
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

/// The codes that the document lists: one per row, and those of fields in a paragraph of their own.
fn listed(document: &str) -> BTreeSet<String> {
    let rows = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(code, _)| code.to_owned());
    let fields = document
        .split("\n\n")
        .filter(|paragraph| paragraph.starts_with("Codes inside `errors`:"))
        .flat_map(|paragraph| paragraph.split('`').skip(1).step_by(2))
        .map(str::to_owned);
    rows.chain(fields).collect()
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
    let listed = listed(&document);
    let missing: Vec<_> = answered.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "docs/ERRORS.md does not list {missing:?}"
    );
}
