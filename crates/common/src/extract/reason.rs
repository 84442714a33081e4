//! What is wrong with which field, in words that hold for every language's client.

use serde_path_to_error::{Path, Segment};

use crate::problem::FieldError;

/// The JSON pointer (RFC 6901) of a path.
pub(super) fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => push(&mut pointer, &index.to_string()),
            Segment::Map { key } => push(&mut pointer, key),
            Segment::Enum { variant } => push(&mut pointer, variant),
            Segment::Unknown => {}
        }
    }
    pointer
}

fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
}

/// The error behind serde's text about a value of the wrong shape.
pub(super) fn of_data(pointer: &str, text: &str) -> FieldError {
    let text = text.split(" at line ").next().unwrap_or(text);
    let named = text.split('`').nth(1).unwrap_or_default();
    let mut pointer = pointer.to_owned();
    let (code, detail) = if text.starts_with("missing field") {
        push(&mut pointer, named);
        ("required", "is required".to_owned())
    } else if text.starts_with("unknown field") {
        // The path ends with the unknown key already, unless the format does not tell it.
        let mut last = String::new();
        push(&mut last, named);
        if !pointer.ends_with(&last) {
            pointer.push_str(&last);
        }
        ("unknown_field", "there is no such field".to_owned())
    } else if text.starts_with("unknown variant") {
        let known = text.split_once("expected ").map_or("", |(_, known)| known);
        (
            "unknown_value",
            format!("expected {}", known.replace('`', "\"")),
        )
    } else if text.starts_with("invalid type") {
        ("invalid_type", expected(text))
    } else if text.starts_with("invalid value") || text.starts_with("invalid length") {
        ("invalid_value", expected(text))
    } else {
        // The types that parse themselves say what they want in words for people.
        ("invalid", text.to_owned())
    };
    FieldError {
        pointer,
        code: code.into(),
        detail,
    }
}

fn expected(text: &str) -> String {
    let wanted = text
        .rsplit_once("expected ")
        .map_or("another value", |(_, wanted)| wanted);
    let wanted = match wanted.split(' ').next().unwrap_or_default() {
        "struct" | "map" | "internally" => "an object",
        "tuple" | "sequence" => "an array",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number of at least 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        _ => match wanted {
            "a map" => "an object",
            "a sequence" => "an array",
            "a boolean" => "true or false",
            other => other,
        },
    };
    format!("expected {wanted}")
}

/// The errors in a report about broken rules.
pub(super) fn of_rules(report: &garde::Report) -> impl Iterator<Item = FieldError> + '_ {
    report.iter().map(|(path, error)| {
        let mut pointer = String::new();
        for token in path
            .to_string()
            .replace('[', ".")
            .replace(']', "")
            .split('.')
        {
            if !token.is_empty() {
                push(&mut pointer, token);
            }
        }
        FieldError {
            pointer,
            code: rule_code(error.message()).into(),
            detail: error.message().to_owned(),
        }
    })
}

/// The code of a rule's message.
fn rule_code(message: &str) -> &'static str {
    if message.starts_with("length is") {
        "invalid_length"
    } else if message.starts_with("lower than") || message.starts_with("greater than") {
        "out_of_range"
    } else if message.contains("not set") || message.contains("required") {
        "required"
    } else {
        "invalid"
    }
}
