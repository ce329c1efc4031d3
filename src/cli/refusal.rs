//! Every refusal's stable code, hint and exit code: decided here and nowhere else. `docs/errors.md` lists them.

use std::path::PathBuf;
use std::process::ExitCode;

use bursar::books::{BooksError, Since};
use bursar::calendar::CalendarError;
use bursar::conference::{DocumentKind, RuleError, WhoPays};
use bursar::disclosure::DisclosureError;
use bursar::intake::IntakeError;
use bursar::ledger::LedgerError;
use bursar::money::MoneyError;
use bursar::outlet::OutletError;
use bursar::policy::PolicyError;
use bursar::reconcile::ReconcileError;
use bursar::report::ReportError;
use thiserror::Error;

/// Why a command did not do what it was asked.
#[derive(Debug, Error)]
pub(super) enum Refusal {
    #[error(transparent)]
    Books(#[from] BooksError),
    #[error(transparent)]
    Intake(#[from] IntakeError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(transparent)]
    Disclosure(DisclosureError),
    #[error(transparent)]
    Policy(PolicyError),
    #[error(transparent)]
    Outlet(OutletError),
    #[error(transparent)]
    Reconcile(ReconcileError),
    #[error("cannot read {}: {source}", path.display())]
    Input { path: PathBuf, source: std::io::Error },
    #[error("{0}")]
    Usage(String),
    #[error("cannot write {}: {source}", path.display())]
    Output { path: PathBuf, source: std::io::Error },
    #[error("{count} {}", if *count == 1 { "thing is not as it was recorded" } else { "things are not as they were recorded" })]
    Unsound { count: usize },
    #[error("statements do not agree: {what}")]
    Untied { what: String },
    #[error("the books cannot be locked yet; this is not so: {what}")]
    Blocked { what: String },
    #[error("{count} {} no document", if *count == 1 { "entry has" } else { "entries have" })]
    Unproved { count: usize },
    #[error("readers can tell amounts of {count} {}", if *count == 1 { "contributor" } else { "contributors" })]
    Exposed { count: usize },
    /// Whoever read the output has stopped; there is nobody to tell.
    #[error("the output was closed")]
    Closed,
}

impl From<DisclosureError> for Refusal {
    fn from(error: DisclosureError) -> Self {
        match error {
            DisclosureError::Books(error) => Self::Books(error),
            DisclosureError::Report(error) => Self::Report(error),
            other => Self::Disclosure(other),
        }
    }
}

impl From<ReconcileError> for Refusal {
    fn from(error: ReconcileError) -> Self {
        match error {
            ReconcileError::Books(error) => Self::Books(error),
            ReconcileError::Intake(error) => Self::Intake(error),
            other => Self::Reconcile(other),
        }
    }
}

impl From<OutletError> for Refusal {
    fn from(error: OutletError) -> Self {
        match error {
            OutletError::Books(error) => Self::Books(error),
            OutletError::Report(error) => Self::Report(error),
            other => Self::Outlet(other),
        }
    }
}

impl From<PolicyError> for Refusal {
    fn from(error: PolicyError) -> Self {
        match error {
            PolicyError::Books(error) => Self::Books(error),
            PolicyError::Report(error) => Self::Report(error),
            other => Self::Policy(other),
        }
    }
}

impl From<LedgerError> for Refusal {
    fn from(error: LedgerError) -> Self {
        Self::Books(error.into())
    }
}

impl From<RuleError> for Refusal {
    fn from(error: RuleError) -> Self {
        Self::Books(error.into())
    }
}

impl From<MoneyError> for Refusal {
    fn from(error: MoneyError) -> Self {
        Self::Books(error.into())
    }
}

impl From<CalendarError> for Refusal {
    fn from(error: CalendarError) -> Self {
        Self::Books(error.into())
    }
}

impl Refusal {
    /// Prints the refusal to standard error and gives its exit code.
    pub(super) fn report(&self) -> ExitCode {
        if !matches!(self, Self::Closed) {
            eprintln!("error[{}]: {self}", self.code());
            if let Some(hint) = self.hint() {
                eprintln!("  hint: {hint}");
            }
        }
        ExitCode::from(match self {
            Self::Usage(_) => 2,
            Self::Unsound { .. } => 3,
            _ if self.code() == "damaged" => 3,
            Self::Closed => 0,
            _ => 1,
        })
    }

    /// The stable code.
    fn code(&self) -> &'static str {
        match self {
            Self::Books(error) | Self::Outlet(OutletError::Books(error)) => books_code(error),
            Self::Intake(error) => intake_code(error),
            Self::Report(error) | Self::Outlet(OutletError::Report(error)) => report_code(error),
            Self::Untied { .. } => "untied",
            Self::Disclosure(error) => disclosure_code(error),
            Self::Policy(error) => policy_code(error),
            Self::Reconcile(error) => reconcile_code(error),
            Self::Input { .. } => "no-file",
            Self::Blocked { .. } => "close-blocked",
            Self::Unproved { .. } => "receipts-missing",
            Self::Exposed { .. } => "exposed",
            Self::Outlet(OutletError::TooManyDigits { .. }) => "too-many-digits",
            Self::Outlet(OutletError::TooManyRows { .. }) => "too-many-rows",
            Self::Outlet(OutletError::Output(_)) | Self::Output { .. } => "output",
            Self::Usage(_) => "usage",
            Self::Unsound { .. } => "verification-failed",
            Self::Closed => "closed",
        }
    }

    /// What to do about it.
    fn hint(&self) -> Option<String> {
        match self {
            Self::Books(error) | Self::Report(ReportError::Books(error)) | Self::Intake(IntakeError::Books(error)) => {
                books_hint(error)
            }
            Self::Intake(error) => Some(intake_hint(error)),
            Self::Report(ReportError::TreasurerOnly { .. }) => Some(
                "for board and public there are `bursar report activities` and `bursar report position`".to_owned(),
            ),
            Self::Disclosure(error) => disclosure_hint(error),
            Self::Policy(error) => policy_hint(error),
            Self::Reconcile(error) => reconcile_hint(error),
            Self::Input { .. } => Some(
                "check the path; a policy without a dot or slash in its name is one of `bursar policy list`".to_owned(),
            ),
            Self::Exposed { .. } => Some(
                "nothing that was released can be taken back: `bursar release show N` has the figures; ask the \
                 contributors for their consent, or set the rules that were in force"
                    .to_owned(),
            ),
            Self::Report(ReportError::NoStatement { .. }) => Some("see `bursar report --help`".to_owned()),
            Self::Report(ReportError::NoEvents { .. }) => {
                Some("leave --event out; `bursar report event-summary --event CODE` is about one".to_owned())
            }
            Self::Report(ReportError::OneEvent { .. }) => {
                Some("name one with --event CODE; `bursar event list` shows all".to_owned())
            }
            Self::Report(ReportError::NoBudget { event, known, .. }) => Some(if known.is_empty() {
                format!("`bursar budget add {event} VERSION --line ACCOUNT=AMOUNT` sets one")
            } else {
                "name one of them with --budget VERSION".to_owned()
            }),
            Self::Report(ReportError::NoPostings { .. }) => {
                Some("choose a --period, --as-of or --event that has some".to_owned())
            }
            Self::Report(ReportError::ReceiptRules { .. }) => {
                Some("docs/reference.md shows a file of receipt rules".to_owned())
            }
            Self::Untied { .. } => Some("`bursar verify` tells whether the books are as they were recorded".to_owned()),
            Self::Unproved { .. } => {
                Some("`bursar receipt add ENTRY FILE`, or `bursar receipt waive ENTRY --reason TEXT`".to_owned())
            }
            Self::Blocked { .. } => Some("do what `bursar close --through DATE --check` names, then close".to_owned()),
            Self::Usage(_) => Some("see the command with `--help`".to_owned()),
            Self::Unsound { .. } => Some(
                "compare with a backup (`bursar verify --book BACKUP`); do not go on writing in these books".to_owned(),
            ),
            Self::Outlet(OutletError::TooManyDigits { .. }) => {
                Some("`bursar export csv` and the other texts hold every amount".to_owned())
            }
            Self::Outlet(OutletError::TooManyRows { .. }) => {
                Some("choose a shorter --period; `bursar export csv` holds every posting".to_owned())
            }
            Self::Output { .. } | Self::Outlet(_) => {
                Some("check the path, its permissions and the free space".to_owned())
            }
            Self::Closed => None,
        }
    }
}

fn books_code(error: &BooksError) -> &'static str {
    match error {
        BooksError::Ledger(error) => ledger_code(error),
        BooksError::Money(error) => money_code(error),
        BooksError::Calendar(error) => calendar_code(error),
        BooksError::Rule(error) => rule_code(error),
        BooksError::DocumentEntry { .. } => "document-entry",
        BooksError::PartyForgotten { .. } => "party-forgotten",
        BooksError::FundShort { .. } => "fund-short",
        BooksError::NothingToForget { .. } => "nothing-to-forget",
        BooksError::ForgetsItself { .. } => "forgets-itself",
        BooksError::ReasonNames { .. } => "reason-names",
        BooksError::NotHeldYet { .. } => "not-held-yet",
        BooksError::EventOverdue { .. } => "event-overdue",
        BooksError::Unknown { what, .. } => match *what {
            "account" => "unknown-account",
            "fund" => "unknown-fund",
            "event" => "unknown-event",
            _ => "unknown-party",
        },
        BooksError::UnknownEntry { .. } => "unknown-entry",
        BooksError::ReversalBefore { .. } => "reversal-before",
        BooksError::LockInFuture { .. } => "lock-in-future",
        BooksError::Exists { .. } => "exists",
        BooksError::Empty { .. } => "empty",
        BooksError::Fixed { .. } => "fixed",
        BooksError::Holding { .. } => "holding",
        BooksError::BadPartyName { .. } => "bad-party-name",
        BooksError::Replaced { .. } => "replaced",
        BooksError::ClosedAccount { .. } => "closed-account",
        BooksError::WrongCurrency { .. } => "wrong-currency",
        BooksError::PeriodLocked { .. } => "period-locked",
        BooksError::LockNotLater { .. } => "lock-not-later",
        BooksError::DuplicateReference { .. } => "duplicate-reference",
        BooksError::AlreadyReversed { .. } => "already-reversed",
        BooksError::BalanceOverflow { .. } => "balance-overflow",
        BooksError::Locked { .. } => "locked",
        BooksError::NoBooks { .. } => "no-books",
        BooksError::FileExists { .. } => "file-exists",
        BooksError::NotBooks { .. } => "not-books",
        BooksError::TooNew { .. } => "too-new",
        BooksError::NotLocked { .. } => "not-locked",
        BooksError::NothingForeign { .. } => "nothing-foreign",
        BooksError::RevaluedAlready { .. } => "revalued-already",
        BooksError::AllocatedAlready { .. } => "allocated-already",
        BooksError::NothingToAllocate { .. } => "nothing-to-allocate",
        BooksError::BadHead { .. } => "bad-head",
        BooksError::Damaged { .. } => "damaged",
        BooksError::Unverified { .. } => "unverified",
        BooksError::Database { .. } => "database",
        BooksError::File { .. } => "file",
    }
}

fn report_code(error: &ReportError) -> &'static str {
    match error {
        ReportError::Books(error) => books_code(error),
        ReportError::TreasurerOnly { .. } => "treasurer-only",
        ReportError::NoStatement { .. } => "no-statement",
        ReportError::OneEvent { .. } => "one-event",
        ReportError::NoEvents { .. } => "no-event",
        ReportError::NoBudget { .. } => "no-budget",
        ReportError::NoPostings { .. } => "no-postings",
        ReportError::ReceiptRules { .. } => "receipt-rules",
    }
}

fn rule_code(error: &RuleError) -> &'static str {
    match error {
        RuleError::Ledger(error) => ledger_code(error),
        RuleError::Money(error) => money_code(error),
        RuleError::NoDocument { .. } => "no-document",
        RuleError::Taken { .. } => "taken",
        RuleError::NoSuch { .. } => "no-such",
        RuleError::NoAccount { .. } => "no-account",
        RuleError::EveryonePays { .. } => "everyone-pays",
        RuleError::EventOver { .. } => "event-over",
        RuleError::NotConfirmed { .. } => "event-overdue",
        RuleError::Beyond { .. } => "beyond",
        RuleError::Overpaid { .. } => "overpaid",
        RuleError::FundShort { .. } => "fund-short",
        RuleError::State { .. } => "state",
        RuleError::OwnClaim { .. } => "own-claim",
        RuleError::Invalid { .. } => "invalid",
        RuleError::Shares { .. } => "shares",
        RuleError::DonorRestricted { .. } => "donor-restricted",
        RuleError::NoRate { .. } => "no-rate",
    }
}

fn ledger_code(error: &LedgerError) -> &'static str {
    match error {
        LedgerError::BadCode { .. } => "bad-code",
        LedgerError::BadAccountName { .. } => "bad-account-name",
        LedgerError::BadWord { .. } => "bad-word",
        LedgerError::BadRate { .. } => "bad-rate",
        LedgerError::BadOriginal { .. } => "bad-original",
        LedgerError::BadAccountCode { .. } => "bad-account-code",
        LedgerError::TooFewPostings { .. } => "too-few-postings",
        LedgerError::Unbalanced { .. } => "unbalanced",
        LedgerError::UnbalancedFund { .. } => "unbalanced-fund",
        LedgerError::MixedCurrencies { .. } => "mixed-currencies",
        LedgerError::Amount { source, .. } => money_code(source),
        LedgerError::ChartSyntax { .. } => "chart-syntax",
        LedgerError::UnknownLine { .. } => "unknown-line",
        LedgerError::ChartContradiction { .. } | LedgerError::ChartGrouping { .. } => "chart",
    }
}

const fn money_code(error: &MoneyError) -> &'static str {
    match error {
        MoneyError::UnknownCurrency { .. } => "unknown-currency",
        MoneyError::NotAnAmount { .. } => "not-an-amount",
        MoneyError::TooManyDecimals { .. } => "too-many-decimals",
        MoneyError::Overflow { .. } => "overflow",
        MoneyError::CurrencyMismatch { .. } => "mixed-currencies",
        MoneyError::NoWeights => "no-weights",
    }
}

const fn calendar_code(error: &CalendarError) -> &'static str {
    match error {
        CalendarError::NotADate { .. } | CalendarError::NotATimestamp { .. } => "not-a-date",
        CalendarError::NotAPeriod { .. } => "not-a-period",
        CalendarError::Backwards { .. } => "backwards",
        CalendarError::NotAMonth { .. } => "not-a-month",
    }
}

fn intake_code(error: &IntakeError) -> &'static str {
    match error {
        IntakeError::Books(error) => books_code(error),
        IntakeError::File { .. } => "file",
        IntakeError::NoHeader { .. } | IntakeError::Header { .. } | IntakeError::Columns { .. } => "columns",
        IntakeError::Dress { .. } => "unreadable",
        IntakeError::OtherFormat { .. } => "other-format",
        IntakeError::UnknownFormat { .. } => "unknown-format",
        IntakeError::Rows { .. } => "bad-rows",
        IntakeError::Mapping { .. } => "mapping",
        IntakeError::Symbol { .. } => "currency-symbol",
        IntakeError::NotAStatement { .. } => "not-a-statement",
    }
}

fn books_hint(error: &BooksError) -> Option<String> {
    let hint = match error {
        BooksError::Ledger(error) => return ledger_hint(error),
        BooksError::Rule(error) => return rule_hint(error),
        BooksError::FundShort { spent: true, .. } => {
            "it was spent: record the right gift first, or reverse what it paid for; then reverse this".to_owned()
        }
        BooksError::FundShort { .. } => {
            "a gift that went back has taken the release along: use the document's own command, such as `bursar bill \
             cancel CODE`"
                .to_owned()
        }
        BooksError::PartyForgotten { .. } => {
            "if the same person is back, `bursar party add NAME` makes a new party known".to_owned()
        }
        BooksError::NothingToForget { .. } => "`bursar party forget --due` erases what has come due".to_owned(),
        BooksError::ForgetsItself { .. } => "name someone else".to_owned(),
        BooksError::ReasonNames { .. } => "say it without the name: it would be kept".to_owned(),
        BooksError::EventOverdue { event, .. } => {
            format!(
                "confirm it with `bursar event hold {event}`, or say that it was cancelled with `bursar event cancel`"
            )
        }
        BooksError::NotHeldYet { event, .. } => {
            format!("wait, or correct its days with `bursar event set {event} --last-day DATE`")
        }
        BooksError::DocumentEntry { since: Since::Changed(_), .. } => {
            "reverse the entries of what happened to it since first, the last one first, or use the document's own command"
                .to_owned()
        }
        BooksError::DocumentEntry { .. } => {
            "record what really happened with the document's own command, or by an entry".to_owned()
        }
        BooksError::Money(MoneyError::UnknownCurrency { .. }) => "give a code such as USD, EUR or JPY".to_owned(),
        BooksError::Money(MoneyError::TooManyDecimals { currency, .. }) => {
            format!("round to what was really paid; {currency} has {} decimals", currency.exponent())
        }
        BooksError::Money(MoneyError::Overflow { .. }) => "check the amount: no conference is that large".to_owned(),
        BooksError::Money(_) => "write amounts like 1,234.50, -12 or (12.00)".to_owned(),
        BooksError::Calendar(CalendarError::NotAPeriod { .. }) => {
            "`FROM..TO` takes any days; either end may be left out".to_owned()
        }
        BooksError::Calendar(CalendarError::Backwards { .. }) => "exchange the two days".to_owned(),
        BooksError::Calendar(_) => "write days as YYYY-MM-DD".to_owned(),
        BooksError::Unknown { what: "account", .. } => {
            "`bursar account list` shows all, `bursar account add NAME` opens one".to_owned()
        }
        BooksError::Unknown { what: "party", .. } => {
            "`bursar party list` shows all, `bursar party add NAME` makes one known".to_owned()
        }
        BooksError::Unknown { what, .. } => {
            format!("`bursar {what} list` shows all, `bursar {what} add CODE` adds one")
        }
        BooksError::UnknownEntry { .. } => "`bursar entry list` shows all".to_owned(),
        BooksError::ReversalBefore { date, .. } => format!("give --date {date} or later"),
        BooksError::LockInFuture { today, .. } => format!("`bursar close --through {today}` at the latest"),
        BooksError::Exists { what: "the book of", .. } => "give another file with --book".to_owned(),
        BooksError::Exists { .. } => "choose another name, or use the one that is there".to_owned(),
        BooksError::Empty { .. } => "give it".to_owned(),
        BooksError::BadPartyName { .. } => "leave the `#` away".to_owned(),
        BooksError::Holding { .. } => "name the topmost holding with --holding, for every company of it".to_owned(),
        BooksError::Replaced { .. } => "run the command again".to_owned(),
        BooksError::Fixed { .. } => "open a new one and move what belongs there by an entry".to_owned(),
        BooksError::ClosedAccount { value } => format!("`bursar account set \"{value}\" --open` opens it again"),
        BooksError::WrongCurrency { .. } => {
            "enter the amount in the books' currency, the foreign one beside it".to_owned()
        }
        BooksError::PeriodLocked { through, .. } => {
            format!(
                "date the entry after {through}, or open the days again with `bursar reopen --from DATE --reason TEXT`"
            )
        }
        BooksError::LockNotLater { .. } => "nothing needs to be done".to_owned(),
        BooksError::DuplicateReference { existing, .. } => {
            format!("look at it with `bursar entry show {existing}`; give this one another reference if it is another")
        }
        BooksError::AlreadyReversed { by, .. } => format!("look at it with `bursar entry show {by}`"),
        BooksError::BalanceOverflow { .. } => "check the amounts: no conference is that large".to_owned(),
        BooksError::Locked { .. } => "try again when it is done, or wait longer with --wait SECONDS".to_owned(),
        BooksError::NoBooks { path } => {
            format!("check the path; `bursar init --book {} --name NAME` would begin new books there", path.display())
        }
        BooksError::FileExists { .. } => "name another file, or move this one away".to_owned(),
        BooksError::NotBooks { .. } => "name the file of the books with --book or BURSAR_BOOK".to_owned(),
        BooksError::TooNew { .. } => "install the newer bursar that wrote it".to_owned(),
        BooksError::NotLocked { .. } => "there is nothing to reopen".to_owned(),
        BooksError::NothingForeign { .. } => "`bursar report payables` lists what is open".to_owned(),
        BooksError::RevaluedAlready { date } => {
            format!("to revalue at another rate, first `bursar rate add CURRENCY RATE --date {date}`")
        }
        BooksError::AllocatedAlready { entry, .. } => {
            format!("to share them anew, first `bursar entry reverse {entry} --reason TEXT`")
        }
        BooksError::NothingToAllocate { .. } => {
            "`bursar report functional-expenses --period PERIOD` shows where the costs stand".to_owned()
        }
        BooksError::BadHead { .. } => "copy it from the minutes, as `bursar close` printed it".to_owned(),
        BooksError::Damaged { .. } | BooksError::Unverified { .. } => {
            "`bursar verify` lists what is wrong; `bursar restore` puts a backup in place".to_owned()
        }
        BooksError::Database { .. } | BooksError::File { .. } => "check the disk and the file's permissions".to_owned(),
    };
    Some(hint)
}

fn rule_hint(error: &RuleError) -> Option<String> {
    Some(match error {
        RuleError::Ledger(error) => return ledger_hint(error),
        RuleError::Money(_) => "write amounts like 1,234.50, -12 or (12.00)".to_owned(),
        RuleError::NoDocument { id, .. } => format!("`bursar {} list` shows all", noun(id.kind)),
        RuleError::Taken { id } => format!("choose another code; `bursar {} show {}` shows it", noun(id.kind), id.code),
        RuleError::NoSuch { what: "tax code", .. } => {
            "`bursar tax list` shows all; `bursar tax add CODE --rate 20%` adds one".to_owned()
        }
        RuleError::NoSuch { what, .. } => {
            let noun = if *what == "package" { "sponsor package" } else { *what };
            format!("`bursar {noun} list` shows all, `bursar {noun} add` adds one")
        }
        RuleError::NoAccount { code, .. } => {
            format!("open it: `bursar account add NAME --type TYPE --code {code}`")
        }
        RuleError::EveryonePays { policy: WhoPays::EveryonePaysStrict, .. } => {
            "name who pays with by=self, by=employer, by=pass or by=aid; this policy knows no exceptions".to_owned()
        }
        RuleError::EveryonePays { .. } => {
            "name who pays with by=self, by=employer, by=pass or by=aid; or record the board's exception with \
             by=waiver;approved-by=NAME"
                .to_owned()
        }
        RuleError::EventOver { .. } => "`bursar event show CODE` shows what has become of it".to_owned(),
        RuleError::NotConfirmed { event, .. } => format!(
            "`bursar event hold {event}` says that it was held; or correct its days with `bursar event set {event} --last-day DATE`"
        ),
        RuleError::Beyond { .. } => "give at most that".to_owned(),
        RuleError::FundShort { id, .. } => {
            format!("record a gift to the fund first, or take {id} out of it (`bursar {} show {}`)", noun(id.kind), id.code)
        }
        RuleError::Overpaid { .. } => {
            "pay at most that; or record all that came in with --overpaid (`overpayment` when reconciling), and the rest is owed \
             back"
                .to_owned()
        }
        RuleError::State { hint, .. } => (*hint).to_owned(),
        RuleError::OwnClaim { .. } => "let someone else approve it, with --by NAME".to_owned(),
        RuleError::Shares { .. } => "let the shares of all --to add up to 1, or 100%".to_owned(),
        RuleError::DonorRestricted { .. } => {
            "spend it on what it is for: a bill or claim with `fund=CODE` releases it".to_owned()
        }
        RuleError::NoRate { currency, date } => {
            format!("`bursar rate add {currency} RATE --date {date}`, or `bursar import rates FILE`")
        }
        RuleError::Invalid { .. } => "correct it and try again".to_owned(),
    })
}

/// The noun of a command for a kind of document.
fn noun(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Sponsorship => "sponsor",
        DocumentKind::Application => "aid",
        DocumentKind::Gift => "fund gift",
        other => other.word(),
    }
}

fn ledger_hint(error: &LedgerError) -> Option<String> {
    let hint = match error {
        LedgerError::Unbalanced { .. } => "correct an amount, or add the posting that is missing",
        LedgerError::UnbalancedFund { .. } => "give both sides the same fund, or add the transfer between the funds",
        LedgerError::TooFewPostings { .. } => "give at least one --debit and one --credit",
        LedgerError::BadAccountName { .. } => "write it like `Expenses:Venue`",
        LedgerError::Amount { .. } => "check the amounts",
        LedgerError::MixedCurrencies { .. } => "enter all amounts in the books' currency",
        LedgerError::UnknownLine { .. } => "`bursar account show NAME` shows the line another account has",
        LedgerError::ChartSyntax { .. }
        | LedgerError::ChartContradiction { .. }
        | LedgerError::ChartGrouping { .. } => "correct the chart file; docs/reference.md describes its format",
        LedgerError::BadRate { .. } => "write it like 1.0845",
        LedgerError::BadOriginal { .. } => "give the foreign amount as it was paid, without a sign of its own",
        LedgerError::BadAccountCode { .. } => "write it like 5420",
        LedgerError::BadCode { .. } | LedgerError::BadWord { .. } => return None,
    };
    Some(hint.to_owned())
}

fn intake_hint(error: &IntakeError) -> String {
    match error {
        IntakeError::Rows { .. } => "correct the rows and import the file again",
        IntakeError::OtherFormat { command, .. } => return format!("import it with `bursar import {command}`"),
        IntakeError::UnknownFormat { .. } => "docs/reference.md lists the formats; --map names the columns of another",
        IntakeError::Dress { .. } => "docs/reference.md tells how files may be written",
        IntakeError::Columns { .. } => {
            "check that it is the right export, or name its columns in a mapping (--map); docs/reference.md lists them"
        }
        IntakeError::NoHeader { .. } | IntakeError::Header { .. } => {
            "check that it is the right export; docs/reference.md lists the columns"
        }
        IntakeError::Mapping { .. } => "docs/reference.md describes mapping files",
        IntakeError::NotAStatement { .. } => "ask the bank for OFX, CAMT.053 or CSV; docs/reference.md describes them",
        IntakeError::Symbol { .. } => "quote it, so that the shell leaves the sign alone: --currency-symbol '$=USD'",
        IntakeError::File { .. } | IntakeError::Books(_) => "check the path",
    }
    .to_owned()
}

fn disclosure_code(error: &DisclosureError) -> &'static str {
    match error {
        DisclosureError::Books(error) | DisclosureError::Report(ReportError::Books(error)) => books_code(error),
        DisclosureError::Report(_) | DisclosureError::Treasurer { .. } => "treasurer-only",
        DisclosureError::Rules { .. } => "disclosure-rules",
        DisclosureError::Blocked { .. } => "release-blocked",
        DisclosureError::Untied { .. } => "untied-figure",
        DisclosureError::NoFigure { .. } => "no-figure",
        DisclosureError::NoRelease { .. } => "no-release",
        DisclosureError::LastRelease { .. } => "last-release",
        DisclosureError::NotTheBooks { .. } => "not-the-books",
        DisclosureError::Moved => "release-moved",
    }
}

fn reconcile_code(error: &ReconcileError) -> &'static str {
    match error {
        ReconcileError::Books(error) => books_code(error),
        ReconcileError::Intake(error) => intake_code(error),
        ReconcileError::Which { .. } => "which-statement",
        ReconcileError::NoLines { .. } => "no-lines",
        ReconcileError::NoBalance { .. } => "no-balance",
        ReconcileError::Sum { .. } => "statement-sum",
        ReconcileError::Opening { .. } => "statement-opening",
        ReconcileError::Undecided { .. } => "undecided",
        ReconcileError::Decisions { .. } => "decisions",
        ReconcileError::Posted { .. } => "decision-posts",
        ReconcileError::Outstanding { .. } => "not-outstanding",
        ReconcileError::NoneStands | ReconcileError::Unknown { .. } => "no-reconciliation",
    }
}

fn reconcile_hint(error: &ReconcileError) -> Option<String> {
    Some(match error {
        ReconcileError::Books(error) => return books_hint(error),
        ReconcileError::Intake(error) => intake_hint(error),
        ReconcileError::Which { .. } => {
            "--statement-account chooses one by its IBAN or number; an account in another currency cannot be \
             reconciled in these books"
                .to_owned()
        }
        ReconcileError::NoLines { .. } => "check --from and --to, or the file".to_owned(),
        ReconcileError::NoBalance { .. } => "copy one from the bank: --opening AMOUNT or --closing AMOUNT".to_owned(),
        ReconcileError::Sum { .. } => {
            "get the statement anew: lines are missing or twice. A balance that the file does not have is given with \
             --opening and --closing"
                .to_owned()
        }
        ReconcileError::Opening { .. } => {
            "reconcile the statement before it first; or, when it has days that were reconciled from another file, begin \
             after them with --from DATE, the day after the last reconciliation; or, of a first one, name what the bank had not shown by then with \
             --outstanding ENTRY, or correct the books (`bursar opening import`, `bursar entry add`)"
                .to_owned()
        }
        ReconcileError::Undecided { .. } => {
            "--accept payouts,fees,payments takes what is proposed without a `?`; --decide 'LINE=entry;account=ACCOUNT' \
             says what a line is; --suggest FILE writes all of it into a file to decide in, which --decisions FILE takes back"
                .to_owned()
        }
        ReconcileError::Decisions { .. } => "correct them; docs/reference.md has their words".to_owned(),
        ReconcileError::Posted { .. } => "decide it otherwise: an `entry`, or a `match` with entries made by hand".to_owned(),
        ReconcileError::Outstanding { .. } => "leave it out".to_owned(),
        ReconcileError::NoneStands | ReconcileError::Unknown { .. } => "`bursar reconcile list` shows all".to_owned(),
    })
}

fn policy_code(error: &PolicyError) -> &'static str {
    match error {
        PolicyError::Books(error) | PolicyError::Report(ReportError::Books(error)) => books_code(error),
        PolicyError::Report(_) => "treasurer-only",
        PolicyError::Unknown { .. } => "no-policy",
        PolicyError::File { .. } => "policy-file",
        PolicyError::Key { .. } => "policy-key",
        PolicyError::NoAdmissions { .. } => "no-admissions",
        PolicyError::NoAccount { .. } => "no-account",
        PolicyError::Unsolved { .. } => "unsolved",
        PolicyError::Forecast { .. } => "no-forecast",
        PolicyError::NoFigure { .. } => "no-figure",
    }
}

fn policy_hint(error: &PolicyError) -> Option<String> {
    Some(match error {
        PolicyError::Books(_) | PolicyError::Report(_) => return None,
        PolicyError::Unknown { .. } => {
            "`bursar policy list` shows all; a file of your own is named with its ending: ./mine.toml".to_owned()
        }
        PolicyError::File { .. } => {
            "docs/reference.md describes the files of policies and plans; `bursar policy show NAME` prints one"
                .to_owned()
        }
        PolicyError::Key { line: Some(_), .. } => {
            "correct the file; docs/reference.md describes those of policies and plans".to_owned()
        }
        PolicyError::Key { .. } => "correct what the command says of it".to_owned(),
        PolicyError::NoAdmissions { .. } => {
            "`bursar registration list EVENT` shows who is admitted; unpaid orders are \
             not. A plan needs an [[admission]]"
                .to_owned()
        }
        PolicyError::NoAccount { code, .. } => {
            format!("open it: `bursar account add NAME --type expense --code {code}`")
        }
        PolicyError::Forecast { .. } => "`bursar event list` shows all".to_owned(),
        PolicyError::Unsolved { .. } => "take another goal with --target, or look at `bursar policy stress`".to_owned(),
        PolicyError::NoFigure { .. } => "without --explain, `--format json` lists the keys of all rows".to_owned(),
    })
}

fn disclosure_hint(error: &DisclosureError) -> Option<String> {
    Some(match error {
        DisclosureError::Books(_) | DisclosureError::Report(_) => return None,
        DisclosureError::Treasurer { .. } => "leave it out of the release".to_owned(),
        DisclosureError::Rules { .. } => {
            "`bursar release rules show` prints those in force; `bursar release rules set FILE` sets others".to_owned()
        }
        DisclosureError::Blocked { .. } => "choose one: leave the statement out, or take a longer period or fewer \
             columns (--total); wait for more contributors; ask the contributor and record its consent with \
             `bursar release consent PARTY --evidence TEXT`; publish to the board instead of the public; or decide to \
             show the figure with --override FIGURE --reason TEXT, which every audit will show"
            .to_owned(),
        DisclosureError::Untied { .. } => "`bursar verify` looks for what is wrong with the books".to_owned(),
        DisclosureError::NoFigure { .. } => {
            "name row and column, as `--dry-run` without --override lists them: fundraising/total".to_owned()
        }
        DisclosureError::NoRelease { .. } => "`bursar release list` shows all".to_owned(),
        DisclosureError::LastRelease { .. } => {
            "restore the latest backup; or hand the missing releases in again with `bursar release record FILE`"
                .to_owned()
        }
        DisclosureError::NotTheBooks { .. } => "record the file with the books it was made from".to_owned(),
        DisclosureError::Moved => "publish again".to_owned(),
    })
}
