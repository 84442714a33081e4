//! Product art.

use crate::support::Shop;

#[tokio::test]
async fn odd_addresses_are_refused() {
    let shop = Shop::open().await;
    for path in [
        "nothing/a.svg",
        "laptop/a.png",
        "laptop/.svg",
        "laptop/a%20b.svg",
        "laptop/a%00.svg",
        "laptop/a",
    ] {
        shop.get(&format!("/media/art/{path}"))
            .await
            .problem(404, "not_found");
    }
    let long = "x".repeat(65);
    shop.get(&format!("/media/art/laptop/{long}.svg"))
        .await
        .problem(404, "not_found");
    for (query, parameter) in [
        ("color=red", "color"),
        ("color=%23ff0000", "color"),
        ("theme=blue", "theme"),
        ("size=9", "size"),
    ] {
        let problem = shop
            .get(&format!("/media/art/laptop/a.svg?{query}"))
            .await
            .problem(400, "invalid_query");
        assert_eq!(problem["parameter"], parameter, "{query}");
    }
}

#[tokio::test]
async fn every_picture_of_the_shop_is_there_and_stays() {
    let shop = Shop::open().await;
    let product = shop.product("Phone", 100, 1).await;
    let shown = shop.get("/products/phone").await.expect(200).json;
    let media = &shown["variants"][0]["media"];
    for address in [&media["url"], &media["url_dark"]] {
        let first = shop
            .app
            .get(address.as_str().unwrap())
            .send()
            .await
            .expect(200);
        assert_eq!(first.header("content-type"), Some("image/svg+xml"));
        assert_eq!(
            first.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
        assert!(first.bytes.starts_with(b"<svg"), "{}", product["id"]);
        assert_eq!(
            shop.app.get(address.as_str().unwrap()).send().await.bytes,
            first.bytes
        );
    }
    let tree = shop.get("/categories").await.expect(200).json;
    for group in tree["items"].as_array().unwrap() {
        let art = group["art"].as_str().unwrap();
        shop.get(&format!(
            "/media/art/{art}/{art}.svg?theme=dark&color=4a4d53"
        ))
        .await
        .expect(200);
    }
}
