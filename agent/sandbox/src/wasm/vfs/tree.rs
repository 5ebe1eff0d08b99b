//! `/out`: folders and files in memory, written by the guest, kept as its outputs.

use std::collections::BTreeMap;

use super::fault::Errno;
use super::stat::{Entry, Kind};

/// Most files and folders at one time.
const ENTRIES_MAX: u32 = 4096;

/// A file or folder of the tree. Valid until it has no name and no opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NodeId(usize);

/// The folder `/out` itself.
const ROOT: NodeId = NodeId(0);

/// The tree; paths are relative to `/out` and clean, `""` is `/out`.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    free: Vec<usize>,
    entries: u32,
}

#[derive(Debug)]
struct Node {
    what: What,
    named: bool,
    openings: u32,
}

#[derive(Debug)]
enum What {
    Folder(BTreeMap<String, NodeId>),
    File(Vec<u8>),
}

impl Tree {
    /// An empty `/out`.
    pub(crate) fn new() -> Self {
        let root = Node { what: What::Folder(BTreeMap::new()), named: true, openings: 0 };
        Self { nodes: vec![root], free: Vec::new(), entries: 0 }
    }

    /// Whether one more entry fits.
    pub(crate) fn has_room(&self) -> bool {
        self.entries < ENTRIES_MAX
    }

    /// The node at `path`.
    pub(crate) fn find(&self, path: &str) -> Result<NodeId, Errno> {
        let names = path.split('/').filter(|name| !name.is_empty());
        names
            .into_iter()
            .try_fold(ROOT, |at, name| self.folder(at)?.get(name).copied().ok_or(Errno::NoEntry))
    }

    /// Kind and size in bytes.
    pub(crate) fn look(&self, id: NodeId) -> Result<(Kind, u64), Errno> {
        Ok(match &self.node(id)?.what {
            What::Folder(_) => (Kind::Folder, 0),
            What::File(bytes) => (Kind::File, u64::try_from(bytes.len()).unwrap_or(u64::MAX)),
        })
    }

    /// Entries of the folder at `path`, by name.
    pub(crate) fn list(&self, path: &str) -> Result<Vec<Entry>, Errno> {
        let folder = self.folder(self.find(path)?)?;
        let entry = |(name, id): (&String, &NodeId)| {
            Ok(Entry { name: name.clone(), kind: self.look(*id)?.0 })
        };
        folder.iter().map(entry).collect()
    }

    /// The bytes of a file.
    pub(crate) fn bytes(&self, id: NodeId) -> Result<&[u8], Errno> {
        match &self.node(id)?.what {
            What::File(bytes) => Ok(bytes),
            What::Folder(_) => Err(Errno::IsFolder),
        }
    }

    /// The bytes of a file, to change.
    pub(crate) fn bytes_mut(&mut self, id: NodeId) -> Result<&mut Vec<u8>, Errno> {
        match &mut self.node_mut(id)?.what {
            What::File(bytes) => Ok(bytes),
            What::Folder(_) => Err(Errno::IsFolder),
        }
    }

    /// Makes an empty file.
    pub(crate) fn make_file(&mut self, path: &str) -> Result<NodeId, Errno> {
        self.make(path, What::File(Vec::new()))
    }

    /// Makes an empty folder.
    pub(crate) fn make_folder(&mut self, path: &str) -> Result<(), Errno> {
        self.make(path, What::Folder(BTreeMap::new())).map(drop)
    }

    /// Removes a file's name; returns the bytes that this freed.
    pub(crate) fn remove_file(&mut self, path: &str) -> Result<u64, Errno> {
        let id = self.find(path)?;
        if self.look(id)?.0 == Kind::Folder {
            return Err(Errno::IsFolder);
        }
        self.unname(path)
    }

    /// Removes an empty folder.
    pub(crate) fn remove_folder(&mut self, path: &str) -> Result<(), Errno> {
        let id = self.find(path)?;
        if id == ROOT {
            return Err(Errno::Busy);
        }
        if !self.folder(id)?.is_empty() {
            return Err(Errno::NotEmpty);
        }
        self.unname(path).map(drop)
    }

    /// Renames as `rename(2)` does; returns the bytes that this freed.
    pub(crate) fn rename(&mut self, from: &str, to: &str) -> Result<u64, Errno> {
        let id = self.find(from)?;
        if id == ROOT || to.is_empty() {
            return Err(Errno::Busy);
        }
        if from == to {
            return Ok(0);
        }
        if to.strip_prefix(from).is_some_and(|rest| rest.starts_with('/')) {
            return Err(Errno::Invalid);
        }
        let freed = self.make_way(self.look(id)?.0, to)?;
        let (new_parent, new_name) = self.parent(to)?;
        let (old_parent, old_name) = self.parent(from)?;
        self.folder_mut(old_parent)?.remove(old_name);
        self.folder_mut(new_parent)?.insert(new_name.to_owned(), id);
        Ok(freed)
    }

    /// Notes one more opening of a file.
    pub(crate) fn open(&mut self, id: NodeId) -> Result<(), Errno> {
        let node = self.node_mut(id)?;
        node.openings = node.openings.saturating_add(1);
        Ok(())
    }

    /// Notes one opening less; returns the bytes that this freed.
    pub(crate) fn close(&mut self, id: NodeId) -> u64 {
        if let Ok(node) = self.node_mut(id) {
            node.openings = node.openings.saturating_sub(1);
        }
        self.reap(id)
    }

    /// Every file that has a name, with its path below `/out`.
    pub(crate) fn into_files(mut self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut waiting = vec![(String::new(), ROOT)];
        while let Some((path, id)) = waiting.pop() {
            let Some(node) = self.nodes.get_mut(id.0) else { continue };
            match &mut node.what {
                What::File(bytes) => drop(files.insert(path, std::mem::take(bytes))),
                What::Folder(entries) => {
                    let slash = if path.is_empty() { "" } else { "/" };
                    let below =
                        |(name, id): (&String, &NodeId)| (format!("{path}{slash}{name}"), *id);
                    waiting.extend(entries.iter().map(below));
                }
            }
        }
        files
    }

    // Removes what stands at the target of a rename, if `kind` may replace it.
    fn make_way(&mut self, kind: Kind, to: &str) -> Result<u64, Errno> {
        let there = match self.find(to) {
            Ok(id) => self.look(id)?.0,
            Err(Errno::NoEntry) => return self.parent(to).map(|_| 0),
            Err(other) => return Err(other),
        };
        match (kind, there) {
            (Kind::Folder, Kind::Folder) => self.remove_folder(to).map(|()| 0),
            (Kind::Folder, _) => Err(Errno::NotFolder),
            (_, Kind::Folder) => Err(Errno::IsFolder),
            _ => self.remove_file(to),
        }
    }

    fn make(&mut self, path: &str, what: What) -> Result<NodeId, Errno> {
        let (parent, name) = self.parent(path)?;
        if self.folder(parent)?.contains_key(name) {
            return Err(Errno::Exists);
        }
        let id = self.store(Node { what, named: true, openings: 0 });
        self.folder_mut(parent)?.insert(name.to_owned(), id);
        self.entries = self.entries.saturating_add(1);
        Ok(id)
    }

    fn store(&mut self, node: Node) -> NodeId {
        if let Some(slot) = self.free.pop()
            && let Some(place) = self.nodes.get_mut(slot)
        {
            *place = node;
            return NodeId(slot);
        }
        self.nodes.push(node);
        NodeId(self.nodes.len().saturating_sub(1))
    }

    fn unname(&mut self, path: &str) -> Result<u64, Errno> {
        let (parent, name) = self.parent(path)?;
        let id = self.folder_mut(parent)?.remove(name).ok_or(Errno::NoEntry)?;
        self.entries = self.entries.saturating_sub(1);
        self.node_mut(id)?.named = false;
        Ok(self.reap(id))
    }

    // Frees a node that has neither a name nor an opening.
    fn reap(&mut self, id: NodeId) -> u64 {
        match self.nodes.get_mut(id.0) {
            Some(node) if !node.named && node.openings == 0 => {
                let what = std::mem::replace(&mut node.what, What::File(Vec::new()));
                self.free.push(id.0);
                match what {
                    What::File(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
                    What::Folder(_) => 0,
                }
            }
            _ => 0,
        }
    }

    fn parent<'p>(&self, path: &'p str) -> Result<(NodeId, &'p str), Errno> {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        if name.is_empty() {
            return Err(Errno::Exists); // `/out` itself
        }
        let id = self.find(parent)?;
        self.folder(id)?;
        Ok((id, name))
    }

    fn folder(&self, id: NodeId) -> Result<&BTreeMap<String, NodeId>, Errno> {
        match &self.node(id)?.what {
            What::Folder(entries) => Ok(entries),
            What::File(_) => Err(Errno::NotFolder),
        }
    }

    fn folder_mut(&mut self, id: NodeId) -> Result<&mut BTreeMap<String, NodeId>, Errno> {
        match &mut self.node_mut(id)?.what {
            What::Folder(entries) => Ok(entries),
            What::File(_) => Err(Errno::NotFolder),
        }
    }

    fn node(&self, id: NodeId) -> Result<&Node, Errno> {
        self.nodes.get(id.0).ok_or(Errno::BadDescriptor)
    }

    fn node_mut(&mut self, id: NodeId) -> Result<&mut Node, Errno> {
        self.nodes.get_mut(id.0).ok_or(Errno::BadDescriptor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_file_lives_until_it_is_closed() {
        let mut tree = Tree::new();
        let id = tree.make_file("a").unwrap();
        tree.open(id).unwrap();
        tree.bytes_mut(id).unwrap().extend(b"1234");
        assert_eq!(tree.remove_file("a"), Ok(0));
        assert_eq!(tree.bytes(id), Ok(&b"1234"[..]));
        assert_eq!(tree.close(id), 4);
        assert!(tree.into_files().is_empty());
    }

    #[test]
    fn a_folder_cannot_move_into_itself() {
        let mut tree = Tree::new();
        tree.make_folder("a").unwrap();
        assert_eq!(tree.rename("a", "a/b"), Err(Errno::Invalid));
    }

    #[test]
    fn rename_replaces_a_file_but_no_full_folder() {
        let mut tree = Tree::new();
        tree.make_folder("d").unwrap();
        tree.make_folder("e").unwrap();
        tree.make_file("d/x").unwrap();
        let y = tree.make_file("y").unwrap();
        tree.bytes_mut(y).unwrap().push(1);
        assert_eq!(tree.rename("e", "d"), Err(Errno::NotEmpty));
        assert_eq!(tree.rename("d/x", "y"), Ok(1));
        assert_eq!(tree.rename("y", "d"), Err(Errno::IsFolder));
        assert_eq!(tree.into_files().into_keys().collect::<Vec<_>>(), ["y"]);
    }

    #[test]
    fn only_so_many_entries_fit_and_removing_makes_room() {
        let mut tree = Tree::new();
        for n in 0..ENTRIES_MAX {
            tree.make_file(&n.to_string()).unwrap();
        }
        assert!(!tree.has_room());
        tree.remove_file("7").unwrap();
        assert!(tree.has_room());
    }
}
