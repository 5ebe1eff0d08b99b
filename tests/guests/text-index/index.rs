//! Which word stands where, how often, and how well it fits.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use crate::json::Json;
use crate::score::{Collection, ONE};
use crate::words::words;

/// One file of the collection.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    pub path: String,
    pub words: u64,
}

/// The inverted index. Files are numbered in the order they came.
#[derive(Debug, Default)]
pub struct Index {
    files: Vec<Entry>,
    /// Words of all files together.
    words: u64,
    /// Word to the files that hold it, as (file, count), files ascending.
    terms: HashMap<Box<str>, Vec<(u32, u32)>, BuildHasherDefault<Fnv>>,
}

/// FNV-1a: no secret is needed, since the fuel bounds what chosen collisions can cost.
#[derive(Debug)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl Index {
    /// Takes a file in.
    pub fn add(&mut self, path: &str, text: &str) {
        let file = self.files.len() as u32;
        let mut total = 0;
        let terms = &mut self.terms;
        words(text, &mut |word| {
            total += 1;
            let holders = match terms.get_mut(word) {
                Some(holders) => holders,
                None => terms.entry(word.into()).or_default(),
            };
            match holders.last_mut() {
                Some((last, count)) if *last == file => *count += 1,
                _ => holders.push((file, 1)),
            }
        });
        self.words += total;
        self.files.push(Entry { path: path.to_owned(), words: total });
    }

    pub fn files(&self) -> usize {
        self.files.len()
    }

    fn collection(&self) -> Collection {
        Collection { files: self.files.len() as u64, words: self.words }
    }

    /// File, count and score for each file that holds `word`.
    fn postings(&self, word: &str) -> Vec<(u32, u32, u64)> {
        let all = self.collection();
        let holders = self.terms.get(word).map_or(&[][..], Vec::as_slice);
        let rarity = all.rarity(holders.len() as u64);
        let score = |(file, count): &(u32, u32)| {
            let words = self.files[*file as usize].words;
            (*file, *count, all.score(rarity, u64::from(*count), words))
        };
        holders.iter().map(score).collect()
    }

    /// The paths that fit the query best, the best first, with their scores.
    pub fn ask(&self, query: &str) -> Vec<(&str, u64)> {
        let mut scores: BTreeMap<u32, u64> = BTreeMap::new();
        words(query, &mut |word| {
            for (file, _, score) in self.postings(word) {
                *scores.entry(file).or_default() += score;
            }
        });
        let mut list: Vec<_> = scores.into_iter().map(|(file, score)| (&*self.files[file as usize].path, score)).collect();
        list.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        list
    }

    /// The whole index, sorted by words.
    pub fn json(&self, left_out: &[(String, &str)]) -> String {
        let mut terms: Vec<&str> = self.terms.keys().map(|term| &**term).collect();
        terms.sort_unstable();
        let mut json = Json::default();
        json.object(|json| {
            json.key("schema").string("arch.text-index/v1");
            json.key("scoreOne").number(ONE);
            json.key("files").list(&self.files, |json, file| {
                json.object(|json| {
                    json.key("path").string(&file.path);
                    json.key("words").number(file.words);
                });
            });
            json.key("leftOut").list(left_out, |json, (path, why)| json.string(&format!("{path}: {why}")));
            json.key("terms").object(|json| {
                for term in terms {
                    let postings = self.postings(term);
                    let text: Vec<String> = postings.iter().map(|(f, c, s)| format!("[{f},{c},{s}]")).collect();
                    json.key(term).ready(&format!("[{}]", text.join(",")));
                }
            });
        });
        json.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        let mut index = Index::default();
        index.add("a.txt", "the cat and the dog");
        index.add("b.txt", "the dog");
        index.add("c.txt", "the bird, the bird, the bird");
        index
    }

    #[test]
    fn rare_words_weigh_more_than_common_ones() {
        let index = index();
        assert_eq!(index.ask("cat").iter().map(|hit| hit.0).collect::<Vec<_>>(), ["a.txt"]);
        assert_eq!(index.ask("the dog")[0].0, "b.txt");
        assert_eq!(index.ask("the bird")[0].0, "c.txt");
        assert_eq!(index.ask("unheard of"), []);
    }

    #[test]
    fn the_index_is_sorted_and_counts() {
        let json = index().json(&[("d.bin".to_owned(), "no text")]);
        assert!(json.find("\"and\"").unwrap() < json.find("\"bird\"").unwrap());
        assert!(json.contains("\"bird\": [[2,3,"));
        assert!(json.contains("\"d.bin: no text\""));
    }
}
