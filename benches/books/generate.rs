//! Transactions of three years of conferences: seeded, dates ascending, three postings on average.

use std::io::{self, Write};

use bursar::calendar::Date;
use bursar::ledger::{AccountType, Function, Slug};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Accounts by their index in a [`Line`].
pub const ACCOUNTS: [(&str, AccountType); 25] = [
    ("Assets:Bank", AccountType::Asset),
    ("Assets:Card processor", AccountType::Asset),
    ("Assets:Sponsors receivable", AccountType::Asset),
    ("Assets:Venue deposits", AccountType::Asset),
    ("Liabilities:Bills payable", AccountType::Liability),
    ("Liabilities:Registrations deferred", AccountType::Liability),
    ("Liabilities:Sponsorships deferred", AccountType::Liability),
    ("Liabilities:Sales tax", AccountType::Liability),
    ("Liabilities:Refunds", AccountType::Liability),
    ("Liabilities:Claims", AccountType::Liability),
    ("Liabilities:Grants", AccountType::Liability),
    ("Equity:Opening", AccountType::NetAssets),
    ("Income:Registrations", AccountType::Revenue),
    ("Income:Sponsorships", AccountType::Revenue),
    ("Income:Donations", AccountType::Revenue),
    ("Income:Workshops", AccountType::Revenue),
    ("Expenses:Card fees", AccountType::Expense),
    ("Expenses:Venue", AccountType::Expense),
    ("Expenses:Catering", AccountType::Expense),
    ("Expenses:Audio and video", AccountType::Expense),
    ("Expenses:Travel", AccountType::Expense),
    ("Expenses:Grants", AccountType::Expense),
    ("Expenses:Printing", AccountType::Expense),
    ("Expenses:Software", AccountType::Expense),
    ("Expenses:Bank fees", AccountType::Expense),
];

const BANK: usize = 0;
const CARDS: usize = 1;
const SPONSORS: usize = 2;
const DEPOSITS: usize = 3;
const BILLS: usize = 4;
const REGISTRATIONS: usize = 5;
const SPONSORSHIPS: usize = 6;
const SALES_TAX: usize = 7;
const CLAIMS: usize = 9;
const DONATIONS: usize = 14;
const WORKSHOPS: usize = 15;
const CARD_FEES: usize = 16;
const FIRST_EXPENSE: usize = 17;
const GRANTS: usize = 21;
const BANK_FEES: usize = 24;

/// Codes of the events, one a year and a smaller one.
pub const EVENTS: [&str; 4] = ["conf23", "conf24", "conf25", "summit"];
const ACTIVITIES: [&str; 4] = ["talks", "tutorials", "sprints", "social"];

/// One posting.
#[derive(Clone, Copy)]
pub struct Line {
    pub account: usize,
    /// Minor units, debit positive.
    pub minor: i64,
    pub event: Option<Slug>,
    pub function: Option<Function>,
    pub activity: Option<Slug>,
    pub tax_code: Option<Slug>,
    pub cash_flow: Option<Slug>,
}

/// One balanced transaction with one payee.
pub struct Transaction {
    pub date: Date,
    pub reference: Option<String>,
    pub description: String,
    /// From 0; a payee's first transaction comes before those of all with higher numbers.
    pub payee: usize,
    pub lines: Vec<Line>,
}

/// A payee's name.
pub fn payee_name(number: usize) -> String {
    const GIVEN: [&str; 12] =
        ["Ada", "Bola", "Chen", "Dana", "Emeka", "Farah", "Goran", "Hana", "Ivo", "Jana", "Kofi", "Lena"];
    const FAMILY: [&str; 11] =
        ["Okafor", "Lindqvist", "Marsh", "Nakamura", "Petrov", "Quispe", "Rossi", "Silva", "Tanaka", "Ueda", "Vargas"];
    format!("{} {} {number}", GIVEN[number % GIVEN.len()], FAMILY[number % FAMILY.len()])
}

/// Makes the same `size` transactions every time, with a quarter as many payees.
pub struct Generator {
    rng: ChaCha8Rng,
    days: Vec<Date>,
    events: [Slug; 4],
    activities: [Slug; 4],
    words: [Slug; 4],
    size: usize,
    next: usize,
}

impl Generator {
    pub fn new(size: usize) -> Self {
        let slug = |text: &str| text.parse().unwrap();
        let first = Date::from_ymd(2023, 1, 1);
        Self {
            rng: ChaCha8Rng::seed_from_u64(2023),
            days: std::iter::successors(first, |day| day.next()).take_while(|day| day.year() < 2026).collect(),
            events: EVENTS.map(slug),
            activities: ACTIVITIES.map(slug),
            words: ["vat20", "registrations", "sponsors", "suppliers"].map(slug),
            size,
            next: 0,
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.rng.next_u64() % bound as u64) as usize
    }

    fn money(&mut self, from: i64, to: i64) -> i64 {
        from + self.below((to - from) as usize) as i64
    }
}

impl Iterator for Generator {
    type Item = Transaction;

    fn next(&mut self) -> Option<Transaction> {
        if self.next == self.size {
            return None;
        }
        let number = self.next;
        self.next += 1;
        let date = self.days[number * self.days.len() / self.size];
        // Three in four come from someone known: often from a recent one.
        let known = number / 4;
        let payee = match number % 4 {
            0 => known,
            1 => known - self.below(known.min(50) + 1),
            _ => self.below(known + 1),
        };
        let event = match self.below(10) {
            0 => self.events[3],
            _ => self.events[(date.year() - 2023) as usize],
        };
        let plain = |account, minor| Line {
            account,
            minor,
            event: Some(event),
            function: None,
            activity: None,
            tax_code: None,
            cash_flow: None,
        };
        let [vat, registrations, sponsors, suppliers] = self.words;
        let cash = |line, minor| Line { cash_flow: Some(line), event: None, ..plain(BANK, minor) };
        let activity = self.activities[self.below(4)];
        let expense = |account, minor| Line {
            function: Some(Function::Program),
            activity: Some(activity),
            ..plain(account, minor)
        };
        let (kind, lines) = match self.below(100) {
            0..70 => {
                let price = self.money(5_000, 90_000);
                let fee = price * 29 / 1_000 + 30;
                let tax = if self.below(4) == 0 { price / 6 } else { 0 };
                let income = if self.below(8) == 0 { WORKSHOPS } else { REGISTRATIONS };
                let mut lines = vec![plain(CARDS, price - fee), plain(CARD_FEES, fee), plain(income, tax - price)];
                if tax > 0 {
                    lines.push(Line { tax_code: Some(vat), ..plain(SALES_TAX, -tax) });
                }
                ("Registration", lines)
            }
            70..74 => {
                let sum = self.money(100_000, 3_000_000);
                ("Payout", vec![cash(registrations, sum), plain(CARDS, -sum)])
            }
            74..77 => {
                let sum = self.money(100_000, 2_500_000);
                let gift = sum / 5;
                let lines = vec![plain(SPONSORS, sum), plain(SPONSORSHIPS, gift - sum), plain(DONATIONS, -gift)];
                ("Sponsorship invoice", lines)
            }
            77..80 => {
                let sum = self.money(100_000, 2_500_000);
                let fee = 1_500;
                let lines = vec![cash(sponsors, sum - fee), plain(BANK_FEES, fee), plain(SPONSORS, -sum)];
                ("Sponsorship payment", lines)
            }
            80..86 => {
                let sum = self.money(5_000, 900_000);
                let account = FIRST_EXPENSE + self.below(7);
                ("Bill", vec![expense(account, sum), plain(BILLS, -sum)])
            }
            86..91 => {
                let sum = self.money(5_000, 900_000);
                ("Bill payment", vec![plain(BILLS, sum), cash(suppliers, -sum)])
            }
            91 => {
                let sum = self.money(500_000, 2_000_000);
                ("Venue deposit", vec![plain(DEPOSITS, sum), cash(suppliers, -sum)])
            }
            92..95 => {
                let sum = self.money(5_000, 90_000);
                ("Refund", vec![plain(REGISTRATIONS, sum), plain(CARDS, -sum)])
            }
            95..97 => {
                let sum = self.money(20_000, 120_000);
                ("Travel grant", vec![expense(GRANTS, sum), cash(suppliers, -sum)])
            }
            97 => {
                let sum = self.money(2_000, 40_000);
                ("Expense claim", vec![expense(FIRST_EXPENSE + 3, sum), plain(CLAIMS, -sum)])
            }
            _ => {
                let sum = self.money(500, 50_000);
                let fee = sum * 29 / 1_000 + 30;
                ("Donation", vec![plain(CARDS, sum - fee), plain(CARD_FEES, fee), plain(DONATIONS, -sum)])
            }
        };
        // Bank lines come without the source's reference.
        let reference = (lines[0].account != BANK).then(|| format!("{event}-{number:08}"));
        Some(Transaction { date, reference, description: format!("{kind}, no. {number}"), payee, lines })
    }
}

/// Writes transactions as `hledger print -O csv` does.
pub fn write_csv(size: usize, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "\"txnidx\",\"date\",\"date2\",\"status\",\"code\",\"description\",\"comment\",\"account\",\"amount\",\
         \"commodity\",\"credit\",\"debit\",\"posting-status\",\"posting-comment\""
    )?;
    for (index, transaction) in (1..).zip(Generator::new(size)) {
        let Transaction { date, reference, description, payee, lines } = transaction;
        let (code, payee) = (reference.unwrap_or_default(), payee_name(payee));
        for line in lines {
            let (name, minor) = (ACCOUNTS[line.account].0, line.minor);
            let plain = format!("{}.{:02}", minor.abs() / 100, minor.abs() % 100);
            let sign = if minor < 0 { "-" } else { "" };
            let (credit, debit) = if minor < 0 { (plain.as_str(), "") } else { ("", plain.as_str()) };
            writeln!(
                out,
                "\"{index}\",\"{date}\",\"\",\"*\",\"{code}\",\"{payee} | {description}\",\"\",\"{name}\",\
                 \"{sign}{plain}\",\"USD\",\"{credit}\",\"{debit}\",\"\",\"\""
            )?;
        }
    }
    out.flush()
}
