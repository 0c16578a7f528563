//! The modules of a crate, and which file a path leads to.
//!
//! A path leads to the file that defines what it names: through modules, imported names and `pub use`, so that a list of
//! re-exports in a `mod.rs` is not an import of it. A module that is imported is not an edge itself; what is reached through it is. What
//! cannot be followed to its definition, as what a macro defines, counts to the module that the path names.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Scope, scopes};

/// Imports that may be followed to reach one definition; more would be a circle.
const MOST_STEPS: usize = 16;

/// A crate's modules.
pub(super) struct Tree {
    /// The folder of the file it begins with.
    folder: String,
    modules: Vec<Module>,
}

struct Module {
    /// The names that lead to it from the crate's root.
    path: Vec<String>,
    file: String,
    code: Scope,
}

/// What a path leads to, with the index of a module.
#[derive(Clone, Copy)]
enum Place {
    /// A module itself.
    Module(usize),
    /// Something that is defined in it.
    Item(usize),
}

/// Imports by file: the files it uses, each with a path by which it does so.
pub(super) type Uses = BTreeMap<String, BTreeMap<String, String>>;

impl Tree {
    /// The modules that `root` declares, in files that `read` knows by their paths.
    pub(super) fn new<'t>(root: &str, read: &dyn Fn(&str) -> Option<&'t str>) -> Self {
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let mut modules: Vec<Module> = Vec::new();
        let mut waiting = vec![(Vec::new(), root.to_owned())];
        while let Some((path, file)) = waiting.pop() {
            for code in scopes(read(&file).unwrap_or_default()) {
                let path: Vec<String> = path.iter().chain(&code.inner).cloned().collect();
                for child in &code.children {
                    let child: Vec<String> = path.iter().chain([child]).cloned().collect();
                    let below = format!("{folder}/{}", child.join("/"));
                    let files = [format!("{below}.rs"), format!("{below}/mod.rs")];
                    let file = files.into_iter().find(|file| read(file).is_some());
                    waiting.extend(file.map(|file| (child, file)));
                }
                modules.push(Module { path, file: file.clone(), code });
            }
        }
        Self { folder, modules }
    }

    /// The files of all modules.
    pub(super) fn files(&self) -> BTreeSet<&str> {
        self.modules.iter().map(|module| module.file.as_str()).collect()
    }

    /// Where the files of modules for tests alone begin: their paths without an ending.
    pub(super) fn of_tests(&self) -> BTreeSet<String> {
        let named = |module: &Module| {
            let below = module.path.iter().map(String::as_str);
            let folder: Vec<&str> = std::iter::once(self.folder.as_str()).chain(below).collect();
            module.code.of_tests.iter().map(|name| format!("{}/{name}", folder.join("/"))).collect::<Vec<_>>()
        };
        self.modules.iter().flat_map(named).collect()
    }

    /// What each file uses of the others.
    pub(super) fn uses(&self) -> Uses {
        let mut uses = Uses::new();
        for (at, module) in self.modules.iter().enumerate() {
            let of_file = uses.entry(module.file.clone()).or_default();
            let mut note = |place: Option<Place>, path: &[String]| {
                if let Some(Place::Item(target)) = place
                    && self.modules[target].file != module.file
                {
                    of_file.entry(self.modules[target].file.clone()).or_insert_with(|| path.join("::"));
                }
            };
            for (name, import) in &module.code.imports {
                let place = self.follow(at, &import.path, true, MOST_STEPS);
                let gives_on = import.is_public && self.only_gives_on(at, name, place);
                if !gives_on && !self.means_module(at, name, &import.path) {
                    note(place, &import.path);
                }
            }
            for path in &module.code.paths {
                note(self.follow(at, path, true, MOST_STEPS), path);
            }
            for glob in &module.code.globs {
                let Some(Place::Module(target)) = self.follow(at, glob, false, MOST_STEPS) else { continue };
                for word in module.code.words.iter().filter(|word| !module.code.items.contains(*word)) {
                    let path: Vec<String> = glob.iter().chain([word]).cloned().collect();
                    note(self.named(target, word, true, MOST_STEPS), &path);
                }
            }
        }
        uses
    }

    /// Whether `name`, imported into module `at`, is only passed on from a module below it.
    fn only_gives_on(&self, at: usize, name: &str, place: Option<Place>) -> bool {
        let module = &self.modules[at];
        let is_below = |target: usize| self.modules[target].path.starts_with(&module.path);
        let starts = |path: &Vec<String>| path[0] == name;
        matches!(place, Some(Place::Item(target)) if is_below(target))
            && !module.code.words.contains(name)
            && !module.code.paths.iter().any(starts)
    }

    /// Whether `name`, imported into module `at`, is a module's and an item's at once, and only the module is used.
    fn means_module(&self, at: usize, name: &str, path: &[String]) -> bool {
        let Some((last, above)) = path.split_last() else { return false };
        let is_module = match self.follow(at, above, false, MOST_STEPS) {
            Some(Place::Module(above)) => self.modules[above].code.children.contains(last),
            _ => false,
        };
        is_module && !self.modules[at].code.words.contains(name)
    }

    fn find(&self, path: &[String]) -> Option<usize> {
        self.modules.iter().position(|module| module.path == path)
    }

    /// Where `path`, written in module `from`, leads; `None` out of the crate. Its last name is rather an item's than a module's if
    /// `to_item`.
    fn follow(&self, from: usize, path: &[String], to_item: bool, steps: usize) -> Option<Place> {
        let steps = steps.checked_sub(1)?;
        let (first, mut rest) = path.split_first()?;
        let mut place = match first.as_str() {
            "crate" => Place::Module(self.find(&[])?),
            "self" => Place::Module(from),
            "super" => Place::Module(self.above(from)?),
            name => self.named(from, name, rest.is_empty() && to_item, steps)?,
        };
        while let (Place::Module(module), Some((name, after))) = (place, rest.split_first()) {
            place = match name.as_str() {
                "super" => Place::Module(self.above(module)?),
                name => self
                    .named(module, name, after.is_empty() && to_item, steps)
                    .unwrap_or(Place::Item(module)),
            };
            rest = after;
        }
        Some(place)
    }

    fn above(&self, module: usize) -> Option<usize> {
        let (_, path) = self.modules[module].path.split_last()?;
        self.find(path)
    }

    /// What `name` stands for in a module; a name may be a module's and an item's, and the last of a path is rather an item's.
    fn named(&self, module: usize, name: &str, is_last: bool, steps: usize) -> Option<Place> {
        let code = &self.modules[module].code;
        let child = || {
            let path: Vec<String> = self.modules[module]
                .path
                .iter()
                .map(String::as_str)
                .chain([name])
                .map(str::to_owned)
                .collect();
            code.children.contains(name).then(|| self.find(&path)).flatten().map(Place::Module)
        };
        let item = || code.items.contains(name).then_some(Place::Item(module));
        let import = || self.follow(module, &code.imports.get(name)?.path, is_last, steps);
        let glob = || {
            code.globs.iter().find_map(|glob| match self.follow(module, glob, false, steps)? {
                Place::Module(target) if target != module => {
                    self.named(target, name, is_last, steps.checked_sub(1)?)
                }
                _ => None,
            })
        };
        if is_last {
            item().or_else(import).or_else(child).or_else(glob)
        } else {
            child().or_else(import).or_else(item).or_else(glob)
        }
    }
}

#[test]
fn paths_lead_to_definitions() {
    let files = [
        ("x/lib.rs", "mod a; mod d; mod p; mod r; pub use a::B;"),
        ("x/a.rs", "mod c; pub use c::{f, B}; use crate::d; fn g() { d::h(); super::d::macro_made(); }"),
        ("x/a/c.rs", "pub struct B; pub fn f(k: super::super::d::K) {} use nibble::L;"),
        (
            "x/d/mod.rs",
            "pub use crate::B; pub fn h() { crate::a::f(); } enum K { B } mod m; mod n; pub use n::n;",
        ),
        ("x/d/n.rs", "pub use super::m::O; pub fn n() {}"),
        ("x/d/m.rs", "pub struct O;"),
        ("x/p.rs", "use crate::d::n; struct Q(n::O);"),
        ("x/r.rs", "use crate::d::n; fn s() { n() }"),
    ];
    let read = |path: &str| files.iter().find(|(file, _)| *file == path).map(|(_, code)| *code);
    let tree = Tree::new("x/lib.rs", &read);
    assert_eq!(tree.files().len(), 8);
    let uses = tree.uses();
    let used = |file: &str| uses[file].keys().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(used("x/lib.rs"), [] as [&str; 0]);
    assert_eq!(used("x/a.rs"), ["x/d/mod.rs"]);
    assert_eq!(used("x/a/c.rs"), ["x/d/mod.rs"]);
    assert_eq!(used("x/d/mod.rs"), ["x/a/c.rs"]);
    assert_eq!((used("x/p.rs"), used("x/r.rs")), (vec!["x/d/m.rs"], vec!["x/d/n.rs"]));
}
