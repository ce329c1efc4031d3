//! Claims and applications for aid in bulk: a row a line of a claim, rows of one claim together; a row an application.

use super::super::table::{Row, Table};
use super::super::{IntakeError, SourceFile};
use super::{Filed, Filing, columns};
use crate::books::{Store, Writer};
use crate::calendar::Date;
use crate::conference::{
    AidOffered, ApplicationReceived, ApplicationStatus, Cancelled, ClaimApproved, ClaimStatus, ClaimSubmitted,
    ConditionMet, CostLine, Digest, Document, DocumentId, DocumentKind, Fact, Method, Payment, Residence, Role,
    Transferred,
};
use crate::ledger::{PartyKind, PartyNo, Slug};

/// The columns of a claims file. What belongs to the claim as a whole stands in its first row.
pub const CLAIM_COLUMNS: [&str; 14] = [
    "claim",
    "date",
    "claimant",
    "account",
    "amount",
    "event",
    "tax",
    "fund",
    "activity",
    "function",
    "receipt",
    "approver",
    "approved_date",
    "paid_date",
];

/// The columns of a file of applications for aid.
pub const AID_COLUMNS: [&str; 15] = [
    "application",
    "date",
    "event",
    "party",
    "role",
    "asked",
    "travel",
    "lodging",
    "fund",
    "residence",
    "condition",
    "offered_date",
    "met_date",
    "paid_date",
    "declined_date",
];

/// Imports a file of claims.
///
/// # Errors
/// [`IntakeError`]; every bad row is listed, and the caller's transaction must not be committed then.
pub fn import_claims<S: Store>(writer: &mut Writer<'_, S>, file: &SourceFile) -> Result<Filed, IntakeError> {
    let mut table = Table::open(file, &columns(&CLAIM_COLUMNS, 5))?;
    let mut filing = Filing::begin(writer, file, "claims")?;
    let mut group: Option<Group> = None;
    while let Some(row) = table.next(&mut filing.problems)? {
        if group.as_ref().is_none_or(|group| group.key != row.get(0)) {
            if let Some(done) = group.take() {
                filing.claim(done)?;
            }
            group = Some(filing.begin_claim(&row)?);
        }
        if let Some(group) = &mut group {
            let before = filing.problems.count();
            let line = filing.cost_line(&row, [3, 4, 6, 7, 8, 9], None);
            let receipt = row.parse_filled(10, &mut filing.problems, |text| {
                Digest::from_hex(text).ok_or_else(|| format!("`{text}` is no SHA-256: 64 hexadecimal digits"))
            });
            match (line, receipt) {
                (Some(line), Some(receipt)) if filing.problems.count() == before => {
                    group.lines.push(CostLine { receipt, ..line });
                }
                _ => group.sound = false,
            }
        }
    }
    if let Some(done) = group.take() {
        filing.claim(done)?;
    }
    filing.finish()
}

/// Imports a file of applications for aid, with what became of them.
///
/// # Errors
/// As [`import_claims`].
pub fn import_aid<S: Store>(writer: &mut Writer<'_, S>, file: &SourceFile) -> Result<Filed, IntakeError> {
    let mut table = Table::open(file, &columns(&AID_COLUMNS, 4))?;
    let mut filing = Filing::begin(writer, file, "aid")?;
    while let Some(row) = table.next(&mut filing.problems)? {
        filing.application(&row)?;
    }
    filing.finish()
}

struct Group {
    key: String,
    line: u64,
    head: Option<Head>,
    lines: Vec<CostLine>,
    sound: bool,
}

struct Head {
    code: Slug,
    date: Date,
    claimant: PartyNo,
    event: Option<Slug>,
    approved: Option<(PartyNo, Date)>,
    paid: Option<Date>,
}

impl<S: Store> Filing<'_, '_, S> {
    fn begin_claim(&mut self, row: &Row<'_>) -> Result<Group, IntakeError> {
        let code = row.parse(0, &mut self.problems, str::parse::<Slug>);
        let date = row.parse(1, &mut self.problems, str::parse::<Date>);
        let claimant = self.party_in(row, 2, "claimant", PartyKind::Person)?;
        let event = self.event(row, 5);
        let approver = match row.filled(11) {
            None => Some(None),
            Some(_) => self.party_in(row, 11, "approver", PartyKind::Person)?.map(Some),
        };
        let approved = row.parse_filled(12, &mut self.problems, str::parse::<Date>);
        let paid = row.parse_filled(13, &mut self.problems, str::parse::<Date>);
        if row.filled(11).is_none() && (row.filled(12).is_some() || row.filled(13).is_some()) {
            self.problems.add(
                row.line,
                Some("approver"),
                "it is empty, though the row has a day of approval or payment",
            );
        }
        let head = (|| {
            let date = date?;
            let approved = approver?.map(|by| approved.map(|day| (by, day.unwrap_or(date))));
            let approved = match approved {
                None => None,
                Some(approved) => Some(approved?),
            };
            Some(Head { code: code?, date, claimant: claimant?, event: event?, approved, paid: paid? })
        })();
        let (key, line) = (row.get(0).to_owned(), row.line);
        Ok(Group { key, line, sound: head.is_some(), head, lines: Vec::new() })
    }

    fn claim(&mut self, group: Group) -> Result<(), IntakeError> {
        let (Some(head), true) = (group.head, group.sound) else { return Ok(()) };
        let (line, lines) = (group.line, group.lines);
        let (code, claimant, event, date) = (head.code, head.claimant, head.event, head.date);
        let id = DocumentId::new(DocumentKind::Claim, code);
        if let Some(Document::Claim(kept)) = self.kept(id)? {
            let same = (kept.claimant, kept.date, &kept.lines) == (claimant, date, &lines);
            self.known(line, id, (!same).then(|| "claimant, date or lines".to_owned()))?;
            let news = [
                (head.approved.is_some() && kept.status == ClaimStatus::Submitted, "approved"),
                (head.paid.is_some() && kept.payable > 0 && kept.payable == kept.total, "paid"),
            ];
            self.later(line, id, &news);
            return Ok(());
        }
        self.filed.documents += 1;
        let claim = ClaimSubmitted { code, claimant, event, date, lines };
        if !self.happen(line, |_| Ok(Fact::Claim(claim)))? {
            return Ok(());
        }
        self.filed.added += 1;
        let Some((approver, date)) = head.approved else { return Ok(()) };
        let approved = ClaimApproved { claim: code, approver, date };
        if self.happen(line, |_| Ok(Fact::ClaimApproved(approved)))?
            && let Some(date) = head.paid
        {
            self.pay_open(line, id, date)?;
        }
        Ok(())
    }

    /// Pays what is to be paid of a document, by wire.
    fn pay_open(&mut self, line: u64, document: DocumentId, date: Date) -> Result<(), IntakeError> {
        let amount = self.kept(document)?.map_or(0, |document| document.open().1);
        let paid = Transferred { date, amount, fee: 0, method: Method::Wire, account: None, foreign: None };
        self.happen(line, |_| Ok(Fact::Payment(Payment::new(document, paid))))?;
        Ok(())
    }

    fn application(&mut self, row: &Row<'_>) -> Result<(), IntakeError> {
        let before = self.problems.count();
        let code = row.parse(0, &mut self.problems, str::parse::<Slug>);
        let date = row.parse(1, &mut self.problems, str::parse::<Date>);
        let event = self.event(row, 2).flatten();
        if row.get(2).is_empty() {
            self.problems.add(row.line, Some("event"), "it is empty");
        }
        let party = self.party_in(row, 3, "party", PartyKind::Person)?;
        let role = row.parse_filled(4, &mut self.problems, str::parse::<Role>);
        let (asked, travel, lodging) = (self.minor(row, 5), self.minor(row, 6), self.minor(row, 7));
        let fund = self.fund(row, 8);
        let residence = row.parse_filled(9, &mut self.problems, str::parse::<Residence>);
        let days = [11, 12, 13, 14].map(|column| row.parse_filled(column, &mut self.problems, str::parse::<Date>));
        let (Some(code), Some(date), Some(event), Some(party)) = (code, date, event, party) else { return Ok(()) };
        if self.problems.count() > before {
            return Ok(());
        }
        let [offered, met, paid, declined] = days.map(Option::flatten);
        if offered.is_none() && (met.is_some() || paid.is_some() || travel.unwrap_or(0) + lodging.unwrap_or(0) != 0) {
            let problem = "it is empty, though the row has an amount for travel or lodging, or a day after the offer";
            self.problems.add(row.line, Some("offered_date"), problem);
            return Ok(());
        }
        let (asked, role) = (asked.unwrap_or(0), role.flatten().unwrap_or(Role::Attendee));
        let id = DocumentId::new(DocumentKind::Application, code);
        if let Some(Document::Application(kept)) = self.kept(id)? {
            let same = (kept.event, kept.party, kept.date, kept.asked) == (event, party, date, asked);
            self.known(row.line, id, (!same).then(|| "event, party, date or amount".to_owned()))?;
            let granted = kept.travel + kept.lodging;
            let news = [
                (offered.is_some() && kept.status == ApplicationStatus::Received, "offered aid"),
                (met.is_some() && kept.status == ApplicationStatus::Offered, "granted"),
                (paid.is_some() && granted > 0 && kept.payable == granted, "paid"),
                (declined.is_some() && kept.status != ApplicationStatus::Declined, "declined"),
            ];
            self.later(row.line, id, &news);
            return Ok(());
        }
        self.filed.documents += 1;
        let received = ApplicationReceived { code, event, party, role, date, asked };
        if !self.happen(row.line, |_| Ok(Fact::Application(received)))? {
            return Ok(());
        }
        self.filed.added += 1;
        if let Some(date) = declined {
            let (lines, fee) = (Vec::new(), 0);
            let cancelled = Cancelled { document: id, date, lines, fee, refund: false, reason: None };
            self.happen(row.line, |_| Ok(Fact::Cancelled(cancelled)))?;
        }
        let Some(date) = offered else { return Ok(()) };
        let condition = row.filled(10).map(str::to_owned);
        let (travel, lodging) = (travel.unwrap_or(0), lodging.unwrap_or(0));
        let (fund, residence) = (fund.flatten(), residence.flatten().unwrap_or(Residence::Domestic));
        let made = self.happen(row.line, |recorder| {
            let condition = condition.map(|text| recorder.seal("condition", &text));
            let (application, expires) = (code, None);
            Ok(Fact::Offer(AidOffered { application, date, travel, lodging, fund, residence, condition, expires }))
        })?;
        if !made {
            return Ok(());
        }
        if let Some(date) = met {
            self.happen(row.line, |_| Ok(Fact::ConditionMet(ConditionMet { document: id, date })))?;
        }
        if let Some(date) = paid {
            self.pay_open(row.line, id, date)?;
        }
        Ok(())
    }
}
