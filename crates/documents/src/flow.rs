//! Pages that fill from top to bottom, with a running header from the second page on.

use crate::Paper;
use crate::font::{Ink, Length, Run, Style, Weight, printable, pt, shape, wrap};

/// Where the text begins on the left.
pub(crate) const LEFT: Length = MARGIN;
const MARGIN: Length = pt(48);
const FOOTER: Length = pt(40);
const SMALL: Style = Style::new(Weight::Regular, 75, Ink::Soft);

/// Something on a page. `y` grows downwards; for text it is the base line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    Text {
        x: Length,
        y: Length,
        run: Run,
    },
    Rule {
        x: Length,
        y: Length,
        width: Length,
        height: Length,
        ink: Ink,
    },
}

/// Finished pages.
#[derive(Debug)]
pub(crate) struct Pages {
    pub(crate) width: Length,
    pub(crate) height: Length,
    pub(crate) marks: Vec<Vec<Mark>>,
}

/// On which side of its column a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Pages being filled.
#[derive(Debug)]
pub(crate) struct Flow {
    width: Length,
    height: Length,
    pages: Vec<Vec<Mark>>,
    y: Length,
    running: [String; 2],
}

impl Flow {
    /// Empty pages whose second and later ones begin with `running`, left and right.
    pub(crate) fn new(paper: Paper, running: [String; 2]) -> Self {
        let (width, height) = match paper {
            Paper::A4 => (595_276, 841_890),
            Paper::Letter => (pt(612), pt(792)),
        };
        Self {
            width,
            height,
            pages: vec![Vec::new()],
            y: MARGIN,
            running,
        }
    }

    /// The width between the margins.
    pub(crate) fn inner(&self) -> Length {
        self.width - 2 * MARGIN
    }

    /// Where the next thing goes.
    pub(crate) fn y(&self) -> Length {
        self.y
    }

    /// Goes on at `y` of the same page.
    pub(crate) fn set_y(&mut self, y: Length) {
        self.y = y;
    }

    /// Leaves `height` free.
    pub(crate) fn skip(&mut self, height: Length) {
        self.y += height;
    }

    /// Starts a new page unless `height` fits on this one; says whether it did.
    pub(crate) fn make_room(&mut self, height: Length) -> bool {
        let fresh = self.pages.last().is_none_or(Vec::is_empty);
        if fresh || self.y + height <= self.height - MARGIN - FOOTER {
            return false;
        }
        self.pages.push(Vec::new());
        self.y = MARGIN;
        let [left, right] = self.running.clone();
        let width = self.inner() / 2 - pt(6);
        let taken = self.text(LEFT, width, Align::Left, &left, SMALL);
        let x = LEFT + self.inner() - width;
        let other = self.text(x, width, Align::Right, &right, SMALL);
        self.y += taken.max(other) + pt(4);
        self.rule(LEFT, self.inner(), Ink::Rule);
        self.y += pt(14);
        true
    }

    /// Writes wrapped text at the current place, without moving on; the height it took.
    pub(crate) fn text(
        &mut self,
        x: Length,
        width: Length,
        align: Align,
        text: &str,
        style: Style,
    ) -> Length {
        let runs = wrap(text, style, width);
        self.runs(x, self.y, width, align, runs)
    }

    /// Writes lines from `top` downwards; the height they took.
    pub(crate) fn runs(
        &mut self,
        x: Length,
        top: Length,
        width: Length,
        align: Align,
        runs: Vec<Run>,
    ) -> Length {
        let mut y = top;
        for run in runs {
            let x = match align {
                Align::Left => x,
                Align::Right => x + width - run.width,
            };
            let line = run.style.line_height();
            let base = y + run.style.base_line();
            self.mark(Mark::Text { x, y: base, run });
            y += line;
        }
        y - top
    }

    /// Draws a hairline.
    pub(crate) fn rule(&mut self, x: Length, width: Length, ink: Ink) {
        let y = self.y;
        self.mark(Mark::Rule {
            x,
            y,
            width,
            height: 600,
            ink,
        });
    }

    /// Adds the footer, with the number of each page and of all, and ends.
    pub(crate) fn finish(mut self, footer: &str) -> Pages {
        let count = self.pages.len();
        let number_width = pt(90);
        let x = LEFT;
        let width = self.inner();
        let top = self.height - MARGIN - pt(22);
        let wrapped = wrap(footer, SMALL, width - number_width);
        for index in 0..count {
            let mut footer = Self {
                pages: vec![Vec::new()],
                running: self.running.clone(),
                y: top,
                ..self
            };
            footer.rule(x, width, Ink::Rule);
            let lines = wrapped.iter().take(3).cloned().collect();
            footer.runs(x, top + pt(7), width - number_width, Align::Left, lines);
            let number = printable(&format!("Page {} of {count}", index + 1));
            let number = vec![shape(&number, SMALL)];
            footer.runs(x, top + pt(7), width, Align::Right, number);
            if let (Some(page), Some(marks)) = (self.pages.get_mut(index), footer.pages.pop()) {
                page.extend(marks);
            }
        }
        Pages {
            width: self.width,
            height: self.height,
            marks: self.pages,
        }
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }
}
