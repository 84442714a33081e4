//! The pages: who may keep what for how long, and what their headers say.

use std::path::Path;

use all::pages::Pages;
use http::Method;
use tempfile::TempDir;
use testkit::TestApp;

use crate::door::door;

const HTML: &str = "<!doctype html><title>shop</title><script>alert(1)</script>";

/// A door to a folder of pages; the folder lives as long as it is held.
fn pages() -> (TestApp, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("index.html", HTML);
    write("favicon.svg", "<svg/>");
    write("assets/app-1.js", "export {}");
    write("assets/app-1.js.gz", "not really compressed");
    write(".vite/manifest.json", "{}");
    let origins = ["http://127.0.0.1:9".to_owned()];
    let pages = Pages::open(folder.path(), &origins).unwrap();
    (door(pages), folder)
}

#[tokio::test]
async fn every_path_of_the_application_is_its_page_and_asked_for_anew() {
    let (door, _folder) = pages();
    for path in ["/", "/products/some-laptop", "/admin/orders", "/index.html"] {
        let answer = door.get(path).send().await.expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
        assert_eq!(
            answer.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(answer.bytes, HTML.as_bytes());
        let policy = answer.header("content-security-policy").unwrap();
        let script = "script-src 'self' http://127.0.0.1:9 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=';";
        assert!(policy.contains(script), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert!(answer.header("x-request-id").is_some());
    }
}

#[tokio::test]
async fn a_page_that_did_not_change_is_not_sent_again() {
    let (door, _folder) = pages();
    let first = door.get("/products/a").send().await.expect(200);
    let tag = first.header("etag").unwrap();
    let again = door.get("/products/b").header("if-none-match", tag);
    let again = again.send().await.expect(304);
    assert_eq!(again.header("cache-control"), Some("no-cache"));
    assert!(again.bytes.is_empty());
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_sent_as_they_were_compressed() {
    let (door, _folder) = pages();
    let asset = door.get("/assets/app-1.js").send().await.expect(200);
    let for_ever = Some("public, max-age=31536000, immutable");
    assert_eq!(asset.header("cache-control"), for_ever);
    assert_eq!(
        asset.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    assert_eq!(asset.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(asset.bytes, b"export {}");
    let small = door
        .get("/assets/app-1.js")
        .header("accept-encoding", "gzip");
    let small = small.send().await.expect(200);
    assert_eq!(small.header("content-encoding"), Some("gzip"));
    assert_eq!(small.header("vary"), Some("accept-encoding"));
    assert_eq!(small.bytes, b"not really compressed");
}

#[tokio::test]
async fn a_missing_asset_is_no_page_and_kept_by_nobody() {
    let (door, _folder) = pages();
    for path in [
        "/assets/app-2.js",
        "/assets/",
        "/assets/../index.html.bak",
        "/.vite/manifest.json",
    ] {
        let missing = door.get(path).send().await;
        assert_eq!(
            missing.header("cache-control"),
            Some("private, no-store"),
            "{path}"
        );
        missing.problem(404, "not_found");
    }
}

#[tokio::test]
async fn other_files_are_kept_for_a_while() {
    let (door, _folder) = pages();
    let icon = door.get("/favicon.svg").send().await.expect(200);
    assert_eq!(icon.header("cache-control"), Some("public, max-age=3600"));
    assert_eq!(icon.header("content-type"), Some("image/svg+xml"));
}

#[tokio::test]
async fn pages_are_only_read_and_the_api_is_no_page() {
    let (door, _folder) = pages();
    let put = door.call(Method::PUT, "/").send().await;
    assert_eq!(put.header("allow"), Some("GET, HEAD"));
    put.problem(405, "method_not_allowed");
    for path in ["/api/v2/products", "/.well-known/other", "/gateway/healthz"] {
        door.get(path).send().await.problem(404, "not_found");
    }
    door.call(Method::HEAD, "/carts").send().await.expect(200);
}

#[test]
fn a_folder_without_pages_is_refused_by_name() {
    let error = Pages::open(Path::new("/nonexistent"), &[]).unwrap_err();
    assert!(
        error.to_string().starts_with("TECHMART_ALL__PAGES__FOLDER"),
        "{error}"
    );
}
