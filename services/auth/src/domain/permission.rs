//! What staff may do: single permissions, and presets of them for usual jobs.

use std::fmt;
use std::str::FromStr;

use contract_auth::permission as names;

/// The name of a permission that exists; `*` is one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission(String);

/// There is no such permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no such permission; they are: *, {}", known())]
pub struct NoSuchPermission;

fn known() -> String {
    let all: Vec<&str> = names::KNOWN.iter().map(|(name, _)| *name).collect();
    all.join(", ")
}

impl FromStr for Permission {
    type Err = NoSuchPermission;

    fn from_str(text: &str) -> Result<Self, NoSuchPermission> {
        if names::is_known(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoSuchPermission)
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Permission> for String {
    fn from(permission: Permission) -> Self {
        permission.0
    }
}

/// The permissions of a usual job. They are given by name: a preset that changes later changes
/// nobody's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Preset {
    /// Everything, also what comes later
    Owner,
    /// Orders, refunds up to the limit, returns, notes
    Support,
    /// Shipping orders, receiving returns, stock
    Warehouse,
    /// Reading
    Viewer,
}

impl Preset {
    /// Its permissions.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Owner => &[names::EVERYTHING],
            Self::Support => &[
                names::ORDERS_READ,
                names::ORDERS_HOLD,
                names::ORDERS_CANCEL,
                names::ORDERS_NOTE,
                names::ORDERS_REFUND,
                names::RETURNS_APPROVE,
                names::PAYMENTS_READ,
                names::COUPONS_READ,
                names::CATALOG_READ,
                names::MAILBOX_READ,
            ],
            Self::Warehouse => &[
                names::ORDERS_READ,
                names::ORDERS_FULFIL,
                names::ORDERS_NOTE,
                names::RETURNS_RECEIVE,
                names::CATALOG_READ,
                names::STOCK_ADJUST,
            ],
            Self::Viewer => &[
                names::ORDERS_READ,
                names::PAYMENTS_READ,
                names::COUPONS_READ,
                names::CATALOG_READ,
                names::SEARCH_READ,
                names::AUDIT_READ,
            ],
        }
    }
}

/// The names of a preset and more, each once, in order. `*` makes all others needless.
pub fn set(names_of_preset: &[&str], more: &[Permission]) -> Vec<String> {
    let mut all: Vec<String> = names_of_preset
        .iter()
        .map(|name| (*name).to_owned())
        .collect();
    all.extend(more.iter().cloned().map(String::from));
    tidy(all)
}

/// Each name once, in order. `*` makes all others needless.
pub fn tidy(mut all: Vec<String>) -> Vec<String> {
    if all.iter().any(|name| name == names::EVERYTHING) {
        return vec![names::EVERYTHING.to_owned()];
    }
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn presets_hold_known_names_only() {
        for preset in Preset::value_variants() {
            for name in preset.names() {
                assert!(names::is_known(name), "{name}");
            }
        }
        assert!("orders.read".parse::<Permission>().is_ok() && "*".parse::<Permission>().is_ok());
        for wrong in ["", "orders", "orders.*", "orders.read ", "ORDERS.READ"] {
            assert_eq!(
                wrong.parse::<Permission>(),
                Err(NoSuchPermission),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_set_has_each_name_once_and_everything_is_enough() {
        let more = ["stock.adjust", "audit.read"].map(|name| name.parse().unwrap());
        let all = set(Preset::Warehouse.names(), &more);
        assert_eq!(all.iter().filter(|name| *name == "stock.adjust").count(), 1);
        assert!(all.contains(&"audit.read".to_owned()) && all.is_sorted());
        assert_eq!(set(Preset::Owner.names(), &more), ["*"]);
    }
}
