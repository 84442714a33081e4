//! Against a server that stands for CloudWatch, for those who give credentials and for a proxy.
//!
//! Where credentials come from is told by variables: such a test runs itself once more as a process that has them, and
//! looks at who signed what arrives.

use std::process::Stdio;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::demo;

/// Set in the process that sends.
const SENDER: &str = "CLOUDWATCH_TEST_SENDER";

#[tokio::test]
async fn credentials_of_a_container_come_through() {
    let sent = sent("credentials_of_a_container_come_through", |url| {
        vec![("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{url}/task"))]
    });
    assert_signed(&sent.await);
}

#[tokio::test]
async fn credentials_of_an_instance_come_through() {
    let sent = sent("credentials_of_an_instance_come_through", |url| {
        vec![
            ("AWS_EC2_METADATA_DISABLED", "false".to_owned()),
            ("AWS_EC2_METADATA_SERVICE_ENDPOINT", url.to_owned()),
        ]
    });
    assert_signed(&sent.await);
}

#[tokio::test]
async fn credentials_of_a_web_identity_come_through() {
    let token = std::env::current_exe().unwrap().display().to_string();
    let token = format!("{token}.{}.token", std::process::id());
    std::fs::write(&token, "a-token").unwrap();
    let sent = sent("credentials_of_a_web_identity_come_through", |_| {
        let role = "arn:aws:iam::111122223333:role/shop".to_owned();
        vec![
            ("AWS_WEB_IDENTITY_TOKEN_FILE", token.clone()),
            ("AWS_ROLE_ARN", role),
        ]
    });
    let sent = sent.await;
    std::fs::remove_file(&token).unwrap();
    assert_signed(&sent);
}

#[tokio::test]
async fn the_proxy_of_the_environment_is_asked() {
    let sent = sent("the_proxy_of_the_environment_is_asked", |url| {
        vec![
            ("HTTP_PROXY", url.to_owned()),
            (
                "AWS_ENDPOINT_URL",
                "http://monitoring.example.com".to_owned(),
            ),
            ("AWS_ACCESS_KEY_ID", "GIVEN".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "key".to_owned()),
            ("AWS_SESSION_TOKEN", "session".to_owned()),
        ]
    });
    let sent = sent.await;
    assert!(
        sent.starts_with("POST http://monitoring.example.com/"),
        "{sent}"
    );
    assert_signed(&sent);
}

#[tokio::test]
async fn a_server_that_is_silent_is_a_timeout() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = ask(&server, Some(Duration::from_millis(100)))
        .await
        .unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_gone_is_worth_another_try() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hanging_up = async {
        let (mut stream, _) = server.accept().await.unwrap();
        read(&mut stream).await;
    };
    let (error, ()) = tokio::join!(ask(&server, None), hanging_up);
    let error = error.unwrap_err();
    assert!(error.is_io(), "{error:?}");
    assert!(!format!("{error:?}").contains("/secret"), "{error:?}");
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let answering = async {
        let (mut stream, _) = server.accept().await.unwrap();
        read(&mut stream).await;
        let answer = answer("302 Found", "location: /elsewhere\r\n", "");
        stream.write_all(answer.as_bytes()).await.unwrap();
    };
    let (answer, ()) = tokio::join!(ask(&server, None), answering);
    assert_eq!(answer.unwrap().status().as_u16(), 302);
}

async fn ask(
    server: &TcpListener,
    read_timeout: Option<Duration>,
) -> Result<HttpResponse, ConnectorError> {
    let connector = Connector {
        client: Ok(Http::default().client(None).unwrap()),
        read_timeout,
    };
    let url = format!("http://{}/secret", server.local_addr().unwrap());
    connector.call(HttpRequest::get(url).unwrap()).await
}

/// What CloudWatch is sent by a process with these variables, which may name the server's address.
async fn sent(test: &str, variables: impl Fn(&str) -> Vec<(&'static str, String)>) -> String {
    if std::env::var_os(SENDER).is_some() {
        send().await;
        std::process::exit(0);
    }
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let mut sender = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("http::tests::{test}")])
        .env_clear()
        .env(SENDER, "yes")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ENDPOINT_URL", &url)
        .envs(variables(&url))
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let sent = tokio::select! {
        sent = serve(&server) => sent,
        ended = sender.wait() => panic!("{ended:?} before anything was sent"),
    };
    assert!(sender.wait().await.unwrap().success());
    sent
}

/// Sends one count, as a process does that ends.
async fn send() {
    let exporter = demo::exporter(Duration::from_secs(20));
    let stop = CancellationToken::new();
    stop.cancel();
    exporter.run(stop).await;
}

/// Gives credentials to who asks, until metrics arrive.
async fn serve(server: &TcpListener) -> String {
    loop {
        let (mut stream, _) = server.accept().await.unwrap();
        let request = read(&mut stream).await;
        let is_metrics = request.contains("PutMetricData");
        let answer = if is_metrics {
            let head = "smithy-protocol: rpc-v2-cbor\r\ncontent-type: application/cbor\r\n";
            answer("200 OK", head, "").into_bytes()
        } else {
            credentials(&request).into_bytes()
        };
        stream.write_all(&answer).await.unwrap();
        if is_metrics {
            return request;
        }
    }
}

/// What the services of AWS answer who asks for credentials.
fn credentials(request: &str) -> String {
    let keys = r#""AccessKeyId":"GIVEN","SecretAccessKey":"key","Token":"session","Expiration":"2100-01-01T00:00:00Z""#;
    match request.split(' ').nth(1).unwrap_or_default() {
        "/task" => answer("200 OK", "", &format!("{{{keys}}}")),
        "/latest/api/token" => {
            let head = "x-aws-ec2-metadata-token-ttl-seconds: 21600\r\n";
            answer("200 OK", head, "instance-token")
        }
        path if path.ends_with("/shop-role") => {
            answer("200 OK", "", &format!(r#"{{"Code":"Success",{keys}}}"#))
        }
        path if path.ends_with("/iam/security-credentials/") => answer("200 OK", "", "shop-role"),
        "/" if request.contains("Action=AssumeRoleWithWebIdentity") => answer(
            "200 OK",
            "content-type: text/xml\r\n",
            "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>\
             <AccessKeyId>GIVEN</AccessKeyId><SecretAccessKey>key</SecretAccessKey>\
             <SessionToken>session</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>\
             </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>",
        ),
        _ => answer("404 Not Found", "", ""),
    }
}

fn answer(status: &str, head: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{head}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

/// A whole request; what is no text in it is replaced.
async fn read(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let mut part = [0; 4096];
        let length = stream.read(&mut part).await.unwrap();
        request.extend_from_slice(&part[..length]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, _)) = text.split_once("\r\n\r\n") else {
            assert!(length > 0, "{text}");
            continue;
        };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_length = name.eq_ignore_ascii_case("content-length");
            is_length.then(|| value.trim().parse::<usize>().unwrap())
        });
        if request.len() >= head.len() + 4 + length.unwrap_or_default() {
            return text;
        }
    }
}

fn assert_signed(sent: &str) {
    let sent = sent.to_lowercase();
    assert!(sent.contains("credential=given/"), "{sent}");
    assert!(sent.contains("x-amz-security-token: session"), "{sent}");
}
