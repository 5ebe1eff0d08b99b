//! Cuts text into words.

/// Shorter words are not indexed.
const SHORTEST: usize = 2;
/// Longer ones are cut off here, in bytes.
const LONGEST: usize = 40;

/// Calls `each` with every word of `text`: runs of letters and digits, in lower case.
pub fn words(text: &str, each: &mut dyn FnMut(&str)) {
    let mut word = String::with_capacity(LONGEST + 4);
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            push(&mut word, c.to_ascii_lowercase());
        } else if !c.is_ascii() && c.is_alphanumeric() {
            c.to_lowercase().for_each(|lower| push(&mut word, lower));
        } else if !word.is_empty() {
            end(&mut word, each);
        }
    }
    end(&mut word, each);
}

fn push(word: &mut String, c: char) {
    if word.len() < LONGEST {
        word.push(c);
    }
}

fn end(word: &mut String, each: &mut dyn FnMut(&str)) {
    if word.chars().nth(SHORTEST - 1).is_some() {
        each(word);
    }
    word.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut list = Vec::new();
        words(text, &mut |word| list.push(word.to_owned()));
        list
    }

    #[test]
    fn words_are_runs_of_letters_and_digits_in_lower_case() {
        assert_eq!(all("The GNU-GPL, version 3!"), ["the", "gnu", "gpl", "version"]);
        assert_eq!(all("Größe; ΜΈΓΕΘΟΣ x2"), ["größe", "μέγεθοσ", "x2"]);
        assert_eq!(all(" . a b "), [""; 0]);
    }

    #[test]
    fn a_word_without_end_is_cut() {
        assert_eq!(all(&"a".repeat(1_000)), ["a".repeat(40)]);
    }
}
