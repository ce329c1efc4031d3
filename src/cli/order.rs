use bursar::books::{Recorder, Store, Writer};
use bursar::calendar::Date;
use bursar::conference::{
    Cancelled, Carried, ChargedBack, Choice, Chosen, Document, DocumentId, DocumentKind, Fact, Item, ItemKind, Method,
    OrderPlaced, Payer, RefundAgreed, RefundPaid, Role, TallyKey, Transfer, Transferred, WrittenOff,
};
use bursar::ledger::{PartyKind, PartyNo, Slug};
use bursar::report::Statement;
use clap::{Args, Subcommand};

use super::context::Context;
use super::happen::{Moved, Spec, code_or_next, happen, list, minor, minor_or_zero, party, sheet, shown};
use super::refusal::Refusal;

/// Orders: who pays what for whom
#[derive(Debug, Subcommand)]
pub(super) enum Order {
    /// Place an order, and take its payment
    #[command(after_help = "\
Each --item is a ticket of the event, or donation=AMOUNT, then options after
semicolons: for (the attendee), role, by (self, employer, pass, aid, waiver),
sponsor (the sponsorship whose pass it is), aid (amount of ticket aid; all of the
price unless given), fund, application, discount, quantity, price (when it was
sold at another), listed, approved-by (who approved an exception to the policy).

Examples:
  bursar order add a1 --event pyex26 --party \"Ada Example\" \\
      --item individual --method card --paid 300.00 --fee 9.00
  bursar order add --event pyex26 --party \"Example GmbH\" \\
      --item \"corporate;for=Bo Example;by=employer\" --item tutorial
  bursar order add --event pyex26 --party \"Cy Example\" \\
      --item \"individual;role=speaker;by=aid;fund=aid\"")]
    Add(Box<Add>),
    /// All orders, or those of an event
    #[command(after_help = "Example:\n  bursar order list --event pyex26")]
    List {
        /// Only this event
        #[arg(long)]
        event: Option<String>,
    },
    /// One order with its entries
    #[command(after_help = "Example:\n  bursar order show a1")]
    Show {
        /// Code
        code: Slug,
    },
    /// Cancel it, or lines of it; a fee may be kept
    #[command(after_help = "Example:\n  bursar order cancel a1 --line 1 --fee 50.00 --pay-back card")]
    Cancel(Cancel),
    /// Agree a refund of a part; what was bought stays valid
    #[command(after_help = "Example:\n  bursar order refund a1 --line 1=100.00 --pay-back card")]
    Refund(Refund),
    /// Pay a refund that was agreed
    #[command(after_help = "Example:\n  bursar order pay-back a1 --method card --date 2026-04-02")]
    PayBack {
        /// Code
        code: Slug,
        #[command(flatten)]
        moved: Moved,
    },
    /// Hand an admission to someone else
    #[command(after_help = "Example:\n  bursar order transfer a1 --line 1 --to \"Di Example\"")]
    Transfer {
        /// Code
        code: Slug,
        /// Line, from 1
        #[arg(long, default_value_t = 1)]
        line: usize,
        /// Who attends now
        #[arg(long, value_name = "NAME")]
        to: String,
        /// When [default: today]
        #[arg(long)]
        date: Option<Date>,
    },
    /// Move paid items to another event
    #[command(after_help = "Example:\n  bursar order carry a1 --to pyex27")]
    Carry {
        /// Code
        code: Slug,
        /// Event
        #[arg(long)]
        to: Slug,
        /// Line, from 1; may be repeated [default: all]
        #[arg(long)]
        line: Vec<usize>,
        /// Code of the order there [default: CODE.EVENT]
        #[arg(long)]
        as_code: Option<Slug>,
        /// When [default: today]
        #[arg(long)]
        date: Option<Date>,
    },
    /// A processor takes a payment back; what was paid is due again
    #[command(after_help = "Example:\n  bursar order chargeback a1 --amount 300.00 --fee 15.00")]
    Chargeback {
        /// Code
        code: Slug,
        #[command(flatten)]
        moved: Moved,
    },
    /// What is due will not come
    #[command(after_help = "Example:\n  bursar order write-off a1")]
    WriteOff {
        /// Code
        code: Slug,
        /// Amount [default: all that is due]
        #[arg(long)]
        amount: Option<String>,
        /// When [default: today]
        #[arg(long)]
        date: Option<Date>,
    },
    /// What the buyer wants if the event is cancelled: refund, donate, carry
    #[command(after_help = "Example:\n  bursar order choose a1 donate")]
    Choose {
        /// Code
        code: Slug,
        /// Choice
        choice: Choice,
    },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Code [default: the next, such as order-7]
    code: Option<Slug>,
    /// Event
    #[arg(long)]
    event: String,
    /// Who orders: the one an invoice goes to
    #[arg(long)]
    party: String,
    /// What: TICKET[;key=value…] or donation=AMOUNT[;fund=CODE]; may be repeated
    #[arg(long, required = true, value_name = "TICKET")]
    item: Vec<Spec>,
    /// When [default: today]
    #[arg(long)]
    date: Option<Date>,
    /// Amount that was paid at once
    #[arg(long, value_name = "AMOUNT")]
    paid: Option<String>,
    /// How it was paid
    #[arg(long, default_value = "card", requires = "paid")]
    method: Method,
    /// What the processor kept of it
    #[arg(long, requires = "paid")]
    fee: Option<String>,
    /// Account of the payment, when it is not the method's own
    #[arg(long, requires = "paid", value_name = "ACCOUNT")]
    account: Option<String>,
    /// Make people known that the books do not know yet
    #[arg(long)]
    new: bool,
}

#[derive(Debug, Args)]
pub(super) struct Cancel {
    /// Code
    code: Slug,
    /// Line, from 1; may be repeated [default: all]
    #[arg(long)]
    line: Vec<usize>,
    /// What is kept of what was paid
    #[arg(long)]
    fee: Option<String>,
    /// When [default: today]
    #[arg(long)]
    date: Option<Date>,
    /// Why
    #[arg(long)]
    reason: Option<String>,
    /// Pay what is owed back at once, by this method
    #[arg(long, value_name = "METHOD")]
    pay_back: Option<Method>,
}

#[derive(Debug, Args)]
pub(super) struct Refund {
    /// Code
    code: Slug,
    /// Line and amount; may be repeated
    #[arg(long, required = true, value_name = "LINE=AMOUNT")]
    line: Vec<String>,
    /// When [default: today]
    #[arg(long)]
    date: Option<Date>,
    /// Pay it at once, by this method
    #[arg(long, value_name = "METHOD")]
    pay_back: Option<Method>,
}

fn id(code: Slug) -> DocumentId {
    DocumentId::new(DocumentKind::Order, code)
}

pub(super) fn run(context: &Context, args: &Order) -> Result<(), Refusal> {
    let sheet = match args {
        Order::List { event } => {
            return context.print(&context.read(|b| list(b, DocumentKind::Order, event.as_deref()))?);
        }
        Order::Show { code } => return context.print(&context.read(|b| sheet(b, DocumentKind::Order, *code))?),
        Order::Add(add) => context.write("order add", |writer| place(context, writer, add))?,
        Order::Cancel(cancel) => context.write("order cancel", |writer| {
            let date = context.day(cancel.date)?;
            let fee = minor_or_zero(writer.setup()?, cancel.fee.as_deref())?;
            let fact = |recorder: &mut Recorder<'_>| {
                Fact::Cancelled(Cancelled {
                    document: id(cancel.code),
                    date,
                    lines: cancel.line.clone(),
                    fee,
                    refund: true,
                    reason: cancel.reason.as_deref().map(|reason| recorder.seal("reason", reason)),
                })
            };
            agree(writer, cancel.code, cancel.pay_back, date, fact)
        })?,
        Order::Refund(refund) => context.write("order refund", |writer| {
            let date = context.day(refund.date)?;
            let mut lines = Vec::new();
            for line in &refund.line {
                let usage = || Refusal::Usage(format!("expected LINE=AMOUNT, found `{line}`"));
                let (number, amount) = line.split_once('=').ok_or_else(usage)?;
                lines.push((number.trim().parse().map_err(|_| usage())?, minor(writer.setup()?, amount)?));
            }
            let fact = |_: &mut Recorder<'_>| Fact::Refund(RefundAgreed { order: refund.code, date, lines });
            agree(writer, refund.code, refund.pay_back, date, fact)
        })?,
        Order::PayBack { code, moved } => context.write("order pay-back", |writer| {
            let owed = writer.books().document(id(*code))?.open().1;
            let paid = moved.moved(context, writer.setup()?, owed)?;
            happen(writer, id(*code), |_| Fact::RefundPaid(RefundPaid { document: id(*code), paid }))
        })?,
        Order::Transfer { code, line, to, date } => context.write("order transfer", |writer| {
            let (attendee, date) = (party(writer, to)?, context.day(*date)?);
            happen(writer, id(*code), |_| Fact::Transfer(Transfer { order: *code, line: *line, date, attendee }))
        })?,
        Order::Carry { code, to, line, as_code, date } => context.write("order carry", |writer| {
            let date = context.day(*date)?;
            let there = as_code.map_or_else(|| format!("{code}.{to}").parse(), Ok)?;
            let carried = Carried { order: *code, date, lines: line.clone(), to: *to, code: there };
            happen(writer, id(there), |_| Fact::Carried(carried))
        })?,
        Order::Chargeback { code, moved } => context.write("order chargeback", |writer| {
            let Document::Order(order) = writer.books().document(id(*code))? else { return sheet_of(writer, *code) };
            let taken = Transferred {
                // Chargebacks come through the processor unless said.
                method: if moved.method == Method::Wire { Method::Card } else { moved.method },
                ..moved.moved(context, writer.setup()?, order.chargeable())?
            };
            happen(writer, id(*code), |_| Fact::ChargedBack(ChargedBack { order: *code, taken }))
        })?,
        Order::WriteOff { code, amount, date } => context.write("order write-off", |writer| {
            let date = context.day(*date)?;
            let due = writer.books().document(id(*code))?.open().0;
            let amount = amount.as_deref().map_or(Ok(due), |text| minor(writer.setup()?, text))?;
            happen(writer, id(*code), |_| Fact::WrittenOff(WrittenOff { document: id(*code), date, amount }))
        })?,
        Order::Choose { code, choice } => context.write("order choose", |writer| {
            happen(writer, id(*code), |_| Fact::Chosen(Chosen { document: id(*code), choice: *choice }))
        })?,
    };
    context.print_written(sheet)
}

fn sheet_of<S: Store>(writer: &mut Writer<'_, S>, code: Slug) -> Result<Statement, Refusal> {
    shown(writer, id(code), &[])
}

/// Records something that may owe money back, and pays that back at once if asked.
fn agree<S: Store>(
    writer: &mut Writer<'_, S>,
    code: Slug,
    pay_back: Option<Method>,
    date: Date,
    fact: impl FnOnce(&mut Recorder<'_>) -> Fact,
) -> Result<Statement, Refusal> {
    let before = writer.books().document(id(code))?.open().1;
    let (_, mut entries) = writer.happen(|recorder| Ok(fact(recorder)))?;
    if let Some(method) = pay_back {
        writer.settle()?;
        let amount = writer.books().document(id(code))?.open().1 - before;
        if amount > 0 {
            let paid = Transferred { date, amount, fee: 0, method, account: None, foreign: None };
            let (_, more) = writer.happen(|_| Ok(Fact::RefundPaid(RefundPaid { document: id(code), paid })))?;
            entries.extend(more);
        }
    }
    shown(writer, id(code), &entries)
}

fn place<S: Store>(context: &Context, writer: &mut Writer<'_, S>, add: &Add) -> Result<Statement, Refusal> {
    let event = writer.setup()?.event(&add.event)?.code;
    let date = context.day(add.date)?;
    let code = code_or_next(writer, DocumentKind::Order, add.code)?;
    let buyer = someone(writer, &add.party, add.new)?;
    let mut items = Vec::with_capacity(add.item.len());
    let mut approvals = Vec::new();
    for spec in &add.item {
        let item = item(writer, event, date, buyer, spec, &items, add.new)?;
        approvals.push(spec.get("approved-by").map(str::to_owned));
        items.push(item);
    }
    let setup = writer.setup()?;
    let paid = match &add.paid {
        None => None,
        Some(amount) => Some(Transferred {
            date,
            amount: minor(setup, amount)?,
            fee: minor_or_zero(setup, add.fee.as_deref())?,
            method: add.method,
            account: add.account.as_deref().map(|name| setup.account(name)).transpose()?.map(|account| account.number),
            foreign: None,
        }),
    };
    happen(writer, id(code), |recorder| {
        for (i, (item, approval)) in items.iter_mut().zip(&approvals).enumerate() {
            item.exception = approval.as_deref().map(|name| recorder.seal(&format!("exception {}", i + 1), name));
        }
        Fact::Order(OrderPlaced { code, event, party: buyer, date, items, paid })
    })
}

/// A person by name; made known if that was asked for.
fn someone<S: Store>(writer: &mut Writer<'_, S>, name: &str, new: bool) -> Result<PartyNo, Refusal> {
    match party(writer, name) {
        Err(_) if new => Ok(writer.add_party(name, PartyKind::Person, None, None)?),
        found => found,
    }
}

const KEYS: [&str; 13] = [
    "for",
    "role",
    "by",
    "sponsor",
    "aid",
    "fund",
    "application",
    "discount",
    "quantity",
    "price",
    "listed",
    "approved-by",
    "waived",
];

fn item<S: Store>(
    writer: &mut Writer<'_, S>,
    event: Slug,
    date: Date,
    buyer: PartyNo,
    spec: &Spec,
    earlier: &[Item],
    new: bool,
) -> Result<Item, Refusal> {
    spec.only(&KEYS)?;
    let mut item = Item {
        kind: ItemKind::Donation,
        ticket: None,
        attendee: None,
        role: None,
        payer: spec.parse("by")?.unwrap_or(Payer::Own),
        sponsorship: spec.parse("sponsor")?,
        fund: spec.get("fund").map(|code| writer.setup()?.fund(code).map(|fund| fund.code)).transpose()?,
        application: spec.parse("application")?,
        exception: None,
        listed: spec.has("listed"),
        quantity: spec.parse("quantity")?.unwrap_or(1),
        price: 0,
        discount: spec.parse("discount")?,
        reduction: 0,
        conceded: 0,
    };
    if let Some(amount) = spec.head.strip_prefix("donation=") {
        item.price = minor(writer.setup()?, amount)?;
        return Ok(item);
    }
    let code: Slug = spec.head.parse()?;
    let conference = writer.setup()?.conference();
    let ticket = conference.ticket(event, code)?.clone();
    let discount = item.discount.map(|code| conference.discount(event, code).cloned()).transpose()?;
    item.kind = ticket.kind;
    item.ticket = Some(code);
    let before = |wanted: &dyn Fn(&Item) -> bool| earlier.iter().filter(|item| wanted(item)).count() as i64;
    item.price = match spec.get("price") {
        Some(text) => minor(writer.setup()?, text)?,
        None => {
            let earlier: i64 = earlier.iter().filter(|item| item.ticket == Some(code)).map(|item| item.quantity).sum();
            ticket.price_of(date, writer.tallied(&TallyKey::sold(event, code))?.0 + earlier, item.quantity)
        }
    };
    if let Some(discount) = discount {
        let used = writer.tallied(&TallyKey::discount(event, discount.code))?.0
            + before(&|i| i.discount == Some(discount.code));
        item.reduction = discount.reduction(code, item.price, date, used)?;
    }
    if ticket.kind != ItemKind::Merchandise {
        item.attendee = Some(match spec.get("for") {
            Some(name) => someone(writer, name, new)?,
            None => buyer,
        });
    }
    if ticket.kind == ItemKind::Admission {
        item.role = Some(spec.parse("role")?.unwrap_or(Role::Attendee));
        if !spec.has("by") {
            item.payer = writer.setup()?.conference().event(event)?.usual_payer(item.role);
        }
    }
    if matches!(item.payer, Payer::Aid | Payer::Waiver) {
        let key = if item.payer == Payer::Aid { "aid" } else { "waived" };
        let rest = item.price - item.reduction;
        item.conceded = spec.get(key).map_or(Ok(rest), |text| minor(writer.setup()?, text))?;
    }
    Ok(item)
}
