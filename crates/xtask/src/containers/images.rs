//! Builds the images and holds them to their sizes.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use super::engine::Engine;
use super::seconds;
use crate::cargo::cargo;
use crate::count::Count;
use crate::instance::{Instance, make_dir};
use crate::ui::Ui;
use crate::{build, metadata, model, web};

const MB: u64 = 1_000_000;

/// Arguments of the Dockerfiles that name base images; a variable of that name wins over the default.
pub(super) const BASES: [&str; 5] = [
    "RUST_IMAGE",
    "RUNTIME_IMAGE",
    "PYTHON_IMAGE",
    "NODE_IMAGE",
    "NGINX_IMAGE",
];

/// One image of ours.
#[derive(Debug)]
pub(super) struct Image {
    /// As in `techmart/NAME`.
    pub(super) name: &'static str,
    /// `docker/FILE.Dockerfile`.
    pub(super) dockerfile: &'static str,
    target: Option<&'static str>,
    /// The program in it; the gateway has none.
    program: Option<&'static str>,
    /// The argument that names what it stands on.
    base: &'static str,
    /// What it may add to its base, in megabytes: the goal where that is met, else what it has come to.
    limit_mb: u64,
}

const fn service(name: &'static str, program: &'static str, limit_mb: u64) -> Image {
    Image {
        name,
        dockerfile: "service",
        target: Some("service"),
        program: Some(program),
        base: "RUNTIME_IMAGE",
        limit_mb,
    }
}

pub(super) const IMAGES: [Image; 10] = [
    service("auth", "techmart-auth", 15),
    service("catalog", "techmart-catalog", 15),
    service("cart", "techmart-cart", 15),
    service("checkout", "techmart-checkout", 15),
    service("orders", "techmart-orders", 15),
    Image {
        target: Some("search"),
        ..service("search", "techmart-search", 43) // with the sentence model
    },
    Image {
        target: Some("single"),
        ..service(build::SINGLE, build::SINGLE, 60) // six services, the model and the pages
    },
    Image {
        dockerfile: "migrate",
        target: None,
        ..service("migrate", "techmart-migrate", 15)
    },
    Image {
        dockerfile: "paysim",
        target: None,
        ..service("paysim", "techmart-paysim", 15)
    },
    Image {
        name: "gateway",
        dockerfile: "gateway",
        target: None,
        program: None,
        base: "NGINX_IMAGE",
        limit_mb: 15,
    },
];

/// Where the programs come from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    /// Compiled by the Dockerfiles.
    Docker,
    /// Compiled here, once for all images.
    Cargo,
    /// Compiled before, in this folder.
    Folder(&'a Path),
}

impl<'a> Source<'a> {
    /// As the options say.
    pub(super) fn of(in_docker: bool, folder: Option<&'a Path>) -> Self {
        match folder {
            Some(folder) => Self::Folder(folder),
            None if in_docker => Self::Docker,
            None => Self::Cargo,
        }
    }
}

/// Builds all images; each within its limit counts as a check.
pub(super) async fn build(
    instance: &Instance,
    engine: &Engine,
    source: Source<'_>,
    ui: Ui,
) -> Result<Count> {
    let programs = match source {
        Source::Docker => None,
        Source::Cargo => Some(compile(instance, ui)?),
        Source::Folder(folder) => Some(folder.to_path_buf()),
    };
    if programs.is_some() {
        web::build(instance, ui)?;
    }
    let step = ui.step("Images");
    let begun = Instant::now();
    let mut rows = Vec::new();
    let mut over = Vec::new();
    for image in &IMAGES {
        step.update(image.name);
        let begun = Instant::now();
        let args = arguments(instance, image, programs.as_deref())?;
        engine.run(&args, &[]).await?;
        let added = added_bytes(instance, engine, image).await?;
        if added > image.limit_mb * MB {
            over.push(image.name);
        }
        rows.push(format!(
            "    {:<9} {:>6} MB on its base, at most {:>2}   {}",
            image.name,
            megabytes(added),
            image.limit_mb,
            seconds(begun.elapsed())
        ));
    }
    step.done(format!("{} in {}", IMAGES.len(), seconds(begun.elapsed())));
    for row in rows {
        ui.line(row);
    }
    ensure!(over.is_empty(), "too large: {}", over.join(", "));
    Ok(Count::passed(IMAGES.len()))
}

/// The tag under which the compose files know an image.
pub(super) fn tag(name: &str) -> String {
    format!("techmart/{name}:dev")
}

fn compile(instance: &Instance, ui: Ui) -> Result<PathBuf> {
    let step = ui.step("Optimised build of the programs");
    step.pause(); // cargo shows its own progress
    let audited = cargo(instance.workspace())
        .args(["auditable", "--version"])
        .output()
        .is_ok_and(|output| output.status.success());
    let mut command = cargo(instance.workspace());
    if audited {
        command.arg("auditable");
    }
    command
        .args(["build", "--release", "--locked", "--bins"])
        // The same packages: another choice would give the programs other features of what they share.
        .args(variable(instance.workspace(), "PROGRAMS")?.split_whitespace())
        .env("RUSTFLAGS", variable(instance.workspace(), "RUSTFLAGS")?);
    if !ui.is_terminal() {
        command.arg("--quiet");
    }
    let status = command.status().context("cannot run cargo")?;
    if !status.success() {
        bail!("the build failed (see above)");
    }
    step.done(if audited {
        "with lists of dependencies"
    } else {
        "without lists of dependencies: `cargo install cargo-auditable` adds them"
    });
    let target = metadata::load(instance.workspace())?.target_directory;
    Ok(target.join("release"))
}

/// What a variable says that the Dockerfiles set for cargo.
fn variable(workspace: &Path, name: &str) -> Result<String> {
    let said = line_of(workspace, "service", &format!("ENV {name}="))?;
    Ok(said.trim_matches('"').to_owned())
}

/// `docker build` of one image.
fn arguments(instance: &Instance, image: &Image, programs: Option<&Path>) -> Result<Vec<OsString>> {
    let mut args: Vec<OsString> = vec!["build".into(), "--quiet".into(), "--file".into()];
    let dockerfile = format!("docker/{}.Dockerfile", image.dockerfile);
    args.push(instance.workspace().join(dockerfile).into());
    args.extend(["--tag".into(), tag(image.name).into()]);
    if let Some(target) = image.target {
        args.extend(["--target".into(), target.into()]);
        args.extend([
            "--build-arg".into(),
            format!("SERVICE={}", image.name).into(),
        ]);
    }
    if let Some(program) = image.program {
        args.extend(["--build-arg".into(), format!("PROGRAM={program}").into()]);
    }
    for base in BASES {
        if let Some(value) = std::env::var_os(base) {
            let mut argument = OsString::from(format!("{base}="));
            argument.push(value);
            args.extend(["--build-arg".into(), argument]);
        }
    }
    if let Some(programs) = programs {
        for (stage, folder) in stages(instance, image, programs)? {
            let mut context = OsString::from(format!("{stage}="));
            context.push(folder);
            args.extend(["--build-context".into(), context]);
        }
    }
    args.push(instance.workspace().into());
    Ok(args)
}

/// The stages that this machine has done already, as folders.
fn stages(
    instance: &Instance,
    image: &Image,
    programs: &Path,
) -> Result<Vec<(&'static str, PathBuf)>> {
    let mut stages = Vec::new();
    let pages = instance.path("data/pages");
    if image.program.is_none() || image.target == Some("single") {
        let dist = instance.workspace().join("web/dist");
        ensure!(dist.is_dir(), "the pages are not built: Node is missing");
        mirror(&dist, &pages.join("pages"))?;
    }
    match image.program {
        None => stages.push(("build", pages)),
        Some(program) => {
            let folder = instance.path("data").join(image.name);
            make_dir(&folder, 0o700)?;
            let from = programs.join(program);
            std::fs::copy(&from, folder.join("app"))
                .with_context(|| format!("cannot copy {}", from.display()))?;
            // Without a folder for it BuildKit looks for the Rust image, which nothing needs then.
            stages.push(("tools", folder.clone()));
            stages.push(("build", folder));
            if image.target == Some("single") {
                stages.push(("pages", pages));
            }
        }
    }
    let model = model::file()?;
    if let (Some("search" | "single"), true, Some(folder)) =
        (image.target, model.is_file(), model.parent())
    {
        stages.push(("model", folder.to_path_buf()));
    }
    Ok(stages)
}

/// Copies a folder anew, as everybody may read it.
fn mirror(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        std::fs::remove_dir_all(to).with_context(|| format!("cannot remove {}", to.display()))?;
    }
    make_dir(to, 0o755)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        // What the build keeps for itself.
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        let target = to.join(&name);
        if entry.file_type()?.is_dir() {
            mirror(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)
                .with_context(|| format!("cannot copy {}", target.display()))?;
        }
    }
    Ok(())
}

/// What an image adds to what it stands on.
async fn added_bytes(instance: &Instance, engine: &Engine, image: &Image) -> Result<u64> {
    let base = match std::env::var_os(image.base) {
        Some(value) => value.to_string_lossy().into_owned(),
        None => default_of(instance.workspace(), image.dockerfile, image.base)?,
    };
    let whole = bytes(engine, &tag(image.name)).await?;
    Ok(whole.saturating_sub(bytes(engine, &base).await?))
}

async fn bytes(engine: &Engine, image: &str) -> Result<u64> {
    let size = engine
        .ask(&["image", "inspect", "--format", "{{.Size}}", image])
        .await?;
    size.parse()
        .with_context(|| format!("the size of {image}: {size}"))
}

/// The default of a Dockerfile's argument.
pub(super) fn default_of(workspace: &Path, dockerfile: &str, argument: &str) -> Result<String> {
    line_of(workspace, dockerfile, &format!("ARG {argument}="))
}

/// What follows `prefix` on a line of a Dockerfile.
fn line_of(workspace: &Path, dockerfile: &str, prefix: &str) -> Result<String> {
    let path = workspace.join(format!("docker/{dockerfile}.Dockerfile"));
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    text.lines()
        .find_map(|line| line.strip_prefix(prefix))
        .map(str::to_owned)
        .with_context(|| format!("{} has no line {prefix}…", path.display()))
}

/// Megabytes with one place.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_add(MB / 20) / (MB / 10);
    format!("{}.{}", tenths / 10, tenths % 10)
}
