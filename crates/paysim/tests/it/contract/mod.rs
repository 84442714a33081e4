//! Stripe's own word on what answers and webhooks look like: the OpenAPI document named by
//! `TECHMART_TEST_STRIPE_SPEC`. Where it is set, every answer and every webhook that any test
//! gets is checked against it, and `TECHMART_TEST_STRIPE_TALLY` names a file that tells what was
//! checked. `cargo xtask contract` sets both.

mod convert;

use std::{
    collections::{BTreeSet, HashMap},
    fs::{File, OpenOptions},
    io::Write,
    sync::{Arc, Mutex, OnceLock},
};

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Map, Value, json};

/// Fields that 2025-09-30.clover has and the document, which is of a later version, does not.
const OF_THIS_VERSION: &[(&str, &str)] = &[("payment_intent", "source"), ("charge", "source")];

struct Contract {
    paths: Map<String, Value>,
    schemas: Map<String, Value>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
    tally: Option<Mutex<File>>,
}

fn contract() -> Option<&'static Contract> {
    static CONTRACT: OnceLock<Option<Contract>> = OnceLock::new();
    CONTRACT.get_or_init(Contract::read).as_ref()
}

/// Checks an answer to a call of Stripe's API.
#[track_caller]
pub(crate) fn check_answer(method: &Method, path: &str, status: u16, body: &Value) {
    let Some(contract) = contract().filter(|_| path.starts_with("/v1/")) else {
        return;
    };
    if (200..300).contains(&status) {
        let schema = contract.answer_schema(method, path);
        contract.check(&format!("{method} {path}"), &schema, body);
        for event in body["data"].as_array().into_iter().flatten() {
            if event["object"] == "event" {
                contract.check_event(event);
            }
        }
    } else {
        let schema = json!({ "$ref": "#/components/schemas/error" });
        contract.check(&format!("{status} of {method} {path}"), &schema, body);
    }
    contract.count(&format!("answer {method} {path} {status}"));
}

/// Checks an event that came to the shop.
#[track_caller]
pub(crate) fn check_webhook(event: &Value) {
    if let Some(contract) = contract() {
        contract.check_event(event);
        let kind = event["type"].as_str().unwrap_or_default();
        contract.count(&format!("webhook {kind}"));
    }
}

impl Contract {
    fn read() -> Option<Self> {
        let path = std::env::var_os("TECHMART_TEST_STRIPE_SPEC")?;
        let text = std::fs::read_to_string(path).unwrap();
        let mut document: Value = serde_json::from_str(&text).unwrap();
        let Value::Object(schemas) = document["components"]["schemas"].take() else {
            panic!("the document has no schemas");
        };
        let Value::Object(paths) = document["paths"].take() else {
            panic!("the document has no paths");
        };
        let mut schemas: Map<String, Value> = schemas
            .into_iter()
            .map(|(name, schema)| (name, convert::schema(&schema)))
            .collect();
        for (name, field) in OF_THIS_VERSION {
            let properties = schemas[*name]["properties"].as_object_mut().unwrap();
            let known = properties.insert((*field).to_owned(), json!({ "type": "null" }));
            assert!(known.is_none(), "the document knows {name}.{field}");
        }
        let tally = std::env::var_os("TECHMART_TEST_STRIPE_TALLY");
        let tally = tally.map(|path| {
            let mut options = OpenOptions::new();
            Mutex::new(options.create(true).append(true).open(path).unwrap())
        });
        Some(Self {
            paths,
            schemas,
            validators: Mutex::default(),
            tally,
        })
    }

    /// What the document says about a successful answer.
    #[track_caller]
    fn answer_schema(&self, method: &Method, path: &str) -> Value {
        let wanted: Vec<&str> = path.split('/').collect();
        let fits = |pattern: &str| {
            let pattern: Vec<&str> = pattern.split('/').collect();
            pattern.len() == wanted.len()
                && pattern
                    .iter()
                    .zip(&wanted)
                    .all(|(part, wanted)| part.starts_with('{') || part == wanted)
        };
        let operations = self.paths.iter().filter(|(pattern, _)| fits(pattern));
        // The address with the fewest placeholders is the one that is meant.
        let (_, operations) = operations
            .min_by_key(|(pattern, _)| pattern.matches('{').count())
            .unwrap_or_else(|| panic!("Stripe has no {path}"));
        let answer = &operations[method.as_str().to_ascii_lowercase()]["responses"]["200"];
        let schema = &answer["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "Stripe has no {method} {path}");
        convert::schema(schema)
    }

    #[track_caller]
    fn check_event(&self, event: &Value) {
        let kind = event["type"].as_str().unwrap();
        let schema = json!({ "$ref": "#/components/schemas/event" });
        self.check(kind, &schema, event);
        let object = &event["data"]["object"];
        let name = object["object"].as_str().unwrap();
        let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        self.check(kind, &schema, object);
    }

    #[track_caller]
    fn check(&self, what: &str, schema: &Value, value: &Value) {
        let validator = self.validator(schema);
        let errors: Vec<String> = validator
            .iter_errors(value)
            .take(5)
            .map(|error| format!("  at {}: {error}", error.instance_path()))
            .collect();
        assert!(
            errors.is_empty(),
            "{what} is not what Stripe's document says:\n{}\n{value:#}",
            errors.join("\n")
        );
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let mut known = self.validators.lock().unwrap();
        let entry = known.entry(schema.to_string());
        Arc::clone(entry.or_insert_with(|| {
            let mut whole = schema.clone();
            let needed = self.reachable(schema);
            whole["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
            whole["components"] = json!({ "schemas": needed });
            Arc::new(jsonschema::validator_for(&whole).unwrap())
        }))
    }

    /// The schemas that one leads to.
    fn reachable(&self, schema: &Value) -> Map<String, Value> {
        let mut found = Map::new();
        let mut open: BTreeSet<String> = convert::references(schema);
        while let Some(name) = open.pop_first() {
            let schema = &self.schemas[&name];
            for next in convert::references(schema) {
                if next != name && !found.contains_key(&next) {
                    open.insert(next);
                }
            }
            found.insert(name, schema.clone());
        }
        found
    }

    fn count(&self, line: &str) {
        if let Some(tally) = &self.tally {
            let mut file = tally.lock().unwrap();
            file.write_all(format!("{line}\n").as_bytes()).unwrap();
        }
    }
}
