//! The page on which a person approves.

use reqwest::Method;
use spotify_sim::{Decision, Simulator};

use crate::bench::{Answer, Bench, REDIRECT, send};

async fn page(bench: &Bench, changes: &[(&str, &str)]) -> Answer {
    send(bench.plain(Method::GET, &bench.authorize_url(changes))).await
}

/// What a browser would send for the form, with one of its buttons.
fn form(page: &str, decision: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = page
        .split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").unwrap();
            let (value, _) = rest.split_once('"').unwrap();
            (name.to_owned(), value.replace("&amp;", "&").replace("&quot;", "\""))
        })
        .collect();
    fields.push(("sim_user".to_owned(), "otto".to_owned()));
    fields.push(("sim_decision".to_owned(), decision.to_owned()));
    fields
}

#[tokio::test]
async fn a_person_approves_or_refuses_by_the_form() {
    let bench = Bench::restricted().await;
    let shown = page(&bench, &[("state", "a\"b&c")]).await;
    assert_eq!(shown.status, 200);
    assert!(shown.text.contains("<li>playlist-read-private</li>"));
    let url = format!("{}/authorize", bench.accounts_url());
    let approved = bench.plain(Method::POST, &url).form(&form(&shown.text, "approve"));
    let approved = send(approved).await;
    assert_eq!(approved.status, 302);
    let location = url::Url::parse(approved.header("location").unwrap()).unwrap();
    assert!(location.as_str().starts_with(REDIRECT));
    let pairs: Vec<(String, String)> = location.query_pairs().into_owned().collect();
    assert_eq!(pairs[1], ("state".to_owned(), "a\"b&c".to_owned()));
    let tokens = bench.exchange(&pairs[0].1, &[]).await.ok();
    let me = bench.get_as(tokens["access_token"].as_str().unwrap(), "/me").await.ok();
    assert_eq!(me["id"], "otto");
    let refused = send(bench.plain(Method::POST, &url).form(&form(&shown.text, "refuse"))).await;
    assert!(
        refused.header("location").unwrap().starts_with(&format!("{REDIRECT}?error=access_denied"))
    );
    let neither = send(bench.plain(Method::POST, &url).form(&form(&shown.text, "perhaps"))).await;
    assert_eq!(neither.status, 400);
}

#[tokio::test]
async fn the_page_runs_no_script_and_cannot_be_framed() {
    let bench = Bench::restricted().await;
    for shown in [page(&bench, &[]).await, page(&bench, &[("client_id", "nobody")]).await] {
        let policy = shown.header("content-security-policy").unwrap();
        for part in ["default-src 'none'", "frame-ancestors 'none'", "style-src 'sha256-"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
        assert!(!shown.text.contains("<script"));
        assert!(shown.text.contains("<html lang=\"en\">") && shown.text.contains("<h1>"));
        assert_eq!(shown.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn a_simulator_can_answer_every_request_by_itself() {
    for (decision, parameter) in [(Decision::Approve, "code="), (Decision::Refuse, "error=")] {
        let bench = Bench::of(Simulator::builder().consent(decision)).await;
        let answer = page(&bench, &[]).await;
        assert_eq!(answer.status, 302);
        assert!(answer.header("location").unwrap().contains(parameter));
    }
}
