//! The settings as a table, read from the comments of the defaults.

use std::fmt::Write;

/// A setting with a default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingRow {
    /// `http.address`.
    pub path: String,
    /// As written in the defaults.
    pub default: String,
    /// The comment above it.
    pub meaning: String,
}

/// The settings in a TOML text of defaults: sections, then `key = value` lines with comments above.
pub fn describe(defaults: &str) -> Vec<SettingRow> {
    let mut rows = Vec::new();
    let mut section = String::new();
    let mut comment = String::new();
    for line in defaults.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix('#') {
            if !comment.is_empty() {
                comment.push(' ');
            }
            comment.push_str(text.trim());
        } else if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            name.clone_into(&mut section);
            comment.clear();
        } else if let Some((key, value)) = line.split_once('=') {
            rows.push(SettingRow {
                path: format!("{section}.{}", key.trim()),
                default: value.trim().trim_matches('"').to_owned(),
                meaning: std::mem::take(&mut comment),
            });
        } else {
            comment.clear();
        }
    }
    rows
}

impl SettingRow {
    /// The rows as a Markdown table with the variables' names (`TECHMART__…` if `service` is empty).
    pub fn markdown(service: &str, rows: &[Self]) -> String {
        let prefix = if service.is_empty() {
            super::SHARED_PREFIX.to_owned()
        } else {
            super::own_prefix(service)
        };
        let mut table = String::from("| variable | default | meaning |\n| --- | --- | --- |\n");
        for row in rows {
            let key = row.path.to_uppercase().replace('.', "__");
            // Writing to a `String` cannot fail.
            let _written = writeln!(
                table,
                "| `{prefix}{key}` | `{}` | {} |",
                row.default, row.meaning
            );
        }
        table
    }
}
