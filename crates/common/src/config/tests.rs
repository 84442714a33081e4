use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    http: HttpSettings,
    redis: RedisSettings,
    own: Own,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    name: String,
    tags: Vec<String>,
    loud: bool,
    key: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Site {
    shop: SiteSettings,
}

const OWN: &str = r#"
[http]
address = "127.0.0.1:1"
[own]
name = "a"
tags = ["x"]
loud = false
"#;

fn load(variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    load_from("demo", OWN, variables)
}

fn error(variables: &[(&str, &str)]) -> String {
    load(variables).unwrap_err().to_string()
}

#[test]
fn layers_win_in_order() {
    let settings = load(&[
        ("TECHMART_DEMO__HTTP__CONNECTIONS_MAX", "7"),
        ("TECHMART__HTTP__CONNECTIONS_MAX", "5"),
        ("TECHMART__HTTP__REQUESTS_MAX", "3"),
        ("TECHMART_DEMO__OWN__TAGS", "a, b"),
        ("TECHMART_DEMO__OWN__LOUD", "true"),
        ("TECHMART_DEMO__OWN__KEY", "0012e4"),
        ("TECHMART_OTHER__OWN__NAME", "z"),
    ])
    .unwrap();
    assert_eq!(settings.http.connections_max, 7);
    assert_eq!(settings.http.requests_max, 3);
    assert_eq!(settings.http.address.port(), 1);
    assert_eq!(settings.redis.timeout_ms, 50);
    assert!(settings.redis.url.is_none());
    assert_eq!(settings.own.tags, ["a", "b"]);
    assert!(settings.own.loud);
    assert_eq!(settings.own.name, "a");
    assert_eq!(settings.own.key.as_deref(), Some("0012e4"));
}

#[test]
fn a_file_may_hold_the_value() {
    let path = std::env::temp_dir().join(format!("techmart-setting-{}", std::process::id()));
    std::fs::write(&path, "0012e4\n").unwrap();
    let name = path.to_str().unwrap();
    let settings = load(&[("TECHMART_DEMO__OWN__KEY__FILE", name)]).unwrap();
    assert_eq!(settings.own.key.as_deref(), Some("0012e4"));
    // The service's own variable wins over the shared one, in a file or not.
    let settings = load(&[
        ("TECHMART_DEMO__OWN__KEY", "own"),
        ("TECHMART__OWN__KEY__FILE", name),
    ]);
    assert_eq!(settings.unwrap().own.key.as_deref(), Some("own"));
    let twice = error(&[
        ("TECHMART_DEMO__OWN__KEY", "own"),
        ("TECHMART_DEMO__OWN__KEY__FILE", name),
    ]);
    assert!(
        twice.ends_with("TECHMART_DEMO__OWN__KEY says the same setting"),
        "{twice}"
    );
    std::fs::remove_file(&path).unwrap();
    let missing = error(&[("TECHMART_DEMO__OWN__KEY__FILE", name)]);
    assert!(
        missing.starts_with("TECHMART_DEMO__OWN__KEY__FILE: cannot read"),
        "{missing}"
    );
    // What is another service's is not even looked at.
    load(&[("TECHMART_OTHER__OWN__NAME__FILE", name)]).unwrap();
}

#[test]
fn shared_variables_of_others_are_left_out() {
    load(&[
        ("TECHMART__ELSEWHERE__KEY", "1"),
        ("TECHMART__DB__URL", "postgres://nobody@127.0.0.1/x"),
        ("TECHMART__HTTP__FUTURE_SETTING", "1"),
    ])
    .unwrap();
}

#[test]
fn errors_name_the_variable_and_the_reason() {
    assert_eq!(
        error(&[("TECHMART_DEMO__HTTP__PORT", "1")])
            .split(';')
            .next()
            .unwrap(),
        "TECHMART_DEMO__HTTP__PORT: there is no such setting"
    );
    assert!(
        error(&[("TECHMART_DEMO__ODD__KEY", "1")])
            .starts_with("TECHMART_DEMO__ODD__KEY: there is no")
    );
    assert_eq!(
        error(&[("TECHMART__HTTP__CONNECTIONS_MAX", "many")]),
        "TECHMART__HTTP__CONNECTIONS_MAX: expected a whole number, found `many`"
    );
    assert!(
        error(&[("TECHMART_DEMO__HTTP__CONNECTIONS_MAX", "-1")])
            .starts_with("TECHMART_DEMO__HTTP__CONNECTIONS_MAX: ")
    );
    assert!(
        error(&[("TECHMART_DEMO__HTTP__ADDRESS", "here")])
            .starts_with("TECHMART_DEMO__HTTP__ADDRESS: invalid socket address")
    );
    assert_eq!(
        error(&[("TECHMART_DEMO__OWN", "x")]),
        "TECHMART_DEMO__OWN: names a section, not a setting"
    );
}

#[test]
fn limits_are_above_zero_and_an_origin_has_no_path() {
    assert_eq!(
        error(&[("TECHMART__HTTP__REQUESTS_MAX", "0")]),
        "TECHMART__HTTP__REQUESTS_MAX: expected a number above 0"
    );
    let site = |origin: &str| {
        let variable = ("TECHMART__SHOP__ORIGIN".to_owned(), origin.to_owned());
        load_from::<Site>("demo", "", [variable])
    };
    for origin in [
        "",
        "shop.test",
        "https://",
        "https://shop.test/",
        "ftp://x",
        "https://a@b",
    ] {
        let error = site(origin).unwrap_err();
        assert_eq!(error.place, "TECHMART__SHOP__ORIGIN", "{origin}");
    }
    let good = site("https://shop.test:8443").unwrap();
    assert_eq!(good.shop.origin, "https://shop.test:8443");
}

#[test]
fn a_missing_setting_is_named_as_a_variable() {
    #[derive(Debug, Deserialize)]
    struct Needs {
        #[expect(dead_code, reason = "only its absence matters")]
        db: DbSettings,
    }
    let error = load_from::<Needs>("demo", "", []).unwrap_err();
    assert_eq!(
        error.to_string(),
        "TECHMART_DEMO__DB__URL: is required and not set"
    );
}

#[test]
fn every_default_has_a_meaning() {
    let rows = describe(DEFAULTS);
    assert!(rows.len() > 20);
    for row in &rows {
        assert!(!row.meaning.is_empty(), "{}", row.path);
    }
    assert!(SettingRow::markdown("", &rows).contains("| `TECHMART__HTTP__DRAIN_MS` | `2000` |"));
}

#[test]
fn the_plumbings_own_sections_are_no_business_of_a_service() {
    let variables = [
        ("TECHMART__CLOUDWATCH__ENABLED", "true"),
        ("TECHMART_DEMO__CLOUDWATCH__NAMESPACE", "Demo"),
        (
            "TECHMART_DEMO__CLOUDWATCH__METRICS",
            "techmart_{service}_*, techmart_http_*",
        ),
    ];
    load(&variables).unwrap();
    let owned = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let plumbing: Plumbing = load_from("demo", OWN, owned).unwrap();
    assert!(plumbing.cloudwatch.enabled);
    let options = plumbing.cloudwatch.options("demo");
    assert_eq!(options.namespace, "Demo");
    assert_eq!(options.metrics, ["techmart_demo_*", "techmart_http_*"]);
    assert_eq!(options.constant, ("service".to_owned(), "demo".to_owned()));
    assert_eq!(options.interval.as_secs(), 60);

    let wrong = [(
        "TECHMART_DEMO__CLOUDWATCH__INTERVAL".to_owned(),
        "1".to_owned(),
    )];
    let error = load_from::<Plumbing>("demo", OWN, wrong).unwrap_err();
    assert_eq!(error.place, "TECHMART_DEMO__CLOUDWATCH__INTERVAL");
}
