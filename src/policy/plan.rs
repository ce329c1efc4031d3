//! An event described in one file, no books needed: what it would sell, get from sponsors, owe and pay. It becomes books
//! in memory, through the posting rules of all books, so that whatever is asked of an event that was held can be asked of
//! one that is only thought of.

use std::time::Duration;

use serde::Deserialize;

use super::share::{Exact, Share};
use super::terms::located;
use super::{PolicyError, Year};
use crate::books::{Books, BooksError, MemoryStore, WriteContext, Writer};
use crate::calendar::{Date, Timestamp};
use crate::conference::{
    AidPool, BillReceived, BookOpened, ContractSigned, CostLine, DocumentId, DocumentKind, Event, EventHeld, Fact,
    Item, ItemKind, Method, OrderPlaced, Payer, Payment, Price, Role, SponsorshipAgreed, Terms, TicketType,
    Transferred, WhoPays,
};
use crate::ledger::{AccountNo, Chart, GENERAL_FUND, PartyKind, PartyNo, Slug, built_in_chart, nearest};
use crate::money::{Currency, Money};

/// An event as a file has it. Amounts are in its currency.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    name: String,
    currency: String,
    first_day: Date,
    last_day: Date,
    #[serde(default)]
    in_force: Option<WhoPays>,
    /// Share of payments that a processor keeps.
    #[serde(default)]
    fee: Share,
    #[serde(default)]
    aid_pool: Option<Exact>,
    #[serde(default, rename = "ticket")]
    tickets: Vec<PlannedTicket>,
    #[serde(default, rename = "admission")]
    admissions: Vec<PlannedAdmissions>,
    #[serde(default, rename = "sale")]
    sales: Vec<PlannedSale>,
    #[serde(default, rename = "sponsorship")]
    sponsorships: Vec<PlannedSponsorship>,
    #[serde(default, rename = "contract")]
    contracts: Vec<PlannedContract>,
    #[serde(default, rename = "cost")]
    costs: Vec<PlannedCost>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlannedTicket {
    code: Slug,
    price: Exact,
    #[serde(default)]
    tier: Option<Slug>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlannedAdmissions {
    ticket: Slug,
    number: i64,
    #[serde(default)]
    role: Option<Role>,
    #[serde(default)]
    payer: Option<Payer>,
    /// What all of them paid, where that is known and not the ticket's price.
    #[serde(default)]
    paid: Option<Exact>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlannedSale {
    what: String,
    amount: Exact,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlannedSponsorship {
    #[serde(default = "one")]
    number: i64,
    amount: Exact,
}

const fn one() -> i64 {
    1
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlannedContract {
    what: String,
    account: String,
    #[serde(default)]
    fixed: Exact,
    #[serde(default)]
    per_head: Exact,
    #[serde(default)]
    minimum: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlannedCost {
    what: String,
    account: String,
    amount: Exact,
}

/// The code of the event in its books.
const EVENT: Slug = Slug::constant("plan");
/// The most admissions of one kind: each becomes an order.
const MOST: i64 = 100_000;
/// The most sponsorships of one kind.
const MOST_SPONSORS: i64 = 1_000;
/// Days before the event on which everything is ordered.
const BEFORE: u64 = 60;

impl Year {
    /// Reads an event from a file. `name` is what messages call the file.
    ///
    /// # Errors
    /// [`PolicyError::File`] and [`PolicyError::Key`] with line and key.
    pub fn of_plan(name: &str, text: &str) -> Result<Self, PolicyError> {
        let plan: Plan = toml::from_str(text).map_err(|error| PolicyError::File {
            file: name.to_owned(),
            problem: error.to_string().trim_end().to_owned(),
        })?;
        let reader = Reader { file: name, text, plan: &plan };
        let books = reader.books()?;
        Self::load(&books, EVENT).map_err(PolicyError::from)
    }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    plan: &'a Plan,
}

/// One of the tables of a name: `[[cost]]`, and which of them, from 0.
type Entry = (&'static str, usize);

type Memory<'a> = Writer<'a, MemoryStore>;

impl Reader<'_> {
    fn at(&self, path: &[&str], problem: impl Into<String>) -> PolicyError {
        located(self.file, self.text, path, problem.into())
    }

    /// A complaint about a key of one of the tables of a name, counted from 0.
    fn at_entry(&self, (table, number): Entry, key: &str, problem: impl Into<String>) -> PolicyError {
        self.at(&[table, &number.to_string(), key], problem)
    }

    fn minor(&self, path: &[&str], amount: Exact, currency: Currency) -> Result<i64, PolicyError> {
        let minor = Money::from_decimal(amount.0, currency).map_err(|error| self.at(path, error.to_string()))?.minor();
        if minor < 0 { Err(self.at(path, format!("{} is negative", amount.0.normalize()))) } else { Ok(minor) }
    }

    fn minor_of(
        &self,
        (table, number): Entry,
        key: &str,
        amount: Exact,
        currency: Currency,
    ) -> Result<i64, PolicyError> {
        self.minor(&[table, &number.to_string(), key], amount, currency)
    }

    fn books(&self) -> Result<Books<MemoryStore>, PolicyError> {
        let currency =
            Currency::from_code(&self.plan.currency).map_err(|error| self.at(&["currency"], error.to_string()))?;
        if self.plan.last_day < self.plan.first_day {
            return Err(self.at(&["last_day"], format!("{} lies before the first day", self.plan.last_day)));
        }
        let chart = Chart::parse(built_in_chart("us-nonprofit").unwrap_or_default()).map_err(BooksError::from)?;
        let mut books = Books::open(MemoryStore::new())?;
        let context = WriteContext {
            actor: None,
            now: Timestamp::now(),
            seed: Some(0),
            wait: Duration::ZERO,
            dry_run: false,
            doing: "plan".to_owned(),
        };
        books.write(&context, |writer| {
            let name = self.plan.name.clone();
            writer
                .begin_books(BookOpened { name, currency: currency.code().to_owned(), fiscal_year_start: 1 }, chart)?;
            let mut event = Event::new(EVENT, &self.plan.name, self.plan.first_day, self.plan.last_day);
            event.policy = self.plan.in_force;
            writer.put_event(event)?;
            for (name, kind) in
                [("buyers", PartyKind::Person), ("sponsors", PartyKind::Organisation), ("vendors", PartyKind::Vendor)]
            {
                writer.add_party(name, kind, None, None)?;
            }
            self.tickets(writer, currency)?;
            self.admissions(writer, currency)?;
            self.sales(writer, currency)?;
            self.sponsorships(writer, currency)?;
            self.contracts(writer, currency)?;
            let held = EventHeld { event: EVENT, date: self.plan.last_day };
            writer.happen(|_| Ok(Fact::Held(held)))?;
            self.costs(writer, currency)
        })?;
        Ok(books)
    }

    fn ordered_on(&self) -> Date {
        self.plan.first_day.earlier(BEFORE)
    }

    fn tickets(&self, writer: &mut Memory<'_>, currency: Currency) -> Result<(), PolicyError> {
        for (i, ticket) in self.plan.tickets.iter().enumerate() {
            let at = ("ticket", i);
            if self.plan.tickets[..i].iter().any(|known| known.code == ticket.code) {
                return Err(self.at_entry(at, "code", format!("the file has ticket `{}` twice", ticket.code)));
            }
            let amount = self.minor_of(at, "price", ticket.price, currency)?;
            let sold = TicketType {
                event: EVENT,
                code: ticket.code,
                name: ticket.code.to_string(),
                kind: ItemKind::Admission,
                tier: Some(ticket.tier.unwrap_or(ticket.code)),
                activity: None,
                tax: None,
                prices: vec![Price { amount, until: None, first: None }],
            };
            writer.happen(|_| Ok(Fact::Ticket(sold)))?;
        }
        if let Some(pool) = self.plan.aid_pool {
            let amount = self.minor(&["aid_pool"], pool, currency)?;
            writer.happen(|_| Ok(Fact::Pool(AidPool { event: EVENT, fund: GENERAL_FUND, amount })))?;
        }
        Ok(())
    }

    fn admissions(&self, writer: &mut Memory<'_>, currency: Currency) -> Result<(), PolicyError> {
        let mut placed = 0;
        for (i, admissions) in self.plan.admissions.iter().enumerate() {
            let at = ("admission", i);
            let Some(ticket) = self.plan.tickets.iter().find(|ticket| ticket.code == admissions.ticket) else {
                let near = nearest(admissions.ticket.as_str(), self.plan.tickets.iter().map(|t| t.code.as_str()));
                let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                let problem = format!("the file has no ticket `{}`{near}", admissions.ticket);
                return Err(self.at_entry(at, "ticket", problem));
            };
            if !(1..=MOST).contains(&admissions.number) {
                return Err(self.at_entry(at, "number", format!("{} is not from 1 to {MOST}", admissions.number)));
            }
            let price = self.minor_of(at, "price", ticket.price, currency)?;
            let payer = admissions.payer.unwrap_or(Payer::Own);
            if payer == Payer::Pass {
                return Err(self.at_entry(
                    at,
                    "payer",
                    "sponsors' passes are not planned: count them as `payer = \"waiver\"`",
                ));
            }
            let number = usize::try_from(admissions.number).unwrap_or(0);
            let prices = match admissions.paid {
                Some(all) => {
                    let all = Money::new(self.minor_of(at, "paid", all, currency)?, currency);
                    let parts = all.allocate(&vec![1; number]).map_err(BooksError::from)?;
                    parts.into_iter().map(Money::minor).collect()
                }
                None => vec![price; number],
            };
            for price in prices {
                placed += 1;
                self.order(writer, placed, admissions, payer, price)?;
            }
        }
        Ok(())
    }

    fn order(
        &self,
        writer: &mut Memory<'_>,
        number: usize,
        admissions: &PlannedAdmissions,
        payer: Payer,
        price: i64,
    ) -> Result<(), PolicyError> {
        let conceded = if matches!(payer, Payer::Aid | Payer::Waiver) { price } else { 0 };
        let item = Item {
            kind: ItemKind::Admission,
            ticket: Some(admissions.ticket),
            attendee: Some(PartyNo(1)),
            role: Some(admissions.role.unwrap_or(Role::Attendee)),
            payer,
            conceded,
            ..plain_item(price)
        };
        self.place(writer, number, item, price - conceded)
    }

    fn place(&self, writer: &mut Memory<'_>, number: usize, item: Item, to_pay: i64) -> Result<(), PolicyError> {
        let date = self.ordered_on();
        let fee = self.plan.fee.of(to_pay);
        let paid = (to_pay > 0).then_some(Transferred {
            date,
            amount: to_pay,
            fee,
            method: Method::Card,
            account: None,
            foreign: None,
        });
        let code = numbered("order", number);
        let placed = OrderPlaced { code, event: EVENT, party: PartyNo(1), date, items: vec![item], paid };
        writer.happen(|_| Ok(Fact::Order(placed)))?;
        Ok(())
    }

    fn sales(&self, writer: &mut Memory<'_>, currency: Currency) -> Result<(), PolicyError> {
        for (i, sale) in self.plan.sales.iter().enumerate() {
            let amount = self.minor_of(("sale", i), "amount", sale.amount, currency)?;
            let code = numbered("sale", i + 1);
            let sold = TicketType {
                event: EVENT,
                code,
                name: sale.what.clone(),
                kind: ItemKind::Merchandise,
                tier: None,
                activity: None,
                tax: None,
                prices: vec![Price { amount, until: None, first: None }],
            };
            writer.happen(|_| Ok(Fact::Ticket(sold)))?;
            let item = Item { kind: ItemKind::Merchandise, ticket: Some(code), ..plain_item(amount) };
            self.place(writer, 1_000_000 + i, item, amount)?;
        }
        Ok(())
    }

    fn sponsorships(&self, writer: &mut Memory<'_>, currency: Currency) -> Result<(), PolicyError> {
        let date = self.ordered_on();
        let mut agreed = 0;
        for (i, sponsorship) in self.plan.sponsorships.iter().enumerate() {
            let at = ("sponsorship", i);
            let price = self.minor_of(at, "amount", sponsorship.amount, currency)?;
            if !(1..=MOST_SPONSORS).contains(&sponsorship.number) {
                let problem = format!("{} is not from 1 to {MOST_SPONSORS}", sponsorship.number);
                return Err(self.at_entry(at, "number", problem));
            }
            for _ in 0..sponsorship.number {
                agreed += 1;
                let code = numbered("sponsor", agreed);
                let fact = SponsorshipAgreed {
                    code,
                    event: EVENT,
                    party: PartyNo(2),
                    date,
                    package: None,
                    price,
                    benefits: 0,
                    exchange: true,
                    small: false,
                    passes: 0,
                    fund: None,
                    condition: None,
                    in_kind: None,
                    tax: None,
                };
                writer.happen(|_| Ok(Fact::Sponsorship(fact)))?;
                let document = DocumentId::new(DocumentKind::Sponsorship, code);
                let paid = wire(date, price);
                writer.happen(|_| Ok(Fact::Payment(Payment::new(document, paid))))?;
            }
        }
        Ok(())
    }

    fn account(&self, writer: &Memory<'_>, at: Entry, name: &str) -> Result<AccountNo, PolicyError> {
        writer
            .setup()?
            .find_account(name)
            .map(|account| account.number)
            .ok_or_else(|| self.at_entry(at, "account", format!("the chart us-nonprofit has no account `{name}`")))
    }

    fn contracts(&self, writer: &mut Memory<'_>, currency: Currency) -> Result<(), PolicyError> {
        for (i, contract) in self.plan.contracts.iter().enumerate() {
            let at = ("contract", i);
            let account = self.account(writer, at, &contract.account)?;
            let terms = Terms {
                fixed: self.minor_of(at, "fixed", contract.fixed, currency)?,
                per_head: self.minor_of(at, "per_head", contract.per_head, currency)?,
                minimum: contract.minimum,
                deposits: Vec::new(),
                cancellation: Vec::new(),
            };
            if terms.fixed == 0 && terms.per_head == 0 {
                return Err(self.at_entry(
                    at,
                    "what",
                    format!("{} owes nothing: give fixed or per_head", contract.what),
                ));
            }
            let signed = ContractSigned {
                code: numbered("contract", i + 1),
                vendor: PartyNo(3),
                event: Some(EVENT),
                date: self.ordered_on(),
                account,
                function: None,
                activity: None,
                terms,
            };
            writer.happen(|_| Ok(Fact::Contract(signed)))?;
        }
        Ok(())
    }

    fn costs(&self, writer: &mut Memory<'_>, currency: Currency) -> Result<(), PolicyError> {
        let date = self.plan.last_day;
        for (i, cost) in self.plan.costs.iter().enumerate() {
            let at = ("cost", i);
            let account = self.account(writer, at, &cost.account)?;
            let amount = self.minor_of(at, "amount", cost.amount, currency)?;
            if amount == 0 {
                return Err(self.at_entry(at, "amount", format!("{} costs nothing: leave it out", cost.what)));
            }
            let code = numbered("cost", i + 1);
            let line = CostLine::plain(account, amount);
            let bill = BillReceived {
                code,
                vendor: PartyNo(3),
                event: Some(EVENT),
                contract: None,
                date,
                due: None,
                lines: vec![line],
                deposit: 0,
                foreign: None,
            };
            writer.happen(|_| Ok(Fact::Bill(bill)))?;
            let document = DocumentId::new(DocumentKind::Bill, code);
            let paid = wire(date, amount);
            writer.happen(|_| Ok(Fact::Payment(Payment::new(document, paid))))?;
        }
        Ok(())
    }
}

const fn wire(date: Date, amount: i64) -> Transferred {
    Transferred { date, amount, fee: 0, method: Method::Wire, account: None, foreign: None }
}

fn plain_item(price: i64) -> Item {
    Item {
        kind: ItemKind::Merchandise,
        ticket: None,
        attendee: None,
        role: None,
        payer: Payer::Own,
        sponsorship: None,
        fund: None,
        application: None,
        exception: None,
        listed: false,
        quantity: 1,
        price,
        discount: None,
        reduction: 0,
        conceded: 0,
    }
}

fn numbered(what: &str, number: usize) -> Slug {
    format!("{what}-{number}").parse().unwrap_or(EVENT)
}
