//! Places where a process can be made to die, to prove that what it had begun is resumed.
//!
//! `failpoint!("checkout.after_prepare")` marks such a place. In debug builds it ends the process there, without a
//! goodbye, when `FAILPOINTS` says so; in release builds it is nothing. The variable lists places with
//! [actions](https://docs.rs/fail): `FAILPOINTS='checkout.after_prepare=return;orders.after_ship=3*off->return'`.

/// Marks a place where the process can be made to die. Expands to nothing in release builds.
#[macro_export]
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(debug_assertions)]
        $crate::failpoint::hit($name);
    };
}

/// Dies here if the place is armed.
#[cfg(debug_assertions)]
pub fn hit(name: &str) {
    fail::eval(name, |_| std::process::abort());
}

/// Arms the places listed in `FAILPOINTS`.
///
/// # Errors
/// When the list cannot be read.
#[cfg(debug_assertions)]
pub(crate) fn arm() -> anyhow::Result<()> {
    #[expect(
        clippy::disallowed_methods,
        reason = "only in debug builds and only for tests of crashes; no setting of a service"
    )]
    let Ok(list) = std::env::var("FAILPOINTS") else {
        return Ok(());
    };
    arm_list(&list)
}

#[cfg(debug_assertions)]
fn arm_list(list: &str) -> anyhow::Result<()> {
    for entry in list.split(';').map(str::trim).filter(|one| !one.is_empty()) {
        let armed = match entry.split_once('=') {
            Some((name, action)) => fail::cfg(name, action),
            None => Err("no `=`".to_owned()),
        };
        armed.map_err(|why| anyhow::anyhow!("FAILPOINTS: `{entry}`: {why}"))?;
    }
    Ok(())
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;

    #[test]
    fn a_bad_list_is_refused_and_names_the_entry() {
        for bad in ["here", "here=explode", "fine=off;here=2*"] {
            let error = arm_list(bad).unwrap_err().to_string();
            assert!(error.contains("here"), "{error}");
        }
        arm_list(" ; somewhere=off ;").unwrap();
    }

    #[test]
    fn a_place_that_is_not_armed_is_passed() {
        arm_list("test.passed=off").unwrap();
        crate::failpoint!("test.passed");
        crate::failpoint!("test.never_named");
    }
}
