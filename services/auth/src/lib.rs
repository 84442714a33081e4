//! The auth service: accounts, sessions, access tokens.
//!
//! - [`routes`]: every path. [`ops`]: signing in, refreshing, signing out, the operator's commands.
//! - [`domain`]: passwords, refresh tokens, accounts. [`store`]: SQL of schema `auth`.
//! - [`passwords`]: argon2id on few threads.
//! - [`letters`]: what people are told by mail. [`jobs`]: publishing the key, links to set a new
//!   password, sending mail, deleting what is over. [`command`]: the operator's commands.
//!
//! Invariants: a refresh token works once and its session has at most one that works; after a
//! sign-out nothing of the session works; an unknown address cannot be told from a wrong password;
//! no password, token or address is ever logged. Other services never call this one: they verify
//! tokens with the keys and revocations of `contract-auth`.

use axum::Router;
use common::openapi::Bearer;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub mod command;
pub mod config;
pub mod domain;
pub mod error;
pub mod jobs;
pub mod letters;
pub mod ops;
pub mod passwords;
pub mod routes;
pub mod serve;
pub mod state;
pub mod store;

use state::AppState;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "TechMart auth", description = "Accounts, sessions and access tokens."),
    modifiers(&Bearer),
    tags(
        (name = "auth", description = "Accounts and sessions"),
        (name = "mailbox", description = "Messages as staff see them"),
        (name = "audit", description = "Who changed what"),
        (name = "keys", description = "What verifiers of access tokens need"),
    )
)]
struct Document;

/// What the service serves.
pub fn app(state: AppState) -> Router {
    routes::router::<Router<AppState>>().with_state(state)
}

/// The service's API document.
pub fn openapi() -> OpenApi {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(routes::router::<OpenApiRouter<AppState>>())
        .into_openapi()
}
