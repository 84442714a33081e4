//! Tables that break between rows and repeat their head.

use crate::flow::{Align, Flow, LEFT};
use crate::font::{Ink, Length, Run, Style, Weight, pt, wrap};

const HEAD: Style = Style::new(Weight::SemiBold, 75, Ink::Soft);
const GAP: Length = pt(10);
const PADDING: Length = pt(5);

/// A column: its head, its width and its side.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) head: String,
    pub(crate) width: Length,
    pub(crate) align: Align,
}

impl Column {
    pub(crate) fn new(head: impl Into<String>, points: i32, align: Align) -> Self {
        Self {
            head: head.into(),
            width: pt(points),
            align,
        }
    }
}

/// The texts of a cell, one under the other.
pub(crate) type Cell = Vec<(String, Style)>;

/// Draws a table of the full width; the column without a width takes what the others leave.
pub(crate) fn table(flow: &mut Flow, columns: &[Column], rows: &[Vec<Cell>]) {
    let columns = fit(flow.inner(), columns);
    let rows: Vec<Row> = rows.iter().map(|row| Row::new(&columns, row)).collect();
    let heads: Vec<Cell> = columns
        .iter()
        .map(|c| vec![(c.head.clone(), HEAD)])
        .collect();
    let head = Row::new(&columns, &heads);
    // A head never stands alone at the foot of a page.
    flow.make_room(head.height + rows.first().map_or(0, |row| row.height));
    head.draw(flow, &columns, Ink::Strong);
    for row in rows {
        if flow.make_room(row.height) {
            head.draw(flow, &columns, Ink::Strong);
        }
        row.draw(flow, &columns, Ink::Rule);
    }
}

/// The columns without those that have nothing to say, the flexible one widened.
fn fit(inner: Length, columns: &[Column]) -> Vec<Column> {
    let gaps = GAP * Length::try_from(columns.len().saturating_sub(1)).unwrap_or(0);
    let fixed: Length = columns.iter().map(|column| column.width).sum();
    let mut columns = columns.to_vec();
    for column in columns.iter_mut().filter(|column| column.width == 0) {
        column.width = inner - gaps - fixed;
    }
    columns
}

/// A row with its texts wrapped.
struct Row {
    cells: Vec<Vec<Run>>,
    height: Length,
}

impl Row {
    fn new(columns: &[Column], cells: &[Cell]) -> Self {
        let wrapped: Vec<Vec<Run>> = columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| {
                let texts = cell.iter();
                let runs = texts.flat_map(|(text, style)| wrap(text, *style, column.width));
                runs.collect()
            })
            .collect();
        let tall = |runs: &Vec<Run>| runs.iter().map(|run| run.style.line_height()).sum();
        let height: Length = wrapped.iter().map(tall).max().unwrap_or(0);
        Self {
            cells: wrapped,
            height: height + 2 * PADDING,
        }
    }

    fn draw(&self, flow: &mut Flow, columns: &[Column], under: Ink) {
        let mut x = LEFT;
        let top = flow.y() + PADDING;
        for (column, runs) in columns.iter().zip(&self.cells) {
            flow.runs(x, top, column.width, column.align, runs.clone());
            x += column.width + GAP;
        }
        flow.skip(self.height);
        flow.rule(LEFT, flow.inner(), under);
    }
}
