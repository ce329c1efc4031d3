//! Shared costs: rules that share them, and sharing them.

use bursar::books::{BooksError, Store, Writer};
use bursar::calendar::Window;
use bursar::conference::{Allocated, AllocationRule, AllocationShare, Fact};
use bursar::ledger::{AccountNo, Function, Slug};
use bursar::report::{Statement, allocation_list, posted_sheet};
use clap::{Args, Subcommand};

use super::context::Context;
use super::happen::share;
use super::refusal::Refusal;

/// Shared costs: how they are allocated to programs, management and fundraising
#[derive(Debug, Subcommand)]
pub(super) enum Allocation {
    /// Record a rule; under a code that exists it changes what comes after
    #[command(after_help = "\
Each --to is a function (or program:EVENT) and its share; together they make 1.

Example:
  bursar allocation add staff --account 6010 --account 6020 \\
      --to program:pyex26=60% --to management=30% --to fundraising=10% \\
      --basis \"hours worked\"")]
    Add(Add),
    /// All rules
    #[command(after_help = "Example:\n  bursar allocation list")]
    List,
    /// Share the costs of a period by a rule: what stands under management and no event moves
    #[command(after_help = "Example:\n  bursar allocation run staff --period 2025")]
    Run {
        /// Code of the rule
        code: Slug,
        /// Period whose costs are shared; they move on its last day
        #[arg(long, value_name = "PERIOD")]
        period: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Code, such as staff
    code: Slug,
    /// Account whose costs are shared; may be repeated
    #[arg(long, required = true, value_name = "ACCOUNT")]
    account: Vec<String>,
    /// FUNCTION=SHARE or program:EVENT=SHARE; may be repeated
    #[arg(long, required = true, value_name = "WHO=SHARE")]
    to: Vec<String>,
    /// On what basis, as the statement says it
    #[arg(long, value_name = "TEXT")]
    basis: String,
}

pub(super) fn run(context: &Context, args: &Allocation) -> Result<(), Refusal> {
    let sheet = match args {
        Allocation::List => return context.print(&context.read(|books| Ok(allocation_list(books)?))?),
        Allocation::Add(add) => context.write("allocation add", |writer| {
            let setup = writer.setup()?;
            let accounts = add.account.iter().map(|name| setup.account(name).map(|account| account.number));
            let accounts: Vec<AccountNo> = accounts.collect::<Result<_, BooksError>>()?;
            let mut shares = Vec::with_capacity(add.to.len());
            for text in &add.to {
                let usage = || Refusal::Usage(format!("expected FUNCTION=SHARE, found `{text}`"));
                let (who, part) = text.rsplit_once('=').ok_or_else(usage)?;
                let (function, event) = who.split_once(':').map_or((who, None), |(f, event)| (f, Some(event)));
                shares.push(AllocationShare {
                    function: function.parse()?,
                    event: event.map(|code| setup.event(code).map(|event| event.code)).transpose()?,
                    share: share(part).map_err(Refusal::Usage)?.normalize(),
                });
            }
            let rule = AllocationRule { code: add.code, accounts, shares, basis: add.basis.trim().to_owned() };
            writer.happen(|_| Ok(Fact::Allocation(rule)))?;
            Ok(allocation_list(writer.books())?)
        })?,
        Allocation::Run { code, period } => {
            context.write("allocation run", |writer| allocate(writer, *code, period))?
        }
    };
    context.print_written(sheet)
}

fn allocate<S: Store>(writer: &mut Writer<'_, S>, code: Slug, period: &str) -> Result<Statement, Refusal> {
    let setup = writer.setup()?;
    let window = setup.fiscal_year_start().parse_period(period)?;
    let rule = setup.conference().allocation(code).map_err(BooksError::from)?.clone();
    if let Some(entry) = done_already(writer, code, window)? {
        return Err(BooksError::AllocatedAlready { rule: code, entry }.into());
    }
    let coordinates = writer.books().coordinates()?;
    let mut costs: Vec<(AccountNo, i64)> = rule.accounts.iter().map(|account| (*account, 0)).collect();
    for ((number, origin), balance) in writer.books().movements(window)? {
        let Some(at) = coordinates.get(&number) else { continue };
        let shared = at.event.is_none() && at.function == Some(Function::Management);
        if !shared || origin.cause.word() == "allocated" {
            continue;
        }
        if let Some(cost) = costs.iter_mut().find(|(account, _)| *account == at.account) {
            cost.1 += i64::try_from(balance.net()).unwrap_or(0);
        }
    }
    for (account, minor) in given_back(writer, window)? {
        if let Some(cost) = costs.iter_mut().find(|(known, _)| *known == account) {
            cost.1 -= minor;
        }
    }
    costs.retain(|(_, minor)| *minor != 0);
    if costs.is_empty() {
        return Err(BooksError::NothingToAllocate { rule: code, period: window.to_string() }.into());
    }
    let allocated = Allocated { rule: code, from: window.from(), to: window.to(), costs };
    let (fact, _) = writer.happen(|_| Ok(Fact::Allocated(allocated)))?;
    writer.settle()?;
    Ok(posted_sheet(writer.books(), &format!("Shared costs of {period} by rule {code}"), fact)?)
}

/// The entry by which the rule has shared costs of some of these days, unless it was reversed.
fn done_already<S: Store>(
    writer: &Writer<'_, S>,
    code: Slug,
    window: Window,
) -> Result<Option<bursar::ledger::EntryNo>, BooksError> {
    let mut facts = Vec::new();
    writer.books().facts(&["allocated"], &mut |number, _, fact| {
        if let Fact::Allocated(done) = fact
            && done.rule == code
            && done.from <= window.to()
            && window.from() <= done.to
        {
            facts.push(number);
        }
        Ok(())
    })?;
    for fact in facts {
        for entry in writer.books().store().entries_of(fact)? {
            if writer.books().entry(entry)?.reversed_by.is_none() {
                return Ok(Some(entry));
            }
        }
    }
    Ok(None)
}

/// What reversals of shared costs put back under management and no event within the window: no cost of its own.
fn given_back<S: Store>(writer: &Writer<'_, S>, window: Window) -> Result<Vec<(AccountNo, i64)>, BooksError> {
    let books = writer.books();
    let mut facts = Vec::new();
    books.facts(&["allocated"], &mut |number, _, _| {
        facts.push(number);
        Ok(())
    })?;
    let mut back = Vec::new();
    for fact in facts {
        for entry in books.store().entries_of(fact)? {
            let Some(reversal) = books.entry(entry)?.reversed_by else { continue };
            let reversal = books.entry(reversal)?;
            let shared = reversal
                .postings
                .iter()
                .filter(|posting| posting.at.event.is_none() && posting.at.function == Some(Function::Management));
            if window.contains(reversal.date) {
                back.extend(shared.map(|posting| (posting.at.account, posting.amount.minor())));
            }
        }
    }
    Ok(back)
}
