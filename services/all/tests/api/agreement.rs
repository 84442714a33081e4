//! Every documented operation reaches the service that documents it, and no other; within the limits of the table.

use std::collections::BTreeSet;
use std::path::Path;

use all::pages::Pages;
use edge::routes::{SHIPPED, Table};
use http::Method;
use serde_json::Value;

use crate::door::door;

fn document(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi");
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Method and path of every operation.
fn operations(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            let methods = methods
                .filter(|key| matches!(key.as_str(), "get" | "post" | "put" | "patch" | "delete"));
            methods.map(|method| (method.to_uppercase(), path.clone()))
        })
        .collect()
}

/// The path with something in place of its parameters.
fn concrete(path: &str) -> String {
    path.split('/')
        .map(|part| {
            if part.starts_with('{') {
                "some-thing"
            } else {
                part
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn every_operation_reaches_the_service_that_documents_it() {
    let door = door(Pages::none());
    let mut reached = BTreeSet::new();
    for service in edge::SERVICES {
        for (method, path) in operations(&document(service)) {
            let verb: Method = method.parse().unwrap();
            let answer = door.call(verb, concrete(&path)).send().await.expect(200);
            assert_eq!(answer.json["service"], service, "{method} {path}");
            reached.insert((method, path));
        }
    }
    assert_eq!(reached, operations(&document("techmart")));
}

#[test]
fn the_process_documents_what_the_services_document() {
    let own = serde_json::to_value(all::serve::openapi()).unwrap();
    assert_eq!(operations(&own), operations(&document("techmart")));
}

#[tokio::test]
async fn a_path_takes_as_much_as_the_table_says_and_no_more() {
    let door = door(Pages::none());
    let table = Table::parse(SHIPPED).unwrap();
    for routes in table.by_path().values() {
        let route = routes[0];
        let most = routes.iter().map(|route| route.body_limit_kb).max();
        let most = usize::try_from(most.unwrap()).unwrap() * 1024;
        let path = concrete(&route.path);
        let send = async |bytes: usize| {
            let method: Method = route.methods[0].parse().unwrap();
            let body = "x".repeat(bytes);
            door.call(method, path.clone()).body(body).send().await
        };
        let answer = send(most).await.expect(200);
        assert_eq!(answer.json["bytes"], most, "{path}");
        send(most + 1).await.problem(413, "body_too_large");
    }
}

#[tokio::test]
async fn a_client_may_ask_as_often_as_its_class_allows() {
    let door = door(Pages::none());
    let table = Table::parse(SHIPPED).unwrap();
    let class = table
        .rate_classes
        .iter()
        .find(|class| class.name == "login");
    let class = class.unwrap();
    let login = async || door.post("/api/v1/auth/login").send().await;
    for _ in 0..=class.burst {
        login().await.expect(200);
    }
    let refused = login().await;
    let after: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=class.retry_after()).contains(&after), "{after}");
    refused.problem(429, "rate_limited");
    // Another class counts for itself.
    door.get("/api/v1/products").send().await.expect(200);
}
