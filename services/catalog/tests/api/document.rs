//! The API document.

use std::collections::BTreeSet;

use serde_json::Value;

fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(target) if name == "$ref" => drop(found.insert(target)),
                    _ => references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_has_a_name_of_its_own() {
    let document = serde_json::to_value(catalog::openapi()).unwrap();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for target in &found {
        assert!(
            document.pointer(&target[1..]).is_some(),
            "{target} leads nowhere"
        );
    }
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} stands twice");
            assert!(
                operation["summary"].is_string(),
                "{method} {path} says nothing"
            );
            let staff = path.contains("/admin/");
            assert_eq!(staff, operation["security"].is_array(), "{method} {path}");
        }
    }
    assert_eq!(ids.len(), 29);
}
