//! What words find.

use serde_json::Value;

use crate::shop::{New, Shop};

async fn shop() -> Shop {
    let new = |title, brand, category| New {
        title,
        brand,
        category,
        ..New::default()
    };
    Shop::with(&[
        New {
            sku: Some("BRO-TN2110"),
            ..new("Brother TN-2110 toner cartridge black", "Brother", "toner")
        },
        new("Brother TN-2220 toner cartridge black", "Brother", "toner"),
        new("Note 14 laptop with 16 GB", "Acme", "laptops"),
        New {
            description: "A bag for your laptop, with a strap.",
            ..new("City bag", "Birch", "computers")
        },
        new("Écran Wi-Fi café 27\u{2033}", "Cedar", "tablets"),
        new("Wireless headphones", "Cedar", "audio"),
        new("Headphones stand", "Birch", "audio"),
    ])
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_number_is_found_however_it_is_written() {
    let instance = shop().await.instance().await;
    for q in [
        "TN-2110",
        "tn2110",
        "tn-2110",
        "TN%2F2110",
        "tn+2110",
        "bro-tn2110",
        "BROTN2110",
        "brother+tn2110",
    ] {
        let found = instance.titles(&format!("q={q}")).await;
        assert_eq!(found, ["Brother TN-2110 toner cartridge black"], "{q}");
    }
    // A number is not corrected to another number.
    let page = instance.search("q=tn2119").await;
    assert_eq!(
        (&page["total"], &page["query"]["corrected"]),
        (&Value::from(0), &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_word_must_match_in_any_field() {
    let instance = shop().await.instance().await;
    for (q, wanted) in [
        ("laptop", vec!["Note 14 laptop with 16 GB", "City bag"]),
        ("laptops", vec!["Note 14 laptop with 16 GB", "City bag"]),
        ("acme+laptop", vec!["Note 14 laptop with 16 GB"]),
        ("birch+headphone", vec!["Headphones stand"]),
        ("laptop+strap", vec!["City bag"]),
        ("ecran", vec!["Écran Wi-Fi café 27\u{2033}"]),
        ("%C3%89CRAN+CAFE%CC%81", vec!["Écran Wi-Fi café 27\u{2033}"]),
        ("wifi", vec!["Écran Wi-Fi café 27\u{2033}"]),
        ("wi-fi", vec!["Écran Wi-Fi café 27\u{2033}"]),
        (
            "toner+brother+2220",
            vec!["Brother TN-2220 toner cartridge black"],
        ),
    ] {
        assert_eq!(instance.titles(&format!("q={q}")).await, wanted, "{q}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_matches_nothing_is_corrected_and_then_loosened() {
    let instance = shop().await.instance().await;
    let page = instance.search("q=wireless+headphnoes").await;
    assert_eq!(page["query"]["text"], "wireless headphnoes");
    assert_eq!(page["query"]["corrected"], "wireless headphones");
    assert_eq!(page["items"][0]["title"], "Wireless headphones");
    assert_eq!(page["total"], 1);

    // Known words are not corrected, also where they find nothing together: what says less is dropped, and that is said.
    let page = instance.search("q=wireless+toner").await;
    assert_ne!(page["total"], 0);
    assert_eq!(page["query"]["corrected"], Value::Null);
    let note = &page["query"]["notes"][0];
    assert_eq!(note["kind"], "dropped_words", "{page}");
    assert_eq!(note["words"].as_array().map(Vec::len), Some(1));

    let page = instance.search("q=xylophone").await;
    assert_eq!(
        (&page["total"], &page["query"]["corrected"]),
        (&Value::from(0), &Value::Null)
    );
}
