//! Opening balances: what another set of books said at the close of a day.

use super::landing::is_fatal;
use super::table::{Column, Table};
use super::{IntakeError, Landed, Problems, SourceFile};
use crate::books::{BooksError, Store, Writer};
use crate::calendar::Date;
use crate::conference::{Fact, OpeningDone};
use crate::ledger::{AccountNo, Coordinate, Draft, LedgerError, Posting};
use crate::money::{DecimalMark, Money};

/// The columns: account by name or code; signed amount, debit positive; fund and party may be left out.
pub const OPENING_COLUMNS: [&str; 4] = ["account", "amount", "fund", "party"];
const ACCOUNT: usize = 0;
const AMOUNT: usize = 1;
const FUND: usize = 2;
const PARTY: usize = 3;

/// Takes balances over as one entry dated `as_of`, under the reference `opening YYYY-MM-DD`. The balances must add up
/// to zero in every fund; `balance_to` names an account that takes what is missing.
///
/// # Errors
/// [`IntakeError`]; every bad row is listed, and the caller's transaction must not be committed then.
pub fn import_opening<S: Store>(
    writer: &mut Writer<'_, S>,
    file: &SourceFile,
    as_of: Date,
    balance_to: Option<AccountNo>,
) -> Result<Landed, IntakeError> {
    let columns = OPENING_COLUMNS.map(|name| match name {
        "account" | "amount" => Column::required(name),
        _ => Column::optional(name),
    });
    let mut table = Table::open(file, &columns)?;
    let mut problems = Problems::default();
    let currency = writer.setup()?.currency();
    let mut postings: Vec<Posting> = Vec::new();
    while let Some(row) = table.next(&mut problems)? {
        let setup = writer.setup()?;
        let account = row.parse(ACCOUNT, &mut problems, |name| setup.account(name).map(|account| account.number));
        let amount = row.parse(AMOUNT, &mut problems, |text| Money::parse(text, currency, DecimalMark::Point));
        let fund = row.parse(FUND, &mut problems, |code| setup.fund(code).map(|fund| fund.code));
        let party = row.parse_filled(PARTY, &mut problems, |name| writer.books().find_party(name));
        if let (Some(account), Some(amount), Some(fund), Some(party)) = (account, amount, fund, party) {
            let at = Coordinate { account, event: None, fund, function: None, activity: None, tax_code: None };
            postings.push(Posting { at, amount, cash_flow: None, party, original: None, memo: None });
        }
    }
    problems.into_result(&file.name())?;
    if let Some(account) = balance_to {
        balance(&mut postings, account)?;
    }
    let count = postings.len();
    let draft = Draft {
        date: as_of,
        reference: Some(format!("opening {as_of}")),
        description: Some("Opening balances".to_owned()),
        postings,
    };
    let refuse = |error: BooksError| {
        if is_fatal(&error) {
            return IntakeError::Books(error);
        }
        let mut problems = Problems::default();
        let advice = match error {
            BooksError::Ledger(LedgerError::Unbalanced { .. } | LedgerError::UnbalancedFund { .. }) => {
                "; --balance-to ACCOUNT takes what is missing"
            }
            _ => "",
        };
        problems.add(1, None, format!("{error}{advice}"));
        IntakeError::Rows { file: file.name(), problems }
    };
    let entry = draft.balance().map_err(|error| refuse(error.into()))?;
    let known = writer.known(&entry).map_err(refuse)?.is_some();
    if !known {
        let fact = writer.record(|_| Ok(Fact::Opening(OpeningDone { as_of })))?;
        writer.post(fact, &entry).map_err(refuse)?;
    }
    let added = usize::from(!known);
    Ok(Landed {
        transactions: 1,
        added,
        known: 1 - added,
        postings: added * count,
        dates: Some((as_of, as_of)),
        ..Landed::default()
    })
}

/// Adds one posting a fund that is off, so that each adds up to zero.
fn balance(postings: &mut Vec<Posting>, account: AccountNo) -> Result<(), IntakeError> {
    let mut funds: Vec<(Coordinate, Money)> = Vec::new();
    for posting in postings.iter() {
        match funds.iter_mut().find(|(at, _)| at.fund == posting.at.fund) {
            Some((_, sum)) => *sum = sum.checked_add(posting.amount).map_err(BooksError::Money)?,
            None => funds.push((Coordinate { account, ..posting.at }, posting.amount)),
        }
    }
    let missing = funds.into_iter().filter(|(_, sum)| !sum.is_zero());
    postings.extend(missing.map(|(at, sum)| Posting {
        at,
        amount: sum.negated(),
        cash_flow: None,
        party: None,
        original: None,
        memo: None,
    }));
    Ok(())
}
