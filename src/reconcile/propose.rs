//! What a line that is not in the books may be: a payout, a charge of the bank, the payment of something that is open.
//! A proposal says why. One that rests on more than its amount is firm; the others are for people to look at.

use std::collections::HashMap;

use super::ReconcileError;
use super::matching::{says, words};
use crate::books::{Books, DocumentFilter, Setup, Store};
use crate::conference::accounts::{
    BANK, BANK_CHARGES, CARD_CLEARING, HELD_BY_HOST, PLATFORM_CLEARING, PROCESSING_FEES, WALLET,
};
use crate::conference::{Document, DocumentId, DocumentKind, Method};
use crate::intake::statement::{LineKind, StatementLine};
use crate::ledger::{AccountNo, PartyNo};

/// What may be accepted without looking at each line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Accept {
    /// Money that moved between the organisation's own accounts.
    Payouts,
    /// What a bank or processor took.
    Fees,
    /// Payments of what is open.
    Payments,
    /// Refunds that were agreed.
    Refunds,
    /// Chargebacks.
    Disputes,
}

impl Accept {
    /// All kinds, each with its word.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Payouts, "payouts"),
        (Self::Fees, "fees"),
        (Self::Payments, "payments"),
        (Self::Refunds, "refunds"),
        (Self::Disputes, "disputes"),
    ];

    /// The word used in input and output.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }
}

/// What to do about a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Proposal {
    /// Money moved between the account and another of the organisation's.
    Transfer {
        /// The other account.
        other: AccountNo,
    },
    /// A fee, to an expense account.
    Fee {
        /// The expense account.
        account: AccountNo,
    },
    /// A payment of a document, received or made.
    Payment {
        /// The document.
        document: DocumentId,
    },
    /// A refund that was agreed is paid; or a deposit comes back.
    Refund {
        /// The document.
        document: DocumentId,
    },
    /// An order's payment is charged back.
    Dispute {
        /// The order.
        document: DocumentId,
    },
}

impl Proposal {
    /// Under which word it can be accepted.
    #[must_use]
    pub const fn accept(&self) -> Accept {
        match self {
            Self::Transfer { .. } => Accept::Payouts,
            Self::Fee { .. } => Accept::Fees,
            Self::Payment { .. } => Accept::Payments,
            Self::Refund { .. } => Accept::Refunds,
            Self::Dispute { .. } => Accept::Disputes,
        }
    }

    /// What it would do, in words.
    #[must_use]
    pub fn says(&self, setup: &Setup, amount: i64) -> String {
        let name = |number: AccountNo| setup.account_numbered(number).map_or("?", |account| account.name.as_str());
        match self {
            Self::Transfer { other } if amount > 0 => format!("payout from {}", name(*other)),
            Self::Transfer { other } => format!("payout to {}", name(*other)),
            Self::Fee { account } => format!("fee to {}", name(*account)),
            Self::Payment { document } => format!("payment of {document}"),
            Self::Refund { document } => format!("refund of {document}"),
            Self::Dispute { document } => format!("chargeback of {document}"),
        }
    }
}

/// A proposal with its reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggestion {
    /// What to do.
    pub proposal: Proposal,
    /// Why.
    pub why: String,
    /// Whether it rests on more than the amount, and nothing else fits as well: only then `--accept` takes it.
    pub firm: bool,
}

/// Something open that money may be for.
struct Open {
    proposal: Proposal,
    /// What is open, minor units; negative when it is to be paid out.
    amount: i64,
    /// Codes and numbers that would name it.
    codes: Vec<String>,
    party: String,
    /// Whether only a part may be paid.
    parts: bool,
}

/// Everything open, and the accounts that money moves through.
pub(super) struct Proposer<'s> {
    setup: &'s Setup,
    account: AccountNo,
    open: Vec<Open>,
    /// Places in `open` by amount and by code.
    by_amount: HashMap<i64, Vec<usize>>,
    by_code: HashMap<String, Vec<usize>>,
}

/// Words on a bank's statement that tell a processor, and the account its money is in until then.
const PROCESSORS: [(&str, &str); 12] = [
    ("stripe", CARD_CLEARING.code),
    ("adyen", CARD_CLEARING.code),
    ("mollie", CARD_CLEARING.code),
    ("sumup", CARD_CLEARING.code),
    ("square", CARD_CLEARING.code),
    ("braintree", CARD_CLEARING.code),
    ("eventbrite", PLATFORM_CLEARING.code),
    ("pretix", PLATFORM_CLEARING.code),
    ("tito", PLATFORM_CLEARING.code),
    ("ticketing", PLATFORM_CLEARING.code),
    ("paypal", WALLET.code),
    ("wise", WALLET.code),
];

/// Words that tell a charge, in the languages of the banks that were looked at.
const FEE_WORDS: [&str; 16] = [
    "fee",
    "fees",
    "charge",
    "charges",
    "commission",
    "entgelt",
    "entgeltabschluss",
    "gebühr",
    "gebühren",
    "kontoführung",
    "spesen",
    "frais",
    "commissions",
    "spese",
    "comisión",
    "kosten",
];

/// What the names of banks have in them.
const BANKS: [&str; 8] = ["bank", "sparkasse", "kasse", "credit union", "banque", "banco", "caixa", "building society"];

/// Codes of accounts in which processors hold money.
const CLEARING: [&str; 3] = [CARD_CLEARING.code, PLATFORM_CLEARING.code, WALLET.code];

/// The method by which money moves through an account, and the account where it is not the method's own.
pub(super) fn method(setup: &Setup, account: AccountNo) -> (Method, Option<AccountNo>) {
    let code = setup.account_numbered(account).and_then(|account| account.code.as_deref());
    match code {
        Some(code) if code == CARD_CLEARING.code => (Method::Card, None),
        Some(code) if code == PLATFORM_CLEARING.code => (Method::Platform, None),
        Some(code) if code == WALLET.code => (Method::Wallet, None),
        Some(code) if code == HELD_BY_HOST.code => (Method::Host, None),
        Some(code) if code == BANK.code => (Method::Wire, None),
        _ => (Method::Wire, Some(account)),
    }
}

impl<'s> Proposer<'s> {
    /// Reads what is open. Parties are asked for once.
    pub(super) fn new<S: Store>(books: &'s Books<S>, account: AccountNo) -> Result<Self, ReconcileError> {
        let setup = books.setup()?;
        let mut proposer =
            Self { setup, account, open: Vec::new(), by_amount: HashMap::new(), by_code: HashMap::new() };
        let mut names: HashMap<PartyNo, String> = HashMap::new();
        let mut documents = Vec::new();
        let mut invoices: HashMap<DocumentId, Vec<String>> = HashMap::new();
        let kinds = [
            DocumentKind::Order,
            DocumentKind::Sponsorship,
            DocumentKind::Contract,
            DocumentKind::Bill,
            DocumentKind::Claim,
            DocumentKind::Application,
            DocumentKind::Invoice,
        ];
        for kind in kinds {
            books.documents(DocumentFilter::Kind(kind), &mut |document| {
                if let Document::Invoice(invoice) = &document {
                    invoices.entry(invoice.of).or_default().push(invoice.code.to_string());
                    return Ok(());
                }
                let open = amounts(&document);
                if !open.is_empty() {
                    documents.push((document.id(), document.party(), open));
                }
                Ok(())
            })?;
        }
        for (id, party, open) in documents {
            if let std::collections::hash_map::Entry::Vacant(place) = names.entry(party) {
                place.insert(words(&books.party(party)?.name.unwrap_or_default()).trim().to_owned());
            }
            let mut codes = vec![words(id.code.as_str()).trim().to_owned()];
            codes.extend(invoices.get(&id).into_iter().flatten().map(|code| words(code).trim().to_owned()));
            for (proposal, amount, parts) in open {
                let party = names.get(&party).cloned().unwrap_or_default();
                proposer.open.push(Open { proposal, amount, codes: codes.clone(), party, parts });
            }
        }
        for (i, open) in proposer.open.iter().enumerate() {
            proposer.by_amount.entry(open.amount).or_default().push(i);
            for code in &open.codes {
                proposer.by_code.entry(code.split(' ').next().unwrap_or_default().to_owned()).or_default().push(i);
            }
        }
        Ok(proposer)
    }

    /// What a line may be, the likeliest first.
    pub(super) fn propose(&self, line: &StatementLine, text: &str) -> Vec<Suggestion> {
        let mut suggestions = self.transfer(line, text);
        suggestions.extend(self.documents(line, text));
        if suggestions.iter().any(|suggestion| suggestion.firm) {
            suggestions.retain(|suggestion| suggestion.firm);
        }
        if suggestions.is_empty() {
            suggestions.extend(self.fee(line, text));
        } else if line.kind == LineKind::Fee {
            suggestions = self.fee(line, text).into_iter().collect();
        }
        // Two that are equally good are a question.
        let one = suggestions.len() == 1;
        suggestions.iter_mut().for_each(|suggestion| suggestion.firm &= one);
        suggestions
    }

    fn is_clearing(&self) -> bool {
        let code = self.setup.account_numbered(self.account).and_then(|account| account.code.as_deref());
        code.is_some_and(|code| CLEARING.contains(&code))
    }

    fn transfer(&self, line: &StatementLine, text: &str) -> Vec<Suggestion> {
        let other = |code: &str| self.setup.account_with_code(code).filter(|other| *other != self.account);
        let mut found = Vec::new();
        if line.kind == LineKind::Payout
            && let Some(bank) = other(BANK.code)
        {
            let why = "the file says that it is a payout".to_owned();
            found.push(Suggestion { proposal: Proposal::Transfer { other: bank }, why, firm: true });
        } else if !self.is_clearing() && line.kind != LineKind::Fee {
            for (word, code) in PROCESSORS {
                if let Some(clearing) = other(code).filter(|_| says(text, word)) {
                    let why = format!("the line names {word}");
                    // Someone may be called like it, or buy from it: it is a payout when it comes from there.
                    let from = words(line.counterparty.as_deref().or(line.text.as_deref()).unwrap_or_default());
                    let firm = line.amount > 0 && from.split_whitespace().next() == Some(word);
                    found.push(Suggestion { proposal: Proposal::Transfer { other: clearing }, why, firm });
                    break;
                }
            }
        }
        found
    }

    fn fee(&self, line: &StatementLine, text: &str) -> Option<Suggestion> {
        let code = if self.is_clearing() { PROCESSING_FEES.code } else { BANK_CHARGES.code };
        let account = self.setup.account_with_code(code)?;
        let why = match line.kind {
            LineKind::Fee => "the file says that it is a fee".to_owned(),
            LineKind::Other if line.amount < 0 => {
                let word = FEE_WORDS.into_iter().find(|word| says(text, word))?;
                format!("the line says `{word}`")
            }
            _ => return None,
        };
        // A word proves little about what another than the bank itself was paid for.
        let other = words(line.counterparty.as_deref().unwrap_or_default());
        let is_bank = other.trim().is_empty() || BANKS.iter().any(|word| other.contains(word));
        let firm = line.kind == LineKind::Fee || (is_bank && !says(text, "refund"));
        Some(Suggestion { proposal: Proposal::Fee { account }, why, firm })
    }

    fn documents(&self, line: &StatementLine, text: &str) -> Vec<Suggestion> {
        if matches!(line.kind, LineKind::Payout | LineKind::Fee) {
            return Vec::new();
        }
        let amount = line.gross();
        let exact = self.by_amount.get(&amount).map(Vec::as_slice).unwrap_or_default();
        let named = |i: &usize| self.open[*i].codes.iter().any(|code| says(text, code));
        let by_party = |i: &usize| says(text, &self.open[*i].party);
        let pick = |open: &Open| match (&open.proposal, line.kind) {
            // A chargeback is no refund, and the other way round.
            (Proposal::Dispute { .. }, kind) => kind == LineKind::Dispute,
            // One that was won pays the order again; a fee that comes with it is no fee of a payment.
            (Proposal::Payment { document }, LineKind::Dispute) => {
                amount > 0 && line.fee == 0 && document.kind == DocumentKind::Order
            }
            (_, kind) => kind != LineKind::Dispute,
        };
        let suggest = |i: &usize, why: String, firm| Suggestion { proposal: self.open[*i].proposal.clone(), why, firm };
        let fits: Vec<&usize> = exact.iter().filter(|i| pick(&self.open[**i])).collect();
        let of_code: Vec<Suggestion> = fits
            .iter()
            .filter(|i| named(i))
            .map(|i| suggest(i, "the amount fits, and the line names it".to_owned(), true))
            .collect();
        if !of_code.is_empty() {
            return of_code;
        }
        let of_party: Vec<Suggestion> = fits
            .iter()
            .filter(|i| by_party(i))
            .map(|i| suggest(i, "the amount fits, and the line names the party".to_owned(), true))
            .collect();
        if !of_party.is_empty() {
            return of_party;
        }
        // A part of what the line names.
        let mut parts: Vec<usize> =
            text.split(' ').filter_map(|word| self.by_code.get(word)).flatten().copied().collect();
        parts.sort_unstable();
        parts.dedup();
        let part = |i: &usize| {
            let open = &self.open[*i];
            pick(open)
                && open.parts
                && open.amount.signum() == amount.signum()
                && amount.unsigned_abs() < open.amount.unsigned_abs()
                && named(i)
        };
        let of_part: Vec<Suggestion> = parts
            .iter()
            .filter(|i| part(i))
            .map(|i| suggest(i, "the line names it; the amount is a part of what is open".to_owned(), false))
            .collect();
        if !of_part.is_empty() {
            return of_part;
        }
        fits.iter()
            .take(5)
            .map(|i| suggest(i, "the amount fits; the line names neither document nor party".to_owned(), false))
            .collect()
    }
}

/// What money may be for: proposals with amounts, positive when it would come in, and whether parts may be paid.
fn amounts(document: &Document) -> Vec<(Proposal, i64, bool)> {
    let id = document.id();
    let (payment, refund) = (Proposal::Payment { document: id }, Proposal::Refund { document: id });
    let mut open = match document {
        Document::Order(order) => vec![
            (payment, order.outstanding(), true),
            (refund, -order.refunds, true),
            (Proposal::Dispute { document: id }, -order.chargeable(), true),
        ],
        Document::Sponsorship(d) => vec![(payment, d.outstanding(), true), (refund, -d.refunds, true)],
        // What is owed in another currency is paid with its own command, which asks for both amounts.
        Document::Bill(bill) if bill.foreign.is_none() => vec![(payment, -bill.payable, true)],
        Document::Claim(claim) => vec![(payment, -claim.payable, true)],
        Document::Application(application) => vec![(payment, -application.payable, true)],
        Document::Contract(contract) => {
            let mut paid = contract.deposits_paid;
            let due = contract.terms.deposits.iter().map(|due| {
                let covered = paid.min(due.amount);
                paid -= covered;
                due.amount - covered
            });
            vec![(payment, -due.into_iter().find(|amount| *amount > 0).unwrap_or(0), false)]
        }
        _ => Vec::new(),
    };
    open.retain(|(_, amount, _)| *amount != 0);
    open
}
