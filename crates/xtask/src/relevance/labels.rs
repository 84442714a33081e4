//! Judged queries from tables.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// The texts of queries by id.
#[derive(Debug)]
pub(super) struct Queries(HashMap<String, String>);

/// Grades by query and product. A pair that is there keeps its grade.
#[derive(Debug, Clone, Default)]
pub(super) struct Judged {
    grades: BTreeMap<String, HashMap<String, f64>>,
}

impl Queries {
    pub(super) fn read(file: &Path) -> Result<Self> {
        let rows = table(file, ["query_id", "query"])?;
        Ok(Self(
            rows.into_iter().map(|[id, text]| (id, text)).collect(),
        ))
    }

    pub(super) fn text(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }
}

impl Judged {
    /// Adds the pairs of a file that are not there yet.
    pub(super) fn add(&mut self, file: &Path) -> Result<()> {
        for [query, product, grade] in table(file, ["query_id", "product_id", "grade"])? {
            let grade: f64 = grade
                .parse()
                .with_context(|| format!("{}: {grade:?} is no grade", file.display()))?;
            let of_query = self.grades.entry(query).or_default();
            of_query.entry(product).or_insert(grade);
        }
        Ok(())
    }

    /// Queries with any grade above 0, in order: for the others no ideal exists.
    pub(super) fn judgeable(&self) -> impl Iterator<Item = &str> {
        self.grades
            .iter()
            .filter(|(_, grades)| grades.values().any(|&grade| grade > 0.0))
            .map(|(id, _)| id.as_str())
    }

    /// The grades of a query; none unless it is judgeable.
    pub(super) fn of(&self, query: &str) -> Option<&HashMap<String, f64>> {
        let grades = self.grades.get(query)?;
        grades.values().any(|&grade| grade > 0.0).then_some(grades)
    }

    /// Every product that is judged for any query.
    pub(super) fn products(&self) -> BTreeSet<&str> {
        let all = self.grades.values().flat_map(HashMap::keys);
        all.map(String::as_str).collect()
    }
}

/// The named columns of a table that is separated by tabs and has a header.
fn table<const N: usize>(file: &Path, columns: [&str; N]) -> Result<Vec<[String; N]>> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    rows(&text, columns).with_context(|| file.display().to_string())
}

fn rows<const N: usize>(text: &str, columns: [&str; N]) -> Result<Vec<[String; N]>> {
    // Only line feeds end a row: titles hold other line separators.
    let mut lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
    let head: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(columns) {
        let found = head.iter().position(|column| *column == name);
        *place = found.with_context(|| format!("there is no column `{name}`"))?;
    }
    let mut rows = Vec::new();
    for (number, line) in (2..).zip(lines).filter(|(_, line)| !line.is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        ensure!(
            cells.len() == head.len(),
            "line {number} has {} columns, the header {}",
            cells.len(),
            head.len()
        );
        rows.push(places.map(|place| cells[place].to_owned()));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_tables_are_refused() {
        assert!(rows("query_id\tgrade\n", ["query_id", "query"]).is_err());
        assert!(rows("query_id\tquery\nq1\n", ["query_id", "query"]).is_err());
        assert!(rows("", ["query_id"]).is_err());
    }

    #[test]
    fn columns_are_found_by_name() {
        let found = rows(
            "note\tquery\tquery_id\r\nx\tusb hub\tq1\r\n\n",
            ["query_id", "query"],
        );
        assert_eq!(found.unwrap(), [["q1", "usb hub"]]);
    }
}
