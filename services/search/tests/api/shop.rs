//! A catalogue with a few products, and instances of the service that follow it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::db::Db;
use common::jobs::Jobs;
use common::redis::Cache;
use kernel::{ProductId, TestClock, VariantId};
use search::config::{DEFAULTS, Settings};
use search::ops::reindex::reindex;
use search::start::{Parts, start};
use search::state::AppState;
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Answer, TestApp, TestDb, Tokens};

/// Whatever is waited for is late after this time; nothing takes that long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Categories of the catalogue: slug, name, path.
const CATEGORIES: [(&str, &str, &str); 6] = [
    ("computers", "Computers", "computers"),
    ("laptops", "Laptops", "computers/laptops"),
    ("tablets", "Tablets", "computers/tablets"),
    ("printing", "Printing", "printing"),
    ("toner", "Toner", "printing/toner"),
    ("audio", "Audio", "audio"),
];

/// Attributes of the catalogue: code, name, kind, unit.
const ATTRIBUTES: [(&str, &str, &str, Option<&str>); 3] = [
    ("colour", "Colour", "text", None),
    ("ram", "Memory", "number", Some("GB")),
    ("touch", "Touchscreen", "boolean", None),
];

/// A product to be made.
#[derive(Debug, Clone)]
pub(crate) struct New {
    pub(crate) title: &'static str,
    pub(crate) brand: &'static str,
    pub(crate) category: &'static str,
    pub(crate) price: i64,
    pub(crate) stock: i32,
    pub(crate) sku: Option<&'static str>,
    pub(crate) description: &'static str,
    /// JSON: values by the codes of [`ATTRIBUTES`].
    pub(crate) attributes: &'static str,
}

impl Default for New {
    fn default() -> Self {
        Self {
            title: "Lamp",
            brand: "Acme",
            category: "audio",
            price: 1999,
            stock: 10,
            sku: None,
            description: "",
            attributes: "{}",
        }
    }
}

/// A catalogue.
pub(crate) struct Shop {
    test_db: TestDb,
    pub(crate) tokens: Tokens,
    pub(crate) admin: PgPool,
    pub(crate) db: Db,
    /// The time of all instances and tokens.
    pub(crate) clock: TestClock,
}

/// One running instance.
pub(crate) struct Instance {
    pub(crate) app: TestApp,
    pub(crate) state: AppState,
    jobs: Jobs,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let clock = testkit::clock();
        let test_db = TestDb::new().await;
        let admin = test_db.admin_pool().await;
        let db =
            Db::connect("search", &test_db.settings("search")).expect("the URL is well formed");
        for (slug, name, path) in CATEGORIES {
            sqlx::query(
                "insert into catalog.category (category_id, parent_id, slug, name, path, art)
                 select gen_random_uuid(), (select category_id from catalog.category where path = $4), $1, $2, $3, 'generic'",
            )
            .bind(slug)
            .bind(name)
            .bind(path)
            .bind(path.split_once('/').map(|(above, _)| above))
            .execute(&admin)
            .await
            .expect("a category");
        }
        for (code, name, kind, unit) in ATTRIBUTES {
            sqlx::query("insert into catalog.attribute (code, name, kind, unit, filterable) values ($1, $2, $3, $4, true)")
                .bind(code)
                .bind(name)
                .bind(kind)
                .bind(unit)
                .execute(&admin)
                .await
                .expect("an attribute");
        }
        Self {
            test_db,
            tokens: Tokens::new(Arc::new(clock.clone())),
            admin,
            db,
            clock,
        }
    }

    /// A shop with these products, all in the read model.
    pub(crate) async fn with(products: &[New]) -> Self {
        let shop = Self::open().await;
        for product in products {
            shop.add(product).await;
        }
        shop.reindex().await;
        shop
    }

    /// Puts a product on sale. An event tells of it.
    pub(crate) async fn add(&self, new: &New) -> ProductId {
        let (product, variant) = (ProductId::generate(), VariantId::generate());
        let brand = new.brand.to_lowercase().replace(' ', "-");
        sqlx::query(
            "with brand as (
               insert into catalog.brand (brand_id, slug, name) values (gen_random_uuid(), $4, $5)
               on conflict (slug) do update set name = excluded.name returning brand_id)
             insert into catalog.product (product_id, slug, title, brand_id, category_id, description, attributes, status, created_at)
             select $1, $2, $3, brand_id, category_id, $6, $8::jsonb, 'active', clock_timestamp()
               from brand, catalog.category where catalog.category.slug = $7",
        )
        .bind(product.uuid())
        .bind(format!("product-{}", product.uuid().simple()))
        .bind(new.title)
        .bind(brand)
        .bind(new.brand)
        .bind(new.description)
        .bind(new.category)
        .bind(new.attributes)
        .execute(&self.admin)
        .await
        .expect("a product");
        sqlx::query(
            "insert into catalog.variant (variant_id, product_id, sku) values ($1, $2, $3)",
        )
        .bind(variant.uuid())
        .bind(product.uuid())
        .bind(new.sku)
        .execute(&self.admin)
        .await
        .expect("a variant");
        sqlx::query(
            "insert into catalog.price (variant_id, currency, amount_minor) values ($1, 'USD', $2)",
        )
        .bind(variant.uuid())
        .bind(new.price)
        .execute(&self.admin)
        .await
        .expect("a price");
        sqlx::query(
            "insert into catalog.stock_level (variant_id, location_id, on_hand)
             select $1, location_id, $2 from catalog.stock_location",
        )
        .bind(variant.uuid())
        .bind(new.stock)
        .execute(&self.admin)
        .await
        .expect("stock");
        self.refresh(product).await;
        product
    }

    /// Sets a column of a product to a text, and tells of it.
    pub(crate) async fn set(&self, product: ProductId, column: &str, value: &str) {
        let sql = format!("update catalog.product set {column} = $2 where product_id = $1");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(product.uuid())
            .bind(value)
            .execute(&self.admin)
            .await
            .expect("a change");
        self.refresh(product).await;
    }

    /// Changes the price of a product, and tells of it.
    pub(crate) async fn reprice(&self, product: ProductId, price: i64) {
        sqlx::query(
            "update catalog.price set amount_minor = $2
              where variant_id in (select variant_id from catalog.variant where product_id = $1)",
        )
        .bind(product.uuid())
        .bind(price)
        .execute(&self.admin)
        .await
        .expect("a price");
        self.refresh(product).await;
    }

    /// Raises a product's version and tells of it.
    pub(crate) async fn refresh(&self, product: ProductId) {
        sqlx::query("select catalog.refresh_products_v1(array[$1], 'USD')")
            .bind(product.uuid())
            .execute(&self.admin)
            .await
            .expect("a refresh");
    }

    /// Calls a path of staff who may manage search.
    pub(crate) async fn manage(&self, instance: &Instance, path: &str, body: Value) -> Answer {
        let staff = self.tokens.staff_with(&["search.read", "search.write"]);
        let key = ProductId::generate().to_string();
        let call = instance.app.post(path).bearer(staff);
        call.header("idempotency-key", key).json(body).send().await
    }

    /// Reads a path as staff who may read about search.
    pub(crate) async fn read(&self, instance: &Instance, path: &str) -> Value {
        let staff = self.tokens.staff_with(&["search.read"]);
        let call = instance.app.get(path).bearer(staff);
        call.send().await.expect(200).json
    }

    /// Writes the read model of everything.
    pub(crate) async fn reindex(&self) -> u64 {
        reindex(&self.db, |_| {}).await.expect("a reindex")
    }

    /// Events that nobody has handled yet.
    pub(crate) async fn events(&self) -> i64 {
        let events =
            sqlx::query_scalar("select count(*) from catalog.outbox where consumer = 'search'");
        events.fetch_one(&self.admin).await.expect("a count")
    }

    /// An instance that has caught up.
    pub(crate) async fn instance(&self) -> Instance {
        self.instance_with(&[]).await
    }

    /// An instance with these settings that has caught up.
    pub(crate) async fn instance_with(&self, settings: &[(&str, &str)]) -> Instance {
        let cache = Cache::none("search");
        let instance = self.start(settings, cache, Jobs::new()).await;
        instance.until_complete().await;
        instance
    }

    /// An instance that has caught up, on this cache.
    pub(crate) async fn instance_on(&self, cache: Cache) -> Instance {
        let instance = self.start(&[], cache, Jobs::new()).await;
        instance.until_complete().await;
        instance
    }

    /// An instance with these settings that has not read anything and never will.
    pub(crate) async fn still_instance(&self, settings: &[(&str, &str)]) -> Instance {
        let jobs = Jobs::new();
        jobs.stopping().cancel();
        self.start(settings, Cache::none("search"), jobs).await
    }

    /// An instance that has not read anything and never will.
    pub(crate) async fn empty_instance(&self) -> Instance {
        self.still_instance(&[]).await
    }

    /// What is said about settings that nothing starts with.
    pub(crate) async fn refused(&self, settings: &[(&str, &str)]) -> String {
        let (settings, jobs) = (self.settings(settings), Jobs::new());
        let parts = self.parts(Cache::none("search"), jobs.clone());
        let error = start(parts, &settings).await.err();
        jobs.stopping().cancel();
        format!("{:#}", error.expect("a refusal"))
    }

    fn parts(&self, cache: Cache, jobs: Jobs) -> Parts {
        Parts {
            db: self.db.clone(),
            cache,
            verifier: self.tokens.verifier(),
            clock: Arc::new(self.clock.clone()),
            jobs,
        }
    }

    async fn start(&self, more: &[(&str, &str)], cache: Cache, jobs: Jobs) -> Instance {
        let settings = self.settings(more);
        let parts = self.parts(cache, jobs.clone());
        let state = start(parts, &settings).await.expect("an instance");
        Instance {
            app: self.app(state.clone()),
            state,
            jobs,
        }
    }

    /// What answers requests with this state.
    pub(crate) fn app(&self, state: AppState) -> TestApp {
        let router = search::app(state);
        let http = &self.settings(&[]).http;
        TestApp::new(common::layers::apply(router, http, "search"))
    }

    /// The defaults with limits that tests can reach.
    pub(crate) fn settings(&self, more: &[(&str, &str)]) -> Settings {
        let own = [
            ("DB__URL", self.test_db.url("search")),
            ("SEARCH__INDEX_MEMORY_BYTES", "15000000".to_owned()),
            ("SEARCH__FILTER_VALUES_MAX", "3".to_owned()),
            ("SEARCH__CHANGES_MAX", "5".to_owned()),
            ("SEARCH__POLL_MS", "20".to_owned()),
        ];
        let own = own.map(|(key, value)| (format!("TECHMART_SEARCH__{key}"), value));
        let more = more
            .iter()
            .map(|(key, value)| (format!("TECHMART_SEARCH__{key}"), (*value).to_owned()));
        common::config::load_from("search", DEFAULTS, own.into_iter().chain(more))
            .expect("settings")
    }
}

impl Instance {
    /// Until the index is complete and what staff decided is in force.
    async fn until_complete(&self) {
        let merchandising = &self.state.merchandising;
        merchandising.refresh().await.expect("the revision");
        let late = Instant::now() + PATIENCE;
        while !self.state.readiness.is_complete() {
            assert!(Instant::now() < late, "the index never catches up");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The last change that the index has taken in.
    pub(crate) async fn cursor(&self) -> i64 {
        let engine = self.state.engines().embedded();
        engine.cursor().await.expect("a number")
    }

    /// All results over all pages of a search, and what the first page said.
    pub(crate) async fn all(&self, query: &str) -> (Value, Vec<Value>) {
        let first = self.search(query).await;
        let (mut items, mut page) = (Vec::new(), first.clone());
        loop {
            items.extend(page["items"].as_array().expect("items").clone());
            let Some(cursor) = page["next_cursor"].as_str() else {
                return (first, items);
            };
            page = self.search(&format!("{query}&cursor={cursor}")).await;
            assert!(
                page["items"]
                    .as_array()
                    .is_some_and(|items| !items.is_empty()),
                "{query}: a page after the last one"
            );
        }
    }

    /// How many products can be found.
    pub(crate) async fn len(&self) -> u64 {
        self.search("").await["total"].as_u64().expect("a number")
    }

    /// `GET /api/v1/search?query`.
    pub(crate) async fn get(&self, query: &str) -> Answer {
        self.app.get(format!("/api/v1/search?{query}")).send().await
    }

    /// The results of a search that works.
    pub(crate) async fn search(&self, query: &str) -> Value {
        self.get(query).await.expect(200).json
    }

    /// The titles of a search's results.
    pub(crate) async fn titles(&self, query: &str) -> Vec<String> {
        titles(&self.search(query).await)
    }

    /// The suggestions for what was typed.
    pub(crate) async fn suggest(&self, query: &str) -> Value {
        self.app
            .get(format!("/api/v1/search/suggest?{query}"))
            .send()
            .await
            .expect(200)
            .json
    }

    /// Waits until a search finds exactly these titles, in any order.
    #[track_caller]
    pub(crate) fn until_found<'a>(
        &'a self,
        query: &'a str,
        wanted: &'a [&'a str],
    ) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let (start, mut wanted) = (Instant::now(), wanted.to_vec());
            wanted.sort_unstable();
            loop {
                let mut found = self.titles(query).await;
                found.sort_unstable();
                if found == wanted {
                    return;
                }
                assert!(
                    start.elapsed() < PATIENCE,
                    "{caller}: {query}: {found:?} instead of {wanted:?}"
                );
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }

    /// Ends the instance's jobs.
    pub(crate) async fn stop(self) {
        assert!(self.jobs.shutdown(Duration::from_secs(10)).await);
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.jobs.stopping().cancel();
    }
}

/// The titles of a page, in its order.
pub(crate) fn titles(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("items");
    items
        .iter()
        .map(|item| item["title"].as_str().expect("a title").to_owned())
        .collect()
}

/// `(slug, count)` of a facet's values, in its order.
pub(crate) fn counts(values: &Value) -> Vec<(&str, u64)> {
    let values = values.as_array().expect("values");
    values
        .iter()
        .map(|v| {
            (
                v["slug"].as_str().expect("a slug"),
                v["count"].as_u64().expect("a count"),
            )
        })
        .collect()
}

/// An amount in the shop's currency.
pub(crate) fn usd(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}
