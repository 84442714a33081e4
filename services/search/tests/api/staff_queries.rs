//! What shoppers search for, as staff see it.

use jiff::SignedDuration;
use kernel::Clock as _;
use search::signals::Searched;
use search::signals::flush::flush;
use testkit::Answer;

use crate::staff_desk::{Desk, members};

const PATH: &str = "/api/v1/admin/search/queries";

/// `times` searches by different clients.
fn searched(desk: &Desk, text: &str, times: usize, total: u64, corrected: bool) {
    for client in 0..times {
        let search = Searched {
            text: text.to_owned(),
            total,
            corrected,
            degraded: false,
        };
        desk.state
            .recorder
            .searched(&format!("{text} {client}"), &search);
    }
}

async fn write(desk: &Desk) {
    flush(&desk.state.db, &desk.state.recorder, desk.clock.now())
        .await
        .expect("written");
}

fn texts(page: &Answer) -> Vec<&str> {
    let texts = members(page, "query").into_iter();
    texts.map(|text| text.as_str().expect("a text")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_parameter_is_named() {
    let desk = Desk::open().await;
    for (query, parameter) in [
        ("kind=worst", "kind"),
        ("days=0", "days"),
        ("days=91", "days"),
        ("days=-1", "days"),
        ("limit=0", "limit"),
        ("q=a%00", "q"),
        ("sort=x", "sort"),
    ] {
        let refused = desk.get(&format!("{PATH}?{query}")).await;
        let problem = refused.problem(400, "invalid_query");
        assert_eq!(problem["parameter"], parameter, "{query}");
    }
    let refused = desk.get(&format!("{PATH}?cursor=x")).await;
    refused.problem(400, "invalid_cursor");
    let refused = desk.get(&format!("{PATH}?cursor=WzEsImFcdTAwMDAiXQ")).await;
    refused.problem(400, "invalid_cursor");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_few_searched_is_shown_to_nobody() {
    let desk = Desk::open().await;
    searched(&desk, "rare", 2, 5, false);
    searched(&desk, "enough", 3, 5, false);
    searched(&desk, "jane@example.com", 9, 5, false);
    searched(&desk, "0171 2345678", 9, 5, false);
    write(&desk).await;
    let page = desk.get(PATH).await.expect(200);
    assert_eq!(texts(&page), ["enough"]);
    assert_eq!(
        desk.number("select count(*) from search.query_day").await,
        2
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn top_zero_and_corrected() {
    let desk = Desk::open().await;
    searched(&desk, "Laptop", 9, 40, false);
    searched(&desk, "tv", 9, 7, false);
    searched(&desk, "garmin", 6, 0, false);
    searched(&desk, "latpop", 4, 40, true);
    searched(&desk, "iphone", 3, 0, false);
    searched(&desk, "iphone", 2, 3, false);
    write(&desk).await;
    let first = desk.get(&format!("{PATH}?limit=2")).await.expect(200);
    assert_eq!(texts(&first), ["laptop", "tv"]);
    let cursor = first.json["next_cursor"].as_str().expect("a cursor");
    let rest = desk.get(&format!("{PATH}?limit=2&cursor={cursor}")).await;
    assert_eq!(texts(&rest.expect(200)), ["garmin", "latpop"]);
    let zero = desk.get(&format!("{PATH}?kind=zero")).await.expect(200);
    assert_eq!(texts(&zero), ["garmin", "iphone"]);
    assert_eq!(members(&zero, "zero_results"), [6, 3]);
    let corrected = desk
        .get(&format!("{PATH}?kind=corrected"))
        .await
        .expect(200);
    assert_eq!(texts(&corrected), ["latpop"]);
    let some = desk.get(&format!("{PATH}?q=L%C3%81P")).await.expect(200);
    assert_eq!(texts(&some), ["laptop"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_are_counted_together_and_apart() {
    let desk = Desk::open().await;
    searched(&desk, "laptop", 3, 40, false);
    write(&desk).await;
    desk.clock.advance(SignedDuration::from_hours(24));
    searched(&desk, "laptop", 4, 40, false);
    searched(&desk, "tv", 5, 40, false);
    write(&desk).await;
    let both = desk.get(&format!("{PATH}?days=2")).await.expect(200);
    assert_eq!(texts(&both), ["laptop", "tv"]);
    assert_eq!(members(&both, "searches"), [7, 5]);
    let reader = desk.tokens.staff_with(&["search.read"]);
    let today = desk.app.get(format!("{PATH}?days=1")).bearer(reader);
    let today = today.send().await.expect(200);
    assert_eq!(texts(&today), ["tv", "laptop"]);
    assert_eq!(
        today.json["items"][1]["last_at"],
        serde_json::json!(desk.clock.now())
    );
}
