//! What the developer sees: steps with a tidy progress display, lines, warnings.
//!
//! On a terminal a step is a spinner that becomes one line; elsewhere it is one plain line. The
//! background supervisor writes the same as JSON lines, which the waiting command shows.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};

/// One message of the background supervisor to the command that waits for it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub(crate) enum Event {
    /// A step begins.
    Begin { title: String },
    /// The running step says more.
    Update { title: String, text: String },
    /// A step ended well.
    Done {
        title: String,
        text: String,
        millis: u64,
    },
    /// A step ended without what it wanted, but the work goes on.
    Warn { title: String, text: String },
    /// A line of its own.
    Line { text: String },
    /// Everything is ready; nothing follows.
    Ready,
    /// It did not work; nothing follows.
    Failed { message: String },
}

/// Where messages go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ui {
    mode: Mode,
    colour: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Terminal,
    Plain,
    Json,
}

impl Ui {
    /// Messages for a person (or a log file).
    pub(crate) fn human() -> Self {
        let terminal = std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
        let colour = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self {
            mode: if terminal {
                Mode::Terminal
            } else {
                Mode::Plain
            },
            colour,
        }
    }

    /// Messages for the command that started us in the background.
    pub(crate) fn json() -> Self {
        Self {
            mode: Mode::Json,
            colour: false,
        }
    }

    /// True when a person looks at a terminal.
    pub(crate) fn is_terminal(self) -> bool {
        self.mode == Mode::Terminal
    }

    /// Writes one line of output.
    pub(crate) fn line(self, text: impl AsRef<str>) {
        let text = text.as_ref();
        match self.mode {
            Mode::Json => send(&Event::Line {
                text: text.to_owned(),
            }),
            Mode::Terminal | Mode::Plain => write_line(text),
        }
    }

    /// Writes one line about the work, beside the output, so that a script can read the output alone.
    fn progress(self, text: &str) {
        match self.mode {
            Mode::Json => self.line(text),
            Mode::Terminal | Mode::Plain => write_to(std::io::stderr().lock(), text),
        }
    }

    /// Text in bold, on a terminal.
    pub(crate) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Text in green, on a terminal.
    pub(crate) fn green(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// Text in red, on a terminal.
    pub(crate) fn red(self, text: &str) -> String {
        self.paint("31", text)
    }

    /// Text in yellow, on a terminal.
    pub(crate) fn yellow(self, text: &str) -> String {
        self.paint("33", text)
    }

    /// Text that matters less, on a terminal.
    pub(crate) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// Begins a step.
    pub(crate) fn step(self, title: impl Into<String>) -> Step {
        let title = title.into();
        let bar = match self.mode {
            Mode::Terminal => {
                let bar = ProgressBar::new_spinner();
                if let Ok(style) = ProgressStyle::with_template("  {spinner} {wide_msg}") {
                    bar.set_style(style);
                }
                bar.set_message(title.clone());
                bar.enable_steady_tick(Duration::from_millis(100));
                Some(bar)
            }
            Mode::Plain => None,
            Mode::Json => {
                send(&Event::Begin {
                    title: title.clone(),
                });
                None
            }
        };
        Step {
            ui: self,
            title,
            bar,
            begun: Instant::now(),
            open: true,
        }
    }

    /// Tells the waiting command how it ended.
    pub(crate) fn finish(self, outcome: &anyhow::Result<()>) {
        if self.mode == Mode::Json {
            send(&match outcome {
                Ok(()) => Event::Ready,
                Err(error) => Event::Failed {
                    message: format!("{error:#}"),
                },
            });
        }
    }

    fn done_line(self, title: &str, text: &str, took: Duration) {
        let seconds = format!("{}.{} s", took.as_secs(), took.subsec_millis() / 100);
        let gap = if text.is_empty() { "" } else { "  " };
        let tick = self.green("✓");
        self.progress(&format!(
            "  {tick} {title}{gap}{}  {}",
            self.dim(text),
            self.dim(&seconds)
        ));
    }

    fn warn_line(self, title: &str, text: &str) {
        self.progress(&format!("  {} {title}  {text}", self.yellow("!")));
    }

    /// Shows the messages of a background supervisor until it is ready or gave up.
    pub(crate) fn relay(
        self,
        lines: impl Iterator<Item = std::io::Result<String>>,
    ) -> anyhow::Result<()> {
        let mut step: Option<Step> = None;
        for line in lines {
            let Ok(event) = serde_json::from_str::<Event>(&line?) else {
                continue;
            };
            match event {
                Event::Begin { title } => step = Some(self.step(title)),
                Event::Update { text, .. } => {
                    if let Some(step) = &step {
                        step.update(&text);
                    }
                }
                Event::Done {
                    title,
                    text,
                    millis,
                } => {
                    if let Some(mut step) = step.take() {
                        step.close();
                    }
                    self.done_line(&title, &text, Duration::from_millis(millis));
                }
                Event::Warn { title, text } => {
                    if let Some(mut step) = step.take() {
                        step.close();
                    }
                    self.warn_line(&title, &text);
                }
                Event::Line { text } => self.line(text),
                Event::Ready => return Ok(()),
                Event::Failed { message } => anyhow::bail!(message),
            }
        }
        anyhow::bail!("the supervisor ended before everything was ready; see logs/supervisor.log")
    }
}

/// A step that runs. Dropped without an end it is shown as failed.
#[derive(Debug)]
pub(crate) struct Step {
    ui: Ui,
    title: String,
    bar: Option<ProgressBar>,
    begun: Instant,
    open: bool,
}

impl Step {
    /// Says what the step does now.
    pub(crate) fn update(&self, text: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{}  {}", self.title, self.ui.dim(text)));
        }
        if self.ui.mode == Mode::Json {
            send(&Event::Update {
                title: self.title.clone(),
                text: text.to_owned(),
            });
        }
    }

    /// Takes the spinner away while another program shows its own progress.
    pub(crate) fn pause(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// Ends the step well; `text` is the result in a few words.
    pub(crate) fn done(mut self, text: impl AsRef<str>) {
        let took = self.begun.elapsed();
        self.close();
        if self.ui.mode == Mode::Json {
            let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            let (title, text) = (self.title.clone(), text.as_ref().to_owned());
            send(&Event::Done {
                title,
                text,
                millis,
            });
        } else {
            self.ui.done_line(&self.title, text.as_ref(), took);
        }
    }

    /// Ends the step with something missing that does not stop the work.
    pub(crate) fn warn(mut self, text: impl AsRef<str>) {
        self.close();
        if self.ui.mode == Mode::Json {
            let (title, text) = (self.title.clone(), text.as_ref().to_owned());
            send(&Event::Warn { title, text });
        } else {
            self.ui.warn_line(&self.title, text.as_ref());
        }
    }

    fn close(&mut self) {
        self.open = false;
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if self.open {
            self.close();
            if self.ui.mode != Mode::Json {
                self.ui
                    .progress(&format!("  {} {}", self.ui.red("✗"), self.title));
            }
        }
    }
}

fn send(event: &Event) {
    if let Ok(line) = serde_json::to_string(event) {
        write_line(&line);
    }
}

fn write_line(text: &str) {
    write_to(std::io::stdout().lock(), text);
}

/// Writes a line; a reader that went away is no reason to fail.
fn write_to(mut out: impl Write, text: &str) {
    if writeln!(out, "{text}").is_ok() {
        out.flush().ok();
    }
}
