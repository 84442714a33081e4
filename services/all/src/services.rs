//! The six services inside this process, each with what it has apart, too.

use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use common::cli::{Context, Service};
use common::config::{self, ServiceSettings};
use common::db::Db;
use common::jobs::Jobs;
use common::layers;
use common::server::Readiness;
use futures::future::join_all;

/// Connections of each service's pool, where no setting of the service says otherwise: few enough that two of these
/// processes fit a server of 100 connections.
const POOLS: [(&str, u32); 6] = [
    ("auth", 4),
    ("catalog", 6),
    ("cart", 8),
    ("checkout", 12),
    ("orders", 6),
    ("search", 4),
];
/// How long background jobs may take to end.
const JOBS_DEADLINE: Duration = Duration::from_secs(10);

/// The settings of all services.
#[derive(Debug)]
pub struct Loaded {
    auth: auth::config::Settings,
    catalog: catalog::config::Settings,
    cart: cart::config::Settings,
    checkout: checkout::config::Settings,
    orders: orders::config::Settings,
    search: search::config::Settings,
}

/// A service that runs.
#[derive(Debug)]
pub struct Part {
    /// As in its `Service`.
    pub name: &'static str,
    /// What it serves, with the middleware stack around it.
    pub router: Router,
    db: Db,
    jobs: Jobs,
}

impl Loaded {
    /// Reads the settings of each service from its own variables and the shared ones.
    ///
    /// # Errors
    /// When one is missing or cannot be used; names the variable.
    pub fn load() -> anyhow::Result<Self> {
        Ok(Self {
            auth: load(&auth::serve::SERVICE)?,
            catalog: load(&catalog::serve::SERVICE)?,
            cart: load(&cart::serve::SERVICE)?,
            checkout: load(&checkout::serve::SERVICE)?,
            orders: load(&orders::serve::SERVICE)?,
            search: load(&search::serve::SERVICE)?,
        })
    }

    /// Where browsers load the payment provider's script from.
    pub fn payment_script(&self) -> &str {
        &self.checkout.payment.script_url
    }

    /// Starts all of them as parts of this process.
    ///
    /// # Errors
    /// When a setting cannot be used; names it.
    pub async fn start(&self, process: &Context) -> anyhow::Result<Vec<Part>> {
        Ok(vec![
            // First, so that the others find its key at their first look.
            part(
                auth::serve::SERVICE,
                &self.auth,
                process,
                async |own, context| auth::serve::start(own, context),
            )
            .await?,
            part(
                catalog::serve::SERVICE,
                &self.catalog,
                process,
                async |own, context| catalog::serve::start(own, context),
            )
            .await?,
            part(
                cart::serve::SERVICE,
                &self.cart,
                process,
                async |own, context| cart::serve::start(own, context),
            )
            .await?,
            part(
                checkout::serve::SERVICE,
                &self.checkout,
                process,
                async |own, context| checkout::serve::start(own, context),
            )
            .await?,
            part(
                orders::serve::SERVICE,
                &self.orders,
                process,
                async |own, context| orders::serve::start(own, context),
            )
            .await?,
            part(
                search::serve::SERVICE,
                &self.search,
                process,
                search::serve::start,
            )
            .await?,
        ])
    }
}

/// Ends the background work of all services at the same time, then closes their pools.
pub async fn end(parts: Vec<Part>) {
    join_all(parts.iter().map(|part| part.jobs.shutdown(JOBS_DEADLINE))).await;
    join_all(parts.iter().map(|part| part.db.close())).await;
}

fn load<S: ServiceSettings>(service: &Service) -> anyhow::Result<S> {
    let pool = POOLS.iter().find(|(name, _)| *name == service.name);
    let (_, size) = pool.with_context(|| format!("no pool size for {}", service.name))?;
    let defaults = with_pool(service.defaults, *size)?;
    Ok(config::load(service.name, &defaults)?)
}

/// The defaults of a service with another size of its pools.
fn with_pool(defaults: &str, size: u32) -> anyhow::Result<String> {
    let mut table: toml::Table = defaults.parse()?;
    let db = table
        .entry("db")
        .or_insert_with(|| toml::Table::new().into());
    let db = db.as_table_mut().context("`db` is no section")?;
    db.insert("pool_size_max".to_owned(), size.into());
    Ok(table.to_string())
}

/// Starts a service with jobs and readiness of its own; only the clock and the signal to stop are the process's.
async fn part<S: ServiceSettings>(
    service: Service,
    settings: &S,
    process: &Context,
    start: impl AsyncFnOnce(&S, &Context) -> anyhow::Result<(Router, Db)>,
) -> anyhow::Result<Part> {
    let name = service.name;
    let context = Context {
        service: name,
        jobs: Jobs::new(),
        readiness: Readiness::new(),
        ..process.clone()
    };
    let (router, db) = start(settings, &context).await.context(name)?;
    // Its listener is the process's.
    context.readiness.set_ready();
    process.readiness.add_part(name, context.readiness.clone());
    Ok(Part {
        name,
        router: layers::apply(router, settings.http(), name),
        db,
        jobs: context.jobs,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_size_of_the_pools_differs() {
        for service in [auth::serve::SERVICE, checkout::serve::SERVICE] {
            let changed: toml::Table = with_pool(service.defaults, 3).unwrap().parse().unwrap();
            assert_eq!(changed["db"]["pool_size_max"].as_integer(), Some(3));
            let before: toml::Table = service.defaults.parse().unwrap();
            for (section, values) in &before {
                for (key, value) in values.as_table().unwrap() {
                    if (section.as_str(), key.as_str()) != ("db", "pool_size_max") {
                        assert_eq!(&changed[section][key], value, "{section}.{key}");
                    }
                }
            }
        }
    }

    #[test]
    fn two_processes_fit_a_server_of_100_connections() {
        let all: u32 = POOLS.iter().map(|(_, size)| size).sum();
        assert_eq!(all, 40);
        assert_eq!(POOLS.map(|(name, _)| name).len(), edge::SERVICES.len());
    }
}
