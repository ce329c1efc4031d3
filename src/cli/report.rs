use bursar::books::{Books, Store};
use bursar::calendar::Date;
use bursar::disclosure::preview;
use bursar::ledger::Slug;
use bursar::reconcile::reconciliation_report;
use bursar::report::{
    Audience, Cell, ReceiptRules, ReportError, Request, RowKind, Statement, aging, aid, attach_notes, budget, context,
    event_summary, form_990, free_speakers, from_layout, journal, ledger, party_statement, passes, payables, receipts,
    receivables, registrations, sponsorship, sponsorship_tax, statement_keys, ties, trial_balance,
};
use clap::Args;

use super::context::Context;
use super::folder::NewFolder;
use super::period::View;
use super::refusal::Refusal;

/// Statements
///
/// activities          revenue, expenses and the change in net assets
/// position            what the organisation has, owes and is worth
/// functional-expenses expenses by nature and function
/// cash-flows          direct; cash-flows-indirect from the change in net assets
/// funds               how each fund came and went; fund-activities: a column each
/// by-activity         talks, tutorials, sprints, …
/// tax                 by tax code; tax-movements: how the tax accounts moved
/// trial-balance       every account with its balance
/// journal             every entry with its postings
/// ledger ACCOUNT      the postings of an account with a running balance
///
/// Of one event (--event CODE):
/// event-summary  revenue and cost, per head, and the attendance to break even
/// budget         against what is there, and what it will end with
/// registrations  admissions by ticket, tier, role, state and payer
/// sponsorship    by package
/// passes         sponsors' passes: granted, used, left
/// aid            pool, applications, grants, ticket aid
///
/// receivables, payables            open documents, tied to the ledger
/// receivable-aging, payable-aging  by party and how long they are overdue
/// receivable-movements, payable-movements, deferred-revenue  how they came and went
/// clearing                         what processors still hold
/// party NAME                       a statement of account for a sponsor or vendor
/// context                          attendance, volunteers, aid, notes
/// receipts                         entries without the document they need
/// reconciliation ACCOUNT           the last statement, and what makes the difference to the books
///
/// form-990, sponsorship-tax                     US: worksheets for the preparer
/// receipts-and-payments, assets-and-liabilities UK: small charities
///
/// all            the whole set into a folder (--output DIR), each tied to the others
///
/// and every other statement of the chart in use, by its key.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  bursar report activities --period 2025 --compare prior
  bursar report activities --event pyex26 --audience board
  bursar report activities --period 2025 --total --compare months
  bursar report position --as-of 2025-12-31
  bursar report cash-flows --period 2025
  bursar report budget --event pyex26
  bursar report ledger Assets:Cash:Checking --period 2025-Q1
  bursar report party \"Initech Ltd\" --period 2025
  bursar report all --period 2025 --format html --output statements"
)]
pub(super) struct Report {
    /// One of those above, or another statement of the chart
    statement: String,
    /// For the ledger: full name or code (a name that only has accounts below it takes them all); for a party: its name
    account: Option<String>,
    /// Version of the budget [default: the latest]
    #[arg(long, value_name = "VERSION")]
    budget: Option<Slug>,
    /// A file of receipt rules, for receipts
    #[arg(long, value_name = "FILE")]
    rules: Option<std::path::PathBuf>,
    #[command(flatten)]
    view: View,
}

impl Report {
    /// Whether the output is a folder.
    pub(super) fn is_set(&self) -> bool {
        self.statement == "all"
    }
}

pub(super) fn run(context: &Context, args: &Report) -> Result<(), Refusal> {
    let named = match (args.statement.as_str(), &args.account) {
        ("ledger", None) => {
            return Err(Refusal::Usage("the ledger of which account? `bursar report ledger ACCOUNT`".to_owned()));
        }
        ("party", None) => {
            return Err(Refusal::Usage("the statement of which party? `bursar report party NAME`".to_owned()));
        }
        ("reconciliation", None) => {
            return Err(Refusal::Usage("of which account? `bursar report reconciliation ACCOUNT`".to_owned()));
        }
        ("ledger" | "party" | "reconciliation", Some(name)) => name.as_str(),
        (_, Some(extra)) => return Err(Refusal::Usage(format!("`{extra}` is one word too many"))),
        (_, None) => "",
    };
    if matches!(args.statement.as_str(), "journal" | "ledger" | "party" | "reconciliation") && args.view.compares() {
        return Err(Refusal::Usage(format!("a {} has one period: --compare goes with statements", args.statement)));
    }
    let today = context.today();
    let rules = super::receipt::rules(args.rules.as_deref())?;
    if args.is_set() {
        return set(context, args, today, &rules);
    }
    if args.statement == "reconciliation" {
        return context.print(&context.read(|books| {
            let request = args.view.request(books)?;
            only_treasurer("reconciliation", &request)?;
            let account = books.setup()?.account(named)?.number;
            let through = Some(request.window.to()).filter(|day| *day != Date::MAX);
            Ok(reconciliation_report(books, account, through)?)
        })?);
    }
    let statements = context.read(|books| {
        let request = args.view.request(books)?;
        let asked = Asked { key: &args.statement, named, version: args.budget.as_ref().map(Slug::as_str), today };
        Ok(preview(books, request.audience, vec![make(books, &request, &asked, &rules)?])?)
    })?;
    statements.iter().try_for_each(|statement| context.print(statement))
}

/// Which statement, and what it needs beside the request.
pub(super) struct Asked<'a> {
    pub key: &'a str,
    pub named: &'a str,
    pub version: Option<&'a str>,
    pub today: Option<Date>,
}

/// A statement with the notes that its audience may read, and every figure.
pub(super) fn make<S: Store>(
    books: &Books<S>,
    request: &Request,
    asked: &Asked<'_>,
    rules: &ReceiptRules,
) -> Result<Statement, ReportError> {
    // Aging looks back from the end of the period, or from today.
    let as_of = if request.window.to() == Date::MAX { asked.today.unwrap_or(Date::MAX) } else { request.window.to() };
    let mut statement = match asked.key {
        "trial-balance" => trial_balance(books, request)?,
        "journal" => journal(books, request)?,
        "ledger" => ledger(books, asked.named, request)?,
        "party" => party_statement(books, request, books.find_party(asked.named)?)?,
        "event-summary" => event_summary(books, request)?,
        "budget" => budget(books, request, asked.version)?,
        "registrations" => registrations(books, request)?,
        "sponsorship" => sponsorship(books, request)?,
        "passes" => passes(books, request)?,
        "free-speakers" => free_speakers(books, request)?,
        "aid" => aid(books, request)?,
        "receivables" => receivables(books, request)?,
        "payables" => payables(books, request)?,
        "receivable-aging" => aging(books, request, false, as_of)?,
        "payable-aging" => aging(books, request, true, as_of)?,
        "context" => context(books, request)?,
        "receipts" => {
            only_treasurer("receipts", request)?;
            receipts(books, request.window, rules)?
        }
        "form-990" => form_990(books, request)?,
        "sponsorship-tax" => sponsorship_tax(books, request)?,
        key => from_layout(books, key, request)?,
    };
    attach_notes(books, request, &mut statement)?;
    Ok(statement)
}

fn only_treasurer(key: &str, request: &Request) -> Result<(), ReportError> {
    if request.audience == Audience::Treasurer {
        return Ok(());
    }
    Err(ReportError::TreasurerOnly { statement: key.to_owned(), audience: request.audience })
}

/// Writes every statement that has something to say into a folder, once all of them agree.
fn set(context: &Context, args: &Report, today: Option<Date>, rules: &ReceiptRules) -> Result<(), Refusal> {
    let Some(folder) = context.folder.as_deref() else {
        return Err(Refusal::Usage("`report all` writes a folder: add --output DIR".to_owned()));
    };
    let statements = context.read(|books| {
        let request = args.view.request(books)?;
        let untied: Vec<String> = ties(books, &request)?
            .into_iter()
            .filter(bursar::report::Tie::differs)
            .map(|tie| {
                let currency = books.setup().map(|setup| setup.currency());
                let shown = |minor| currency.as_ref().map_or_else(|_| String::new(), |c| c.format_grouped(minor));
                format!("{}: {} and {}", tie.what, shown(tie.left), shown(tie.right))
            })
            .collect();
        if !untied.is_empty() {
            return Err(Refusal::Untied { what: untied.join("; ") });
        }
        whole_set(books, &request, args, today, rules)
    })?;
    let file = |(name, statement): &(String, Statement)| {
        (format!("{name}.{}", context.extension()), context.rendered(statement))
    };
    let new = NewFolder::new(context, folder);
    new.write(&statements.iter().map(file).collect::<Vec<_>>())?;
    new.put_in_place()?;
    let list = statements.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    context.say(&format!("{} statements in {}: {list}.", statements.len(), folder.display()))
}

/// All statements with at least one figure, each under the name of its file.
fn whole_set<S: Store>(
    books: &Books<S>,
    request: &Request,
    args: &Report,
    today: Option<Date>,
    rules: &ReceiptRules,
) -> Result<Vec<(String, Statement)>, Refusal> {
    let setup = books.setup()?;
    let version = args.budget.as_ref().map(Slug::as_str);
    let (mut names, mut statements) = (Vec::new(), Vec::new());
    for key in statement_keys(setup) {
        let asked = Asked { key: &key, named: "", version, today };
        // Lists of single entries are reports of their own; of the form's parts, the worksheet has them all.
        if matches!(key.as_str(), "journal" | "ledger" | "party") || key.starts_with("form-990-") {
            continue;
        }
        let per_event = matches!(
            key.as_str(),
            "event-summary" | "registrations" | "sponsorship" | "passes" | "free-speakers" | "aid" | "budget"
        );
        let requests: Vec<(String, Request)> = if per_event {
            let events = setup.events().iter().map(|event| event.code);
            let wanted = events.filter(|code| request.events.is_empty() || request.events.contains(code));
            wanted.map(|code| (format!("{key}-{code}"), Request { events: vec![code], ..request.clone() })).collect()
        } else {
            vec![(key.clone(), request.clone())]
        };
        for (name, request) in requests {
            match make(books, &request, &asked, rules) {
                Ok(statement) if says_something(&statement) => {
                    names.push(name);
                    statements.push(statement);
                }
                // What another audience may not see, another chart lacks or nobody has set is not part of the set.
                Ok(_)
                | Err(
                    ReportError::TreasurerOnly { .. }
                    | ReportError::NoEvents { .. }
                    | ReportError::NoStatement { .. }
                    | ReportError::NoBudget { .. }
                    | ReportError::NoPostings { .. },
                ) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    // Who has the set can add up across it: it is masked as one.
    Ok(names.into_iter().zip(preview(books, request.audience, statements)?).collect())
}

/// Whether a statement has a figure that is not zero, or a list has an item.
pub(super) fn says_something(statement: &Statement) -> bool {
    statement.rows.iter().any(|row| {
        row.cells.iter().any(|cell| match cell {
            Cell::Money(minor) => *minor != 0,
            Cell::Count(count) => *count != 0,
            Cell::Withheld(_) => true,
            Cell::Text(_) | Cell::Date(_) => row.kind == RowKind::Line,
            Cell::Empty => false,
        })
    })
}
