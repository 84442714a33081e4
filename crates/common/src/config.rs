//! Settings: defaults in TOML, then the environment.
//!
//! Layers, the later wins: the defaults of this crate ([`DEFAULTS`]), the service's own defaults,
//! `TECHMART__SECTION__KEY` (shared by all services), `TECHMART_<SERVICE>__SECTION__KEY`. A variable with `__FILE` at
//! the end of its name holds the path of a file with the value, as orchestrators hand out secrets.
//! A variable's value has the type of the default it replaces; a setting without a default is text.
//! A shared variable that a service has no setting for is left to the others; one with the
//! service's own prefix must be known. Errors name the variable.

use std::collections::BTreeMap;

use figment::Figment;
use figment::error::Kind;
use figment::providers::Serialized;
use figment::value::{Dict, Value};
use serde::de::DeserializeOwned;

mod fragments;
mod table;
#[cfg(test)]
mod tests;

pub use fragments::{
    CloudWatchSettings, DbSettings, HttpSettings, LogFormat, LogSettings, RedisSettings,
    ServiceSettings, SiteSettings,
};
pub use table::{SettingRow, describe};

/// The defaults of the sections that this crate defines.
pub const DEFAULTS: &str = include_str!("config/defaults.toml");

const SHARED_PREFIX: &str = "TECHMART__";
const FILE_SUFFIX: &str = "__FILE";

/// Sections that the plumbing alone reads ([`Plumbing`]): a service knows nothing of them.
const PLUMBING: [&str; 2] = ["log", "cloudwatch"];

/// What every command needs, also one that works before the service's other settings are complete.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Plumbing {
    /// Where the running service is asked for its health.
    pub http: HttpSettings,
    /// Log lines.
    pub log: LogSettings,
    /// Metrics for CloudWatch.
    pub cloudwatch: CloudWatchSettings,
}

/// Why the settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct ConfigError {
    /// The environment variable, or the defaults.
    pub place: String,
    /// What is wrong, for a person.
    pub reason: String,
}

#[derive(Debug, Clone)]
struct Variable {
    name: String,
    text: String,
    shared: bool,
}

/// Variables by the path of their setting (`http.address`).
type Variables = BTreeMap<String, Variable>;

/// Loads the settings of `service` from its defaults (TOML) and the process environment.
pub fn load<S: DeserializeOwned>(service: &str, defaults: &str) -> Result<S, ConfigError> {
    let mut variables = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Ok(name) = name.into_string() else {
            continue;
        };
        if !name.starts_with("TECHMART_") {
            continue;
        }
        match value.into_string() {
            Ok(value) => variables.push((name, value)),
            Err(_) => {
                return Err(ConfigError {
                    place: name,
                    reason: "is not UTF-8".into(),
                });
            }
        }
    }
    load_from(service, defaults, variables)
}

/// As [`load`], with the variables given; of a name that comes twice the later value counts.
pub fn load_from<S: DeserializeOwned>(
    service: &str,
    defaults: &str,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<S, ConfigError> {
    let own_prefix = own_prefix(service);
    let mut set = by_path(&own_prefix, variables)?;
    let mut house = tree(DEFAULTS, "the shared defaults")?;
    let mut own = tree(defaults, "the service's defaults")?;
    loop {
        let figment = layers(&house, &own, &set)?;
        let error = match figment.extract::<S>() {
            Ok(settings) => return Ok(settings),
            Err(error) => error,
        };
        // What the service has no setting for is left out, if it is everyone's; then again.
        let left_out = unknown_path(&error)
            .is_some_and(|path| leave_out(&path, &mut house, &mut own, &mut set));
        if !left_out {
            return Err(explain(&error, &set, &own_prefix));
        }
    }
}

fn own_prefix(service: &str) -> String {
    format!("TECHMART_{}__", service.to_uppercase().replace('-', "_"))
}

fn by_path(
    own_prefix: &str,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Variables, ConfigError> {
    let mut set = Variables::new();
    for (name, text) in variables {
        let (rest, shared) = match (
            name.strip_prefix(own_prefix),
            name.strip_prefix(SHARED_PREFIX),
        ) {
            (Some(rest), _) => (rest, false),
            (None, Some(rest)) => (rest, true),
            (None, None) => continue,
        };
        let in_file = rest.strip_suffix(FILE_SUFFIX);
        let path = in_file.unwrap_or(rest).to_lowercase().replace("__", ".");
        let text = if in_file.is_some() {
            content(&name, &text)?
        } else {
            text
        };
        let other = set.get(&path).filter(|other| other.name != name);
        if let Some(other) = other.filter(|other| other.shared == shared) {
            return Err(ConfigError {
                place: name,
                reason: format!("{} says the same setting", other.name),
            });
        }
        if other.is_none_or(|other| other.shared) {
            set.insert(path, Variable { name, text, shared });
        }
    }
    Ok(set)
}

/// What a file holds, without the line break at its end.
fn content(name: &str, path: &str) -> Result<String, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError {
        place: name.to_owned(),
        reason: format!("cannot read {path}: {error}"),
    })?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn tree(defaults: &str, place: &str) -> Result<Dict, ConfigError> {
    toml::from_str(defaults).map_err(|error| ConfigError {
        place: place.to_owned(),
        reason: error.to_string(),
    })
}

fn layers(house: &Dict, own: &Dict, set: &Variables) -> Result<Figment, ConfigError> {
    let defaults = Figment::from(Serialized::defaults(house)).merge(Serialized::defaults(own));
    let mut figment = defaults.clone();
    for (path, variable) in set {
        let default = defaults.find_value(path).ok();
        let value = typed(&variable.text, default.as_ref()).map_err(|reason| ConfigError {
            place: variable.name.clone(),
            reason,
        })?;
        figment = figment.merge(Serialized::default(path, value));
    }
    Ok(figment)
}

/// The text as a value of the default's type.
fn typed(text: &str, default: Option<&Value>) -> Result<Value, String> {
    let wrong = |expected: &str| format!("expected {expected}, found `{text}`");
    match default {
        Some(Value::Num(_, number)) if number.to_f64().is_some() => text
            .parse::<f64>()
            .map(Value::from)
            .map_err(|_| wrong("a number")),
        Some(Value::Num(..)) => text
            .parse::<i64>()
            .map(Value::from)
            .map_err(|_| wrong("a whole number")),
        Some(Value::Bool(..)) => text
            .parse::<bool>()
            .map(Value::from)
            .map_err(|_| wrong("true or false")),
        Some(Value::Array(..)) => Ok(Value::from(
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .collect::<Vec<_>>(),
        )),
        Some(Value::Dict(..)) => Err("names a section, not a setting".into()),
        _ => Ok(Value::from(text)),
    }
}

fn unknown_path(error: &figment::Error) -> Option<String> {
    let Kind::UnknownField(field, _) = &error.kind else {
        return None;
    };
    let mut path = error.path.clone();
    if path.last() != Some(field) {
        path.push(field.clone());
    }
    Some(path.join("."))
}

/// Removes the setting at `path` from the shared layers. False if it comes from the service's own, unless it is the plumbing's.
fn leave_out(path: &str, house: &mut Dict, own: &mut Dict, set: &mut Variables) -> bool {
    let within = |other: &str| {
        other
            .strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if PLUMBING.contains(&path) {
        own.remove(path);
    } else if own.contains_key(path)
        || set
            .iter()
            .any(|(path, variable)| within(path) && !variable.shared)
    {
        return false;
    }
    let before = set.len();
    set.retain(|path, _| !within(path));
    house.remove(path).is_some() || set.len() < before
}

fn explain(error: &figment::Error, set: &Variables, own_prefix: &str) -> ConfigError {
    let mut path = error.path.join(".");
    if let Some(unknown) = unknown_path(error) {
        path = unknown;
    }
    if let Kind::MissingField(field) = &error.kind
        && !path.ends_with(field.as_ref())
    {
        path = if path.is_empty() {
            field.to_string()
        } else {
            format!("{path}.{field}")
        };
    }
    let named = set.get(&path).or_else(|| {
        set.iter()
            .find(|(other, _)| other.starts_with(&format!("{path}.")))
            .map(|(_, found)| found)
    });
    let place = named.map_or_else(
        || format!("{own_prefix}{}", path.to_uppercase().replace('.', "__")),
        |variable| variable.name.clone(),
    );
    let reason = match &error.kind {
        Kind::MissingField(_) => "is required and not set".to_owned(),
        Kind::UnknownField(_, known) => {
            format!("there is no such setting; known here: {}", known.join(", "))
        }
        Kind::InvalidType(actual, expected) | Kind::InvalidValue(actual, expected) => {
            format!("expected {expected}, found {actual}")
        }
        kind => kind.to_string(),
    };
    ConfigError { place, reason }
}
