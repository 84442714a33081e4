//! What verifiers of access tokens need to know. Public.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use common::Problem;
use common::extract::Json;
use http::header::{CACHE_CONTROL, HeaderValue};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::error::Error;
use crate::state::AppState;

/// Short enough that a retired key is soon forgotten, and a new key is published before it is used.
const FOR_A_WHILE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// RFC 7517 JSON Web Key Set.
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonWebKeySet {
    /// The keys in use.
    #[schema(value_type = Vec<Object>)]
    keys: Vec<Value>,
}

/// OIDC Discovery, as far as it concerns those who check access tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenIdConfiguration {
    /// The `iss` of every token.
    #[schema(example = "https://shop.example")]
    issuer: String,
    /// Where the keys are.
    jwks_uri: String,
    /// How tokens are signed.
    #[schema(value_type = Vec<String>)]
    id_token_signing_alg_values_supported: [&'static str; 1],
    /// Subjects are the same for everyone.
    #[schema(value_type = Vec<String>)]
    subject_types_supported: [&'static str; 1],
    /// None: there is no authorization endpoint.
    #[schema(value_type = Vec<String>)]
    response_types_supported: [&'static str; 0],
    /// The claims of a token.
    #[schema(value_type = Vec<String>)]
    claims_supported: [&'static str; 8],
}

/// Keys that access tokens are checked with
#[utoipa::path(get, path = "/.well-known/jwks.json", operation_id = "getJwks", tag = "keys",
    responses(
        (status = 200, body = JsonWebKeySet),
        (status = 503, body = Problem, description = "unavailable, with Retry-After"),
    ))]
pub async fn get_jwks(State(state): State<AppState>) -> Result<Response, Error> {
    let mut conn = state.db.read().await?;
    let keys = contract_auth::list_public_keys(&mut conn).await?;
    let keys = keys.into_iter().map(|(_, jwk)| jwk).collect();
    Ok(([(CACHE_CONTROL, FOR_A_WHILE)], Json(JsonWebKeySet { keys })).into_response())
}

/// Issuer and keys, by discovery
#[utoipa::path(get, path = "/.well-known/openid-configuration", operation_id = "getOpenidConfiguration", tag = "keys",
    responses((status = 200, body = OpenIdConfiguration)))]
pub async fn get_openid_configuration(State(state): State<AppState>) -> Response {
    let issuer = state.origin;
    let document = OpenIdConfiguration {
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        issuer,
        id_token_signing_alg_values_supported: ["EdDSA"],
        subject_types_supported: ["public"],
        response_types_supported: [],
        claims_supported: ["iss", "sub", "aud", "exp", "iat", "jti", "sid", "role"],
    };
    ([(CACHE_CONTROL, FOR_A_WHILE)], Json(document)).into_response()
}
