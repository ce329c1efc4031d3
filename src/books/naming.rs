//! Whether a text names a party: by its name or address as they are known, turned about, or joined otherwise.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The ways in which a party is named.
#[derive(Clone, Default, Debug)]
pub(super) struct Naming {
    /// Each plain, with a space at either end.
    ways: Vec<String>,
}

impl Naming {
    /// Of names and addresses that a party has or had.
    pub(super) fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut ways = Vec::new();
        for text in texts {
            let whole = plain(text);
            let words: Vec<&str> = whole.split_whitespace().collect();
            // Turned about, names are found on lists: `Lovelace, Ada`. An address is never turned.
            let turns = if text.contains('@') { 1 } else { words.len() };
            for turn in 0..turns {
                let (after, before) = words.split_at(turn);
                ways.push(format!(" {} ", [before, after].concat().join(" ")));
            }
        }
        ways.sort_unstable();
        ways.dedup();
        Self { ways }
    }

    /// Whether a text has one of them as whole words, whatever the capitals and whatever joins the words.
    pub(super) fn is_in(&self, text: &str) -> bool {
        if self.ways.is_empty() {
            return false;
        }
        let text = plain(text);
        self.ways.iter().any(|way| text.contains(way.as_str()))
    }
}

/// Small letters without their marks and digits, every other run of characters a space; with a space at either end.
/// Marks are left out because some programs write them as characters of their own, and some people not at all.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 2);
    plain.push(' ');
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        if c.is_alphanumeric() {
            plain.extend(c.to_lowercase());
        } else if !plain.ends_with(' ') {
            plain.push(' ');
        }
    }
    if !plain.ends_with(' ') {
        plain.push(' ');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::Naming;

    #[test]
    fn a_name_is_whole_words() {
        for (name, text, expected) in [
            ("bo", "paid by Bo, thanks", true),
            ("Bo", "bo", true),
            ("bo", "claim-bo.pdf", true),
            ("bo", "the board decided", false),
            ("bo", "turbo bob", false),
            ("bo", "board, bo", true),
            ("Ada King Lovelace", "Lovelace, Ada King", true),
            ("Ada King Lovelace", "King Lovelace, Ada", true),
            ("Ada Lovelace", "2026_ada.lovelace-invoice.pdf", true),
            ("Ada Lovelace", "ADA  LOVELACE", true),
            ("Ada Lovelace", "to Ada\nLovelace,\u{a0}Ada\u{a0}Lovelace", true),
            ("Zoë Quixote", "Zoe\u{308}-Quixote.pdf", true),
            ("Zoë Quixote", "paid to zoe quixote", true),
            ("Ada Lovelace", "Ada and Lovelace", false),
            ("Ada Lovelace", "Adalovelace", false),
            ("Ärzte e.V.", "für ärzte e. v. bezahlt", true),
            ("ada@example.org", "mail to <Ada@Example.org>", true),
            ("ada@example.org", "example.org ada", false),
            ("", "anything", false),
            ("…", "anything", false),
        ] {
            assert_eq!(Naming::of([name]).is_in(text), expected, "{name} in {text}");
        }
    }
}
