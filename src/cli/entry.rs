use std::str::FromStr;

use bursar::books::{Setup, Store, Writer};
use bursar::calendar::Date;
use bursar::conference::Fact;
use bursar::ledger::{Coordinate, Draft, EntryNo, Function, Original, PartyNo, Posting, Slug, parse_rate};
use bursar::money::{Currency, DecimalMark, Money};
use bursar::report::{Statement, entry_sheet, journal};
use clap::{Args, Subcommand};

use super::context::Context;
use super::period::Period;
use super::refusal::Refusal;

/// Entries by hand, and reversals
#[derive(Debug, Subcommand)]
pub(super) enum Entry {
    /// Record an entry
    #[command(after_help = "\
Each --debit and --credit is ACCOUNT=AMOUNT, then options after semicolons:
event, fund, function, activity, tax, cash-flow, party, memo, original (such as
EUR 100.00) and rate. Their values hold no semicolon.

Examples:
  bursar entry add --date 2026-03-02 --party \"Harbour Hall\" --event pyex26 \\
      --description \"Deposit\" --debit \"Assets:Prepaid expenses=6,500.00\" \\
      --credit \"Assets:Cash:Checking=6,500.00\"
  bursar entry add --date 2026-03-02 \\
      --debit \"5310=250.00;fund=aid\" --credit \"1010=250.00;fund=aid\"")]
    Add(Box<Add>),
    /// The entries of a period
    #[command(after_help = "Example:\n  bursar entry list --period 2026-03")]
    List(Period),
    /// Everything about one entry
    #[command(after_help = "Example:\n  bursar entry show 12")]
    Show {
        /// Number
        number: i64,
    },
    /// Undo an entry by its mirror image, once, with a reason
    #[command(after_help = "Example:\n  bursar entry reverse 12 --reason \"entered twice\" --date 2026-03-05")]
    Reverse(Reverse),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Booking date
    #[arg(long)]
    date: Date,
    /// Debit: ACCOUNT=AMOUNT[;key=value…]; may be repeated
    #[arg(long, value_name = "ACCOUNT=AMOUNT")]
    debit: Vec<Side>,
    /// Credit, likewise
    #[arg(long, value_name = "ACCOUNT=AMOUNT")]
    credit: Vec<Side>,
    /// What it is about
    #[arg(long)]
    description: Option<String>,
    /// The source's own number; unique in the books
    #[arg(long)]
    reference: Option<String>,
    /// Who it is from or for, by name or number, unless a posting says otherwise
    #[arg(long)]
    party: Option<String>,
    /// Event of all postings that name none
    #[arg(long)]
    event: Option<String>,
    /// Fund of all postings that name none
    #[arg(long)]
    fund: Option<String>,
    /// Function of all expense postings that name none
    #[arg(long)]
    function: Option<Function>,
    /// Activity of all postings that name none
    #[arg(long)]
    activity: Option<Slug>,
}

#[derive(Debug, Args)]
pub(super) struct Reverse {
    /// Number
    number: i64,
    /// Why
    #[arg(long)]
    reason: String,
    /// Booking date of the reversal [default: today]
    #[arg(long)]
    date: Option<Date>,
}

/// One side as it is typed. Names are looked up later, when the books are open.
#[derive(Clone, Debug, Default)]
pub(super) struct Side {
    account: String,
    amount: String,
    event: Option<String>,
    fund: Option<String>,
    function: Option<Function>,
    activity: Option<Slug>,
    tax: Option<Slug>,
    cash_flow: Option<Slug>,
    party: Option<String>,
    memo: Option<String>,
    original: Option<String>,
    rate: Option<String>,
}

impl FromStr for Side {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(';');
        let first = parts.next().unwrap_or_default();
        let (account, amount) =
            first.rsplit_once('=').ok_or_else(|| format!("expected ACCOUNT=AMOUNT, found `{first}`"))?;
        let mut side = Self { account: account.trim().to_owned(), amount: amount.trim().to_owned(), ..Self::default() };
        for part in parts {
            let (key, value) =
                part.split_once('=').ok_or_else(|| format!("expected key=value after `;`, found `{part}`"))?;
            let value = value.trim();
            let own = || Some(value.to_owned());
            match key.trim() {
                "event" => side.event = own(),
                "fund" => side.fund = own(),
                "function" => side.function = Some(value.parse().map_err(|e| format!("{e}"))?),
                "activity" => side.activity = Some(value.parse().map_err(|e| format!("{e}"))?),
                "tax" => side.tax = Some(value.parse().map_err(|e| format!("{e}"))?),
                "cash-flow" => side.cash_flow = Some(value.parse().map_err(|e| format!("{e}"))?),
                "party" => side.party = own(),
                "memo" => side.memo = own(),
                "original" => side.original = own(),
                "rate" => side.rate = own(),
                other => {
                    let known = "event, fund, function, activity, tax, cash-flow, party, memo, original, rate";
                    return Err(format!("there is no option `{other}` of a posting; there are {known}"));
                }
            }
        }
        Ok(side)
    }
}

pub(super) fn run(context: &Context, args: &Entry) -> Result<(), Refusal> {
    match args {
        Entry::List(period) => {
            context.print(&context.read(|books| Ok(journal(books, &period.request(books.setup()?)?)?))?)
        }
        Entry::Show { number } => context.print(&context.read(|books| {
            let entry = books.entry(EntryNo(*number))?;
            Ok(entry_sheet(books, &entry)?)
        })?),
        Entry::Add(add) => {
            let (sheet, known) = context.write("entry add", |writer| record(writer, add))?;
            if known {
                let number = sheet.title.clone();
                return context.say(&format!("There already: {number} has this reference and this content."));
            }
            context.print_written(sheet)
        }
        Entry::Reverse(reverse) => {
            let date = reverse.date.or_else(|| context.today());
            let date = date.ok_or_else(|| Refusal::Usage("give the date with --date".to_owned()))?;
            let sheet = context.write("entry reverse", |writer| {
                let number = writer.reverse(EntryNo(reverse.number), date, &reverse.reason)?;
                let entry = writer.books().entry(number)?;
                Ok(entry_sheet(writer.books(), &entry)?)
            })?;
            context.print_written(sheet)
        }
    }
}

/// Records the entry; the flag says that it was there already.
fn record<S: Store>(writer: &mut Writer<'_, S>, add: &Add) -> Result<(Statement, bool), Refusal> {
    let entry = draft(writer, add)?.balance()?;
    let known = writer.known(&entry)?;
    let number = match known {
        Some(number) => number,
        None => {
            let fact = writer.record(|_| Ok(Fact::Voucher {}))?;
            writer.post(fact, &entry)?.number()
        }
    };
    let kept = writer.books().entry(number)?;
    Ok((entry_sheet(writer.books(), &kept)?, known.is_some()))
}

fn draft<S: Store>(writer: &Writer<'_, S>, add: &Add) -> Result<Draft, Refusal> {
    let setup = writer.setup()?;
    let find = |name: &Option<String>| -> Result<Option<PartyNo>, Refusal> {
        Ok(name.as_deref().map(|name| writer.books().find_party(name)).transpose()?)
    };
    let party = find(&add.party)?;
    let mut postings = Vec::with_capacity(add.debit.len() + add.credit.len());
    for (side, credit) in add.debit.iter().map(|s| (s, false)).chain(add.credit.iter().map(|s| (s, true))) {
        let own = find(&side.party)?;
        postings.push(posting(setup, add, side, credit, own.or(party))?);
    }
    let text = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    Ok(Draft { date: add.date, reference: text(&add.reference), description: text(&add.description), postings })
}

fn posting(setup: &Setup, add: &Add, side: &Side, credit: bool, party: Option<PartyNo>) -> Result<Posting, Refusal> {
    let account = setup.account(&side.account)?;
    let turn = |money: Money| if credit { money.negated() } else { money };
    let amount = turn(Money::parse(&side.amount, setup.currency(), DecimalMark::Point)?);
    let event = side.event.as_ref().or(add.event.as_ref());
    let event = event.map(|code| setup.event(code)).transpose()?.map(|event| event.code);
    let fund = setup.fund(side.fund.as_deref().or(add.fund.as_deref()).unwrap_or_default())?.code;
    let expense = account.kind == bursar::ledger::AccountType::Expense;
    let function = account.function_for(side.function.or(add.function.filter(|_| expense)));
    let original = match (&side.original, &side.rate) {
        (None, None) => None,
        (Some(original), Some(rate)) => {
            let (code, amount) = original.split_once(' ').ok_or_else(|| {
                Refusal::Usage(format!("`{original}` is not a foreign amount: expected such as EUR 100.00"))
            })?;
            let amount = turn(Money::parse(amount, Currency::from_code(code)?, DecimalMark::Point)?);
            let rate = parse_rate(rate)?;
            Some(Original { amount, rate })
        }
        _ => return Err(Refusal::Usage("original and rate go together".to_owned())),
    };
    Ok(Posting {
        at: Coordinate {
            account: account.number,
            event,
            fund,
            function,
            activity: side.activity.or(add.activity),
            tax_code: side.tax,
        },
        amount,
        cash_flow: side.cash_flow,
        party,
        original,
        memo: side.memo.clone(),
    })
}
