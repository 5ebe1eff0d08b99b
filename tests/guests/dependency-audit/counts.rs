//! What is counted of Rust files.

/// What one or many files hold.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub files: u64,
    /// Lines with code; every line of a literal is one.
    pub code: u64,
    /// Lines with a comment and no code.
    pub comment: u64,
    /// Lines of white space, also within comments.
    pub blank: u64,
    /// `unsafe { … }`.
    pub blocks: u64,
    /// `unsafe fn` and `unsafe extern`.
    pub functions: u64,
    /// `unsafe impl`.
    pub impls: u64,
    /// `unsafe trait`, `#[unsafe(…)]` and what macros make of the word.
    pub other: u64,
    /// Files that end within a comment or a literal: not read to the end as Rust.
    pub unfinished: u64,
}

impl Counts {
    /// All `unsafe` keywords.
    pub fn unsafes(&self) -> u64 {
        self.blocks + self.functions + self.impls + self.other
    }

    /// Adds another file's counts.
    pub fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.code += other.code;
        self.comment += other.comment;
        self.blank += other.blank;
        self.blocks += other.blocks;
        self.functions += other.functions;
        self.impls += other.impls;
        self.other += other.other;
        self.unfinished += other.unfinished;
    }
}
