//! Formats of files that other tools write: which columns they have, what their words mean. Each is a TOML file of
//! `schema/formats`; a mapping file of the user's adds to it or replaces parts of it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::reading::ReadingWords;
use super::sheet::{Header, Sheet, Wanted};
use super::{IntakeError, Reading, SourceFile};
use crate::conference::{Method, Payer, Role};
use crate::ledger::{Slug, nearest};

/// The formats that are known, by key.
const FORMATS: [(&str, &str); 14] = [
    ("pretix-transactions", include_str!("../../schema/formats/pretix-transactions.toml")),
    ("pretix-payments", include_str!("../../schema/formats/pretix-payments.toml")),
    ("pretix-positions", include_str!("../../schema/formats/pretix-positions.toml")),
    ("eventbrite", include_str!("../../schema/formats/eventbrite.toml")),
    ("tito", include_str!("../../schema/formats/tito.toml")),
    ("hi-events", include_str!("../../schema/formats/hi-events.toml")),
    ("alfio", include_str!("../../schema/formats/alfio.toml")),
    ("indico", include_str!("../../schema/formats/indico.toml")),
    ("stripe", include_str!("../../schema/formats/stripe.toml")),
    ("paypal", include_str!("../../schema/formats/paypal.toml")),
    ("paypal-older", include_str!("../../schema/formats/paypal-older.toml")),
    ("open-collective", include_str!("../../schema/formats/open-collective.toml")),
    ("civicrm", include_str!("../../schema/formats/civicrm.toml")),
    ("bank", include_str!("../../schema/formats/bank.toml")),
];

/// One name or several.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Many(Vec<String>),
}

impl Names {
    fn list(&self) -> Vec<String> {
        match self {
            Self::One(name) => vec![name.clone()],
            Self::Many(names) => names.clone(),
        }
    }
}

/// What a product of the file is in the books.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProductTerms {
    /// The ticket, by its code.
    pub ticket: Option<Slug>,
    /// It is a gift.
    pub donation: bool,
    /// The fund of a gift or of ticket aid.
    pub fund: Option<Slug>,
    /// What the attendee is.
    pub role: Option<Role>,
    /// Who pays.
    pub payer: Option<Payer>,
    /// The sponsorship whose pass is used.
    pub sponsorship: Option<Slug>,
    /// Who approved that nobody pays.
    pub approved_by: Option<String>,
    /// Its rows are left out, and counted.
    pub skip: bool,
}

/// What a way of paying is in the books.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(untagged)]
pub enum MethodTerms {
    /// A method, with its usual account.
    Method(Method),
    /// A method with another account.
    Through {
        /// The method.
        method: Method,
        /// The account, by name or code.
        account: String,
    },
}

/// A mapping file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// How the file is written.
    pub file: ReadingWords,
    columns: BTreeMap<String, Names>,
    /// What words of the file mean, by column.
    words: BTreeMap<String, BTreeMap<String, String>>,
    /// Products of the file.
    pub products: BTreeMap<String, ProductTerms>,
    /// What codes that were redeemed say beyond the product; a `*` at the end stands for anything.
    pub vouchers: BTreeMap<String, ProductTerms>,
    /// Events of the file, by their codes in the books.
    pub events: BTreeMap<String, Slug>,
    /// Ways of paying.
    pub methods: BTreeMap<String, MethodTerms>,
    /// Accounts of the file, by name or code in the books.
    pub accounts: BTreeMap<String, String>,
}

impl Mapping {
    /// Reads a mapping file's text.
    ///
    /// # Errors
    /// The parser's message, with line and column.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// The account of the books, by name or code, of what the file calls so, or of what begins so (`Shop *`).
    #[must_use]
    pub fn account(&self, name: &str) -> Option<&str> {
        named(&self.accounts, name).map(String::as_str)
    }

    /// What a code that was redeemed says, or one that begins so.
    #[must_use]
    pub fn voucher(&self, code: &str) -> Option<&ProductTerms> {
        named(&self.vouchers, code)
    }
}

/// What a mapping has under a name, whatever its capitals, or else under the beginning of it (`Shop *`).
fn named<'m, T>(map: &'m BTreeMap<String, T>, name: &str) -> Option<&'m T> {
    let name = name.trim().to_lowercase();
    let exact = map.iter().find(|(known, _)| known.to_lowercase() == name);
    let begins = |known: &str| known.strip_suffix('*').is_some_and(|start| name.starts_with(&start.to_lowercase()));
    exact.or_else(|| map.iter().find(|(known, _)| begins(known))).map(|(_, value)| value)
}

/// A format as its file tells it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    title: String,
    command: String,
    #[serde(default)]
    file: ReadingWords,
    /// Columns that every file has: by them it is recognised.
    columns: BTreeMap<String, Names>,
    /// Columns that it may lack.
    #[serde(default)]
    optional: BTreeMap<String, Names>,
    #[serde(default)]
    words: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    methods: BTreeMap<String, MethodTerms>,
    #[serde(default)]
    accounts: BTreeMap<String, String>,
}

/// A format, with what the user's mapping changes of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Format {
    /// Its key: `pretix-payments`.
    pub key: &'static str,
    /// What it is, for people.
    pub title: String,
    /// What `bursar import` calls it.
    pub command: String,
    /// How it is written, as far as is known.
    pub file: ReadingWords,
    columns: BTreeMap<String, (Vec<String>, bool)>,
    words: BTreeMap<String, BTreeMap<String, String>>,
    methods: BTreeMap<String, MethodTerms>,
    accounts: BTreeMap<String, String>,
}

impl Format {
    /// The format with this key.
    ///
    /// # Errors
    /// [`IntakeError::UnknownFormat`] for a key that does not exist (or a format file that cannot be read, which a test
    /// rules out).
    pub fn named(key: &str) -> Result<Self, IntakeError> {
        static READ: [OnceLock<Result<Format, String>>; FORMATS.len()] = [const { OnceLock::new() }; FORMATS.len()];
        let unknown = |found: String| IntakeError::UnknownFormat { file: key.to_owned(), found };
        let place = FORMATS.iter().position(|(known, _)| *known == key).ok_or_else(|| unknown(key.to_owned()))?;
        let (key, text) = FORMATS[place];
        READ[place].get_or_init(|| Self::read(key, text)).clone().map_err(unknown)
    }

    fn read(key: &'static str, text: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|error| error.to_string())?;
        let column =
            |optional: bool| move |(meaning, names): (&String, &Names)| (meaning.clone(), (names.list(), optional));
        let mut columns: BTreeMap<_, _> = written.columns.iter().map(column(false)).collect();
        columns.extend(written.optional.iter().map(column(true)));
        let lower = |words: BTreeMap<String, String>| words.into_iter().map(|(k, v)| (k.to_lowercase(), v)).collect();
        Ok(Self {
            key,
            title: written.title,
            command: written.command,
            file: written.file,
            columns,
            words: written.words.into_iter().map(|(column, words)| (column, lower(words))).collect(),
            methods: written.methods,
            accounts: lower(written.accounts),
        })
    }

    /// The format as a user's mapping changes it.
    ///
    /// # Errors
    /// What names a column that the format has no use for.
    pub fn with(mut self, mapping: &Mapping) -> Result<Self, String> {
        for (meaning, names) in &mapping.columns {
            let Some(column) = self.columns.get_mut(meaning) else {
                let near = nearest(meaning, self.columns.keys().map(String::as_str));
                let near = near.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
                return Err(format!("{} has no column `{meaning}`{near}", self.title));
            };
            column.0 = names.list();
        }
        for (column, words) in &mapping.words {
            let known = self.words.entry(column.clone()).or_default();
            known.extend(words.iter().map(|(word, meaning)| (word.to_lowercase(), meaning.clone())));
        }
        self.methods.extend(mapping.methods.clone());
        self.accounts.extend(mapping.accounts.iter().map(|(name, account)| (name.to_lowercase(), account.clone())));
        self.file = mapping.file.clone().or(&self.file);
        Ok(self)
    }

    /// Columns with these meanings, as they are looked for in a file.
    #[must_use]
    pub fn wanted(&self, meanings: &[&str]) -> Vec<Wanted> {
        let column = |meaning: &&str| {
            let (names, optional) = self.columns.get(*meaning).cloned().unwrap_or_else(|| (Vec::new(), true));
            Wanted { meaning: (*meaning).to_owned(), names, optional }
        };
        meanings.iter().map(column).collect()
    }

    /// Whether the format's files have a column with this meaning.
    #[must_use]
    pub fn has(&self, meaning: &str) -> bool {
        self.columns.contains_key(meaning)
    }

    /// What a word in a column means; none when nobody has said.
    #[must_use]
    pub fn word(&self, column: &str, word: &str) -> Option<&str> {
        self.words.get(column)?.get(&word.trim().to_lowercase()).map(String::as_str)
    }

    /// Words of a column whose meaning is known.
    pub fn words(&self, column: &str) -> impl Iterator<Item = &str> {
        self.words.get(column).into_iter().flat_map(|words| words.keys().map(String::as_str))
    }

    /// What a way of paying is, by its name in the file, or by the beginning of it.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<&MethodTerms> {
        named(&self.methods, name)
    }

    /// The account of the books, by name or code, of what the file calls so, or of what begins so.
    #[must_use]
    pub fn account(&self, name: &str) -> Option<&str> {
        named(&self.accounts, name).map(String::as_str)
    }

    /// Every column that its files must have.
    fn signature(&self) -> Vec<Wanted> {
        let required = self.columns.iter().filter(|(_, (_, optional))| !optional);
        required
            .map(|(meaning, (names, _))| Wanted { meaning: meaning.clone(), names: names.clone(), optional: false })
            .collect()
    }

    /// Finds the format's header in a file, with columns of these meanings.
    ///
    /// # Errors
    /// [`IntakeError::OtherFormat`] when the file is of a known other format, else [`IntakeError::Columns`].
    pub fn header(&self, sheet: &Sheet, meanings: &[&str]) -> Result<Header, IntakeError> {
        sheet.header(&self.wanted(meanings)).map_err(|error| match (&error, recognised(sheet)) {
            (IntakeError::Columns { file, .. }, Some(other)) if other.key != self.key => IntakeError::OtherFormat {
                file: file.clone(),
                found: other.title,
                expected: self.title.clone(),
                command: other.command,
            },
            _ => error,
        })
    }
}

/// The format of a file, by its columns: of those whose columns it has, the one that asks for most.
#[must_use]
pub fn recognised(sheet: &Sheet) -> Option<Format> {
    let known = FORMATS.iter().filter_map(|(key, _)| Format::named(key).ok());
    // Most lack columns, which is soon told; what a header says of them is not needed here.
    let has_all = |signature: &[Wanted]| sheet.missing(signature).is_ok_and(|lacks| lacks == 0);
    let fits = known.filter(|format| {
        let signature = format.signature();
        format.key != "bank" && has_all(&signature) && sheet.header(&signature).is_ok()
    });
    fits.max_by_key(|format| format.signature().len())
}

/// Opens a file of one of some formats, and says which it is; a mapping may rename the columns of any of them.
///
/// # Errors
/// [`IntakeError`]: the file cannot be read, or is of none of them.
pub fn open(
    file: &SourceFile,
    keys: &[&str],
    mapping: &Mapping,
    said: &ReadingWords,
) -> Result<(Sheet, Format, Reading), IntakeError> {
    let problem = |message: String| IntakeError::Dress { file: file.name(), problem: message };
    let mut fits: Option<(Sheet, Format, Reading, usize)> = None;
    // Of formats that a file could be, the one whose columns it has most of tells what is missing.
    let mut refused: Option<(usize, IntakeError)> = None;
    for key in keys {
        let named = Format::named(key)?;
        let format = match named.with(mapping) {
            Ok(format) => format,
            // With several formats at hand, a mapping is for one of them.
            Err(message) if keys.len() > 1 => {
                if refused.is_none() {
                    refused = Some((usize::MAX, problem(message)));
                }
                continue;
            }
            Err(message) => return Err(problem(message)),
        };
        let reading = said.clone().or(&format.file).read().map_err(problem)?;
        let sheet = Sheet::open(file, &reading)?;
        let signature = format.signature();
        match sheet.header(&signature) {
            Ok(_) if fits.as_ref().is_none_or(|(_, _, _, most)| signature.len() > *most) => {
                fits = Some((sheet, format, reading, signature.len()));
            }
            Ok(_) => {}
            Err(error) => {
                let other = recognised(&sheet).filter(|other| !keys.contains(&other.key));
                let (distance, error) = match other {
                    Some(other) => {
                        let (file, found, expected, command) = (file.name(), other.title, format.title, other.command);
                        (0, IntakeError::OtherFormat { file, found, expected, command })
                    }
                    None => (sheet.missing(&signature)?, error),
                };
                if refused.as_ref().is_none_or(|(nearest, _)| distance < *nearest) {
                    refused = Some((distance, error));
                }
            }
        }
    }
    match (fits, refused) {
        (Some((sheet, format, reading, _)), _) => Ok((sheet, format, reading)),
        (None, Some((_, error))) => Err(error),
        (None, None) => Err(IntakeError::NoHeader { file: file.name() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_reads_and_names_its_command() {
        for (key, text) in FORMATS {
            if let Err(error) = toml::from_str::<Written>(text) {
                panic!("{key}: {error}");
            }
            assert!(Format::named(key).is_ok_and(|format| key.starts_with(format.command.as_str())), "{key}");
        }
    }

    /// A mapping that names a column would otherwise do nothing.
    #[test]
    fn every_column_that_may_be_there_is_read() {
        for (key, _) in FORMATS {
            let read: &[&str] = match key {
                "open-collective" => &crate::intake::open_collective::MEANINGS,
                "civicrm" => &crate::intake::civicrm::MEANINGS,
                "stripe" | "paypal" | "paypal-older" | "bank" => crate::intake::statement::meanings(key),
                _ => &crate::intake::registration::MEANINGS,
            };
            let Ok(format) = Format::named(key) else { panic!("{key}") };
            let unread =
                format.columns.iter().filter(|(meaning, (_, optional))| *optional && !read.contains(&meaning.as_str()));
            assert_eq!(unread.map(|(meaning, _)| meaning).collect::<Vec<_>>(), [""; 0], "{key}");
        }
    }

    #[test]
    fn a_mapping_names_known_columns_only() {
        let mapping = Mapping::parse("[columns]\nordr = \"Bestellung\"").unwrap_or_default();
        let format = Format::named("pretix-payments").and_then(|format| {
            format.with(&mapping).map_err(|problem| IntakeError::Dress { file: String::new(), problem })
        });
        assert!(format.is_err_and(|error| error.to_string().contains("did you mean `order`")));
    }
}
