//! Which lines are written.

use std::str::FromStr;

use tracing_subscriber::filter::{LevelFilter, Targets};

/// What separates `target=level` from the next.
const SEPARATOR: char = ',';

/// Reads `info,access=warn,sqlx=off`: a level for all, and levels for targets that begin with a text, the longest of which
/// counts. A target without a level is logged whole. Nothing at all: errors alone.
///
/// The reader of `Targets` itself would take what it cannot mean, like spans in brackets, for the name of a target.
///
/// # Errors
/// When a part is neither; names it.
pub(super) fn read(text: &str) -> anyhow::Result<Targets> {
    let parts = text.split(SEPARATOR).map(str::trim);
    let mut parts = parts.filter(|part| !part.is_empty()).peekable();
    if parts.peek().is_none() {
        return Ok(Targets::new().with_default(LevelFilter::ERROR));
    }
    parts.try_fold(Targets::new(), with)
}

fn with(filter: Targets, part: &str) -> anyhow::Result<Targets> {
    let Some((target, level)) = part.split_once('=') else {
        if let Ok(level) = LevelFilter::from_str(part) {
            return Ok(filter.with_default(level));
        }
        return Ok(filter.with_target(plain(part)?, LevelFilter::TRACE));
    };
    let known = (!level.is_empty()).then(|| LevelFilter::from_str(level).ok());
    let known = known.flatten().ok_or_else(|| {
        anyhow::anyhow!("`{level}` is no level (off, error, warn, info, debug, trace)")
    })?;
    Ok(filter.with_target(plain(target)?, known))
}

/// A target as ours and those of crates look.
fn plain(text: &str) -> anyhow::Result<&str> {
    let usual = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '.');
    anyhow::ensure!(
        !text.is_empty() && text.chars().all(usual),
        "`{text}` is neither a level nor a target; spans, fields and patterns cannot be filtered by"
    );
    Ok(text)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn a_level_for_all_and_others_for_some() {
        let filter = read("info, access=WARN,sqlx=off,sqlx::query=debug,,moka").unwrap();
        for (target, level, written) in [
            ("notes::jobs", Level::INFO, true),
            ("notes::jobs", Level::DEBUG, false),
            ("access", Level::INFO, false),
            ("access", Level::WARN, true),
            ("sqlx::pool", Level::ERROR, false),
            ("sqlx::query", Level::DEBUG, true),
            ("moka::sync", Level::TRACE, true),
        ] {
            assert_eq!(
                filter.would_enable(target, &level),
                written,
                "{target} {level}"
            );
        }
    }

    #[test]
    fn without_a_level_for_all_only_what_is_named_is_written() {
        let filter = read("opentelemetry-otlp=5").unwrap();
        assert!(filter.would_enable("opentelemetry-otlp", &Level::TRACE));
        assert!(!filter.would_enable("notes", &Level::ERROR));
        for nothing in ["", " ", ","] {
            let filter = read(nothing).unwrap();
            assert!(filter.would_enable("notes", &Level::ERROR), "{nothing:?}");
            assert!(!filter.would_enable("notes", &Level::WARN), "{nothing:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for (text, wrong) in [
            ("info,sqlx=loud", "`loud`"),
            ("info,sqlx=", "``"),
            ("=info", "``"),
            ("info,[request]=debug", "`[request]`"),
            ("access[{request_id}]=debug", "`access[{request_id}]`"),
            ("access[{status,path}]=debug", "`access[{status`"),
            ("info,a b", "`a b`"),
            ("info;sqlx=warn", "`info;sqlx`"),
            ("sqlx=warn=info", "`warn=info`"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with(wrong), "{text}: {error}");
        }
    }
}
