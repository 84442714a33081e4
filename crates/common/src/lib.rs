//! Service plumbing: what a service needs that has nothing to do with what it sells.
//!
//! Map:
//! - [`cli`]: `main` of a service: settings, telemetry, signals, `serve`, `healthcheck`.
//! - [`config`]: settings from defaults and environment. [`telemetry`]: logs, traces, metrics.
//! - [`server`]: accept loop, deadlines, draining, `/livez`, `/readyz`, `/metrics`.
//! - [`layers`]: the one middleware stack. [`problem`]: errors on the wire. [`openapi`]: routes that serve or describe,
//!   and the parts of a document that all share.
//! - [`extract`]: JSON, query, path, page, headers. [`etag`]: versioned answers.
//! - [`access`]: access tokens: who is asking, and what they may do. [`audit`]: who changed what.
//! - [`db`]: PostgreSQL pools. [`redis`]: a cache whose failures are misses, and hints.
//! - [`limiter`]: how often someone may try.
//! - [`idempotency`], [`events`], [`jobs`], [`single_flight`]: keys, consumers, tasks, shared loads.
//! - [`failpoint!`](crate::failpoint!): places where a debug build can be made to die.
//!
//! Invariants: depends on no workspace crate but `kernel` and `cloudwatch`; nothing public names a business thing;
//! every refusal is a [`Problem`]; every wait has a deadline.
//!
//! # A whole service
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use axum::Router;
//! use axum::extract::{FromRef, State};
//! use axum::response::{IntoResponse, Response};
//! use common::access::Verifier;
//! use common::cli::{self, Context, NoCommand};
//! use common::config::{DbSettings, HttpSettings, RedisSettings, SiteSettings};
//! use common::db::{self, Db, DbError};
//! use common::extract::{CurrentUser, IfMatch, Json, PageQuery, Path, Query};
//! use common::openapi::{Routes, routes};
//! use common::redis::Cache;
//! use common::{Problem, etag};
//! use garde::Validate;
//! use http::{HeaderMap, StatusCode};
//! use kernel::{SharedClock, UserId};
//! use serde::{Deserialize, Serialize};
//! use utoipa::ToSchema;
//! use utoipa::openapi::OpenApi;
//! use utoipa_axum::router::OpenApiRouter;
//!
//! // ---- config.rs: unknown variables with the service's own prefix are errors.
//! #[derive(Debug, Clone, Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Settings {
//!     http: HttpSettings, db: DbSettings, redis: RedisSettings, shop: SiteSettings,
//!     notes: NotesSettings,
//! }
//! #[derive(Debug, Clone, Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct NotesSettings { text_length_max: usize }
//! const DEFAULTS: &str = r#"
//! [http]
//! address = "127.0.0.1:8089"
//! ops_address = "127.0.0.1:9089"
//! [notes]
//! # The longest text, in characters.
//! text_length_max = 100
//! "#;
//!
//! // ---- state.rs
//! #[derive(Clone)]
//! struct AppState { db: Db, cache: Cache, clock: SharedClock, verifier: Verifier }
//! impl FromRef<AppState> for Verifier {
//!     fn from_ref(state: &AppState) -> Self { state.verifier.clone() }
//! }
//!
//! // ---- error.rs: one variant per thing a client can act on, one match to Problem.
//! #[derive(Debug, thiserror::Error)]
//! enum Error {
//!     #[error("the name is taken")]
//!     NameTaken,
//!     #[error(transparent)]
//!     Db(#[from] DbError),
//! }
//! impl From<sqlx::Error> for Error {
//!     fn from(error: sqlx::Error) -> Self {
//!         match db::constraint(&error) {
//!             Some("note_name_key") => Self::NameTaken,
//!             _ => Self::Db(error.into()),
//!         }
//!     }
//! }
//! impl IntoResponse for Error {
//!     fn into_response(self) -> Response {
//!         match self {
//!             Self::NameTaken => Problem::conflict("name_taken", "The name is taken"),
//!             Self::Db(error) => Problem::from_db(error),
//!         }
//!         .into_response()
//!     }
//! }
//!
//! // ---- routes/notes.rs: extract, call domain and store, respond.
//! #[derive(Debug, Deserialize, Validate, ToSchema)]
//! #[serde(deny_unknown_fields)]
//! struct NewNote {
//!     /// 1 to 100 characters.
//!     #[garde(length(chars, min = 1, max = 100))]
//!     text: String,
//! }
//! #[derive(Debug, Serialize, ToSchema)]
//! struct Note { owner: UserId, version: i64, text: String }
//!
//! /// Write a note
//! #[utoipa::path(post, path = "/api/v1/notes", operation_id = "createNote", request_body = NewNote,
//!     responses((status = 201, body = Note), (status = 422, body = Problem)))]
//! async fn create_note(State(state): State<AppState>, user: CurrentUser, Json(new): Json<NewNote>)
//!     -> Result<(StatusCode, Json<Note>), Error> {
//!     let mut tx = state.db.begin().await?;
//!     sqlx::query("select 1").execute(&mut *tx).await?; // store::notes::insert(&mut tx, …)
//!     tx.commit().await?;
//!     Ok((StatusCode::CREATED, Json(Note { owner: user.user_id, version: 1, text: new.text })))
//! }
//!
//! /// Read a note
//! #[utoipa::path(get, path = "/api/v1/notes/{id}", operation_id = "getNote", params(("id" = UserId, Path)),
//!     responses((status = 200, body = Note), (status = 404, body = Problem)))]
//! async fn get_note(headers: HeaderMap, Path(owner): Path<UserId>, Query(list): Query<PageQuery>,
//!     if_match: IfMatch) -> Result<Response, Problem> {
//!     let (_size, _cursor) = list.page()?;
//!     if_match.check(1)?;
//!     let note = Note { owner, version: 1, text: "hello".into() };
//!     Ok(etag::versioned(&headers, note.version, "private, no-cache", &note))
//! }
//!
//! // ---- lib.rs: the routes and their document come from one list.
//! fn router<R: Routes<State = AppState>>() -> R {
//!     R::default().routes(routes!(create_note)).routes(routes!(get_note))
//! }
//! fn app(state: AppState) -> Router { router::<Router<AppState>>().with_state(state) }
//! fn openapi() -> OpenApi { router::<OpenApiRouter<AppState>>().into_openapi() }
//!
//! // ---- main.rs
//! const SERVICE: cli::Service = cli::Service {
//!     name: "notes", about: "Keeps notes", defaults: DEFAULTS,
//!     #[cfg(debug_assertions)]
//!     openapi,
//! };
//! fn main() -> ExitCode {
//!     cli::main::<Settings, NoCommand, _, _, _, _>(SERVICE, serve, |command, _, _| async move { match command {} })
//! }
//! async fn serve(settings: Settings, context: Context) -> anyhow::Result<()> {
//!     let state = AppState {
//!         db: Db::connect(context.service, &settings.db)?,
//!         cache: Cache::connect(context.service, &settings.redis)?,
//!         clock: context.clock.clone(),
//!         verifier: Verifier::new(&settings.shop.origin, context.clock.clone()),
//!     };
//!     context.depend_on(&state.db, &state.cache, 20_260_101_000_000);
//!     // context.follow_access(&state.verifier, SqlFeed::new(state.db.clone(), list_public_keys, list_revoked));
//!     context.serve(app(state), &settings.http).await
//! }
//! ```

pub mod access;
pub mod audit;
pub mod cli;
pub mod config;
pub mod db;
mod dependencies;
mod error_chain;
pub mod etag;
pub mod events;
pub mod extract;
pub mod failpoint;
pub mod idempotency;
pub mod jobs;
pub mod layers;
pub mod limiter;
pub mod openapi;
pub mod problem;
pub mod redis;
pub mod server;
pub mod single_flight;
pub mod telemetry;
#[cfg(test)]
mod test_servers;

pub use problem::Problem;
