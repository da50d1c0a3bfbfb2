//! The consent page: plain HTML, no script.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use super::scope::Scopes;
use crate::http::Reply;

const STYLE: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;\
padding:0 1rem;color:#121212;background:#fff}button{font:inherit;padding:.6rem 1.4rem;\
margin-right:1rem;border:2px solid #0b6b34;border-radius:2rem;background:#fff;color:#0b6b34}\
button[value=approve]{background:#0b6b34;color:#fff}select{font:inherit;padding:.3rem}\
@media(prefers-color-scheme:dark){body{color:#f5f5f5;background:#121212}}";

/// What the consent page asks.
#[derive(Debug)]
pub(super) struct Question<'a> {
    pub(super) app: &'a str,
    pub(super) scopes: &'a Scopes,
    /// Ids and names of those who can answer, the preselected one first.
    pub(super) users: Vec<(&'a str, &'a str)>,
    /// The authorization request, to be sent back with the answer.
    pub(super) fields: &'a [(String, String)],
}

/// Shows the page on which a person approves or refuses.
pub(super) fn consent(question: &Question<'_>) -> Reply {
    let scopes = join(question.scopes, |scope| format!("<li>{}</li>", escape(scope)));
    let users = join(&question.users, |(id, name)| {
        format!("<option value=\"{}\">{}</option>", escape(id), escape(name))
    });
    let fields = join(question.fields, |(name, value)| {
        let (name, value) = (escape(name), escape(value));
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
    });
    let app = escape(question.app);
    page(
        200,
        &format!("Allow {app}?"),
        &format!(
            "<p>{app} asks for your public profile and these rights to a simulated Spotify \
             account:</p><ul>{scopes}</ul>\
             <form method=\"post\" action=\"/authorize\">{fields}\
             <p><label for=\"user\">Account</label> \
             <select id=\"user\" name=\"sim_user\">{users}</select></p>\
             <button name=\"sim_decision\" value=\"approve\">Approve</button>\
             <button name=\"sim_decision\" value=\"refuse\">Refuse</button></form>"
        ),
    )
}

/// Shows why an authorization request goes nowhere; there is no safe place to redirect to.
pub(super) fn problem(message: &str) -> Reply {
    page(400, "This request cannot be served", &format!("<p>{}</p>", escape(message)))
}

fn page(status: u16, title: &str, body: &str) -> Reply {
    let style = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    // `form-action` also governs where a form's answer may redirect to.
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' https: http://127.0.0.1:* http://[::1]:*"
    );
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    );
    Reply::html(status, html)
        .with("content-security-policy", policy)
        .with("cache-control", "no-store".to_owned())
        .with("referrer-policy", "no-referrer".to_owned())
        .with("x-content-type-options", "nosniff".to_owned())
}

fn join<T>(items: impl IntoIterator<Item = T>, html: impl FnMut(T) -> String) -> String {
    items.into_iter().map(html).collect::<Vec<_>>().concat()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_request_says_cannot_become_markup() {
        let fields = [("state".to_owned(), "\"><script>alert(1)</script>".to_owned())];
        let scopes = Scopes::new();
        let question =
            Question { app: "<b>", scopes: &scopes, users: vec![("a\"b", "<i>")], fields: &fields };
        let html = consent(&question).body;
        for forbidden in ["<script", "<b>", "<i>", "a\"b"] {
            assert!(!html.contains(forbidden), "{forbidden} in {html}");
        }
    }
}
