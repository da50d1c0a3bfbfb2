//! `import`: what other programs leave is sealed, works, and is erased when asked.

use std::path::{Path, PathBuf};

use aes::Aes128;
use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _, block_padding::Pkcs7};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use spotify_sim::Tokens;

use crate::bench::{Bench, Ran};

/// A key of Fernet: its first half signs, its second half encrypts.
const FERNET: [u8; 32] = *b"signs-with-this-seals-with-this-";

/// An installation with a vault, and a directory of another program.
struct Old {
    bench: Bench,
    tokens: Tokens,
}

impl Old {
    async fn new() -> Self {
        let bench = Bench::signed_in().await;
        let tokens = bench.sim.grant_all();
        std::fs::create_dir(bench.home().with_file_name("old")).unwrap();
        Self { bench, tokens }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        self.bench.private_file(&format!("old/{name}"), text)
    }

    fn directory(&self) -> PathBuf {
        self.bench.home().with_file_name("old")
    }

    async fn import(&self, path: &Path, arguments: &[&str]) -> Ran {
        let path = path.to_str().unwrap();
        let ran = self.bench.admin(&[&["import", path, "--json"], arguments].concat()).await;
        for secret in [&self.tokens.refresh_token, &self.tokens.access_token] {
            assert!(!ran.stdout.contains(secret.as_str()) && !ran.stderr.contains(secret.as_str()));
        }
        ran
    }

    /// Checks that a profile works as its person.
    async fn works(&self, profile: &str) {
        self.bench.admin(&["whoami", "--profile", profile]).await.expect(0);
    }

    /// spotipy's cache as spotipy 2 writes it.
    fn spotipy(&self) -> String {
        json!({
            "access_token": self.tokens.access_token, "token_type": "Bearer", "expires_in": 3600,
            "refresh_token": self.tokens.refresh_token,
            "scope": "user-read-private playlist-read-private", "expires_at": 1_795_239_000,
        })
        .to_string()
    }

    fn env(&self) -> String {
        format!(
            "# Spotify\nexport SPOTIFY_CLIENT_ID=\"{}\"\nSPOTIFY_ACCESS_TOKEN={} # one hour\nSPOTIFY_REFRESH_TOKEN='{}'\nPORT=8888\n",
            self.bench.sim.client_id(),
            self.tokens.access_token,
            self.tokens.refresh_token,
        )
    }
}

/// Seals as Python's `cryptography.fernet` does.
fn fernet(text: &str) -> String {
    let (signing, encryption) = FERNET.split_at(16);
    let iv = [7; 16];
    let cipher = cbc::Encryptor::<Aes128>::new_from_slices(encryption, &iv).unwrap();
    let mut token = vec![0x80, 0, 0, 0, 0, 0x6a, 0xff, 0, 0];
    token.extend(iv);
    token.extend(cipher.encrypt_padded_vec::<Pkcs7>(text.as_bytes()));
    let mut hmac = Hmac::<sha2::Sha256>::new_from_slice(signing).unwrap();
    hmac.update(&token);
    token.extend(hmac.finalize().into_bytes());
    URL_SAFE.encode(token)
}

#[tokio::test]
async fn spotipys_cache_is_sealed_works_and_is_named_until_it_is_erased() {
    let old = Old::new().await;
    let cache = old.file(".cache-ada", &old.spotipy());
    let ran = old.import(&old.directory(), &["--dry-run"]).await;
    ran.expect(0);
    assert_eq!(ran.json()["files"][0]["holds"], json!(["access_token", "refresh_token"]));
    old.bench.admin(&["status", "--profile", "ada"]).await.expect(5);
    let ran = old.import(&cache, &[]).await;
    ran.expect(0);
    assert_eq!(ran.json()["works"], json!(true));
    assert_eq!(ran.json()["files"][0]["profile"], json!("ada"));
    assert_eq!(ran.json()["files"][0]["clear_text_left"], json!(true));
    assert!(cache.exists());
    old.works("ada").await;
}

#[tokio::test]
async fn variables_are_overwritten_where_they_stand_and_the_rest_of_the_file_stays() {
    let old = Old::new().await;
    let env = old.file(".env", &old.env());
    let ran = old.import(&env, &["--profile", "mine", "--erase"]).await;
    ran.expect(6);
    assert_eq!(ran.error_code(), "confirmation_required");
    old.import(&env, &["--profile", "mine", "--erase", "--yes"]).await.expect(0);
    let left = std::fs::read_to_string(&env).unwrap();
    assert!(left.contains("PORT=8888") && left.contains(old.bench.sim.client_id()), "{left}");
    assert!(
        !left.contains(&*old.tokens.refresh_token) && !left.contains(&*old.tokens.access_token)
    );
    old.works("mine").await;
}

#[tokio::test]
async fn tokens_in_clear_and_the_settings_beside_them_belong_together() {
    let mut old = Old::new().await;
    old.file(
        "config.json",
        &json!({ "spotify": { "clientId": old.bench.sim.client_id() }, "port": 1 }).to_string(),
    );
    let tokens =
        json!({ "accessToken": old.tokens.access_token, "refreshToken": old.tokens.refresh_token });
    let file = old.file("tokens_ada.json", &tokens.to_string());
    // Nothing but the file beside says which app it is.
    old.bench.unset("SPOTIFY_CLIENT_ID");
    let ran = old.import(&old.directory(), &["--erase", "--yes"]).await;
    ran.expect(0);
    assert!(!file.exists(), "a file of tokens alone is removed");
    assert!(old.directory().join("config.json").exists());
    old.works("ada").await;
}

#[tokio::test]
async fn what_is_sealed_with_fernet_opens_with_the_key_beside_it() {
    let old = Old::new().await;
    old.file(".encryption_key", &URL_SAFE.encode(FERNET));
    let file = old.file("tokens_ada.json", &fernet(&old.spotipy()));
    let ran = old.import(&file, &["--erase", "--yes"]).await;
    ran.expect(0);
    let key = ran.json()["files"][0]["opened_with"].as_str().unwrap().to_owned();
    assert!(key.ends_with(".encryption_key"));
    assert!(!file.exists());
    old.works("ada").await;
    // Fields that are sealed one by one, and a key among variables.
    let sealed = json!({ "refresh_token": fernet(&old.tokens.refresh_token) });
    let file = old.file("tokens_bea.json", &sealed.to_string());
    old.import(&file, &[]).await.expect(0);
    old.works("bea").await;
}

#[tokio::test]
async fn without_its_key_or_without_a_token_nothing_is_imported() {
    let old = Old::new().await;
    let file = old.file("tokens_ada.json", &fernet(&old.spotipy()));
    let ran = old.import(&file, &[]).await;
    ran.expect(5);
    assert!(ran.stdout.contains("no file beside it holds its key"), "{ran:#?}");
    old.file("tokens_ada.json", "{}");
    assert_eq!(old.import(&file, &[]).await.error_code(), "nothing_to_import");
    old.import(Path::new("/nonexistent/.cache"), &[]).await.expect(5);
    let files = old.bench.admin(&["profiles", "--json"]).await.json();
    assert_eq!(files["profiles"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_token_that_does_not_work_is_told_and_its_clear_text_stays() {
    let old = Old::new().await;
    let cache =
        old.file(".cache", &old.spotipy().replace(&*old.tokens.refresh_token, "canary-dead"));
    let ran = old.import(&cache, &["--profile", "dead", "--erase", "--yes"]).await;
    ran.expect(3);
    assert!(cache.exists());
    // Without asking Spotify it is sealed all the same.
    old.import(&cache, &["--profile", "later", "--offline"]).await.expect(0);
    old.bench.admin(&["status", "--profile", "later"]).await.expect(0);
}

#[tokio::test]
async fn a_sign_in_that_lives_is_not_overwritten() {
    let old = Old::new().await;
    let cache = old.file(".cache", &old.spotipy());
    let ran = old.import(&cache, &["--profile", "work", "--erase", "--yes"]).await;
    ran.expect(6);
    assert_eq!(ran.error_code(), "signed_in");
    assert!(cache.exists());
}

#[tokio::test]
async fn an_import_may_be_the_first_thing_that_is_done() {
    let mut bench = Bench::new().await;
    bench.unset("SPOTIFY_CLIENT_ID");
    let tokens = bench.sim.grant_all();
    let text = format!(
        "SPOTIFY_CLIENT_ID={}\nSPOTIFY_REFRESH_TOKEN={}\n",
        bench.sim.client_id(),
        tokens.refresh_token
    );
    let env = bench.private_file(".env", &text);
    let import =
        ["import", env.to_str().unwrap(), "--key-source", "file", "--profile", "work", "--json"];
    let ran = bench.admin(&import).await;
    ran.expect(0);
    assert!(ran.json()["recovery_code"].is_string());
    bench.admin(&["whoami", "--profile", "work"]).await.expect(0);
}
