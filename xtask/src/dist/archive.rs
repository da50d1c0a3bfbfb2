//! Archives that depend on nothing but their content and the commit's time.

use std::io::{self, Cursor, Write as _};

use flate2::{Compression, GzBuilder};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::DistError;
use super::tree::Tree;

/// Packs the tree below the folder `name`.
pub(super) fn tar_gz(tree: &Tree, name: &str, time: u64) -> Result<Vec<u8>, DistError> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, entry) in tree.iter() {
        let mut header = tar::Header::new_gnu();
        header.set_mode(entry.mode);
        header.set_mtime(time);
        header.set_size(u64::try_from(entry.content.len()).unwrap_or(u64::MAX));
        let path = format!("{name}/{path}");
        archive.append_data(&mut header, path, &*entry.content).map_err(unfit)?;
    }
    gzip(&archive.into_inner().map_err(unfit)?)
}

/// Compresses, without a name or a time in the header.
pub(super) fn gzip(content: &[u8]) -> Result<Vec<u8>, DistError> {
    let mut packed = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    packed.write_all(content).and_then(|()| packed.finish()).map_err(unfit)
}

/// Packs the tree as a zip file.
pub(super) fn zip(tree: &Tree) -> Result<Vec<u8>, DistError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, entry) in tree.iter() {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(entry.mode);
        archive.start_file(path, options).map_err(unfit)?;
        archive.write_all(&entry.content).map_err(unfit)?;
    }
    Ok(archive.finish().map_err(unfit)?.into_inner())
}

fn unfit(error: impl Into<io::Error>) -> DistError {
    DistError::Unfit(format!("pack an archive: {}", error.into()))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn tree() -> Tree {
        let mut tree = Tree::default();
        tree.add("bin/b", 0o755, *b"program");
        tree.add("a", 0o644, *b"text");
        tree
    }

    #[test]
    fn an_archive_keeps_modes_and_takes_the_time_of_the_commit() {
        let packed = tar_gz(&tree(), "name-1", 1_700_000_000).unwrap();
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&*packed));
        let files = archive.entries().unwrap().map(|entry| {
            let mut entry = entry.unwrap();
            let mut content = String::new();
            entry.read_to_string(&mut content).unwrap();
            let header = entry.header();
            let path = entry.path().unwrap().display().to_string();
            (path, header.mode().unwrap(), header.mtime().unwrap(), content)
        });
        let expected = [
            ("name-1/a".to_owned(), 0o644, 1_700_000_000, "text".to_owned()),
            ("name-1/bin/b".to_owned(), 0o755, 1_700_000_000, "program".to_owned()),
        ];
        assert_eq!(files.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_bundle_is_the_same_bytes_each_time_and_its_program_can_run() {
        let packed = zip(&tree()).unwrap();
        assert_eq!(packed, zip(&tree()).unwrap());
        let mut archive = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
        assert_eq!(archive.by_name("bin/b").unwrap().unix_mode().unwrap() & 0o777, 0o755);
    }
}
