//! The shop behind the project's gateway: its accounts, and how its containers are locked up.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Client;
use serde_json::Value;

use super::project::Project;
use crate::count::Count;
use crate::e2e::Logins;
use crate::e2e::staff::{OnSale, put_on_sale_at};
use crate::state::Login;
use crate::ui::Ui;

const STAFF_EMAIL: &str = "staff@techmart.example";
/// How long search may take to know the demo catalogue.
const SEARCH_TRIES: u32 = 100;
/// Pieces of what the buyers buy: more than they can.
const STOCK: u32 = 1_000_000;

/// A shop with accounts.
#[derive(Debug)]
pub(super) struct Shop {
    pub(super) origin: String,
    staff: Login,
    customer: Login,
}

impl Shop {
    /// Makes the accounts as an operator does, and waits until search knows the catalogue.
    pub(super) async fn open(project: &Project<'_>) -> Result<Self> {
        project.operate("catalog", &["seed"]).await?;
        let created = ["staff", "create", "--email", STAFF_EMAIL];
        let created = project.operate("auth", &created).await?;
        let password = created.split_whitespace().last();
        let staff = Login {
            email: STAFF_EMAIL.to_owned(),
            password: password.context("no password was printed")?.to_owned(),
        };
        let seeded = project.operate("auth", &["seed"]).await?;
        let customer = seeded
            .lines()
            .find_map(|line| line.split_once(' '))
            .context("no demo customer was made")?;
        let customer = Login {
            email: customer.0.to_owned(),
            password: customer.1.trim().to_owned(),
        };
        let shop = Self {
            origin: project.origin(),
            staff,
            customer,
        };
        shop.wait_for_search().await?;
        Ok(shop)
    }

    /// For scripts.
    pub(super) fn logins(&self) -> Logins {
        vec![
            ("STAFF_EMAIL", self.staff.email.clone()),
            ("STAFF_PASSWORD", self.staff.password.clone()),
            ("CUSTOMER_EMAIL", self.customer.email.clone()),
            ("CUSTOMER_PASSWORD", self.customer.password.clone()),
        ]
    }

    /// Something that never sells out.
    pub(super) async fn put_on_sale(&self, name: &str) -> Result<OnSale> {
        put_on_sale_at(&self.origin, &self.staff, name, STOCK).await
    }

    async fn wait_for_search(&self) -> Result<()> {
        let url = format!("{}/api/v1/search?q=&limit=1", self.origin);
        let client = client()?;
        let mut last = 0;
        for _ in 0..SEARCH_TRIES {
            let answer: Value = client.get(&url).send().await?.json().await?;
            let total = answer["total"].as_u64().unwrap_or_default();
            if total > 0 && total == last {
                return Ok(());
            }
            last = total;
            tokio::time::sleep(Duration::from_millis(700)).await;
        }
        anyhow::bail!("search does not know the demo catalogue")
    }

    /// Every container of ours is read-only, without rights and without a root user, and answers no port but the
    /// door's and the simulator's. Each counts as one check.
    pub(super) async fn hardened(project: &Project<'_>, ui: Ui) -> Result<Count> {
        let step = ui.step("Locked up");
        let mut checked = 0;
        for container in project.running().await? {
            let text = project.engine.ask(&["inspect", &container]).await?;
            let all: Value = serde_json::from_str(&text).context("docker inspect")?;
            let service = &all[0]["Config"]["Labels"]["com.docker.compose.service"];
            locked_up(&all[0], service.as_str().unwrap_or_default())?;
            checked += 1;
        }
        step.done(format!("{checked} containers"));
        Ok(Count::passed(checked))
    }
}

fn locked_up(container: &Value, service: &str) -> Result<()> {
    let (host, user) = (&container["HostConfig"], &container["Config"]["User"]);
    ensure!(
        host["ReadonlyRootfs"] == true,
        "{service} may write into its image"
    );
    ensure!(host["CapDrop"][0] == "ALL", "{service} keeps rights");
    ensure!(
        host["CapAdd"].as_array().is_none_or(Vec::is_empty),
        "{service} gets rights"
    );
    ensure!(
        host["Memory"].as_u64() > Some(0),
        "{service} has no limit of memory"
    );
    ensure!(
        host["PidsLimit"].as_u64() > Some(0),
        "{service} has no limit of processes"
    );
    ensure!(
        !matches!(user.as_str(), None | Some("" | "0" | "root")),
        "{service} runs as root"
    );
    let options: BTreeSet<&str> = host["SecurityOpt"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    ensure!(
        options.contains("no-new-privileges:true"),
        "{service} may gain rights"
    );
    let open = matches!(service, "gateway" | "paysim" | "techmart");
    for published in container["NetworkSettings"]["Ports"]
        .as_object()
        .into_iter()
        .flat_map(serde_json::Map::values)
        .flat_map(|bound| bound.as_array().into_iter().flatten())
    {
        ensure!(open, "{service} is published");
        ensure!(
            published["HostIp"] == "127.0.0.1",
            "{service} is open to everyone"
        );
    }
    Ok(())
}

/// A client with a deadline.
pub(super) fn client() -> Result<Client> {
    Client::builder()
        .timeout(Duration::from_secs(20))
        .no_proxy()
        .build()
        .context("HTTP client")
}
