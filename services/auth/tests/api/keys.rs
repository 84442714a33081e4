//! Published keys, and what other services make of them.

use auth::jobs::publish_key;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

use crate::world::{ORIGIN, World};

#[tokio::test]
async fn the_published_keys_verify_a_token_without_our_code() {
    let world = World::new().await;
    publish_key::publish(&world.state).await.unwrap();
    publish_key::publish(&world.state).await.unwrap();
    let session = world.register("ada@example.com").await;
    let answer = world.get("/.well-known/jwks.json").send().await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(answer.json.clone()).unwrap();
    assert_eq!(set.keys.len(), 1);
    assert!(
        answer.json["keys"][0].get("d").is_none(),
        "the private half stays private"
    );
    let header = jsonwebtoken::decode_header(&session.access).unwrap();
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    let jwk = set.find(header.kid.as_deref().unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ORIGIN]);
    validation.set_audience(&["shop"]);
    let key = DecodingKey::from_jwk(jwk).unwrap();
    let claims = jsonwebtoken::decode::<Value>(&session.access, &key, &validation)
        .unwrap()
        .claims;
    assert_eq!(claims["sub"], session.user["id"]);
    assert!(claims["sid"].as_str().unwrap().starts_with("ses_"));
}

#[tokio::test]
async fn discovery_names_issuer_and_keys() {
    let world = World::new().await;
    let answer = world
        .get("/.well-known/openid-configuration")
        .send()
        .await
        .expect(200);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    assert_eq!(answer.json["issuer"], ORIGIN);
    assert_eq!(
        answer.json["jwks_uri"],
        format!("{ORIGIN}/.well-known/jwks.json")
    );
    assert_eq!(
        answer.json["id_token_signing_alg_values_supported"][0],
        "EdDSA"
    );
}

#[tokio::test]
async fn every_service_verifies_tokens_and_learns_of_ended_sessions() {
    let world = World::new().await;
    publish_key::publish(&world.state).await.unwrap();
    let session = world.register("ada@example.com").await;
    for service in ["catalog", "cart", "checkout", "orders", "search"] {
        let verifier = world.verifier_of(service).await;
        assert!(verifier.verify(&session.access).await.is_ok(), "{service}");
    }
    world.log_out(&session.refresh).await.expect(204);
    for service in ["catalog", "cart", "checkout", "orders", "search"] {
        let verifier = world.verifier_of(service).await;
        assert!(verifier.verify(&session.access).await.is_err(), "{service}");
    }
}

#[tokio::test]
async fn a_retired_key_is_unpublished_and_stays_so() {
    let world = World::new().await;
    publish_key::publish(&world.state).await.unwrap();
    let session = world.register("ada@example.com").await;
    let kid = world.state.signer.public_key().kid.clone();
    assert!(world.operator().retire_key("unknown").await.is_err());
    world.operator().retire_key(&kid).await.unwrap();
    let answer = world.get("/.well-known/jwks.json").send().await.expect(200);
    assert_eq!(answer.json["keys"], serde_json::json!([]));
    let verifier = world.verifier_of("cart").await;
    assert!(verifier.verify(&session.access).await.is_err());
    let refused = publish_key::publish(&world.state)
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains("was retired"), "{refused}");
}

#[tokio::test]
async fn the_document_lists_what_the_router_serves() {
    let document = auth::openapi().to_pretty_json().unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    let mut paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    paths.sort();
    assert_eq!(
        paths,
        [
            "/.well-known/jwks.json",
            "/.well-known/openid-configuration",
            "/api/v1/admin/audit/auth",
            "/api/v1/admin/messages/auth",
            "/api/v1/admin/messages/auth/{id}",
            "/api/v1/auth/login",
            "/api/v1/auth/logout",
            "/api/v1/auth/password-resets",
            "/api/v1/auth/password-resets/complete",
            "/api/v1/auth/refresh",
            "/api/v1/auth/register",
            "/api/v1/me",
            "/api/v1/me/password",
        ]
    );
    let operations = |path: &str| document["paths"][path]["get"]["operationId"].clone();
    assert_eq!(operations("/api/v1/admin/audit/auth"), "listAuthAudit");
    assert_eq!(
        operations("/api/v1/admin/messages/auth"),
        "listAuthMessages"
    );
    assert_eq!(
        operations("/api/v1/admin/messages/auth/{id}"),
        "getAuthMessage"
    );
    for schema in [
        "Session",
        "User",
        "Problem",
        "Login",
        "Registration",
        "AuditEntry",
        "MessageSummary",
        "Message",
    ] {
        assert!(
            document["components"]["schemas"][schema].is_object(),
            "{schema}"
        );
    }
}
