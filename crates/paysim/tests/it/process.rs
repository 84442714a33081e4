//! The program.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::support::{Api, Folder};

/// A child that does not outlive its test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn command(folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_techmart-paysim"));
    command
        .args(["--publishable-key", "pk_test_techmart"])
        .env("TECHMART_PAYSIM__LISTEN", "127.0.0.1:0")
        .env("TECHMART_PAYSIM__SECRET_KEY", "sk_test_techmart")
        .env("TECHMART_PAYSIM__DATA", folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Starts the program and reads its address from its log.
fn launch(folder: &Folder) -> (Program, BufReader<impl Read + use<>>, Api) {
    let mut program = Program(command(folder).spawn().unwrap());
    let mut log = BufReader::new(program.0.stdout.take().unwrap());
    loop {
        let mut line = String::new();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "the program ended");
        let entry: Value = serde_json::from_str(&line).unwrap();
        if entry["message"] == "listening" {
            let api = Api::new(&format!("http://{}", entry["address"].as_str().unwrap()));
            return (program, log, api);
        }
    }
}

#[tokio::test]
async fn what_was_answered_survives_a_kill() {
    let folder = Folder::new();
    let (mut program, _log, api) = launch(&folder);
    let form = [
        ("amount", "500"),
        ("currency", "usd"),
        ("confirm", "true"),
        ("payment_method", "pm_card_visa"),
    ];
    let mut paid = Vec::new();
    for number in 0..5 {
        let answer = api
            .post_once(&format!("key-{number}"), "/v1/payment_intents", &form)
            .await;
        paid.push(answer.ok());
    }
    program.0.kill().unwrap();
    program.0.wait().unwrap();

    let (_program, _log, api) = launch(&folder);
    for (number, before) in paid.iter().enumerate() {
        let again = api
            .post_once(&format!("key-{number}"), "/v1/payment_intents", &form)
            .await;
        assert!(again.replayed);
        assert_eq!(again.body, *before);
    }
}

#[tokio::test]
async fn it_ends_cleanly_on_sigterm_and_logs_no_card() {
    let folder = Folder::new();
    let (mut program, mut log, api) = launch(&folder);
    let form = [
        ("type", "card"),
        ("card[number]", "4000056655665556"),
        ("card[exp_month]", "12"),
        ("card[exp_year]", "2040"),
        ("card[cvc]", "73737373737373"),
    ];
    // A wrong security code, then a right one.
    api.post("/v1/payment_methods", &form).await.error(402);
    api.post("/v1/payment_methods", &form[..4]).await.ok();
    let pid = program.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert!(program.0.wait().unwrap().success());
    let mut text = String::new();
    log.read_to_string(&mut text).unwrap();
    assert!(text.contains("\"stopped\""), "{text}");
    let journal = std::fs::read_to_string(folder.journal()).unwrap();
    for output in [text, journal] {
        assert!(
            !output.contains("4000056655665556") && !output.contains("73737373737373"),
            "{output}"
        );
    }
}

#[test]
fn wrong_settings_are_one_clear_line() {
    let folder = Folder::new();
    for (arguments, message) in [
        (
            &["--secret-key", "sk_live_1"][..],
            "techmart-paysim: the secret key must begin with sk_test_\n",
        ),
        (
            &[
                "--webhook-url",
                "ftp://shop.test/",
                "--webhook-secret",
                "whsec_1",
            ],
            "techmart-paysim: the webhook address must be http or https\n",
        ),
        (
            &["--listen", "192.0.2.1:1"],
            "techmart-paysim: cannot listen on 192.0.2.1:1: Cannot assign requested address (os error 99)\n",
        ),
    ] {
        let output = command(&folder).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(String::from_utf8(output.stderr).unwrap(), message);
    }
    let output = command(&folder)
        .args(["--webhook-url", "http://127.0.0.1/"])
        .output()
        .unwrap();
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("--webhook-secret")
    );
}
