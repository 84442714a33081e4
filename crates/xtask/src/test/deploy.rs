//! What is deployed and how: workflows and scripts, alerts and dashboards, AWS as code.
//!
//! Two lanes, because one command of the AWS app takes as long as all others together. A failure in one lane does not hide
//! what the other finds. What lacks a tool is said with the reason and counted as skipped.

mod job;
mod tools;

use std::process::Command;

use anyhow::Result;

use self::job::{Job, Totals};
use crate::count::Count;
use crate::instance::Instance;
use crate::node::Node;
use crate::ui::Ui;
use crate::{build, daemon, e2e, platform, web};

const AWS: &str = "deploy/aws";

/// Runs the stage; logs of a failed run are kept.
pub(super) async fn run(instance: &Instance, count: &mut Count, ui: Ui) -> Result<()> {
    daemon::unless_interrupted(checks(instance, count, ui)).await?;
    ui.line("  - the compose file is not part of the test: `cargo xtask containers`");
    if count.failed == 0 {
        e2e::wipe(instance)?;
    }
    Ok(())
}

async fn checks(instance: &Instance, count: &mut Count, ui: Ui) -> Result<()> {
    let machine = Machine::prepare(instance, ui).await?;
    let (tests, rest) = tokio::join!(job::all(vec![machine.aws_tests()], instance, ui), async {
        let templates = machine.templates(instance, ui).await?;
        Ok::<_, anyhow::Error>([templates, job::all(machine.files(), instance, ui).await?])
    });
    *count += tests?;
    for lane in rest? {
        *count += lane;
    }
    *count += machine.missing;
    Ok(())
}

/// What the commands run with.
#[derive(Debug)]
struct Machine<'a> {
    instance: &'a Instance,
    node: Node,
    /// The Python environment with cfn-lint, moto and a YAML parser.
    python: Option<tools::Python>,
    promtool: Option<std::path::PathBuf>,
    /// Whether the scripts' tests find the programs that they call.
    archives: bool,
    /// Checks that lack a tool and cannot count themselves.
    missing: Count,
}

impl<'a> Machine<'a> {
    /// Fetches what is missing.
    async fn prepare(instance: &'a Instance, ui: Ui) -> Result<Self> {
        let node = Node::find(instance, ui)?;
        let step = ui.step("Packages of the AWS app");
        web::install(&node, &instance.workspace().join(AWS), |text| {
            step.update(text);
        })?;
        step.done(format!("Node {}", node.version));
        // The six services, and the one process.
        for single in [false, true] {
            build::build(instance, (&[], single), true, ui)?;
        }
        let mut missing = Count::default();
        let python = tools::python(instance, ui).await;
        if python.is_none() {
            // cfn-lint and moto.
            missing += Count::SKIPPED;
            missing += Count::SKIPPED;
        }
        let archives = ["jq", "zip"]
            .iter()
            .all(|name| platform::ensure_program(&[name], &[name]).is_some());
        if !archives {
            ui.step("Scripts of the pipeline")
                .warn("their tests are left out: they need jq and zip");
            missing += Count::SKIPPED;
        }
        Ok(Self {
            instance,
            node,
            python,
            promtool: tools::promtool(ui).await,
            archives,
            missing,
        })
    }

    /// Templates first: linting and the smoke test read them.
    async fn templates(&self, instance: &Instance, ui: Ui) -> Result<Count> {
        let synth = job::all(
            vec![self.aws("AWS: synthesis", "synth", Totals::Exit)],
            instance,
            ui,
        )
        .await?;
        let Some(python) = self.python.as_ref().filter(|_| synth.failed == 0) else {
            return Ok(synth);
        };
        let mut count = synth;
        let jobs = [
            ("AWS: cfn-lint", "lint:cfn"),
            ("AWS: stacks on moto", "smoke:moto"),
        ];
        let jobs = jobs.map(|(title, script)| {
            let mut job = self.aws(title, script, Totals::Exit);
            job.command.env(tools::AWS_PYTHON, &python.home);
            job
        });
        count += job::all(jobs.into(), instance, ui).await?;
        Ok(count)
    }

    fn aws_tests(&self) -> Job {
        self.aws("AWS: tests", "test", Totals::Node)
    }

    /// Whether each program takes the variables that its task would give it.
    fn settings(&self) -> Job {
        let mut job = self.aws("AWS: settings of tasks", "try:settings", Totals::Line);
        job.command.arg("--").arg(self.instance.path("bin"));
        job
    }

    fn aws(&self, title: &'static str, script: &str, totals: Totals) -> Job {
        let mut command = self.node.npm(&self.instance.workspace().join(AWS));
        command
            .args(["run", "--silent", script])
            // Would have every app of the tests written there at the end.
            .env_remove("CDK_OUTDIR");
        Job {
            title,
            command,
            totals,
        }
    }

    /// What needs no template.
    fn files(&self) -> Vec<Job> {
        let lint = self.script(
            "Workflows, Dockerfiles, scripts, YAML",
            "deploy/pipeline/lint.sh",
        );
        let pipeline = self.script("Scripts of the pipeline", "deploy/pipeline/test.sh");
        let pipeline = self.archives.then_some(pipeline);
        [lint]
            .into_iter()
            .chain(pipeline)
            .chain([self.observability(), self.settings()])
            .collect()
    }

    fn observability(&self) -> Job {
        let mut command = Command::new(&self.node.program);
        command
            .arg("deploy/observability/check.mjs")
            .current_dir(self.instance.workspace());
        if let Some(promtool) = &self.promtool {
            command.env("PROMTOOL", promtool);
        }
        if let Some(python) = &self.python {
            command.env("PYTHON", python.home.join("bin/python"));
        }
        Job {
            title: "Metrics, alerts, dashboards, runbooks",
            command,
            totals: Totals::Line,
        }
    }

    fn script(&self, title: &'static str, path: &str) -> Job {
        let mut command = Command::new(self.instance.workspace().join(path));
        command.current_dir(self.instance.workspace());
        Job {
            title,
            command,
            totals: Totals::Line,
        }
    }
}
