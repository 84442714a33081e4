//! Typed access to decoded parameters, with Stripe's messages for what is wrong.

use std::collections::BTreeMap;

use super::Node;
use crate::error::ApiError;

type Result<T> = std::result::Result<T, ApiError>;

const METADATA_KEYS_MAX: usize = 50;
const METADATA_KEY_LEN_MAX: usize = 40;
const METADATA_VALUE_LEN_MAX: usize = 500;
const TEXT_LEN_MAX: usize = 5000;

/// Proof that a caller may see one object.
#[derive(Debug)]
pub(crate) enum ClientSecret {
    Given(String),
    NotNeeded,
}

/// Parameters not taken yet. Each getter removes what it returns; `finish` refuses the rest.
#[derive(Debug)]
pub(crate) struct Params {
    nodes: BTreeMap<String, Node>,
    prefix: Option<String>,
    browser: bool,
}

impl Params {
    pub(crate) fn new(nodes: BTreeMap<String, Node>) -> Self {
        Self {
            nodes,
            prefix: None,
            browser: false,
        }
    }

    /// Marks the parameters as sent with the publishable key, which anybody knows.
    pub(crate) fn sent_by_browser(self, browser: bool) -> Self {
        Self { browser, ..self }
    }

    /// The client secret: browsers prove with it that the object is theirs. Servers need none.
    pub(crate) fn client_secret(&mut self) -> Result<ClientSecret> {
        match (self.text("client_secret")?, self.browser) {
            (Some(secret), _) => Ok(ClientSecret::Given(secret)),
            (None, false) => Ok(ClientSecret::NotNeeded),
            (None, true) => Err(self.missing("client_secret")),
        }
    }

    /// Whether they came with the publishable key.
    pub(crate) fn is_browser(&self) -> bool {
        self.browser
    }

    /// The name as the client wrote it, for example `card[number]`.
    pub(crate) fn name(&self, name: &str) -> String {
        self.prefix
            .as_ref()
            .map_or_else(|| name.to_owned(), |prefix| format!("{prefix}[{name}]"))
    }

    /// A text; an empty one counts as an error because Stripe reads it as "unset".
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>> {
        let full = self.name(name);
        match self.nodes.remove(name) {
            None => Ok(None),
            Some(Node::Text(text)) if text.is_empty() => Err(ApiError::invalid(format!(
                "You passed an empty string for '{full}'. We assume empty values are an attempt \
                 to unset a parameter; however '{full}' cannot be unset. You should remove \
                 '{full}' from your request or supply a non-empty value."
            ))
            .code("parameter_invalid_empty")
            .param(&full)),
            Some(Node::Text(text)) if text.len() > TEXT_LEN_MAX => Err(ApiError::invalid(format!(
                "Invalid string: must be at most {TEXT_LEN_MAX} characters"
            ))
            .param(&full)),
            Some(Node::Text(text)) => Ok(Some(text)),
            Some(_) => Err(ApiError::invalid("Invalid string").param(&full)),
        }
    }

    /// A text that must be there.
    pub(crate) fn required(&mut self, name: &str) -> Result<String> {
        self.text(name)?.ok_or_else(|| self.missing(name))
    }

    /// The error for a parameter that is not there.
    pub(crate) fn missing(&self, name: &str) -> ApiError {
        let full = self.name(name);
        ApiError::invalid(format!("Missing required param: {full}."))
            .code("parameter_missing")
            .param(&full)
    }

    /// A whole number.
    pub(crate) fn integer(&mut self, name: &str) -> Result<Option<i64>> {
        let full = self.name(name);
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let number = text.parse().map_err(|_| {
            ApiError::invalid(format!("Invalid integer: {text}"))
                .code("parameter_invalid_integer")
                .param(&full)
        })?;
        Ok(Some(number))
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&mut self, name: &str) -> Result<Option<bool>> {
        let full = self.name(name);
        match self.text(name)?.as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(ApiError::invalid(format!("Invalid boolean: {other}")).param(&full)),
        }
    }

    /// One of the given words.
    pub(crate) fn choice(&mut self, name: &str, words: &[&str]) -> Result<Option<String>> {
        let full = self.name(name);
        match self.text(name)? {
            Some(word) if !words.contains(&word.as_str()) => Err(ApiError::invalid(format!(
                "Invalid {full}: must be one of {}",
                words.join(", ")
            ))
            .param(&full)),
            word => Ok(word),
        }
    }

    /// Whether a name holds a plain text.
    pub(crate) fn is_text(&self, name: &str) -> bool {
        matches!(self.nodes.get(name), Some(Node::Text(_)))
    }

    /// The children of `name[…]`.
    pub(crate) fn object(&mut self, name: &str) -> Result<Option<Self>> {
        let full = self.name(name);
        match self.nodes.remove(name) {
            None => Ok(None),
            Some(Node::Map(nodes)) => Ok(Some(Self {
                nodes,
                prefix: Some(full),
                browser: self.browser,
            })),
            Some(_) => Err(ApiError::invalid("Invalid object").param(&full)),
        }
    }

    /// The items of `name[]` or `name[0]`, `name[1]`, ….
    pub(crate) fn list(&mut self, name: &str) -> Result<Vec<String>> {
        let full = self.name(name);
        let invalid = || ApiError::invalid("Invalid array").param(&full);
        match self.nodes.remove(name) {
            None => Ok(Vec::new()),
            Some(Node::List(items)) => Ok(items),
            Some(Node::Map(nodes)) => {
                let mut items = Vec::with_capacity(nodes.len());
                for (index, node) in nodes {
                    let index: usize = index.parse().map_err(|_| invalid())?;
                    let Node::Text(text) = node else {
                        return Err(invalid());
                    };
                    items.push((index, text));
                }
                items.sort();
                Ok(items.into_iter().map(|(_, text)| text).collect())
            }
            Some(Node::Text(_)) => Err(invalid()),
        }
    }

    /// `metadata[…]`: names and values of limited length.
    pub(crate) fn metadata(&mut self) -> Result<Option<BTreeMap<String, String>>> {
        let Some(mut object) = self.object("metadata")? else {
            return Ok(None);
        };
        let names: Vec<String> = object.nodes.keys().cloned().collect();
        if names.len() > METADATA_KEYS_MAX {
            return Err(ApiError::invalid(format!(
                "Metadata can have at most {METADATA_KEYS_MAX} keys."
            ))
            .param("metadata"));
        }
        let mut metadata = BTreeMap::new();
        for name in names {
            let full = object.name(&name);
            let value = object.required(&name)?;
            if name.chars().count() > METADATA_KEY_LEN_MAX {
                return Err(ApiError::invalid(format!(
                    "Invalid metadata key: must be at most {METADATA_KEY_LEN_MAX} characters"
                ))
                .param(&full));
            }
            if value.chars().count() > METADATA_VALUE_LEN_MAX {
                return Err(ApiError::invalid(format!(
                    "Metadata values can have up to {METADATA_VALUE_LEN_MAX} characters."
                ))
                .param(&full));
            }
            metadata.insert(name, value);
        }
        Ok(Some(metadata))
    }

    /// Everything below `name[…]` as JSON, for blocks that are only stored (an address).
    pub(crate) fn block(
        &mut self,
        name: &str,
        fields: &[&str],
    ) -> Result<Option<serde_json::Value>> {
        let Some(mut object) = self.object(name)? else {
            return Ok(None);
        };
        let mut block = serde_json::Map::new();
        for field in fields {
            let value = if *field == "address" {
                object.block("address", ADDRESS_FIELDS)?
            } else {
                object.optional_text(field)?.map(serde_json::Value::from)
            };
            block.insert((*field).to_owned(), value.unwrap_or_default());
        }
        object.finish()?;
        Ok(Some(block.into()))
    }

    /// `address[…]`.
    pub(crate) fn address(&mut self) -> Result<Option<serde_json::Value>> {
        self.block("address", ADDRESS_FIELDS)
    }

    /// A text where an empty one means "none".
    pub(crate) fn optional_text(&mut self, name: &str) -> Result<Option<String>> {
        match self.nodes.get(name) {
            Some(Node::Text(text)) if text.is_empty() => {
                self.nodes.remove(name);
                Ok(None)
            }
            _ => self.text(name),
        }
    }

    /// Takes parameters that are accepted and have no effect here.
    pub(crate) fn ignore(&mut self, names: &[&str]) {
        for name in names {
            self.nodes.remove(*name);
        }
    }

    /// Refuses whatever was not taken.
    pub(crate) fn finish(self) -> Result<()> {
        let unknown: Vec<String> = self.nodes.keys().map(|name| self.name(name)).collect();
        let Some(first) = unknown.first() else {
            return Ok(());
        };
        let plural = if unknown.len() == 1 { "" } else { "s" };
        Err(ApiError::invalid(format!(
            "Received unknown parameter{plural}: {}",
            unknown.join(", ")
        ))
        .code("parameter_unknown")
        .param(first))
    }
}

const ADDRESS_FIELDS: &[&str] = &["city", "country", "line1", "line2", "postal_code", "state"];
