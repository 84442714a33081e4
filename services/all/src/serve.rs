//! Puts the process together.

use axum::Router;
use common::cli::{Context, Service};
use common::limiter::Limiter;
use common::redis::Cache;
use common::server;
use utoipa::openapi::OpenApi;

use crate::config::{DEFAULTS, PageSettings, Settings};
use crate::gate::Gate;
use crate::pages::Pages;
use crate::services::{self, Loaded};

/// The process as its command line shows it.
pub const SERVICE: Service = Service {
    name: "all",
    about: "The whole shop in one process",
    defaults: DEFAULTS,
    #[cfg(debug_assertions)]
    openapi,
};

/// Serves the whole shop until told to stop.
///
/// # Errors
/// When a setting cannot be used, or an address cannot be listened on.
pub async fn serve(settings: Settings, context: Context) -> anyhow::Result<()> {
    let loaded = Loaded::load()?;
    let pages = open_pages(&settings.pages, &loaded)?;
    let cache = Cache::connect(SERVICE.name, &settings.redis)?;
    // Apart, each gateway counts for itself, too: there is nothing to be stricter about without Redis.
    let limiter = Limiter::new(cache, context.clock.clone(), 1);
    let parts = Box::pin(loaded.start(&context)).await?;
    let routers = parts.iter().map(|part| (part.name, part.router.clone()));
    let gate = Gate::new(routers.collect(), pages, limiter, &settings)?;
    let router: Router = gate.into();
    server::serve(
        router,
        &settings.http,
        context.readiness.clone(),
        context.stop.clone(),
    )
    .await?;
    services::end(parts).await;
    Ok(())
}

fn open_pages(settings: &PageSettings, loaded: &Loaded) -> anyhow::Result<Pages> {
    if settings.folder.as_os_str().is_empty() {
        return Ok(Pages::none());
    }
    let mut origins = settings.payment_origins.clone();
    if origins.is_empty() {
        let script: url::Url = loaded.payment_script().parse()?;
        origins.push(script.origin().ascii_serialization());
    }
    Pages::open(&settings.folder, &origins)
}

/// The documents of all services as one.
pub fn openapi() -> OpenApi {
    let mut whole = auth::openapi();
    for one in [
        catalog::openapi(),
        cart::openapi(),
        checkout::openapi(),
        orders::openapi(),
        search::openapi(),
    ] {
        whole.merge(one);
    }
    "TechMart".clone_into(&mut whole.info.title);
    whole.info.description = Some("An online electronics shop.".to_owned());
    whole
}
