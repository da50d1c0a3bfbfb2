//! The container's recipe, built and run.

use std::path::Path;
use std::process::Command;

use super::release::{SETTINGS, release, shake_hands, succeed};

/// Buildah with a store of its own, and without what a container inside a container may not do.
fn buildah(store: &Path) -> Command {
    let mut command = Command::new("buildah");
    command.arg("--root").arg(store.join("store")).arg("--runroot").arg(store.join("run"));
    command.env("BUILDAH_ISOLATION", "chroot").env("STORAGE_DRIVER", "vfs");
    command
}

#[test]
fn the_recipe_makes_a_container_that_serves_from_the_environment_alone() {
    let work = tempfile::tempdir().unwrap();
    // In place of the image that the recipe names, which a registry would have to give: Debian's
    // own packages.
    let base = work.path().join("base.tar");
    let mut debian = Command::new("mmdebstrap");
    succeed(debian.args(["--quiet", "--variant=minbase", "bookworm"]).arg(&base));
    let made = succeed(buildah(work.path()).args(["from", "scratch"]));
    succeed(buildah(work.path()).args(["add", made.trim()]).arg(&base).arg("/"));
    succeed(buildah(work.path()).args(["commit", "--quiet", made.trim(), "localhost/debian:test"]));

    let mut build = buildah(work.path());
    build.args(["build", "--quiet", "--build-arg", "BASE=localhost/debian:test"]);
    build.args(["--tag", "localhost/spotify-mcp"]).arg(release().out());
    succeed(&mut build);
    let container = succeed(buildah(work.path()).args(["from", "localhost/spotify-mcp"]));

    let run = |command: &[&str]| {
        let mut run = buildah(work.path());
        run.arg("run").args(SETTINGS.map(|(name, value)| format!("--env={name}={value}")));
        run.arg(container.trim()).arg("--").args(command);
        run
    };
    assert_eq!(succeed(&mut run(&["id", "-u"])).trim(), "65532");
    shake_hands(&mut run(&["spotify-mcp"]));
    let inspected = succeed(buildah(work.path()).args(["inspect", "localhost/spotify-mcp"]));
    assert!(inspected.contains("\"spotify-mcp\""), "the image starts the server: {inspected}");
}
