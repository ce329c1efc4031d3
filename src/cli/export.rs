use bursar::books::{Books, Setup, Store};
use bursar::calendar::{ALL_DAYS, Window};
use bursar::outlet::{ExportFormat, Naming, OutletError, PSEUDONYMOUS, Tab, export, write_package, write_workbook};
use bursar::report::{ReceiptRules, ReportError, Request, statement_keys};
use clap::{Args, ValueEnum};

use super::context::Context;
use super::folder::NewFolder;
use super::refusal::Refusal;
use super::report::{Asked, make, says_something};

/// The books for other programs and for an auditor; they name parties, unless asked not to
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  bursar export hledger > ours.journal && hledger -f ours.journal bal
  bursar export beancount --output ours.beancount && bean-check ours.beancount
  bursar export hledger --pseudonymous --output for-the-helpers.journal
  bursar export workbook --period 2025 --output 2025.xlsx
  bursar export package --period 2025 --output for-the-auditor && sh for-the-auditor/verify.sh")]
pub(super) struct Export {
    /// Whose format
    #[arg(value_enum)]
    to: Target,
    /// `person-0017` in the place of names, and no free text: for helpers under an agreement, not for publishing
    #[arg(long)]
    pseudonymous: bool,
    /// For the workbook and the package: fiscal year 2025, quarter 2025-Q1, month 2025-03 or FROM..TO [default: all days]
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Target {
    /// hledger's journal
    Hledger,
    /// Ledger's journal
    Ledger,
    /// beancount, with a balance assertion for every account
    Beancount,
    /// bursar's own journal CSV
    Csv,
    /// GnuCash's transactions as CSV; import gnucash-accounts first
    Gnucash,
    /// GnuCash's account tree as CSV
    GnucashAccounts,
    /// QuickBooks Online's journal entries as CSV
    Quickbooks,
    /// a spreadsheet of statements whose totals are formulas, with the journal (--output FILE.xlsx)
    Workbook,
    /// a folder for an auditor that checks itself without bursar (--output FOLDER)
    Package,
}

impl Export {
    /// Whether the output is a folder.
    pub(super) const fn is_folder(&self) -> bool {
        matches!(self.to, Target::Package)
    }

    fn window(&self, setup: &Setup) -> Result<Window, Refusal> {
        let parsed = self.period.as_deref().map(|period| setup.fiscal_year_start().parse_period(period)).transpose()?;
        Ok(parsed.unwrap_or(ALL_DAYS))
    }
}

pub(super) fn run(context: &Context, args: &Export) -> Result<(), Refusal> {
    if args.pseudonymous && matches!(args.to, Target::Workbook | Target::Package | Target::GnucashAccounts) {
        return Err(Refusal::Usage("--pseudonymous goes with journals: this export has names, or nobody".to_owned()));
    }
    let format = match args.to {
        Target::Workbook => return workbook(context, args),
        Target::Package => return package(context, args),
        Target::Hledger => ExportFormat::Hledger,
        Target::Ledger => ExportFormat::Ledger,
        Target::Beancount => ExportFormat::Beancount,
        Target::Csv => ExportFormat::Csv,
        Target::Gnucash => ExportFormat::Gnucash,
        Target::GnucashAccounts => ExportFormat::GnucashAccounts,
        Target::Quickbooks => ExportFormat::Quickbooks,
    };
    if args.period.is_some() {
        return Err(Refusal::Usage("--period goes with the workbook and the package: a journal is whole".to_owned()));
    }
    let naming = if args.pseudonymous { Naming::Pseudonyms } else { Naming::Names };
    let has_no_place = matches!(format, ExportFormat::Csv | ExportFormat::Gnucash | ExportFormat::Quickbooks);
    if args.pseudonymous && has_no_place {
        // A file of CSV has no place for it.
        eprintln!("note: {PSEUDONYMOUS}");
    }
    context.read(|books| context.print_with(|out| export(books, format, naming, out).map(|_| ())))
}

/// The statements of a workbook, in their order: those that the chart has, and have something to say.
const STATEMENTS: [&str; 14] = [
    "activities",
    "position",
    "cash-flows",
    "functional-expenses",
    "funds",
    "by-activity",
    "tax",
    "receipts-and-payments",
    "assets-and-liabilities",
    "deferred-revenue",
    "receivables",
    "payables",
    "receipts",
    "trial-balance",
];

fn workbook(context: &Context, args: &Export) -> Result<(), Refusal> {
    if context.is_standard() {
        return Err(Refusal::Usage("`export workbook` writes a file: add --output FILE.xlsx".to_owned()));
    }
    context.read(|books| {
        let window = args.window(books.setup()?)?;
        let tabs = tabs(context, books, &Request { window, label: args.period.clone(), ..Request::default() })?;
        let made = context.made();
        context.print_with(|out| write_workbook(books, window, &tabs, &made, out).map(|_| ()))
    })
}

fn tabs<S: Store>(context: &Context, books: &Books<S>, request: &Request) -> Result<Vec<Tab>, Refusal> {
    let setup = books.setup()?;
    let known = statement_keys(setup);
    let wanted = STATEMENTS.into_iter().filter(|key| known.iter().any(|known| known == key));
    let mut sheets: Vec<(String, &str, Request)> = wanted.map(|key| (spoken(key), key, request.clone())).collect();
    for event in setup.events() {
        let request = Request { events: vec![event.code], ..request.clone() };
        sheets.push((format!("Event {}", event.code), "event-summary", request));
    }
    let mut tabs = Vec::new();
    for (name, key, request) in sheets {
        let asked = Asked { key, named: "", version: None, today: context.today() };
        match make(books, &request, &asked, &ReceiptRules::usual()) {
            Ok(statement) if says_something(&statement) => tabs.push(Tab { name, statement }),
            // Nothing in this period: the workbook goes without.
            Ok(_) | Err(ReportError::NoPostings { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(tabs)
}

/// A key as a name: `cash-flows` is "Cash flows".
fn spoken(key: &str) -> String {
    let mut name = key.replace('-', " ");
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

fn package(context: &Context, args: &Export) -> Result<(), Refusal> {
    let Some(folder) = context.folder.as_deref() else {
        return Err(Refusal::Usage("`export package` writes a folder: add --output FOLDER".to_owned()));
    };
    let new = NewFolder::new(context, folder);
    new.begin()?;
    let head = context.read(|books| {
        let window = args.window(books.setup()?)?;
        write_package(books, window, &context.made(), &mut |name, bytes| {
            new.add(name, bytes).map_err(OutletError::Output)
        })?;
        Ok::<_, Refusal>(books.head()?)
    })?;
    new.put_in_place()?;
    context.say(&format!(
        "A package for the auditor is in {folder}; `sh {folder}/verify.sh` checks it. It names people. Head\n{head}",
        folder = folder.display()
    ))
}
