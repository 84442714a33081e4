//! How words are read, and what is said about it.

use serde_json::{Value, json};

use crate::shop::{New, Shop, titles, usd};

async fn shop() -> Shop {
    let new = |title, brand, category, price| New {
        title,
        brand,
        category,
        price,
        ..New::default()
    };
    Shop::with(&[
        new("Desk lamp", "Birch", "audio", 1_500),
        new("Floor lamp", "Birch", "audio", 4_500),
        new("Table lamp brass", "Cedar", "audio", 9_900),
        new("Wireless headphones", "Cedar", "audio", 12_000),
        new("Note 14 laptop", "Acme", "laptops", 90_000),
        new("Toner black", "Brother", "toner", 3_000),
    ])
    .await
}

fn sorted(page: &Value) -> Vec<String> {
    let mut titles = titles(page);
    titles.sort_unstable();
    titles
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_price_bounds_nothing() {
    let instance = shop().await.instance().await;
    for q in ["lamp+20", "lamp+under", "lamp+under+the+desk"] {
        let page = instance.search(&format!("q={q}")).await;
        let understood = &page["query"]["understood"];
        assert_eq!(
            (&understood["price_min"], &understood["price_max"]),
            (&Value::Null, &Value::Null),
            "{q}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_name_a_price() {
    let instance = shop().await.instance().await;
    for (q, wanted, min, max) in [
        ("lamp+under+20", vec!["Desk lamp"], None, Some(2_000)),
        ("lamps+below+%2420", vec!["Desk lamp"], None, Some(2_000)),
        (
            "lamp+between+20+and+50",
            vec!["Floor lamp"],
            Some(2_000),
            Some(5_000),
        ),
        ("lamp+over+50", vec!["Table lamp brass"], Some(5_000), None),
        (
            "under+40",
            vec!["Desk lamp", "Toner black"],
            None,
            Some(4_000),
        ),
    ] {
        for sort in ["relevance", "price_asc", "newest", "popular"] {
            let page = instance.search(&format!("q={q}&sort={sort}")).await;
            assert_eq!(sorted(&page), wanted, "{q} by {sort}");
            assert_eq!(page["query"]["notes"], json!([]), "{q} by {sort}");
            let understood = &page["query"]["understood"];
            let money = |minor: Option<i64>| minor.map_or(Value::Null, usd);
            assert_eq!(understood["price_min"], money(min), "{q}");
            assert_eq!(understood["price_max"], money(max), "{q}");
        }
    }
    // What was chosen by hand goes before what the words say.
    let chosen = instance.search("q=lamp+under+20&price_max=5000").await;
    assert_eq!(sorted(&chosen), ["Desk lamp", "Floor lamp"]);
    // No lamp is as cheap: all lamps, and that is said.
    let page = instance.search("q=lamp+under+1").await;
    assert_eq!(page["total"], 3);
    let dropped = json!([{"kind": "dropped_filters", "filters": ["price"]}]);
    assert_eq!(page["query"]["notes"], dropped);
    assert_eq!(page["query"]["understood"]["price_max"], usd(100));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_order_reads_a_query_alike() {
    let instance = shop().await.instance().await;
    for (q, wanted, note) in [
        ("xylophone", vec![], None),
        ("brass+lamp", vec!["Table lamp brass"], None),
        ("wireless+headphnoes", vec!["Wireless headphones"], None),
        (
            "wireless+brass+toner",
            vec!["Table lamp brass", "Toner black", "Wireless headphones"],
            Some("any_word"),
        ),
        (
            "lamp+under+1",
            vec!["Desk lamp", "Floor lamp", "Table lamp brass"],
            Some("dropped_filters"),
        ),
        (
            "brass+xylophone",
            vec!["Table lamp brass"],
            Some("dropped_words"),
        ),
    ] {
        for sort in ["relevance", "price_asc", "price_desc", "newest", "popular"] {
            let page = instance.search(&format!("q={q}&sort={sort}")).await;
            assert_eq!(sorted(&page), wanted, "{q} by {sort}");
            assert_eq!(
                page["query"]["notes"][0]["kind"].as_str(),
                note,
                "{q} by {sort}: {}",
                page["query"]
            );
        }
    }
    let page = instance.search("q=brass+xylophone&sort=newest").await;
    assert_eq!(page["query"]["notes"][0]["words"], json!(["xylophone"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kinds_and_brands_are_understood() {
    let instance = shop().await.instance().await;
    let nothing = instance.search("q=xylophone").await;
    assert_eq!(nothing["query"]["understood"]["kinds"], json!([]));
    assert_eq!(nothing["query"]["understood"]["brand"], Value::Null);
    let page = instance.search("q=acme+laptop").await;
    let understood = &page["query"]["understood"];
    assert_eq!(understood["brand"], json!({"slug": "acme", "name": "Acme"}));
    assert_eq!(
        understood["kinds"][0],
        json!({"slug": "laptops", "name": "Laptops"})
    );
    assert_eq!(titles(&page), ["Note 14 laptop"]);
    let matches = &page["items"][0]["matches"];
    assert_eq!(*matches, json!([{"start": 8, "length": 6}]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_found_as_typed_is_not_corrected_but_another_word_is_offered() {
    let shop = Shop::open().await;
    for number in 0..201 {
        let title = if number == 0 {
            "Speakar"
        } else {
            format!("Speaker {number}").leak()
        };
        shop.add(&New {
            title,
            ..New::default()
        })
        .await;
    }
    shop.reindex().await;
    let settings = [("SEARCH__CHANGES_MAX", "1000")];
    let instance = shop.instance_with(&settings).await;
    let page = instance.search("q=speakar").await;
    assert_eq!(titles(&page), ["Speakar"]);
    assert_eq!(page["query"]["corrected"], Value::Null);
    assert_eq!(page["query"]["did_you_mean"], "speaker");
    // What nothing holds is searched for as it was probably meant.
    let page = instance.search("q=speeker&limit=1").await;
    assert_eq!(page["total"], 200);
    assert_eq!(page["query"]["corrected"], "speaker");
    assert_eq!(page["query"]["did_you_mean"], Value::Null);
}
