//! Calls of cargo.

use std::path::Path;
use std::process::{Command, Stdio};

/// A cargo command in the workspace, free of the variables of the cargo that runs this program
/// (they would make build scripts run again).
pub(crate) fn cargo(workspace: &Path) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    for (key, _) in std::env::vars_os() {
        let Some(name) = key.to_str() else { continue };
        let ours = name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_BIN_")
            || matches!(
                name,
                "CARGO"
                    | "CARGO_MANIFEST_DIR"
                    | "CARGO_MANIFEST_PATH"
                    | "CARGO_CRATE_NAME"
                    | "CARGO_PRIMARY_PACKAGE"
                    | "OUT_DIR"
                    | "LD_LIBRARY_PATH"
            );
        if ours {
            command.env_remove(name);
        }
    }
    command.current_dir(workspace).stdin(Stdio::null());
    command
}
