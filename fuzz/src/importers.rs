//! What is fuzzed: every importer of the library, into books in memory, under the same assertions. The fuzzer and
//! `tests/corpus.rs` share this file.
//!
//! An input is a row of parts, separated by [`SEPARATOR`]. The first byte of a part is a letter that says what the rest
//! is: a file for one of the target's importers, or a mapping.

#![allow(dead_code)] // The fuzzer uses one part, the test another.

use super::archive;

use std::cell::RefCell;
use std::time::Duration;

use bursar::books::{Books, MemoryStore, WriteContext, Writer};
use bursar::calendar::Date;
use bursar::conference::{Fact, GiftReceived, Issuer, Method, TaxCode, TaxTreatment, Transferred};
use bursar::intake::statement::{StatementTerms, read_statements};
use bursar::intake::{
    Filed, Format, HledgerMapping, IntakeError, Landed, Mapping, Outcome, Processed, ProcessorTerms, Reading,
    ReadingWords, Registered, RegistrationTerms, Sheet, SourceFile, import_aid, import_bills, import_budget,
    import_civicrm, import_claims, import_contracts, import_events, import_funds, import_hledger, import_journal,
    import_open_collective, import_opening, import_orders, import_packages, import_parties, import_processor,
    import_rates, import_registrations, import_sponsorships, import_tickets, suggest_registrations,
};
use bursar::ledger::{PartyKind, Slug, shipped_chart};
use bursar::money::Currency;

/// What stands between the parts of an input.
pub const SEPARATOR: u8 = 0x1e;

/// The repository's fixtures: this file is compiled within two packages.
fn fixtures() -> &'static str {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
    let above = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures");
    if std::path::Path::new(beside).is_dir() { beside } else { above }
}

/// A group of importers that are fuzzed together.
pub struct Target {
    /// Its name; its corpus is the folder of that name.
    pub name: &'static str,
    /// Runs one input.
    pub run: fn(&[u8]),
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "pretix", run: pretix, seeds: pretix_seeds },
    Target { name: "platforms", run: platforms, seeds: platform_seeds },
    Target { name: "ledgers", run: ledgers, seeds: ledger_seeds },
    Target { name: "journals", run: journals, seeds: journal_seeds },
    Target { name: "documents", run: documents, seeds: document_seeds },
    Target { name: "registers", run: registers, seeds: register_seeds },
    Target { name: "statements", run: statements, seeds: statement_seeds },
    Target { name: "workbooks", run: workbooks, seeds: workbook_seeds },
    Target { name: "mappings", run: mappings, seeds: mapping_seeds },
    Target { name: "processors", run: processors, seeds: processor_seeds },
];

type MemoryBooks = Books<MemoryStore>;
type MemoryWriter<'a> = Writer<'a, MemoryStore>;

/// What an import says of itself: how much was in the file, how much of it was new, how much was known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told {
    /// Transactions or documents in the file; none when the importer only counts what is new.
    pub all: Option<usize>,
    /// New ones.
    pub new: usize,
    /// Known ones.
    pub known: usize,
}

impl From<Landed> for Told {
    fn from(landed: Landed) -> Self {
        Self { all: Some(landed.transactions), new: landed.added, known: landed.known }
    }
}

impl From<Filed> for Told {
    fn from(filed: Filed) -> Self {
        Self { all: Some(filed.documents), new: filed.added, known: filed.known }
    }
}

impl From<Registered> for Told {
    fn from(done: Registered) -> Self {
        assert_eq!(done.open_in_files, done.open_in_books, "both sides were added up, and differ");
        let count = |counts: [bursar::intake::Count; 4]| counts.iter().map(|count| count.count).sum();
        Self { all: None, new: count(done.new), known: count(done.known) }
    }
}

impl From<Processed> for Told {
    fn from(done: Processed) -> Self {
        let known = |outcome: &Outcome| matches!(outcome, Outcome::Known | Outcome::There);
        let count = |wanted: bool| {
            done.outcomes.iter().filter(|(outcome, _)| known(outcome) == wanted).map(|(_, count)| count.count).sum()
        };
        Self { all: Some(done.lines.count), new: count(false), known: count(true) }
    }
}

impl From<usize> for Told {
    fn from(new: usize) -> Self {
        Self { all: None, new, known: 0 }
    }
}

/// Who writes in these tests. The seed fixes the salts.
pub fn context() -> WriteContext {
    WriteContext {
        actor: Some("Tess Treasurer".to_owned()),
        now: "2026-03-02T03:04:05Z".parse().expect("a moment"),
        seed: Some(7),
        wait: Duration::ZERO,
        dry_run: false,
        doing: "import".to_owned(),
    }
}

fn slug(text: &str) -> Slug {
    text.parse().expect("a code")
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

const FUNDS: &str = "code,name,restriction\naid,Aid,purpose\ngifts,Gifts,purpose\nreserve,Reserve,board-designated\n";
const EVENTS: &str = "code,name,first_day,last_day,policy,fund\n\
    pyex26,PyEx 2026,2026-05-01,2026-05-03,speakers-free,gifts\n\
    pyex25,PyEx 2025,2025-05-01,2025-05-03,,\n";
const TICKETS: &str = "event,ticket,name,kind,price,until,first,tier,activity,tax\n\
    pyex26,individual,Individual,admission,100.00,,,individual,,\n\
    pyex26,corporate,Corporate,admission,250.00,,,corporate,,\n\
    pyex26,shirt,T-shirt,merchandise,25.00,,,,,\n\
    pyex26,fee,Booking fee,merchandise,2.50,,,,,\n\
    pyex26,tutorial,Tutorial,tutorial,150.00,,,,,vat20\n\
    pyex25,individual,Individual,admission,100.00,,,,,\n";
const PACKAGES: &str = "event,package,name,price,limit,passes,pass,benefits,exchange,halved,tax\n\
    pyex26,silver,Silver,\"4,000.00\",,2,individual,Booth=800.00; Listing=100.00,,yes,\n\
    pyex26,ads,Advertisement,500.00,10,,,,yes,,\n";
const SPONSORSHIPS: &str = "sponsorship,date,event,party,package\nold-1,2025-12-01,pyex26,Example GmbH,silver\n";

/// Books of a conference in the making, with everything that files of every format refer to.
fn begun() -> MemoryBooks {
    let mut books = Books::open(MemoryStore::new()).expect("an empty store");
    let written = books.write(&context(), |writer| -> Result<(), IntakeError> {
        let chart = shipped_chart("us-nonprofit").expect("the usual chart").clone();
        let (name, currency) = ("Example Society".to_owned(), "USD".to_owned());
        let book = bursar::conference::BookOpened { name, currency, fiscal_year_start: 1 };
        writer.begin_books(book, chart)?;
        let text = |name: &str, text: &'static str| SourceFile::from_bytes(name, text.as_bytes());
        import_funds(writer, &text("funds.csv", FUNDS))?;
        import_events(writer, &text("events.csv", EVENTS))?;
        let tax = TaxCode {
            code: slug("vat20"),
            name: "VAT 20 %".to_owned(),
            treatment: TaxTreatment::Taxed,
            rate: "0.2".parse().expect("a rate"),
            inclusive: true,
            recoverable: "1".parse().expect("a share"),
        };
        writer.happen(|_| Ok(Fact::Tax(tax)))?;
        let issuer = Issuer {
            name: "Example Society".to_owned(),
            address: vec!["1 Example Street".to_owned()],
            tax_number: None,
            register: None,
            bank: Vec::new(),
            note: None,
        };
        writer.happen(|_| Ok(Fact::Issuer(issuer)))?;
        let party = writer.add_party("Patron", PartyKind::Organisation, None, None)?;
        let paid = Transferred {
            date: day("2025-11-01"),
            amount: 500_000,
            fee: 0,
            method: Method::Wire,
            account: None,
            foreign: None,
        };
        let gift = GiftReceived { code: slug("patron"), party, fund: slug("aid"), event: None, paid };
        writer.happen(|_| Ok(Fact::Gift(gift)))?;
        import_tickets(writer, &text("tickets.csv", TICKETS))?;
        import_packages(writer, &text("packages.csv", PACKAGES))?;
        import_sponsorships(writer, &text("sponsorships.csv", SPONSORSHIPS))?;
        Ok(())
    });
    written.expect("books that files can be imported into");
    assert_eq!(findings(&books), Vec::<String>::new());
    books
}

fn findings(books: &MemoryBooks) -> Vec<String> {
    let verification = books.verify(None).expect("books in memory");
    verification.findings.iter().map(|finding| format!("{finding:?}")).collect()
}

/// Books as they were begun, and books to work with, which are the same before every input.
pub struct Kitchen {
    begun: MemoryStore,
    work: MemoryBooks,
}

impl Kitchen {
    fn new(work: MemoryBooks) -> RefCell<Self> {
        RefCell::new(Self { begun: work.store().clone(), work })
    }

    fn clean(&mut self) {
        if self.work.store() != &self.begun {
            self.work = Books::open(self.begun.clone()).expect("books in memory");
        }
    }

    /// Imports something, and again: refused, it has changed nothing; accepted, the books prove and the second time adds
    /// nothing.
    fn import<T: Into<Told>>(&mut self, import: impl Fn(&mut MemoryBooks) -> Result<T, IntakeError>) {
        // After a panic that the caller caught, nothing is known of the books.
        self.clean();
        match import(&mut self.work) {
            Err(error) => {
                assert!(!error.to_string().is_empty());
                assert!(self.work.store() == &self.begun, "refused, and yet something was written: {error}");
            }
            Ok(told) => {
                let first = told.into();
                let head = self.work.head().expect("books in memory");
                assert!(first.all.is_none_or(|all| all == first.new + first.known), "not all rows are told: {first:?}");
                assert_eq!(findings(&self.work), Vec::<String>::new(), "books that do not prove");
                let second = import(&mut self.work).map(Into::into);
                let second = second.unwrap_or_else(|error| panic!("accepted, and then refused: {error}"));
                assert_eq!(self.work.head().expect("books in memory"), head, "{first:?}, then {second:?}");
                assert_eq!(second.new, 0, "{first:?}, then {second:?}");
                self.clean();
            }
        }
    }
}

thread_local! {
    static BEGUN: RefCell<Kitchen> = Kitchen::new(begun());
    static SOLD: RefCell<Kitchen> = Kitchen::new(sold(&["transactions"]));
    static PAID: RefCell<Kitchen> = Kitchen::new(sold(&["transactions", "payments"]));
}

/// Imports something into books of a conference in the making, twice.
pub fn imported<T: Into<Told>>(import: impl Fn(&mut MemoryBooks) -> Result<T, IntakeError>) {
    BEGUN.with_borrow_mut(|kitchen| kitchen.import(import));
}

/// The same books after these files of pretix.
fn sold(kinds: &[&str]) -> MemoryBooks {
    let mut books = begun();
    let files: Vec<SourceFile> =
        kinds.iter().map(|kind| file(&fixture(&format!("platforms/pretix-{kind}.csv")))).collect();
    let terms = terms(Mapping::parse(PRETIX_MAPPING).expect("a mapping"), None);
    let done = written(&mut books, |writer| import_registrations(writer, &files, &PRETIX, &terms, &mut |_, _| {}));
    done.expect("the fixtures of pretix");
    books
}

/// One transaction of an import.
fn written<T>(
    books: &mut MemoryBooks,
    import: impl FnOnce(&mut MemoryWriter<'_>) -> Result<T, IntakeError>,
) -> Result<T, IntakeError> {
    books.write(&context(), import)
}

/// The parts of an input: letter and content.
fn parts(data: &[u8]) -> Vec<(u8, &[u8])> {
    data.split(|byte| *byte == SEPARATOR).filter_map(|part| part.split_first()).map(|(l, rest)| (*l, rest)).collect()
}

fn file(bytes: &[u8]) -> SourceFile {
    SourceFile::from_bytes("input", bytes)
}

/// The mapping among the parts, under the letter `m`, or else this one.
fn mapping(parts: &[(u8, &[u8])], usual: &str) -> Option<Mapping> {
    let given = parts.iter().find(|(letter, _)| *letter == b'm').map(|(_, text)| String::from_utf8_lossy(text));
    Mapping::parse(given.as_deref().unwrap_or(usual)).ok()
}

const TICKET_MAPPING: &str = include_str!("../../fixtures/platforms/tickets.toml");
const PRETIX_MAPPING: &str = include_str!("../../fixtures/platforms/pretix.toml");

const PRETIX: [&str; 3] = ["pretix-transactions", "pretix-payments", "pretix-positions"];

fn terms(mapping: Mapping, event: Option<&str>) -> RegistrationTerms {
    RegistrationTerms {
        event: event.map(slug),
        prefix: String::new(),
        as_of: day("2026-02-15"),
        until: None,
        skip: std::collections::HashSet::new(),
        mapping,
        reading: ReadingWords::default(),
    }
}

/// Registrations; what is suggested for them must be a mapping.
fn registered(files: &[SourceFile], keys: &[&str], terms: &RegistrationTerms) {
    imported(|books| {
        // What is open is a question mark, which no mapping takes.
        if let Ok(suggestion) = suggest_registrations(books.setup()?, files, keys, terms)
            && suggestion.open == 0
            && let Err(error) = Mapping::parse(&suggestion.text)
        {
            panic!("a mapping is suggested that cannot be read: {error}\n{}", suggestion.text);
        }
        written(books, |writer| import_registrations(writer, files, keys, terms, &mut |_, _| {}))
    });
}

/// `p`: a file of pretix, up to three; `m`: a mapping.
fn pretix(data: &[u8]) {
    let parts = parts(data);
    let Some(mapping) = mapping(&parts, PRETIX_MAPPING) else { return };
    let files: Vec<SourceFile> = parts.iter().filter(|part| part.0 == b'p').take(3).map(|part| file(part.1)).collect();
    if !files.is_empty() {
        registered(&files, &PRETIX, &terms(mapping, None));
    }
}

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/{path}", fixtures())).unwrap_or_else(|error| panic!("fixtures/{path}: {error}"))
}

/// One input of these parts.
pub fn joined(parts: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut whole = Vec::new();
    for (i, (letter, part)) in parts.iter().enumerate() {
        if i > 0 {
            whole.push(SEPARATOR);
        }
        whole.push(*letter);
        whole.extend(part);
    }
    whole
}

/// Every file of `fixtures/invalid` whose name begins so, as a part under this letter.
fn invalid(letter: u8, beginnings: &[&str]) -> Vec<Vec<u8>> {
    let mut names: Vec<String> = std::fs::read_dir(format!("{}/invalid", fixtures()))
        .expect("the fixtures")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .filter(|name| beginnings.iter().any(|beginning| name.starts_with(beginning)))
        .collect();
    names.sort();
    names.iter().map(|name| joined(&[(letter, fixture(&format!("invalid/{name}")))])).collect()
}

/// Fixtures, a part each, one input each.
fn each(files: &[(u8, &str)]) -> Vec<Vec<u8>> {
    files.iter().map(|(letter, path)| joined(&[(*letter, fixture(path))])).collect()
}

fn pretix_seeds() -> Vec<Vec<u8>> {
    let [transactions, payments, positions] =
        ["transactions", "payments", "positions"].map(|kind| (b'p', fixture(&format!("platforms/pretix-{kind}.csv"))));
    let mapping = (b'm', PRETIX_MAPPING.as_bytes().to_vec());
    let mut seeds = vec![
        joined(&[transactions.clone(), payments.clone()]),
        joined(&[mapping, positions.clone(), payments.clone()]),
        joined(&[transactions]),
        joined(&[payments]),
        joined(&[positions]),
    ];
    seeds.extend(invalid(b'p', &["pretix"]));
    seeds
}

/// `e` Eventbrite, `t` Tito, `h` Hi.Events, `a` alf.io, `i` Indico; `m`: a mapping.
fn platforms(data: &[u8]) {
    let parts = parts(data);
    let Some(mapping) = mapping(&parts, TICKET_MAPPING) else { return };
    let known = [(b'e', "eventbrite"), (b't', "tito"), (b'h', "hi-events"), (b'a', "alfio"), (b'i', "indico")];
    let platform = parts.iter().find_map(|(letter, content)| {
        let (_, key) = known.iter().find(|(known, _)| known == letter)?;
        Some((*key, file(content)))
    });
    if let Some((key, file)) = platform {
        registered(&[file], &[key], &terms(mapping, Some("pyex26")));
    }
}

fn platform_seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (letter, name) in [(b'e', "eventbrite"), (b't', "tito"), (b'h', "hi-events"), (b'a', "alfio"), (b'i', "indico")]
    {
        let content = fixture(&format!("platforms/{name}.csv"));
        seeds.push(joined(&[(letter, content.clone())]));
        seeds.push(joined(&[(b'm', TICKET_MAPPING.as_bytes().to_vec()), (letter, content)]));
        seeds.extend(invalid(letter, &[name]));
    }
    seeds
}

/// `o` Open Collective, `c` CiviCRM, with a mapping `m`; `l` hledger, with a mapping `n`.
fn ledgers(data: &[u8]) {
    let parts = parts(data);
    let Some((letter, content)) = parts.iter().find(|part| b"ocl".contains(&part.0)) else { return };
    let (source, words) = (file(content), ReadingWords::default());
    match letter {
        b'o' => {
            let usual = include_str!("../../fixtures/platforms/open-collective.toml");
            let Some(mapping) = mapping(&parts, usual) else { return };
            imported(|books| {
                written(books, |writer| import_open_collective(writer, &source, Some(slug("pyex26")), &mapping, &words))
            });
        }
        b'c' => {
            let Some(mapping) = mapping(&parts, include_str!("../../fixtures/platforms/civicrm.toml")) else { return };
            imported(|books| {
                written(books, |writer| import_civicrm(writer, &source, None, &mapping, &words)).map(|done| done.landed)
            });
        }
        _ => {
            let text = parts.iter().find(|part| part.0 == b'n').map(|part| String::from_utf8_lossy(part.1));
            let Ok(mapping) = HledgerMapping::parse(text.as_deref().unwrap_or_default()) else { return };
            imported(|books| written(books, |writer| import_hledger(writer, &source, &mapping)));
        }
    }
}

fn ledger_seeds() -> Vec<Vec<u8>> {
    let mut seeds = each(&[
        (b'o', "platforms/open-collective.csv"),
        (b'c', "platforms/civicrm.csv"),
        (b'l', "valid/hledger.csv"),
        (b'l', "valid/hledger-identical.csv"),
    ]);
    let mapped = [(b'n', "valid/hledger-mapped.toml"), (b'l', "valid/hledger-mapped.csv")];
    seeds.push(joined(&mapped.map(|(letter, path)| (letter, fixture(path)))));
    for (letter, name) in [(b'o', "open-collective"), (b'c', "civicrm"), (b'l', "hledger")] {
        seeds.extend(invalid(letter, &[name]));
    }
    seeds
}

/// `j` the books' own CSV; `o` opening balances, `b` with an account that they are balanced to.
fn journals(data: &[u8]) {
    let parts = parts(data);
    let Some((letter, content)) = parts.first() else { return };
    let source = file(content);
    match letter {
        b'j' => imported(|books| written(books, |writer| import_journal(writer, &source))),
        b'o' | b'b' => imported(|books| {
            let to = books.setup()?.account("Net assets:Opening")?.number;
            let to = (*letter == b'b').then_some(to);
            written(books, |writer| import_opening(writer, &source, day("2024-12-31"), to))
        }),
        _ => {}
    }
}

fn journal_seeds() -> Vec<Vec<u8>> {
    let mut seeds = each(&[
        (b'j', "valid/journal.csv"),
        (b'j', "valid/awkward-names.csv"),
        (b'j', "valid/bom-crlf.csv"),
        (b'j', "valid/dinars.csv"),
        (b'j', "valid/yen.csv"),
        (b'j', "valid/new-names.csv"),
        (b'j', "valid/zero-amounts.csv"),
        (b'j', "valid/header-only.csv"),
        (b'o', "valid/opening.csv"),
        (b'b', "valid/opening.csv"),
    ]);
    let beginnings = [
        "account",
        "amounts",
        "bytes",
        "dates",
        "field",
        "foreign",
        "letter",
        "many",
        "middle",
        "missing",
        "not-",
        "nothing",
        "one-",
        "open-quote",
        "reference",
        "renamed",
        "semicolons",
        "twice",
        "unbalanced",
        "unknown",
        "utf16",
        "words",
    ];
    seeds.extend(invalid(b'j', &beginnings));
    seeds.extend(invalid(b'o', &["opening"]));
    seeds
}

/// Files of documents, up to four, one after the other in one transaction: `t` tickets, `p` packages, `s` sponsorships,
/// `o` orders, `c` contracts, `b` bills, `l` claims, `a` aid.
fn documents(data: &[u8]) {
    let parts = parts(data);
    let files: Vec<(u8, SourceFile)> = parts.iter().take(4).map(|part| (part.0, file(part.1))).collect();
    if files.is_empty() {
        return;
    }
    imported(|books| {
        written(books, |writer| {
            let mut all = Filed::default();
            for (letter, file) in &files {
                let filed = match letter {
                    b't' => import_tickets(writer, file)?,
                    b'p' => import_packages(writer, file)?,
                    b's' => import_sponsorships(writer, file)?,
                    b'o' => import_orders(writer, file)?,
                    b'c' => import_contracts(writer, file)?,
                    b'b' => import_bills(writer, file)?,
                    b'l' => import_claims(writer, file)?,
                    b'a' => import_aid(writer, file)?,
                    _ => continue,
                };
                all.documents += filed.documents;
                all.added += filed.added;
                all.known += filed.known;
            }
            Ok(all)
        })
    });
}

fn document_seeds() -> Vec<Vec<u8>> {
    let files = [
        (b't', "valid/tickets.csv"),
        (b'p', "valid/packages.csv"),
        (b's', "valid/sponsorships.csv"),
        (b'o', "valid/orders.csv"),
        (b'c', "valid/contracts.csv"),
        (b'b', "valid/bills.csv"),
        (b'l', "valid/claims.csv"),
        (b'a', "valid/aid.csv"),
    ];
    let mut seeds = each(&files);
    let some = |from: usize, to: usize| -> Vec<u8> {
        let parts: Vec<(u8, Vec<u8>)> = files[from..to].iter().map(|(letter, path)| (*letter, fixture(path))).collect();
        joined(&parts)
    };
    seeds.extend([some(2, 4), some(4, 6), some(0, 4)]);
    // One document each: short inputs, which the fuzzer likes.
    for (letter, path) in files {
        let text = String::from_utf8_lossy(&fixture(path)).into_owned();
        let mut lines = text.lines();
        let header = lines.next().unwrap_or_default();
        seeds.extend(lines.map(|line| joined(&[(letter, format!("{header}\n{line}\n").into_bytes())])));
    }
    for (letter, name) in [(b's', "bad-sponsorships"), (b'o', "bad-orders"), (b'b', "bad-bills"), (b'l', "bad-claims")]
    {
        seeds.extend(invalid(letter, &[name]));
    }
    seeds
}

/// `p` parties, `e` events, `f` funds, `r` rates, `b` budget.
fn registers(data: &[u8]) {
    let parts = parts(data);
    let Some((letter, content)) = parts.first() else { return };
    let source = file(content);
    let import = match letter {
        b'p' => import_parties::<MemoryStore>,
        b'e' => import_events,
        b'f' => import_funds,
        b'r' => import_rates,
        b'b' => import_budget,
        _ => return,
    };
    imported(|books| written(books, |writer| import(writer, &source)));
}

fn register_seeds() -> Vec<Vec<u8>> {
    let mut seeds = each(&[
        (b'p', "valid/parties.csv"),
        (b'p', "demo/parties.csv"),
        (b'e', "valid/events.csv"),
        (b'f', "valid/funds.csv"),
        (b'r', "demo/rates.csv"),
    ]);
    let budget = String::from_utf8_lossy(&fixture("demo/budget.csv")).replace("lakeconf25", "pyex26");
    seeds.push(joined(&[(b'b', budget.into_bytes())]));
    seeds.push(joined(&[(b'e', EVENTS.as_bytes().to_vec())]));
    for (letter, names) in [
        (b'p', ["parties", "parties"]),
        (b'e', ["events", "events"]),
        (b'f', ["funds", "funds-fixed"]),
        (b'r', ["bad-rates", "bad-rates"]),
        (b'b', ["bad-budget", "bad-budget"]),
    ] {
        seeds.extend(invalid(letter, &names));
    }
    seeds
}

/// Statements read twice are the same; what they say adds up within its type.
fn statement(source: &SourceFile, terms: &StatementTerms) {
    let read = read_statements(source, terms);
    match (read, read_statements(source, terms)) {
        (Ok(first), Ok(second)) => {
            assert_eq!(first, second, "read twice, and not the same");
            for statement in &first {
                let _ = (statement.sum(), statement.days());
                for line in &statement.lines {
                    let gross = i128::from(line.amount) + i128::from(line.fee);
                    assert_eq!(i128::from(line.gross()), gross, "an amount that cannot be told exactly: {line:?}");
                }
            }
        }
        (Err(first), Err(second)) => assert_eq!(first.to_string(), second.to_string()),
        (first, second) => panic!("{first:?}, then {second:?}"),
    }
}

fn usd() -> Currency {
    Currency::from_code("USD").expect("a currency")
}

/// `s`: a statement of any format; `m`: a mapping.
fn statements(data: &[u8]) {
    let parts = parts(data);
    let Some(mapping) = mapping(&parts, "") else { return };
    let terms = StatementTerms { mapping, ..StatementTerms::new(usd()) };
    if let Some((_, content)) = parts.iter().find(|part| part.0 == b's') {
        statement(&file(content), &terms);
    }
}

fn statement_seeds() -> Vec<Vec<u8>> {
    let mut names: Vec<String> = std::fs::read_dir(format!("{}/statements", fixtures()))
        .expect("the fixtures")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut seeds: Vec<Vec<u8>> =
        names.iter().map(|name| joined(&[(b's', fixture(&format!("statements/{name}")))])).collect();
    let mapping = b"[file]\nencoding = \"windows-1252\"\ndates = \"dmy\"\ndecimal = \",\"\n".to_vec();
    seeds.push(joined(&[(b'm', mapping), (b's', fixture("statements/giro.csv"))]));
    seeds.extend(invalid(b's', &["statement"]));
    seeds
}

/// A workbook: `z` as it is, `x` and `d` as the XML files of an .xlsx and of an .ods, which are packed here. Blind
/// changes to a packed file would hardly ever pass the checksums.
fn workbooks(data: &[u8]) {
    let Some((letter, content)) = data.split_first() else { return };
    let bytes = match letter {
        b'z' => content.to_vec(),
        b'x' => archive::xlsx(content),
        b'd' => archive::ods(content),
        _ => return,
    };
    let source = file(&bytes);
    if let Ok(sheet) = Sheet::open(&source, &Reading::default()) {
        let named = Reading { sheet: Some("Sheet2".to_owned()), ..Reading::default() };
        let _ = Sheet::open(sheet.file(), &named);
        statement(&source, &StatementTerms::new(usd()));
        let mapping = Mapping::parse(TICKET_MAPPING).expect("a mapping");
        registered(&[source], &["eventbrite"], &terms(mapping, Some("pyex26")));
    }
}

fn workbook_seeds() -> Vec<Vec<u8>> {
    let rows = [
        ["Order #", "Order Date", "Quantity", "Ticket Type", "Attendee #", "Currency", "Total Paid", "Fees Paid"],
        ["9000000001", "2025-11-29 22:28", "1", "Individual", "2000000001", "USD", "100.00", "6.79"],
        ["9000000002", "2025-11-30 22:28", "1", "Corporate", "2000000002", "USD", "250.00", ""],
    ];
    let statement = [["Date", "Description", "Amount", "Balance"], ["2026-01-05", "Ticket sales", "1,200.50", ""]];
    let mut seeds = vec![
        [b"x".as_slice(), &archive::xlsx_seed(&rows.map(|row| row.to_vec()))].concat(),
        [b"x".as_slice(), &archive::xlsx_seed(&statement.map(|row| row.to_vec()))].concat(),
        [b"d".as_slice(), &archive::ods_seed(&rows.map(|row| row.to_vec()))].concat(),
        [b"d".as_slice(), &archive::ods_seed(&statement.map(|row| row.to_vec()))].concat(),
    ];
    let packed: Vec<Vec<u8>> = seeds
        .iter()
        .map(|seed| match seed.split_first() {
            Some((b'x', content)) => [b"z".as_slice(), &archive::xlsx(content)].concat(),
            Some((_, content)) => [b"z".as_slice(), &archive::ods(content)].concat(),
            None => Vec::new(),
        })
        .collect();
    seeds.extend(packed);
    seeds.push([b"z".as_slice(), &fixture("invalid/broken.xlsx")].concat());
    seeds
}

/// `m`: a mapping, for every format and for fixtures; `n`: a mapping for hledger.
fn mappings(data: &[u8]) {
    const KEYS: [&str; 14] = [
        "pretix-transactions",
        "pretix-payments",
        "pretix-positions",
        "eventbrite",
        "tito",
        "hi-events",
        "alfio",
        "indico",
        "stripe",
        "paypal",
        "paypal-older",
        "open-collective",
        "civicrm",
        "bank",
    ];
    const EVENTBRITE: &[u8] = include_bytes!("../../fixtures/platforms/eventbrite.csv");
    const GIRO: &[u8] = include_bytes!("../../fixtures/statements/giro.csv");
    const HLEDGER: &[u8] = include_bytes!("../../fixtures/valid/hledger-mapped.csv");
    let Some((letter, text)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    if *letter == b'n' {
        let Ok(mapping) = HledgerMapping::parse(&text) else { return };
        return imported(|books| written(books, |writer| import_hledger(writer, &file(HLEDGER), &mapping)));
    }
    let Ok(mapping) = Mapping::parse(&text) else { return };
    let _ = mapping.file.read();
    for key in KEYS {
        let _ = Format::named(key).expect("a format").with(&mapping);
    }
    statement(&file(GIRO), &StatementTerms { mapping: mapping.clone(), ..StatementTerms::new(usd()) });
    registered(&[file(EVENTBRITE)], &["eventbrite"], &terms(mapping, Some("pyex26")));
}

fn mapping_seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = each(&[
        (b'm', "platforms/tickets.toml"),
        (b'm', "platforms/pretix.toml"),
        (b'm', "platforms/civicrm.toml"),
        (b'm', "platforms/open-collective.toml"),
        (b'n', "valid/hledger-mapped.toml"),
    ]);
    for (letter, names) in [(b'm', "mapping"), (b'n', "mapping"), (b'm', "format")] {
        seeds.extend(invalid(letter, &[names]));
    }
    seeds
}

/// `s` Stripe, `w` a wallet (PayPal), into books that know the orders; `S` and `W` into books that know their payments as
/// well; `m`: a mapping.
fn processors(data: &[u8]) {
    let parts = parts(data);
    let Some(mapping) = mapping(&parts, "") else { return };
    let Some((letter, content)) = parts.iter().find(|part| b"sSwW".contains(&part.0)) else { return };
    let source = file(content);
    let (key, method, code) = match letter.to_ascii_lowercase() {
        b's' => ("stripe", Method::Card, "1110"),
        _ => ("paypal", Method::Wallet, "1130"),
    };
    let import = |books: &mut MemoryBooks| {
        let setup = books.setup()?;
        let account = |code: &str| setup.account(code).map(|account| account.number);
        let terms = ProcessorTerms {
            account: account(code)?,
            method,
            bank: account("1010")?,
            other: Some(account("4510")?),
            prefix: String::new(),
            statement: StatementTerms { mapping: mapping.clone(), ..StatementTerms::new(usd()) },
        };
        written(books, |writer| import_processor(writer, &source, key, &terms))
    };
    let books = if letter.is_ascii_uppercase() { &PAID } else { &SOLD };
    books.with_borrow_mut(|kitchen| kitchen.import(import));
}

fn processor_seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (letters, files) in [
        (*b"sS", ["platforms/stripe.csv", "statements/stripe.csv", "statements/stripe-payouts.csv"]),
        (*b"wW", ["platforms/paypal.csv", "statements/paypal.csv", "statements/paypal-older.csv"]),
    ] {
        for (letter, path) in letters.iter().flat_map(|letter| files.map(|path| (*letter, path))) {
            let text = String::from_utf8_lossy(&fixture(path)).into_owned();
            seeds.push(joined(&[(letter, text.clone().into_bytes())]));
            // One line each: what is refused in one hides the others.
            let mut lines = text.lines();
            let header = lines.next().unwrap_or_default();
            seeds.extend(lines.map(|line| joined(&[(letter, format!("{header}\n{line}\n").into_bytes())])));
        }
    }
    seeds.extend(invalid(b's', &["statement-stripe"]));
    seeds.extend(invalid(b'w', &["statement-paypal"]));
    seeds
}
