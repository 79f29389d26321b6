//! The standard library's signatures as packages.

use std::sync::{Arc, LazyLock};

use super::super::program::{FileData, PackageData, Program, Tables, names_of};
use super::super::syntax::parse;

const SIGNATURES: &str = include_str!("signatures.txt");

/// Files by their import paths, read once.
static FILES: LazyLock<Vec<(&'static str, Arc<FileData>)>> = LazyLock::new(|| {
    let mut files = Vec::new();
    for part in SIGNATURES.split("// -- ").skip(1) {
        let Some((path, text)) = part.split_once('\n') else {
            continue;
        };
        let package = u32::try_from(files.len()).unwrap_or(u32::MAX);
        if let Ok(tree) = parse(text) {
            files.push((path, Arc::new(names_of(path, tree, package))));
        }
    }
    files
});

/// A program that holds the stubs alone.
pub(in crate::audit) fn stubs() -> Program {
    let files: Vec<Arc<FileData>> = FILES.iter().map(|(_, file)| file.clone()).collect();
    let mut program = Program {
        stubs: u32::try_from(files.len()).unwrap_or(u32::MAX),
        files,
        ..Program::default()
    };
    for (index, (path, file)) in FILES.iter().enumerate() {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let path: Arc<str> = Arc::from(*path);
        program.by_path.insert(path.clone(), index);
        program.packages.push(PackageData {
            path,
            name: file.facts.package.clone(),
            files: vec![index],
            tables: Tables::of(&program.files, &[index]),
            is_stub: true,
            ..PackageData::default()
        });
    }
    program
}
