//! Whether the limits of memory leave room: a container that is killed at its limit under a little more load is a trap.

use anyhow::{Context, Result, ensure};

use super::project::Project;
use crate::count::Count;
use crate::ui::Ui;

/// A limit is at least this many times what is used.
const HEADROOM: u64 = 2;

/// Compares what the containers use after the load with their limits. Each counts as one check.
pub(super) async fn run(project: &Project<'_>, ui: Ui) -> Result<Count> {
    let step = ui.step("Memory");
    let running = project.running().await?;
    let names = running.iter().map(String::as_str);
    let format = [
        "stats",
        "--no-stream",
        "--format",
        "{{.Name}} {{.MemUsage}}",
    ];
    let args: Vec<&str> = format.into_iter().chain(names).collect();
    let text = project.engine.ask(&args).await?;
    let mut rows: Vec<(String, u64, u64)> = text.lines().map(row).collect::<Result<_>>()?;
    rows.sort();
    step.done(format!("{} containers", rows.len()));
    for (name, used, limit) in &rows {
        ui.line(format!(
            "    {name:<44} {:>5} of {:>5} MiB",
            used >> 20,
            limit >> 20
        ));
    }
    let tight: Vec<&str> = rows
        .iter()
        .filter(|(_, used, limit)| used * HEADROOM > *limit)
        .map(|(name, ..)| name.as_str())
        .collect();
    ensure!(tight.is_empty(), "too tight a limit: {}", tight.join(", "));
    Ok(Count::passed(rows.len()))
}

/// `NAME 12.5MiB / 192MiB`.
fn row(line: &str) -> Result<(String, u64, u64)> {
    let parts: Vec<&str> = line.split_whitespace().collect();
    let [name, used, "/", limit] = parts[..] else {
        anyhow::bail!("docker stats: {line}");
    };
    Ok((name.to_owned(), bytes(used)?, bytes(limit)?))
}

/// `12.5MiB`; the engine rounds, so whole units are near enough.
fn bytes(text: &str) -> Result<u64> {
    let split = text
        .find(|letter: char| letter.is_ascii_alphabetic())
        .with_context(|| format!("docker stats: {text}"))?;
    let (number, unit) = text.split_at(split);
    let (whole, rest) = number.split_once('.').unwrap_or((number, "0"));
    let shift = match unit {
        "B" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        other => anyhow::bail!("docker stats: unit {other}"),
    };
    let tenths: u64 = rest.get(..1).unwrap_or("0").parse()?;
    Ok((whole.parse::<u64>()? << shift) + (tenths << shift) / 10)
}

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn what_docker_says_is_read() {
        let (name, used, limit) = row("shop-cart-1 12.5MiB / 1GiB").unwrap();
        assert_eq!(name, "shop-cart-1");
        assert_eq!((used, limit), ((12 << 20) + (5 << 20) / 10, 1 << 30));
        assert!(row("shop-cart-1 12.5MB").is_err());
    }
}
