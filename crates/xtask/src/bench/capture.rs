//! The statements of a purchase as the server saw them: its log while every statement is logged.

use std::collections::HashMap;
use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use sqlx::PgConnection;

/// How long stragglers of a purchase (reports of the provider) may take.
const AFTERMATH: Duration = Duration::from_secs(3);

/// One statement with its parameters as text; `None` is null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) parameters: Vec<Option<String>>,
}

/// The server's log from one moment on.
#[derive(Debug)]
pub(super) struct Recording {
    path: PathBuf,
    from: u64,
}

impl Recording {
    /// From now on every statement is logged.
    pub(super) async fn start(admin: &mut PgConnection, log: PathBuf) -> Result<Self> {
        set_logging(admin, "all").await?;
        let from = fs::metadata(&log).context("the server's log")?.len();
        Ok(Self { path: log, from })
    }

    /// The statements of `role` in transactions that speak of one of `ids`, in the order of their commits.
    pub(super) async fn finish(
        self,
        admin: &mut PgConnection,
        role: &str,
        ids: &[String],
    ) -> Result<Vec<Statement>> {
        tokio::time::sleep(AFTERMATH).await;
        set_logging(admin, "none").await?;
        let mut file = fs::File::open(&self.path).context("the server's log")?;
        file.seek(SeekFrom::Start(self.from))?;
        let mut text = String::new();
        file.read_to_string(&mut text).context("the server's log")?;
        let ours = |transaction: &&Vec<Statement>| {
            let parameters = transaction
                .iter()
                .flat_map(|statement| &statement.parameters);
            parameters
                .flatten()
                .any(|value| ids.iter().any(|id| value.contains(id.as_str())))
        };
        Ok(transactions(&text, role)
            .iter()
            .filter(ours)
            .flatten()
            .cloned()
            .collect())
    }
}

async fn set_logging(admin: &mut PgConnection, what: &'static str) -> Result<()> {
    let statement = format!("alter system set log_statement = '{what}'");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
        .execute(&mut *admin)
        .await?;
    sqlx::raw_sql("select pg_reload_conf()")
        .execute(&mut *admin)
        .await?;
    // The server's processes notice at their next look.
    tokio::time::sleep(Duration::from_millis(500)).await;
    Ok(())
}

/// The committed transactions of a role in a log.
fn transactions(log: &str, role: &str) -> Vec<Vec<Statement>> {
    let mut open: HashMap<String, Vec<Statement>> = HashMap::new();
    let mut inside: HashMap<String, bool> = HashMap::new();
    let mut done = Vec::new();
    let marker = format!(" {role}@");
    for record in records(log) {
        let Some((head, message)) = split(&record) else {
            continue;
        };
        if !head.contains(&marker) {
            continue;
        }
        let pid = head.split(['[', ']']).nth(1).unwrap_or_default().to_owned();
        if let Some(details) = message.strip_prefix("DETAIL:  Parameters: ") {
            if let Some(last) = open
                .get_mut(&pid)
                .and_then(|statements| statements.last_mut())
            {
                last.parameters = parameters(details);
            }
            continue;
        }
        let Some(sql) = statement(message) else {
            continue;
        };
        // A statement outside a transaction is one by itself, once the next one shows that its parameters are read.
        if !inside.get(&pid).copied().unwrap_or_default() {
            done.extend(
                open.remove(&pid)
                    .filter(|statements| !statements.is_empty()),
            );
        }
        let first = sql
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let statements = open.entry(pid.clone()).or_default();
        statements.push(Statement {
            sql: sql.to_owned(),
            parameters: Vec::new(),
        });
        match first.as_str() {
            "begin" => {
                inside.insert(pid, true);
            }
            "commit" => {
                done.extend(open.remove(&pid));
                inside.remove(&pid);
            }
            "rollback" if !sql.to_ascii_lowercase().contains(" to ") => {
                open.remove(&pid);
                inside.remove(&pid);
            }
            _ => {}
        }
    }
    done.extend(open.into_values());
    done
}

/// Entries of the log: a line and those that go on with a tab.
fn records(log: &str) -> Vec<String> {
    let mut records: Vec<String> = Vec::new();
    for line in log.lines() {
        match (line.strip_prefix('\t'), records.last_mut()) {
            (Some(rest), Some(last)) => {
                last.push('\n');
                last.push_str(rest);
            }
            _ => records.push(line.to_owned()),
        }
    }
    records
}

/// The prefix and the message with its severity.
fn split(record: &str) -> Option<(&str, &str)> {
    let at = ["LOG:  ", "DETAIL:  "]
        .iter()
        .filter_map(|word| record.find(word))
        .min()?;
    Some(record.split_at(at))
}

fn statement(message: &str) -> Option<&str> {
    let message = message.strip_prefix("LOG:  ")?;
    message.strip_prefix("statement: ").or_else(|| {
        message
            .strip_prefix("execute ")?
            .split_once(": ")
            .map(|(_, sql)| sql)
    })
}

/// `$1 = 'a''b', $2 = NULL` as values.
fn parameters(text: &str) -> Vec<Option<String>> {
    let mut values = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(" = ") {
        let Some(quoted) = after.strip_prefix('\'') else {
            values.push(None);
            rest = after;
            continue;
        };
        let mut value = String::new();
        let mut letters = quoted.char_indices().peekable();
        let mut end = quoted.len();
        while let Some((at, letter)) = letters.next() {
            if letter != '\'' {
                value.push(letter);
            } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
                value.push('\'');
            } else {
                end = at + 1;
                break;
            }
        }
        values.push(Some(value));
        rest = &quoted[end..];
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_parameters() {
        let read = parameters("$1 = 'it''s = fine', $2 = NULL, $3 = '{\"a\": 1}'");
        let wanted = [
            Some("it's = fine".to_owned()),
            None,
            Some("{\"a\": 1}".to_owned()),
        ];
        assert_eq!(read, wanted);
    }

    #[test]
    fn keeps_what_was_committed_by_the_role() {
        let log = "T [1] techmart_checkout@techmart x LOG:  statement: BEGIN\n\
            T [2] other@techmart x LOG:  statement: BEGIN\n\
            T [1] techmart_checkout@techmart x LOG:  execute sqlx_s_1: select\n\t  1\n\
            T [1] techmart_checkout@techmart x DETAIL:  Parameters: $1 = 'a'\n\
            T [1] techmart_checkout@techmart x LOG:  statement: COMMIT\n\
            T [3] techmart_checkout@techmart x LOG:  statement: BEGIN\n\
            T [3] techmart_checkout@techmart x LOG:  execute sqlx_s_2: delete\n\
            T [3] techmart_checkout@techmart x LOG:  statement: ROLLBACK\n";
        let read = transactions(log, "techmart_checkout");
        assert_eq!(read.len(), 1);
        assert_eq!(read[0][1].sql, "select\n  1");
        assert_eq!(read[0][1].parameters, [Some("a".to_owned())]);
    }
}
