//! The browser's files.

use crate::support::start;

#[tokio::test]
async fn script_and_frame_are_served_with_their_policies() {
    let (_folder, _running, api) = start().await;
    for (path, kind) in [
        ("/v3/", "text/javascript; charset=utf-8"),
        ("/v3/stripe.js", "text/javascript; charset=utf-8"),
        ("/v3/card-frame.html", "text/html; charset=utf-8"),
        ("/v3/card-frame.js", "text/javascript; charset=utf-8"),
        ("/v3/card-frame.css", "text/css; charset=utf-8"),
        ("/v3/challenge.js", "text/javascript; charset=utf-8"),
        ("/v3/challenge.css", "text/css; charset=utf-8"),
    ] {
        let response = api
            .client
            .get(format!("{}{path}", api.base_url))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], kind);
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        if kind.starts_with("text/html") {
            let policy = response.headers()["content-security-policy"]
                .to_str()
                .unwrap();
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self'"),
                "{policy}"
            );
        }
        assert!(!response.text().await.unwrap().is_empty());
    }
}
