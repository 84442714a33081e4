//! Whatever is typed is words: nothing is syntax, nothing fails, nothing is slow.

use crate::shop::{New, Shop};

const TYPED: [&str; 22] = [
    "*:*",
    "cost:[0 TO 1]",
    "/(a+)+$/",
    "title:lamp",
    "+lamp -lamp",
    "lamp AND NOT lamp",
    "(((((((((",
    "\"lamp",
    "\"\"",
    "'; drop table--",
    "lamp\\",
    "a*b*c*",
    "~~~~",
    "^4",
    "lamp^1000000",
    "{!func}",
    "\u{1f3a7}\u{1f468}\u{200d}\u{1f469}",
    "سماعات رأس",
    "\u{202e}pmal\u{202c}",
    "\u{0}\u{7}\u{feff}",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}",
    "ﬃ Ǆ ẞ İ",
];

fn encoded(text: &str) -> String {
    let hex = |digit: u8| char::from(b"0123456789ABCDEF"[usize::from(digit)]);
    text.bytes()
        .flat_map(|byte| ['%', hex(byte >> 4), hex(byte & 15)])
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anything_typed_is_words() {
    let shop = Shop::with(&[
        New {
            title: "Lamp",
            ..New::default()
        },
        New {
            title: "سماعات رأس",
            ..New::default()
        },
    ])
    .await;
    let instance = shop.instance().await;
    let letters = "ab".repeat(128);
    let crowd = (0..128)
        .map(|n| char::from(b'a' + (n % 26)).to_string())
        .collect::<Vec<_>>()
        .join(" ");
    let unknown = (0..20)
        .map(|n| format!("zzlam{n:x}pqq"))
        .collect::<Vec<_>>()
        .join(" ");
    for q in TYPED
        .iter()
        .copied()
        .chain([letters.as_str(), &crowd[..255], &unknown])
    {
        let query = format!("q={}", encoded(q));
        let page = instance.get(&query).await.expect(200).json;
        assert_eq!(page["query"]["text"], q.trim());
        instance.suggest(&query).await;
    }
    assert_eq!(
        instance.titles(&format!("q={}", encoded("سماعات"))).await,
        ["سماعات رأس"]
    );
    // Only signs are no words, and words are what is looked for.
    assert_eq!(instance.search("q=title%3Alamp").await["total"], 1);
    for signs in ["***", "%22%22", "-"] {
        assert_eq!(
            instance.search(&format!("q={signs}")).await["total"],
            0,
            "{signs}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_are_no_text_are_no_failure() {
    let instance = Shop::with(&[]).await.instance().await;
    for query in ["q=%FF%FE", "q=%", "q=%zz", "%FF=1", "q=%C3", "&&&=", "q"] {
        let status = instance.get(query).await.status.as_u16();
        assert!(matches!(status, 200 | 400), "{query}: {status}");
    }
}
