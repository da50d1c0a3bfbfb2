//! The Debian package, made by Debian's own tools.

use std::path::Path;
use std::process::Command;

use super::source::{NAME, Source};
use super::tree::{self, Tree};
use super::{DistError, file, program};
use crate::run;

/// Makes the package of the files, below `/usr`.
pub(super) fn package(source: &Source, tree: &Tree, out: &Path) -> Result<(), DistError> {
    let work = tempfile::tempdir().map_err(file("make", Path::new("a folder")))?;
    let stage = work.path().join("stage");
    tree.write_below(&stage.join("usr"))?;
    let architecture = said(Command::new("dpkg").arg("--print-architecture"))?;
    let libraries = libraries(work.path(), &stage)?;
    let mut control = Tree::default();
    let text = control_file(source, &architecture, &libraries, tree);
    control.add("control", 0o644, text);
    for script in ["postinst", "prerm", "postrm"] {
        let from = source.root.join("packaging/debian").join(script);
        control.add(script, 0o755, tree::read(&from)?);
    }
    control.write_below(&stage.join("DEBIAN"))?;
    let package = out.join(format!("{NAME}_{}_{architecture}.deb", source.version));
    let mut command = Command::new("dpkg-deb");
    command.args(["--root-owner-group", "-Zxz", "--build"]).arg(&stage).arg(package);
    command.env("SOURCE_DATE_EPOCH", source.time.to_string());
    run::capture(&mut command).map_err(program("make the Debian package"))?;
    Ok(())
}

fn control_file(source: &Source, architecture: &str, libraries: &str, tree: &Tree) -> String {
    let size: usize = tree.iter().map(|(_, entry)| entry.content.len().div_ceil(1024)).sum();
    format!(
        "Package: {NAME}\n\
         Version: {}\n\
         Architecture: {architecture}\n\
         Maintainer: The spotify-mcp authors <spotify-mcp@localhost>\n\
         Installed-Size: {size}\n\
         Depends: {libraries}, ca-certificates\n\
         Recommends: socat\n\
         Section: net\n\
         Priority: optional\n\
         Description: Spotify server for AI clients, with vault and audit log\n\
         \x20spotify-mcp serves a Spotify account to an AI client over the Model Context\n\
         \x20Protocol; spotify-admin signs in, looks after profiles and reads the audit log.\n\
         \x20Tokens are sealed on disk. It is not made by Spotify.\n",
        source.version,
    )
}

/// Which packages bring the libraries that the programs are linked with, and in which version.
fn libraries(work: &Path, stage: &Path) -> Result<String, DistError> {
    let mut source = Tree::default();
    source.add(
        "debian/control",
        0o644,
        format!("Source: {NAME}\n\nPackage: {NAME}\nArchitecture: any\n"),
    );
    source.write_below(work)?;
    let mut command = Command::new("dpkg-shlibdeps");
    command.current_dir(work).args(["-O", "--warnings=0"]);
    command.arg(stage.join("usr/bin/spotify-mcp")).arg(stage.join("usr/bin/spotify-admin"));
    let said = said(&mut command)?;
    let found = said.lines().find_map(|line| line.strip_prefix("shlibs:Depends="));
    let none = || DistError::Unfit(format!("dpkg-shlibdeps names no library: {said}"));
    found.map(str::to_owned).ok_or_else(none)
}

fn said(command: &mut Command) -> Result<String, DistError> {
    let said = run::capture(command).map_err(program("ask Debian's tools"))?;
    Ok(String::from_utf8_lossy(&said).trim().to_owned())
}
