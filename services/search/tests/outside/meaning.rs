//! Products found by meaning, with the real sentence model.

use std::time::{Duration, Instant};

use kernel::ProductId;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::shop::{Instance, New, PATIENCE, Shop, titles};
use crate::trial;

/// Nothing of these words stands in a text of the shop.
const SOFA: &str = "q=sofa+for+two";

pub(crate) fn trials(model: Option<&str>) -> Vec<Trial> {
    vec![
        trial("a_wrong_model_is_refused", model, |_| wrong_model()),
        trial("words_at_once_and_meaning_soon", model, words_first),
        trial("an_edited_text_gets_another_vector", model, edited),
        trial("two_instances_compute_a_vector_once", model, once),
        trial("a_restart_goes_on_from_the_disk", model, restart),
        trial("similar_in_meaning_within_a_category", model, similar),
    ]
}

fn furniture() -> Vec<New> {
    let new = |title, description| New {
        title,
        description,
        ..New::default()
    };
    vec![
        new("Couch", "A soft seat for the living room."),
        new("USB cable", "Charges a phone."),
        new("Laser printer", "Prints pages in black."),
    ]
}

/// Waits until a statement answers this number.
async fn until(shop: &Shop, sql: &'static str, wanted: i64) {
    let start = Instant::now();
    loop {
        let number = number(shop, sql).await;
        if number == wanted {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "{sql}: {number}, not {wanted}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn number(shop: &Shop, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql)
        .fetch_one(&shop.admin)
        .await
        .expect("a number")
}

const WITHOUT: &str =
    "select count(*) from search.document where not deleted and vector_model is null";
const VECTORS: &str = "select count(*) from search.embedding";
const LAST: &str = "select coalesce(max(change_seq), 0) from search.document";

/// Waits until an instance has taken in everything, vectors included.
pub(crate) async fn until_embedded(shop: &Shop, instance: &Instance) {
    let start = Instant::now();
    while number(shop, WITHOUT).await > 0 || instance.cursor().await < number(shop, LAST).await {
        assert!(start.elapsed() < 4 * PATIENCE, "the vectors never come");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn similar_note() -> Value {
    json!([{"kind": "similar_in_meaning"}])
}

async fn wrong_model() {
    let shop = Shop::open().await;
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    shop.refused(&[("SEARCH__MODEL_FILE", manifest)]).await;
    // One that is not there is said in the log, and words are searched.
    let missing = [("SEARCH__MODEL_FILE", "/nowhere/model.bin")];
    let instance = shop.instance_with(&missing).await;
    assert_eq!(instance.search(SOFA).await["mode"], "lexical");
}

async fn words_first(model: String) {
    let shop = Shop::with(&furniture()).await;
    let words = shop.instance().await;
    assert_eq!(words.search(SOFA).await["total"], 0);
    assert_eq!(words.search("q=couch").await["mode"], "lexical");
    words.stop().await;

    let settings = [("SEARCH__MODEL_FILE", model.as_str())];
    let instance = shop.instance_with(&settings).await;
    // Whatever has a vector by now, words find everything.
    assert_eq!(titles(&instance.search("q=couch").await)[0], "Couch");
    until_embedded(&shop, &instance).await;
    let page = instance.search(SOFA).await;
    assert_eq!(page["mode"], "hybrid");
    assert_eq!(titles(&page)[0], "Couch", "{page}");
    assert_eq!(page["query"]["notes"], similar_note());
    assert_eq!(page["query"]["corrected"], Value::Null);
    // Lists by price hold what words match.
    let sorted = instance.search(&format!("{SOFA}&sort=price_asc")).await;
    assert_eq!(
        (&sorted["total"], &sorted["mode"]),
        (&json!(0), &json!("lexical"))
    );
    let found = instance.search("q=couch").await;
    assert_eq!(
        (&titles(&found)[0][..], &found["query"]["notes"]),
        ("Couch", &json!([]))
    );
    // Filters hold for the nearest too.
    for filter in ["price_max=1", "category=laptops", "brand=nobody"] {
        let page = instance.search(&format!("{SOFA}&{filter}")).await;
        assert_eq!(
            (&page["total"], titles(&page).len()),
            (&json!(0), 0),
            "{filter}"
        );
    }
    // A product that comes now is found by its words before it has a vector, and then by its meaning.
    let settee = New {
        title: "Settee",
        description: "An upholstered bench with a back where two people sit.",
        ..New::default()
    };
    let id = shop.add(&settee).await;
    until_has(&instance, "q=settee", "Settee", true).await;
    until_has(&instance, SOFA, "Settee", true).await;
    // What is gone is near to nothing.
    shop.set(id, "status", "archived").await;
    until_has(&instance, SOFA, "Settee", false).await;
    assert!(titles(&instance.search(SOFA).await).contains(&"Couch".to_owned()));
}

async fn until_has(instance: &Instance, query: &str, title: &str, wanted: bool) {
    let start = Instant::now();
    loop {
        let found = instance.titles(query).await;
        if found.iter().any(|t| t == title) == wanted {
            return;
        }
        assert!(
            start.elapsed() < PATIENCE,
            "{query}: {found:?}, {title}: {wanted}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn edited(model: String) {
    let shop = Shop::open().await;
    let mut ids: Vec<ProductId> = Vec::new();
    for product in furniture() {
        ids.push(shop.add(&product).await);
    }
    shop.reindex().await;
    let settings = [("SEARCH__MODEL_FILE", model.as_str())];
    let instance = shop.instance_with(&settings).await;
    until_embedded(&shop, &instance).await;
    let couch = ids[0].uuid();
    let hash = async || -> Vec<u8> {
        let hash =
            sqlx::query_scalar("select meaning_hash from search.document where product_id = $1");
        let hash = hash.bind(couch).fetch_one(&shop.admin).await;
        hash.expect("a hash")
    };
    let before = hash().await;
    assert!(instance.titles(SOFA).await.contains(&"Couch".to_owned()));
    shop.set(ids[0], "description", "A steel blade that cuts bread.")
        .await;
    shop.set(ids[0], "title", "Kitchen knife").await;
    until_has(&instance, "q=knife", "Kitchen knife", true).await;
    // From the moment it is seen it is not near to its old text, with or without its new vector.
    let near = instance.titles(SOFA).await;
    assert!(!near.contains(&"Kitchen knife".to_owned()), "{near:?}");
    until_has(
        &instance,
        "q=tool+for+slicing+a+loaf",
        "Kitchen knife",
        true,
    )
    .await;
    assert_ne!(hash().await, before);
    until(&shop, VECTORS, 4).await;
    // A price is no text: the vector stays.
    shop.reprice(ids[0], 77).await;
    until_has(&instance, "q=knife&price_max=77", "Kitchen knife", true).await;
    assert_eq!(
        (number(&shop, WITHOUT).await, number(&shop, VECTORS).await),
        (0, 4)
    );
    // The old text again costs nothing: its vector is known.
    shop.set(ids[0], "description", "A soft seat for the living room.")
        .await;
    shop.set(ids[0], "title", "Couch").await;
    until_has(&instance, SOFA, "Couch", true).await;
    assert_eq!(hash().await, before);
}

async fn once(model: String) {
    let shop = Shop::open().await;
    for number in 0..60 {
        // Twice each text: the same text has one vector.
        let title = format!("Thing number {}", number / 2).leak();
        shop.add(&New {
            title,
            ..New::default()
        })
        .await;
    }
    shop.reindex().await;
    let settings = [
        ("SEARCH__MODEL_FILE", model.as_str()),
        ("SEARCH__EMBED_BATCH", "4"),
    ];
    let (first, second) =
        tokio::join!(shop.instance_with(&settings), shop.instance_with(&settings));
    until_embedded(&shop, &first).await;
    until_embedded(&shop, &second).await;
    assert_eq!(number(&shop, VECTORS).await, 30);
    let holders = "select count(*) from search.lease where name = 'embedding'";
    assert_eq!(number(&shop, holders).await, 1);
    for instance in [&first, &second] {
        let status = shop.read(instance, "/api/v1/admin/search/status").await;
        assert_eq!(
            (&status["embedded"], &status["products"]),
            (&json!(60), &json!(60))
        );
        assert!(status["model"].is_string());
    }
    // Whoever led: the other goes on at once.
    first.stop().await;
    shop.add(&New {
        title: "Couch",
        ..New::default()
    })
    .await;
    until_has(&second, SOFA, "Couch", true).await;
    second.stop().await;
    assert_eq!(number(&shop, VECTORS).await, 31);
}

async fn restart(model: String) {
    let shop = Shop::with(&furniture()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().to_str().expect("a path");
    let settings = [
        ("SEARCH__MODEL_FILE", model.as_str()),
        ("SEARCH__INDEX_DIR", dir),
    ];
    let instance = shop.instance_with(&settings).await;
    until_embedded(&shop, &instance).await;
    let cursor = instance.cursor().await;
    let before = instance.search(SOFA).await;
    instance.stop().await;

    // It has read nothing, and has everything.
    let still = shop.still_instance(&settings).await;
    assert_eq!(still.cursor().await, cursor);
    still.state.readiness.set_complete();
    let mut page = still.search(SOFA).await;
    assert_eq!(titles(&page), titles(&before));
    page = still.search("q=coush").await;
    assert_eq!(
        page["query"]["corrected"], "couch",
        "its words are known too"
    );
    drop(still);
    until_free(&shop, &settings).await;

    // What changed meanwhile is all that is read.
    shop.add(&New {
        title: "Settee",
        ..New::default()
    })
    .await;
    let instance = shop.instance_with(&settings).await;
    until_has(&instance, "q=settee", "Settee", true).await;
    assert!(instance.cursor().await > cursor);
    until_embedded(&shop, &instance).await;
    instance.stop().await;

    // An index with vectors of another model, or of none, is begun anew.
    let without = [("SEARCH__INDEX_DIR", dir)];
    let still = shop.still_instance(&without).await;
    assert_eq!(still.cursor().await, 0);
    drop(still);
    let instance = shop.instance_with(&without).await;
    assert_eq!(instance.len().await, 4);
    assert_eq!(instance.search(SOFA).await["total"], 0);
    instance.stop().await;
    let still = shop.still_instance(&settings).await;
    assert_eq!(still.cursor().await, 0);
}

/// Waits until the folder of an index that was let go can be opened.
async fn until_free(shop: &Shop, settings: &[(&str, &str)]) {
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(300) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(shop.still_instance(settings).await);
}

async fn similar(model: String) {
    let shop = Shop::open().await;
    let mut ids = Vec::new();
    for (title, category, description) in [
        ("Couch", "audio", "A soft seat for the living room."),
        ("Laser printer", "audio", "Prints pages in black."),
        ("Settee", "audio", "For two to sit on, with cushions."),
        ("Sofa", "laptops", "A soft seat for the living room."),
    ] {
        ids.push(
            shop.add(&New {
                title,
                category,
                description,
                ..New::default()
            })
            .await,
        );
    }
    shop.reindex().await;
    let settings = [("SEARCH__MODEL_FILE", model.as_str())];
    let instance = shop.instance_with(&settings).await;
    until_embedded(&shop, &instance).await;
    let path = format!("/api/v1/search/similar?product={}&limit=1", ids[0]);
    let list = instance.app.get(path).send().await.expect(200).json;
    assert_eq!(titles(&list), ["Settee"]);
}
