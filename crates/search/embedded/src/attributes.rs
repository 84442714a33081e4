//! Attributes and their values, each kept once.

use std::collections::HashMap;

use search_core::Text;
use search_core::facets::Attribute;

use crate::names::next;

/// A value's place: one number names the attribute and the value.
pub(crate) type ValueId = u32;
/// An attribute's place.
pub(crate) type CodeId = u32;

/// All attributes and values of the catalogue. Those that nobody has any more stay until the index is rebuilt.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    codes: Vec<Code>,
    by_code: HashMap<Text, CodeId>,
    values: Vec<Value>,
    /// The attribute of each value: what is counted over.
    code_of: Vec<CodeId>,
}

/// An attribute.
#[derive(Debug)]
pub(crate) struct Code {
    /// Its stable name in addresses.
    pub(crate) slug: Text,
    /// Its name as shown: the one heard last holds for all.
    pub(crate) name: Text,
    /// The unit of its numbers.
    pub(crate) unit: Option<Text>,
    /// Whether its values are numbers.
    pub(crate) numeric: bool,
    /// Its values.
    pub(crate) values: Vec<ValueId>,
    by_value: HashMap<Text, ValueId>,
}

/// A value.
#[derive(Debug)]
pub(crate) struct Value {
    /// As `search_core::facets::shown` writes it.
    pub(crate) value: Text,
    /// In thousandths, if it is a number.
    pub(crate) number: Option<i64>,
}

impl Attributes {
    /// The place of a product's value.
    pub(crate) fn put(&mut self, attribute: &Attribute<'_>) -> ValueId {
        let code = self.put_code(attribute);
        if let Some(id) = self.find_value(code, &attribute.value) {
            let known = &mut self.values[id as usize];
            known.number = known.number.or(attribute.number);
            return id;
        }
        let id = next(self.values.len());
        let value = Text::from(attribute.value.as_str());
        let known = &mut self.codes[code as usize];
        known.values.push(id);
        known.by_value.insert(value.clone(), id);
        self.values.push(Value {
            value,
            number: attribute.number,
        });
        self.code_of.push(code);
        id
    }

    fn put_code(&mut self, attribute: &Attribute<'_>) -> CodeId {
        let numeric = attribute.number.is_some();
        if let Some(&id) = self.by_code.get(attribute.code) {
            let code = &mut self.codes[id as usize];
            code.numeric = numeric;
            if *code.name != *attribute.name {
                code.name = attribute.name.into();
            }
            if code.unit.as_deref() != attribute.unit {
                code.unit = attribute.unit.map(Into::into);
            }
            return id;
        }
        let id = next(self.codes.len());
        let code = Text::from(attribute.code);
        self.by_code.insert(code.clone(), id);
        self.codes.push(Code {
            slug: code,
            name: attribute.name.into(),
            unit: attribute.unit.map(Into::into),
            numeric,
            values: Vec::new(),
            by_value: HashMap::new(),
        });
        id
    }

    /// The attribute with this code.
    pub(crate) fn find(&self, code: &str) -> Option<CodeId> {
        self.by_code.get(code).copied()
    }

    /// An attribute's value as it is shown.
    pub(crate) fn find_value(&self, code: CodeId, value: &str) -> Option<ValueId> {
        self.codes[code as usize].by_value.get(value).copied()
    }

    /// An attribute.
    pub(crate) fn code(&self, id: CodeId) -> &Code {
        &self.codes[id as usize]
    }

    /// A value.
    pub(crate) fn value(&self, id: ValueId) -> &Value {
        &self.values[id as usize]
    }

    /// The attribute of each value, by the value's place.
    pub(crate) fn code_of(&self) -> &[CodeId] {
        &self.code_of
    }

    /// How many attributes there are.
    pub(crate) fn len(&self) -> usize {
        self.codes.len()
    }
}
